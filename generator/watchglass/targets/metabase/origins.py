"""Where the numbers in a card's settings come from: pointer in the card's body → path in the definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from watchglass.artifact import Json, Path
from watchglass.definition.service import Column, Panel, Query
from watchglass.definition.shown import Shown, axis_of, step_places_of
from watchglass.thresholds import Thresholds

_SEGMENTS = ("gauge.segments", "scalar.segments")
_LINES = ("graph.goal_value", "progress.goal")
_SETTINGS = "/visualization_settings"
_FORMATTING = "table.column_formatting"


def card_origins(panel: Panel, query: Query, rows: Shown, settings: Mapping[str, Json]) -> dict[str, Path]:
    """Map a card's name, statement, kind, and every number that a level has put into its settings."""
    home = panel.at.path
    places: dict[str, Path] = {
        "/name": (*home, "title"),
        "/dataset_query/native/query": (*query.at.path, "sql"),
        "/display": (*home, "as"),
    }
    axis = axis_of(panel, rows)
    if axis is not None:
        places |= _found(_axis_numbers(settings), number_places(axis, step_places_of(panel, rows)))
    places |= cell_origins(rows.columns, settings)
    if panel.max is not None:
        places |= {
            place: (*home, "max") for place, _ in _axis_numbers(settings) if place.endswith("progress.goal")
        }
    return places


def cell_origins(columns: Iterable[tuple[str, Column]], settings: Mapping[str, Json]) -> dict[str, Path]:
    """Map the numbers by which a table's cells are coloured."""
    places: dict[str, Path] = {}
    for name, column in columns:
        if column.thresholds is not None:
            known = number_places(column.thresholds, column.step_spans)
            places |= _found(_cell_numbers(settings, name), known)
    return places


def number_places(thresholds: Thresholds, spans: Mapping[str, Path]) -> dict[float, Path]:
    """Map the numbers of an axis to their places in the definition; those of a pair are counted from 0."""
    places: dict[float, Path] = {}
    for step in thresholds.steps:
        if step.level.name in spans:
            path, pair = spans[step.level.name], len(step.numbers) > 1
            places |= {number: (*path, index) if pair else path for index, number in enumerate(step.numbers)}
    return places


def _axis_numbers(settings: Mapping[str, Json]) -> Iterator[tuple[str, float]]:
    for key in _SEGMENTS:
        for index, segment in enumerate(settings.get(key, ())):
            for end in ("min", "max"):
                yield f"{_SETTINGS}/{key}/{index}/{end}", segment[end]
    for key in _LINES:
        if key in settings:
            yield f"{_SETTINGS}/{key}", settings[key]


def _cell_numbers(settings: Mapping[str, Json], column: str) -> Iterator[tuple[str, float]]:
    for index, rule in enumerate(settings.get(_FORMATTING, ())):
        if rule["columns"] == [column] and isinstance(rule.get("value"), int | float):
            yield f"{_SETTINGS}/{_FORMATTING}/{index}/value", rule["value"]


def _found(numbers: Iterator[tuple[str, float]], known: Mapping[float, Path]) -> dict[str, Path]:
    return {pointer: known[number] for pointer, number in numbers if number in known}
