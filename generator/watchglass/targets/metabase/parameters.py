"""Filters and the range as parameters of a dashboard, and how its cards read them."""

from __future__ import annotations

from collections.abc import Container, Mapping

from watchglass.artifact import Json
from watchglass.definition.service import Dashboard, Service
from watchglass.naming import tag_uuid
from watchglass.sql.metabase import FROM_TAG, TO_TAG
from watchglass.sql.pieces import Filter
from watchglass.thresholds import whole

Tags = Mapping[str, Mapping[str, Json]]
_NUMBERS = ("integer", "number")
_RANGE = ((FROM_TAG, "From"), (TO_TAG, "To"))


def identity_of(service: Service, board: str) -> str:
    """Give what the ids of a dashboard's parameters are made from."""
    return f"{service.id}/{service.environment.suffix}/dashboards/{board}"


def dashboard_parameters(service: Service, board: Dashboard, read: Container[str]) -> list[Json]:
    """
    Make the parameters of a board, in the order in which it lists its filters.

    Args:
        read: the names of those that some card of the board reads.
    """
    offered = [name for name in board.filters if name in read]
    made = [_parameter(service, board, service.filters[name], offered) for name in offered]
    identity = identity_of(service, board.id)
    made += [
        {
            "id": tag_uuid(identity, name),
            "name": title,
            "slug": name,
            "type": "date/single",
            "sectionId": "date",
        }
        for name, title in _RANGE
        if name in read
    ]
    return made


def _parameter(service: Service, board: Dashboard, of: Filter, offered: Container[str]) -> Json:
    kind = "number/=" if of.type in _NUMBERS else "string/="
    made: dict[str, Json] = {
        "id": tag_uuid(identity_of(service, board.id), of.id),
        "name": of.title,
        "slug": of.id,
        "type": kind,
        "sectionId": "number" if kind == "number/=" else "string",
    }
    if of.default:
        made["default"] = _default(of)
    if of.options:
        made |= {
            "values_query_type": "list",
            "values_source_type": "static-list",
            "values_source_config": {"values": [[value, name] for value, name in of.options]},
        }
    parents = [parent for parent in of.depends_on or {} if parent in offered]
    if parents:
        made["filteringParameters"] = [tag_uuid(identity_of(service, board.id), parent) for parent in parents]
    return made


def _default(of: Filter) -> Json:
    """Give what a filter stands at: a list for a field filter, one value for a variable, numbers as numbers."""
    values: list[Json] = (
        [whole(float(value)) for value in of.default] if of.type in _NUMBERS else [*of.default]
    )
    return values if of.table is not None else values[0]


def mappings(service: Service, board: Dashboard, card: str, tags: Tags) -> list[Json]:
    """Map a board's parameters to the tags of one of its cards."""
    offered = {*board.filters, FROM_TAG, TO_TAG}
    return [
        {
            "parameter_id": tag_uuid(identity_of(service, board.id), name),
            "card_id": {"card": card},
            "target": target(tag),
        }
        for name, tag in tags.items()
        if name in offered
    ]


def target(tag: Mapping[str, Json]) -> list[Json]:
    """Give how a parameter reaches a tag: a field filter is a dimension, any other a variable."""
    return ["dimension" if tag["type"] == "dimension" else "variable", ["template-tag", tag["name"]]]


def card_parameters(service: Service, tags: Tags) -> list[Json]:
    """Make the parameters of a card, which stand in its own filter bar."""
    made = []
    for name, tag in tags.items():
        kind = "date/single" if tag["type"] == "date" else tag.get("widget-type", "category")
        entry = {
            "id": tag["id"],
            "type": kind,
            "name": tag["display-name"],
            "slug": name,
            "target": target(tag),
        }
        of = service.filters.get(name)
        if of is not None and of.default:
            entry["default"] = _default(of)
        made.append(entry)
    return made
