"""What is wanted becomes what is sent: names of the definition as this server's numbers, the mark in the description."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.artifact import Json
from watchglass.publish.errors import Refused
from watchglass.publish.metabase import normal
from watchglass.publish.metabase.references import Databases

CardNumber = Callable[[str], int]
"""Our id of a question to its number."""


def card(body: Mapping[str, Json], home: int | None, databases: Databases) -> dict[str, Json]:
    """Give a question as a server takes it, in the older form that every version reads; without its description."""
    query = body["dataset_query"]
    number = databases.number(query["database"]["database"])
    tags = {name: _tag(tag, number, databases) for name, tag in query["native"]["template-tags"].items()}
    native = {"query": query["native"]["query"], "template-tags": tags}
    return {
        **{name: body[name] for name in ("name", "type", "display", "parameters", "visualization_settings")},
        "collection_id": home,
        "dataset_query": {"type": "native", "database": number, "native": native},
    }


def _tag(tag: Mapping[str, Json], database: int, databases: Databases) -> dict[str, Json]:
    sent = dict(tag)
    if "dimension" in sent:
        place = sent["dimension"][1]
        column = databases.column_number(database, place["table"], place["column"])
        if column is None:
            raise Refused(
                f"Metabase knows no column {place['table']}.{place['column']}",
                "let it sync the database's schema",
            )
        sent["dimension"] = ["field", column, None]
    return sent


def dashboard(
    body: Mapping[str, Json],
    home: int | None,
    places: Mapping[str, int],
    tabs: Mapping[str, int],
    card: CardNumber,
) -> dict[str, Json]:
    """
    Give a whole dashboard as a server takes it, without its description.

    Args:
        places, tabs: the numbers of cards' places by key, and of tabs by name, that stay; others are new.
    """
    numbers = {each["name"]: tabs.get(each["name"], -index) for index, each in enumerate(body["tabs"], 1)}
    return {
        **{name: body[name] for name in ("name", "width", "auto_apply_filters", "parameters")},
        "collection_id": home,
        "tabs": [{"id": numbers[each["name"]], "name": each["name"]} for each in body["tabs"]],
        "dashcards": [
            _dashcard(each, places.get(each["key"], -index), numbers, card)
            for index, each in enumerate(body["dashcards"], 1)
        ],
    }


def _dashcard(
    each: Mapping[str, Json], number: int, tabs: Mapping[str, int], card: CardNumber
) -> dict[str, Json]:
    mappings = [
        dict(mapping) | {"card_id": _number(mapping["card_id"], card)}
        for mapping in each["parameter_mappings"]
    ]
    return {
        "id": number,
        "card_id": _number(each["card_id"], card),
        "dashboard_tab_id": tabs[each["tab"]] if each["tab"] is not None else None,
        **{name: each[name] for name in ("row", "col", "size_x", "size_y")},
        "series": [{"id": _number(one, card)} for one in each["series"]],
        "parameter_mappings": mappings,
        "visualization_settings": each["visualization_settings"] | {normal.SLOT: each["key"]},
    }


def _number(reference: Json, card: CardNumber) -> int | None:
    return None if reference is None else card(reference["card"])
