"""What people put into a Metabase, without the numbers and times that the server makes: two states compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.servers.metabase.state import Card, Collection, Dashboard, Json, Notification, Pulse, State


def content(state: State) -> Json:
    """Give all that a state holds by kind; each kind is a sorted list, so that what is there twice is seen twice."""
    return {
        "collections": _sorted(_collection(state, each) for each in state.collections.values()),
        "cards": _sorted(_card(state, each) for each in state.cards.values()),
        "dashboards": _sorted(_dashboard(state, each) for each in state.dashboards.values()),
        "subscriptions": _sorted(_pulse(state, each) for each in state.pulses.values()),
        "alerts": _sorted(_alert(state, each) for each in state.notifications.values()),
        "databases": _sorted([each.name, each.engine] for each in state.databases.values()),
    }


def _sorted(rows: Any) -> list[Any]:
    return sorted(rows, key=repr)


def _home(state: State, number: int | None) -> list[str]:
    if number is None:
        return []
    collection = state.collections[number]
    return [*(state.collections[each].name for each in collection.parents), collection.name]


def _trash(each: Card | Dashboard | Collection) -> str:
    return "" if not each.archived else "directly" if each.archived_directly else "along"


def _collection(state: State, each: Collection) -> Json:
    return {"place": _home(state, each.id), "description": each.description, "archived": _trash(each)}


def _card(state: State, each: Card) -> Json:
    return {
        "name": each.name,
        "place": _home(state, each.collection),
        "description": each.description,
        "display": each.display,
        "type": each.type,
        "query": each.query,
        "settings": each.settings,
        "parameters": each.parameters,
        "position": each.position,
        "archived": _trash(each),
    }


def _dashboard(state: State, each: Dashboard) -> Json:
    tabs = {tab.id: tab.name for tab in each.tabs}
    return {
        "name": each.name,
        "place": _home(state, each.collection),
        "description": each.description,
        "width": each.width,
        "auto_apply_filters": each.auto_apply_filters,
        "parameters": each.parameters,
        "tabs": list(tabs.values()),
        "dashcards": _sorted(
            {
                "card": _named(state, place.card),
                "tab": tabs.get(place.tab or 0),
                "place": [place.row, place.col, place.size_x, place.size_y],
                "settings": place.settings,
                "mappings": [
                    {**mapping, "card_id": _named(state, mapping.get("card_id"))}
                    for mapping in place.parameter_mappings
                ],
                "series": [_named(state, number) for number in place.series],
            }
            for place in each.dashcards.values()
        ),
        "archived": _trash(each),
    }


def _named(state: State, number: int | None) -> list[str] | None:
    if number is None:
        return None
    card = state.cards[number]
    return [*_home(state, card.collection), card.name]


def _pulse(state: State, each: Pulse) -> Json:
    return {
        "name": each.name,
        "dashboard": state.dashboards[each.dashboard].name if each.dashboard else None,
        "cards": _sorted([_named(state, card.card), card.fields] for card in each.cards),
        "channels": _sorted(
            [channel.fields, [state.users[user].email for user in channel.users], channel.emails]
            for channel in each.channels
        ),
        "skip_if_empty": each.skip_if_empty,
        "parameters": each.parameters,
        "alert": each.alert,
        "archived": each.archived,
    }


def _alert(state: State, each: Notification) -> Json:
    return {
        "card": _named(state, each.card),
        "condition": each.condition,
        "once": each.once,
        "active": each.active,
        "creator": state.users[each.creator].email,
        "subscriptions": [part["cron_schedule"] for part in each.subscriptions],
        "handlers": [
            [part["channel_type"], [_recipient(state, to) for to in part["recipients"]]]
            for part in each.handlers
        ],
    }


def _recipient(state: State, recipient: Json) -> Any:
    if recipient.get("user_id"):
        return state.users[recipient["user_id"]].email
    return recipient.get("details", {}).get("value")


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """List where two contents differ, each as a path and the two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{path}/{index}")
    elif one != other:
        yield f"{path}: {one!r} / {other!r}"
