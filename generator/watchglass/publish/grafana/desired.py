"""Artifacts of the output become wanted objects in the kinds' normal forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from watchglass.artifact import Artifact, Path
from watchglass.publish.grafana import normal
from watchglass.publish.grafana.rule_groups import form, group_id
from watchglass.publish.resource import Desired, Key


def wanted(artifacts: Iterable[Artifact]) -> tuple[Desired, ...]:
    """List what the artifacts want at Grafana; files for its provisioning folders are the same rules in another form."""
    listed = [each for each in artifacts if each.target == "grafana"]
    folder = next((each.id for each in listed if each.kind == "folders"), "")
    return tuple(_MAKERS[each.kind](each, folder) for each in listed if each.kind in _MAKERS)


def _folder(artifact: Artifact, folder: str) -> Desired:
    del folder
    title = artifact.body["title"]
    return Desired(
        Key("grafana", "folders", artifact.id),
        title,
        {"title": title},
        {"/title": artifact.origins.get("/title", ())},
    )


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
    return Desired(Key("grafana", "alert-rules", key), body["title"], made, artifact.origins)


def _below(home: str, origins: Mapping[str, Path]) -> dict[str, Path]:
    return {f"{home}{pointer}": path for pointer, path in origins.items()}


_MAKERS: Mapping[str, Callable[[Artifact, str], Desired]] = {
    "folders": _folder,
    "dashboards": _dashboard,
    "alert-rules": _group,
}
