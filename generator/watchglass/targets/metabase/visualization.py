"""A panel as Metabase shows it: one function a kind, giving display, settings, and notes on what is shown otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json
from watchglass.definition.colors import hex_color
from watchglass.definition.service import Metric, Panel
from watchglass.definition.shown import OVER_TIME, Shown, axis_of, undrawn_levels
from watchglass.targets.metabase.formatting import (
    column_key,
    column_settings,
    level_rules,
    number_settings,
    segments,
    table_settings,
)
from watchglass.thresholds import Thresholds

SEGMENTS_SINCE = 59
"""The first Metabase (0.59) whose single number takes colours."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a card is shown, and what was changed on the way."""

    display: str
    settings: dict[str, Json]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What a look is made of."""

    panel: Panel
    shown: Shown
    version: int

    @property
    def metric(self) -> Metric | None:
        """The metric that the panel shows, if any."""
        return self.panel.metric

    def name(self, column: str | None) -> str:
        """Give a column's name in the rows."""
        return self.shown.named(column) or column or ""


def look(subject: Subject) -> Look:
    """Choose display and settings for a panel."""
    return _LOOKS[subject.panel.kind](subject)


def _value_settings(subject: Subject) -> dict[str, Json]:
    """Make the settings of the one number of a metric."""
    name, column = subject.shown.columns[0]
    metric = subject.metric
    unit, decimals = (metric.unit, metric.decimals) if metric is not None else (column.unit, column.decimals)
    title = metric.title if metric is not None else column.title
    return {column_key(name): {"column_title": title} | number_settings(unit, decimals, column.type)}


def _number(subject: Subject) -> Look:
    name = subject.shown.columns[0][0]
    settings: dict[str, Json] = {"scalar.field": name, "column_settings": _value_settings(subject)}
    thresholds = subject.metric.thresholds if subject.metric else None
    notes: tuple[str, ...] = ()
    if subject.metric is not None and subject.metric.history is not None and subject.panel.kind == "number":
        notes = ("a number that is current has no curve: the history is left out",)
    if thresholds is not None and subject.version < SEGMENTS_SINCE:
        notes = (
            *notes,
            f"a number takes colours from Metabase 0.{SEGMENTS_SINCE} on: it stands without them",
        )
    elif thresholds is not None:
        settings["scalar.segments"] = segments(thresholds, None, None)
    return Look("scalar", settings, notes)


def _gauge(subject: Subject) -> Look:
    thresholds = subject.metric.thresholds if subject.metric else None
    settings: dict[str, Json] = {"column_settings": _value_settings(subject)}
    if thresholds is not None:
        settings["gauge.segments"] = segments(thresholds, subject.panel.min, subject.panel.max)
        return Look("gauge", settings)
    low, high = subject.panel.min or 0, subject.panel.max
    if high is None:
        number = _number(subject)
        return Look(
            number.display,
            number.settings,
            ("a gauge needs levels or a `max:` in Metabase: a number stands in its place",),
        )
    settings["gauge.segments"] = [{"min": low, "max": high, "color": hex_color("blue"), "label": ""}]
    return Look("gauge", settings)


def _bar_gauge(subject: Subject) -> Look:
    panel = subject.panel
    if panel.metric is not None and not panel.metric.keyed:
        goal = panel.max if panel.max is not None else _worst(panel.metric.thresholds)
        if goal is None:
            number = _number(subject)
            return Look(
                number.display,
                number.settings,
                ("a bar towards no `max:` and no level: a number stands in its place",),
            )
        name = subject.shown.columns[0][0]
        settings = {
            "progress.value": name,
            "progress.goal": goal,
            "column_settings": _value_settings(subject),
        }
        return Look("progress", settings)
    note = "bars are not coloured by level: a row chart stands in their place"
    return Look("row", _chart(subject, None), (note, *_chart_notes(subject)))


def _worst(thresholds: Thresholds | None) -> float | None:
    return thresholds.worst().numbers[-1] if thresholds is not None else None


def _over_time(display: str) -> Callable[[Subject], Look]:
    def build(subject: Subject) -> Look:
        settings, notes = _chart(subject, "timeseries"), _chart_notes(subject)
        if display == "line" and subject.panel.stack:
            return Look("area", settings, ("Metabase stacks no lines: areas stand in their place", *notes))
        return Look(display, settings, notes)

    return build


def _chart_notes(subject: Subject) -> tuple[str, ...]:
    """Say what a chart leaves out; an axis without ends begins at zero, as one with `min: 0` does."""
    if subject.panel.min and subject.panel.max is None:
        note = "Metabase takes both ends of an axis or none: `min:` is left out, for there is no `max:`"
        return (note, *_goal_notes(subject))
    return _goal_notes(subject)


_CHOOSING = frozenset({*OVER_TIME, "bar"})
"""Kinds of panels that take a `level:`."""


def _goal_notes(subject: Subject) -> tuple[str, ...]:
    undrawn = undrawn_levels(subject.panel, subject.shown)
    if undrawn:
        return (undrawn,)
    thresholds = axis_of(subject.panel, subject.shown)
    if thresholds is None or len(thresholds.steps) < 2 or subject.panel.level is not None:
        return ()
    worst = thresholds.worst().level.name
    choice = "; `level:` chooses another" if subject.panel.kind in _CHOOSING else ""
    return (f"Metabase draws one goal line: '{worst}' stands for all levels{choice}",)


