"""Artifacts of the output become wanted objects in the kinds' normal forms; references stay names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from watchglass.artifact import Artifact, Json
from watchglass.publish.metabase import marks, normal
from watchglass.publish.resource import Desired, Key


def wanted(artifacts: Iterable[Artifact]) -> tuple[Desired, ...]:
    """List what the artifacts want at Metabase."""
    listed = [each for each in artifacts if each.target == "metabase"]
    return tuple(
        Desired(
            Key("metabase", each.kind, each.id),
            each.body["name"],
            _MAKERS[each.kind](each.body),
            each.origins,
        )
        for each in listed
        if each.kind in _MAKERS
    )


def _collection(body: Mapping[str, Json]) -> dict[str, Json]:
    text, _ = marks.split(body["description"])
    return {"name": body["name"], "description": text, "archived": False}


def _permissions(body: Mapping[str, Json]) -> dict[str, Json]:
    return {"groups": dict(body["groups"])}


def _card(body: Mapping[str, Json]) -> dict[str, Json]:
    text, _ = marks.split(body["description"])
    return normal.card(body, normal.OURS, text, normal.query(body["dataset_query"], _as_it_is))


def _dashboard(body: Mapping[str, Json]) -> dict[str, Json]:
    text, _ = marks.split(body["description"])
    dashcards = [
        normal.dashcard(each, each["key"], (each.get("dashboard_tab_id") or {}).get("tab"), _as_it_is)
        for each in body["dashcards"]
    ]
    tabs = [each["name"] for each in body["tabs"]]
    return normal.dashboard(body, normal.OURS, text, tabs, dashcards)


def _as_it_is(reference: Json) -> Json:
    return reference


_MAKERS: Mapping[str, Callable[[Mapping[str, Json]], dict[str, Json]]] = {
    "collections": _collection,
    "permissions": _permissions,
    "cards": _card,
    "dashboards": _dashboard,
}
