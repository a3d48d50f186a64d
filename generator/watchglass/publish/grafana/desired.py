"""Artifacts of the output become wanted objects in the kinds' normal forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from watchglass.artifact import Artifact, Path
from watchglass.publish.grafana import (
    contact_points,
    data_sources,
    normal,
    policies,
    templates,
    time_intervals,
)
from watchglass.publish.grafana.contact_points import Reveal
from watchglass.publish.grafana.rule_groups import form, group_id
from watchglass.publish.resource import Desired, Key
from watchglass.references import is_reference

_Maker = Callable[[Artifact, str], Desired]


def wanted(artifacts: Iterable[Artifact], reveal: Reveal) -> tuple[Desired, ...]:
    """
    List what the artifacts want at Grafana; files for its provisioning folders are the same in another form.

    Args:
        reveal: puts values in place of references to the environment, of which a digest is compared.

    Raises:
        Unset: a reference leads nowhere.
    """
    listed = [each for each in artifacts if each.target == "grafana"]
    folder = next((each.id for each in listed if each.kind == "folders"), "")
    makers: Mapping[str, _Maker] = {
        **_MAKERS,
        "contact-points": partial(_contact_point, reveal=reveal),
        "data-sources": partial(_data_source, reveal=reveal),
    }
    return tuple(makers[each.kind](each, folder) for each in listed if each.kind in makers)


def _folder(artifact: Artifact, folder: str) -> Desired:
    del folder
    title = artifact.body["title"]
    return Desired(
        Key("grafana", "folders", artifact.id),
        title,
        {"title": title},
        {"/title": artifact.origins.get("/title", ())},
    )


def _permissions(artifact: Artifact, folder: str) -> Desired:
    del folder
    body = {"rights": dict(artifact.body["rights"])}
    return Desired(Key("grafana", artifact.kind, artifact.id), artifact.body["title"], body, artifact.origins)


def _dashboard(artifact: Artifact, folder: str) -> Desired:
    body = {"folder": folder, "dashboard": normal.dashboard(artifact.body)}
    return Desired(
        Key("grafana", "dashboards", artifact.id),
        artifact.body["title"],
        body,
        _below("/dashboard", artifact.origins),
    )


def _group(artifact: Artifact, folder: str) -> Desired:
    del folder
    body = artifact.body
    made = form(body["folderUid"], body["title"], normal.duration(f"{body['interval']}s"), body["rules"])
    key = group_id(body["folderUid"], body["title"])
    parts = {each["uid"]: each["title"] for each in body["rules"]}
    return Desired(Key("grafana", "alert-rules", key), body["title"], made, artifact.origins, parts)


def _interval(artifact: Artifact, folder: str) -> Desired:
    del folder
    key = Key("grafana", artifact.kind, artifact.id)
    return Desired(key, artifact.id, time_intervals.form(artifact.body["time_intervals"]), artifact.origins)


def _templates(artifact: Artifact, folder: str) -> Desired:
    del folder
    key = Key("grafana", artifact.kind, artifact.id)
    return Desired(key, artifact.id, templates.form(artifact.body["template"]), artifact.origins)


def _contact_point(artifact: Artifact, folder: str, reveal: Reveal) -> Desired:
    del folder
    key = Key("grafana", artifact.kind, artifact.id)
    return Desired(
        key, artifact.body["name"], contact_points.wanted_form(artifact.body, reveal), artifact.origins
    )


def _data_source(artifact: Artifact, folder: str, reveal: Reveal) -> Desired:
    del folder
    body = data_sources.wanted_form(artifact.body, reveal)
    written = {f"/{name}": text for name, text in artifact.body.items()}
    written |= {f"/jsonData/{name}": value for name, value in artifact.body["jsonData"].items()}
    # A reference stands for a value, and is never replaced by one that somebody typed in at the server.
    places = {
        pointer.replace("/jsonData/", "/options/"): path
        for pointer, path in artifact.origins.items()
        if pointer in written and not is_reference(str(written[pointer]))
    }
    return Desired(Key("grafana", artifact.kind, artifact.id), body["name"], body, places)


def _policies(artifact: Artifact, folder: str) -> Desired:
    del folder
    body = policies.form(policies.node(artifact.body))
    return Desired(
        Key("grafana", artifact.kind, artifact.id), "routes", body, _below("/route", artifact.origins)
    )


def _below(home: str, origins: Mapping[str, Path]) -> dict[str, Path]:
    return {f"{home}{pointer}": path for pointer, path in origins.items()}


_MAKERS: Mapping[str, _Maker] = {
    "folders": _folder,
    "permissions": _permissions,
    "dashboards": _dashboard,
    "alert-rules": _group,
    "time-intervals": _interval,
    "message-templates": _templates,
    "policies": _policies,
}
