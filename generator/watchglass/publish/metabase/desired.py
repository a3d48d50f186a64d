"""Artifacts of the output become wanted objects in the kinds' normal forms; references stay names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from watchglass.artifact import Artifact, Json, Path
from watchglass.publish.metabase import alert_form, marks, normal, subscription_form
from watchglass.publish.resource import Desired, Key


def wanted(artifacts: Iterable[Artifact]) -> tuple[Desired, ...]:
    """List what the artifacts want at Metabase."""
    listed = [each for each in artifacts if each.target == "metabase"]
    return tuple(_wanted(each, _MAKERS[each.kind](each.body)) for each in listed if each.kind in _MAKERS)


_SAID_OF_ALERTS = {
    "/schedules": "at",
    "/channels": "to",
    "/condition": "when",
    "/once": "once",
    "/card": "metric",
}
"""Pointer in the normal form → key of the subscription that says it."""


def _wanted(artifact: Artifact, body: dict[str, Json]) -> Desired:
    origins = artifact.origins
    if artifact.kind == "subscriptions":
        origins = _origins(body, origins)
    elif artifact.kind == "alerts":
        home = origins["/name"][:-1]
        origins = {pointer: (*home, key) for pointer, key in _SAID_OF_ALERTS.items()}
    return Desired(Key("metabase", artifact.kind, artifact.id), artifact.body["name"], body, origins)


def _origins(body: Mapping[str, Json], origins: Mapping[str, Path]) -> dict[str, Path]:
    """Find the definition's words for the channels of a subscription, which are sorted by now."""
    home = origins["/name"][:-1]
    made = {name: path for name, path in origins.items() if name != "/channels"}
    for index, _ in enumerate(body["channels"]):
        made[f"/channels/{index}"] = (*home, "at")
        made[f"/channels/{index}/recipients"] = (*home, "to")
    return made | {"/channels": (*home, "to"), "/parameters": (*home, "filters")}


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


def _subscription(body: Mapping[str, Json]) -> dict[str, Json]:
    board = str(body["dashboard_id"]["dashboard"])
    return subscription_form.form(
        body, board, body["report_timezone"], _as_it_is, lambda place: str(place["dashcard"])
    )


def _alert(body: Mapping[str, Json]) -> dict[str, Json]:
    card = alert_form.card_of(body)
    return alert_form.form(body, str(card["card"]), body["report_timezone"])


def _as_it_is(reference: Json) -> Json:
    return reference


_MAKERS: Mapping[str, Callable[[Mapping[str, Json]], dict[str, Json]]] = {
    "collections": _collection,
    "permissions": _permissions,
    "cards": _card,
    "dashboards": _dashboard,
    "subscriptions": _subscription,
    "alerts": _alert,
}
