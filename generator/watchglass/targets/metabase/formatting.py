"""How Metabase writes and colours columns: ``column_settings``, ``table.column_formatting``, segments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from watchglass.artifact import Json
from watchglass.definition.colors import hex_color
from watchglass.definition.service import Column
from watchglass.definition.units import Unit
from watchglass.thresholds import Band, Thresholds, whole


def column_key(name: str) -> str:
    """Give the key of a column in ``column_settings``: JSON without blanks, else Metabase does not find it."""
    return json.dumps(["name", name], separators=(",", ":"), ensure_ascii=False)


def column_settings(columns: Iterable[tuple[str, Column]]) -> dict[str, Json]:
    """Make the settings of all columns that need some: title, unit, decimals."""
    made: dict[str, Json] = {}
    for name, column in columns:
        settings = {"column_title": column.title} | number_settings(column.unit, column.decimals, column.type)
        made[column_key(name)] = settings
    return made


def number_settings(unit: Unit | None, decimals: int | None, kind: str = "number") -> dict[str, Json]:
    """Make number style, affixes and decimals; an interval was made seconds in SQL."""
    settings: dict[str, Json] = dict(unit.metabase) if unit is not None else {}
    if unit is None and kind == "interval":
        settings["suffix"] = " s"
    if decimals is not None:
        settings["decimals"] = decimals
    return settings


def segments(thresholds: Thresholds, low: float | None, high: float | None) -> list[dict[str, Json]]:
    """
    Cut an axis into coloured stretches with finite ends, since Metabase takes no open ones.

    Args:
        low: the axis' lower end; 0, or below the first number, where None.
        high: its upper end; well above the last number where None.
    """
    bottom, top = thresholds.ends(low, high)
    made = [_segment(band, bottom, top) for band in thresholds.bands()]
    return [segment for segment in made if segment["min"] < segment["max"]]


def _segment(band: Band, bottom: float, top: float) -> dict[str, Json]:
    low = bottom if band.low is None else max(band.low, bottom)
    high = top if band.high is None else min(band.high, top)
    return {
        "min": whole(low),
        "max": whole(high),
        "color": hex_color(band.level.color),
        "label": band.level.name,
    }


def table_settings(columns: Sequence[tuple[str, Column]]) -> dict[str, Json]:
    """Make the settings of a table with these columns in this order; a curve's numbers are hidden."""
    return {
        "table.columns": [{"name": name, "enabled": not column.sparkline} for name, column in columns],
        "table.pivot": False,
        "table.column_formatting": table_formatting(columns),
        "column_settings": column_settings(columns),
    }


def table_formatting(columns: Iterable[tuple[str, Column]]) -> list[dict[str, Json]]:
    """
    Make the rules that colour cells by level and by value.

    Metabase takes the first rule that matches (visualizations/lib/table_format.js: rules are applied from the last to
    the first, so that the first one wins), so the worst level of the side stands first.
    """
    rules: list[dict[str, Json]] = []
    for name, column in columns:
        if column.thresholds is not None:
            rules += level_rules(name, column.thresholds)
        for value in column.values:
            if value.color:
                rules.append(_rule(name, "=", value.text or value.value, hex_color(value.color)))
    return rules


def level_rules(name: str, thresholds: Thresholds) -> list[dict[str, Json]]:
    """Make one rule a step and side, the worst level first."""
    rules = []
    for step in reversed(thresholds.steps):
        color = hex_color(step.level.color)
        if step.high is not None:
            rules.append(_rule(name, ">=", whole(step.high), color))
        if step.low is not None:
            rules.append(_rule(name, "<", whole(step.low), color))
    return rules


def _rule(name: str, operator: str, value: Json, color: str) -> dict[str, Json]:
    return {
        "columns": [name],
        "type": "single",
        "operator": operator,
        "value": value,
        "color": color,
        "highlight_row": False,
    }