def _chart(subject: Subject, scale: str | None) -> dict[str, Json]:
    panel = subject.panel
    first = panel.time if scale == "timeseries" else panel.x
    dimensions = [subject.name(name) for name in (first, panel.series) if name is not None]
    if not dimensions and panel.metric is not None:
        dimensions = [subject.name(name) for name in panel.metric.query.key]
    settings: dict[str, Json] = {
        "graph.dimensions": dimensions,
        "graph.metrics": [subject.name(name) for name in panel.y],
        "graph.x_axis.labels_enabled": False,
        "column_settings": _chart_columns(subject),
    }
    if scale is not None:
        settings["graph.x_axis.scale"] = scale
    if panel.stack or panel.kind == "area":
        settings["stackable.stack_type"] = "stacked" if panel.stack else None
    return settings | _ends(panel) | _goal(subject)


def _ends(panel: Panel) -> dict[str, Json]:
    """Give an axis both ends or none: one that begins at a given number and has no other end ends at 100."""
    if panel.max is None:
        return {}
    return {
        "graph.y_axis.auto_range": False,
        "graph.y_axis.min": panel.min or 0,
        "graph.y_axis.max": panel.max,
    }


def _chart_columns(subject: Subject) -> dict[str, Json]:
    made = column_settings(subject.shown.columns)
    metric = subject.metric
    if metric is not None:
        for name in subject.panel.y:
            key = column_key(subject.name(name))
            made[key] = {"column_title": metric.title} | number_settings(metric.unit, metric.decimals)
    return made


def _goal(subject: Subject) -> dict[str, Json]:
    thresholds = axis_of(subject.panel, subject.shown)
    if thresholds is None or undrawn_levels(subject.panel, subject.shown):
        return {}
    step = thresholds.step(subject.panel.level) if subject.panel.level else thresholds.worst()
    if step is None:
        return {}
    number = step.high if step.high is not None else step.low
    return {"graph.show_goal": True, "graph.goal_value": number, "graph.goal_label": step.level.name}


def _bar(subject: Subject) -> Look:
    panel = subject.panel
    x = next((column for _, column in subject.shown.columns if column.name == panel.x), None)
    lying = x is not None and x.type == "text" and panel.series is None and not panel.stack
    return Look("row" if lying else "bar", _chart(subject, None), _chart_notes(subject))


def _histogram(subject: Subject) -> Look:
    if subject.panel.x is not None:
        return Look("bar", _chart(subject, None), _chart_notes(subject))
    name = subject.name(subject.panel.value)
    settings = {"graph.dimensions": [name], "graph.metrics": [name], "graph.x_axis.scale": "histogram"}
    return Look("bar", settings, ("Metabase groups no values of a native question: its bars are the values",))


def _pie(subject: Subject) -> Look:
    panel = subject.panel
    settings = {
        "pie.dimension": subject.name(panel.x),
        "pie.metric": subject.name(panel.y[0] if panel.y else None),
        "pie.show_legend": True,
        "column_settings": column_settings(subject.shown.columns),
    }
    more = ("a pie shows one number: the first is taken",) if len(panel.y) > 1 else ()
    return Look("pie", settings, more)


def _table(subject: Subject) -> Look:
    columns = subject.shown.columns
    notes = tuple(
        f"no curves in cells: the column '{name}' is hidden" for name, column in columns if column.sparkline
    )
    return Look("table", table_settings(columns), notes)


def _heatmap(subject: Subject) -> Look:
    made = _table(subject)
    name = subject.name(subject.panel.value)
    column = next((column for shown, column in subject.shown.columns if shown == name), None)
    rules = (
        level_rules(name, column.thresholds)
        if column is not None and column.thresholds is not None
        else [_heat(name)]
    )
    settings = made.settings | {"table.column_formatting": rules}
    if subject.panel.x is not None:
        rows = subject.panel.y[0] if subject.panel.y else None
        settings |= {
            "table.pivot": True,
            "table.pivot_column": subject.name(subject.panel.x),
            "table.cell_column": name,
        }
        settings["table.columns"] = [
            {"name": each, "enabled": True}
            for each in (subject.name(rows), subject.name(subject.panel.x), name)
        ]
    return Look("table", settings, ("no heat map: a table with coloured cells stands in its place",))


def _heat(name: str) -> dict[str, Json]:
    return {
        "columns": [name],
        "type": "range",
        "colors": ["#FFFFFF", hex_color("orange")],
        "min_type": None,
        "max_type": None,
        "min_value": 0,
        "max_value": 100,
    }


def _instead(what: str) -> Callable[[Subject], Look]:
    def build(subject: Subject) -> Look:
        made = _table(subject)
        return Look(made.display, made.settings, (f"no {what}: a table stands in its place",))

    return build


_LOOKS: Mapping[str, Callable[[Subject], Look]] = {
    "number": _number,
    "gauge": _gauge,
    "bar_gauge": _bar_gauge,
    "lines": _over_time("line"),
    "area": _over_time("area"),
    "bars": _over_time("bar"),
    "bar": _bar,
    "histogram": _histogram,
    "heatmap": _heatmap,
    "table": _table,
    "pie": _pie,
    "states": _instead("state timeline"),
    "logs": _instead("log panel"),
}
