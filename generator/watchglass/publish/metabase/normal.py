"""
Bodies of Metabase's in one normal form, whether they come from our files or from a server of any version.

Each rule here is a cause of false drift: the two forms of a query, lists for maps, nulls for what is empty, what a server
works out by itself, numbers in place of names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.artifact import Json

OURS = "ours"
"""Where a card or dashboard lies that is in the service's own collection."""

TRASH = "Trash"
SLOT = "watchglass.key"
"""The setting of a card's place on a dashboard that names the place; a server keeps it, people do not see it."""

PAUSED = "paused_alerts"


def filled(body: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out what says nothing: null, empty, no; a default may be a no."""
    return {key: value for key, value in body.items() if not _says_nothing(key, value)}


def _says_nothing(key: str, value: Json) -> bool:
    if value is None or value in ([], {}):
        return True
    return value is False and key != "default"


def plain(value: Json) -> Json:
    """Write whole numbers without a fraction: a server may answer 10.0 for 10."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def query(sent: Mapping[str, Json], column: Callable[[int], Json]) -> dict[str, Json]:
    """
    Bring either form of a native query to the older one; what is none has no SQL.

    Args:
        column: a column's number to what the definition says of it.
    """
    held = sent
    if "stages" in sent:
        stages = sent.get("stages") or [{}]
        stage = stages[0] if len(stages) == 1 else {}
        held = {"native": {"query": stage.get("native"), "template-tags": stage.get("template-tags")}}
    native = held.get("native") or {}
    tags = native.get("template-tags") or {}
    listed = tags if isinstance(tags, list) else list(tags.values())
    return {
        "type": "native",
        "database": sent.get("database"),
        "native": {
            "query": native.get("query"),
            "template-tags": {tag["name"]: _tag(tag, column) for tag in listed},
        },
    }


def _tag(tag: Mapping[str, Json], column: Callable[[int], Json]) -> dict[str, Json]:
    kept = {key: value for key, value in filled(tag).items() if not key.startswith("lib/")}
    if "dimension" in kept:
        kept["dimension"] = ["field", _column(kept["dimension"], column), None]
    return kept


def _column(reference: Json, column: Callable[[int], Json]) -> Json:
    """Find the column of a reference: its number stands second in the older form, third in the newer one."""
    parts = reference[1:] if isinstance(reference, list) else []
    numbers = [part for part in parts if isinstance(part, int)]
    return column(numbers[0]) if numbers else next((part for part in parts if part), None)


def card(body: Mapping[str, Json], place: str, text: str, held: Mapping[str, Json]) -> dict[str, Json]:
    """
    Give a question without what a server works out.

    Args:
        place: where it lies; ``text``: its description without the mark; ``held``: its query in normal form.
    """
    made = {
        "name": body["name"],
        "description": text,
        "collection": place,
        "type": body.get("type") or "question",
        "display": body["display"],
        "dataset_query": dict(held),
        "parameters": [filled(each) for each in body.get("parameters") or []],
        "visualization_settings": body.get("visualization_settings") or {},
    }
    return plain(made)  # type: ignore[no-any-return]


def dashboard(
    body: Mapping[str, Json], place: str, text: str, tabs: list[str], dashcards: list[dict[str, Json]]
) -> dict[str, Json]:
    """
    Give a dashboard without what a server works out.

    Args:
        tabs: their names; ``dashcards``: each in normal form.
    """
    made = {
        "name": body["name"],
        "description": text,
        "collection": place,
        "width": body.get("width") or "fixed",
        "auto_apply_filters": body.get("auto_apply_filters") is not False,
        "parameters": [filled(each) for each in body.get("parameters") or []],
        "tabs": [{"name": name} for name in tabs],
        "dashcards": sorted(dashcards, key=lambda each: str(each["key"])),
    }
    return plain(made)  # type: ignore[no-any-return]


def dashcard(
    body: Mapping[str, Json], key: str, tab: str | None, named: Callable[[Json], Json]
) -> dict[str, Json]:
    """
    Give a card's place.

    Args:
        named: a card's number to what the definition calls it.
    """
    settings = {
        name: value for name, value in (body.get("visualization_settings") or {}).items() if name != SLOT
    }
    if "virtual_card" in settings:
        settings["virtual_card"] = filled(settings["virtual_card"] or {})
    return {
        "key": key,
        "card_id": named(body.get("card_id")),
        "tab": tab,
        **{name: body[name] for name in ("row", "col", "size_x", "size_y")},
        "series": [named(each["id"]) for each in body.get("series") or []],
        "parameter_mappings": sorted(
            (_mapping(each, named) for each in body.get("parameter_mappings") or []),
            key=lambda each: (str(each["parameter_id"]), str(each["target"])),
        ),
        "visualization_settings": settings,
    }


def _mapping(mapping: Mapping[str, Json], named: Callable[[Json], Json]) -> dict[str, Json]:
    target = mapping.get("target")
    if isinstance(target, list) and len(target) == 3 and target[2] in ({}, {"stage-number": 0}):
        target = target[:2]  # newer pages write the stage that there is anyway
    return {
        "parameter_id": mapping["parameter_id"],
        "card_id": named(mapping.get("card_id")),
        "target": target,
    }
