"""Columns as Grafana's fields: units, decimals, threshold steps, names and colours of values, overrides by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from watchglass.artifact import Json
from watchglass.definition.service import Column, Metric, ValueName
from watchglass.definition.units import Unit
from watchglass.thresholds import Level, Thresholds, whole

NO_DATA = "no data"
"""What a panel shows in place of a number where there is none."""

_NEUTRAL = "blue"


def unit_of(unit: Unit | None, kind: str) -> str:
    """Give Grafana's unit id; an interval was made seconds in SQL."""
    if unit is not None:
        return unit.grafana
    return "s" if kind == "interval" else "none"


def steps(thresholds: Thresholds) -> list[dict[str, Json]]:
    """
    Build threshold steps, lowest first.

    Returns:
        ``{"color", "value"}``: a base step with value None (minus infinity), then one per number.

    Source: Grafana 12.3, ``fieldConfig.defaults.thresholds``; a step holds for value >= its number.
    """
    return [
        {"color": band.level.color, "value": None if band.low is None else whole(band.low)}
        for band in thresholds.bands()
    ]


def levels_of_steps(thresholds: Thresholds) -> tuple[Level | None, ...]:
    """Give for each step the level whose number it stands at, None for the base."""
    owner = {number: step.level for step in thresholds.steps for number in step.numbers}
    return tuple(None if band.low is None else owner[band.low] for band in thresholds.bands())


def one_step(thresholds: Thresholds, level: str) -> list[dict[str, Json]]:
    """Build the steps at which one level begins, for a chart that draws that level alone."""
    step = thresholds.step(level)
    numbers = sorted(step.numbers) if step is not None else []
    color = step.level.color if step is not None else _NEUTRAL
    return [
        {"color": "transparent", "value": None},
        *({"color": color, "value": whole(number)} for number in numbers),
    ]


def absolute(made: list[dict[str, Json]] | None) -> dict[str, Json]:
    """Build ``thresholds``; without levels one neutral step, since Grafana would put red at 80 in its place."""
    return {"mode": "absolute", "steps": made or [{"color": _NEUTRAL, "value": None}]}


def mappings(values: Iterable[ValueName], *, named: bool) -> list[dict[str, Json]]:
    """
    Build the mapping of single values to texts and colours.

    Args:
        named: whether the rows hold the names already, as SQL gives them.
    """
    options: dict[str, Json] = {}
    for index, each in enumerate(values):
        shown = {key: text for key, text in (("text", each.text), ("color", each.color)) if text}
        options[each.text if named and each.text else each.value] = shown | {"index": index}
    return [{"type": "value", "options": options}] if options else []


def metric_defaults(metric: Metric) -> dict[str, Json]:
    """Build the field defaults of a metric's number."""
    made: dict[str, Any] = {
        "displayName": metric.title,
        "unit": unit_of(metric.unit, metric.column.type),
        "noValue": NO_DATA,
        "mappings": mappings(metric.column.values, named=False),
        "thresholds": absolute(steps(metric.thresholds) if metric.thresholds is not None else None),
        "color": {"mode": "thresholds"},
    }
    if metric.decimals is not None:
        made["decimals"] = metric.decimals
    return made


def number_defaults(columns: Iterable[Column], thresholds: Thresholds | None) -> dict[str, Json]:
    """Build the field defaults of several columns: unit and decimals where all agree."""
    listed = list(columns)
    units = {unit_of(column.unit, column.type) for column in listed}
    decimals = {column.decimals for column in listed}
    made: dict[str, Any] = {
        "unit": units.pop() if len(units) == 1 else "none",
        "noValue": NO_DATA,
        "thresholds": absolute(steps(thresholds) if thresholds is not None else None),
        "color": {"mode": "palette-classic"},
    }
    if len(decimals) == 1 and (found := decimals.pop()) is not None:
        made["decimals"] = found
    return made


def override(name: str, properties: dict[str, Json]) -> dict[str, Json]:
    """Build what holds for the field of one name alone."""
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def title_override(name: str, column: Column, suffix: str = "") -> dict[str, Json]:
    """Build the heading, unit and decimals of one column; ``suffix`` follows the heading."""
    made: dict[str, Json] = {"displayName": f"{column.title}{suffix}"}
    if column.numeric:
        made["unit"] = unit_of(column.unit, column.type)
        if column.decimals is not None:
            made["decimals"] = column.decimals
    return override(name, made)


def cell_override(name: str, column: Column) -> dict[str, Json]:
    """Build a table's column: heading, unit, and cells coloured by level or by value, or a curve in them."""
    made = {each["id"]: each["value"] for each in title_override(name, column)["properties"]}
    if column.thresholds is not None:
        made["thresholds"] = absolute(steps(column.thresholds))
        made["color"] = {"mode": "thresholds"}
        made["custom.cellOptions"] = {"type": "color-background", "mode": "basic"}
    elif any(value.color for value in column.values):
        made["mappings"] = mappings(column.values, named=True)
        made["custom.cellOptions"] = {"type": "color-background", "mode": "basic"}
    if column.sparkline:
        made["custom.cellOptions"] = {"type": "sparkline", "hideValue": True}
        made["color"] = {"mode": "fixed", "fixedColor": "blue"}
    if column.temporal and column.type == "timestamp":
        made["unit"] = "dateTimeAsIso"
    if column.numeric:
        made["custom.align"] = "right"
    return override(name, made)
