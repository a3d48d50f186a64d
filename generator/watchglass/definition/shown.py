"""The rows that a panel shows, as one neutral statement: every target that draws the panel asks for the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watchglass.artifact import Path
from watchglass.definition.service import Column, History, Metric, Panel, Query
from watchglass.definition.telling import nothing_of, value_item
from watchglass.sql import wrap
from watchglass.sql.pieces import Piece
from watchglass.sql.wrap import Item
from watchglass.thresholds import Thresholds

OVER_TIME: frozenset[str] = frozenset({"lines", "area", "bars"})
"""Kinds of panels that draw numbers over a time axis."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A panel's statement.

    Args:
        columns: what its rows hold, in order: the name there, and the column of the query it comes from.
        whole: whether the rows are exactly the query's.
    """

    pieces: tuple[Piece, ...]
    columns: tuple[tuple[str, Column], ...]
    whole: bool = False

    def named(self, name: str | None) -> str | None:
        """Give the name in the rows of a column of the query."""
        return next((shown for shown, column in self.columns if column.name == name), None)


def shown(panel: Panel, query: Query, timezone: str, time_alias: str = "") -> Shown:
    """
    Make the statement of a panel.

    Args:
        time_alias: how the target wants the column of the time axis to be called; its own name where empty.
    """
    if panel.metric is not None and panel.kind in ("number", "gauge", "bar_gauge") and not panel.metric.keyed:
        metric = panel.metric
        pieces = wrap.metric_value(
            query.template.pieces, value_item(metric), metric.where, metric.pick, nothing_of(metric), timezone
        )
        return Shown(pieces, ((metric.column.name, metric.column),))
    items, order = _items(panel, query, time_alias)
    columns = tuple((item.alias or item.column, query.columns[item.column]) for item in items)
    if panel.kind == "table" and _as_it_is(items, query):
        return Shown(wrap.limited(query.template.pieces, panel.limit), columns, whole=panel.limit is None)
    return Shown(wrap.rows(query.template.pieces, items, timezone, order, panel.limit), columns)


def curve_of(panel: Panel) -> History | None:
    """Give the past that a panel of one number shows beside it: one that can be asked for in the same statement."""
    metric = panel.metric
    if panel.kind != "number" or metric is None or metric.history is None:
        return None
    return metric.history if metric.history.query.source.id == metric.query.source.id else None


def queries_of(panel: Panel) -> tuple[Query, ...]:
    """List the queries that a panel's statement reads: that of what it shows, and that of the curve beside a number."""
    listed, curve = (panel.query,) if panel.query is not None else (), curve_of(panel)
    return (*listed, curve.query) if curve is not None else listed


def shown_with_history(metric: Metric, timezone: str) -> Shown:
    """Make the statement of a metric's past over ``time``, its present number being the last point."""
    assert metric.history is not None, "asked for by the caller"
    past = metric.history
    present = wrap.metric_value(
        metric.query.template.pieces,
        value_item(metric),
        metric.where,
        metric.pick,
        nothing_of(metric),
        timezone,
    )
    time, column = past.query.columns[past.time], past.query.columns[past.column]
    pieces = wrap.with_history(
        present,
        past.query.template.pieces,
        Item(time.name, time.type, "time", role="time"),
        Item(column.name, column.type, metric.column.name, scale=column.scale),
        timezone,
    )
    return Shown(pieces, (("time", time), (metric.column.name, metric.column)))


def axis_of(panel: Panel, rows: Shown) -> Thresholds | None:
    """Give the axis of what a panel draws: the metric's, or the one that all drawn columns share."""
    if panel.metric is not None:
        return panel.metric.thresholds
    drawn = [column.thresholds for _, column in rows.columns if column.name in panel.y]
    found = [thresholds for thresholds in drawn if thresholds is not None]
    return found[0] if found and all(each == found[0] for each in found) else None


def undrawn_levels(panel: Panel, rows: Shown) -> str:
    """Say why a chart does not draw the levels that it has; empty where it can."""
    if not panel.stack or axis_of(panel, rows) is None:
        return ""
    return "its levels are not drawn: they judge single numbers, and stacked ones are read as their sum"


def step_places_of(panel: Panel, rows: Shown) -> Mapping[str, Path]:
    """Give the places in the definition of the numbers of `axis_of`: level → path."""
    if panel.metric is not None:
        return panel.metric.step_spans
    drawn = [column for _, column in rows.columns if column.name in panel.y]
    return next((column.step_spans for column in drawn if column.step_spans), {})


def _as_it_is(items: tuple[Item, ...], query: Query) -> bool:
    plain = all(item == Item(item.column, item.type) for item in items)
    return plain and [item.column for item in items] == list(query.columns)


def _items(panel: Panel, query: Query, time_alias: str) -> tuple[tuple[Item, ...], str]:
    known = query.columns
    if panel.kind in ("table", "logs"):
        return _listed(panel, query, time_alias)
    items: list[Item] = []
    order = ""
    if panel.time is not None and panel.time in known:
        alias = time_alias or panel.time
        items.append(Item(panel.time, known[panel.time].type, alias, role="time"))
        order = "1"
    if panel.kind == "bar_gauge" and panel.metric is not None:
        items += [_label(known[name]) for name in query.key]
    for name in (panel.x, panel.series):
        if name is not None and name in known and name not in [item.column for item in items]:
            items.append(_label(known[name]))
    if panel.kind == "heatmap":
        items += [_label(known[name]) for name in panel.y if name in known]
    else:
        items += [_number(known[name]) for name in panel.y if name in known]
    if panel.value is not None and panel.value in known:
        items.append(_number(known[panel.value]))
    return tuple(items), order


def _listed(panel: Panel, query: Query, time_alias: str) -> tuple[tuple[Item, ...], str]:
    named = [name for name in panel.columns if name in query.columns] or list(query.columns)
    if panel.kind == "table":
        return tuple(_number(query.columns[name]) for name in named), ""
    first = [name for name in (panel.time, panel.message) if name is not None and name in query.columns]
    rest = [name for name in named if name not in first]
    items = [_number(query.columns[name]) for name in (*first, *rest)]
    if panel.time is not None and first:
        items[0] = Item(panel.time, query.columns[panel.time].type, time_alias or panel.time, role="time")
    return tuple(items), "1 DESC"


def _label(column: Column) -> Item:
    names = tuple((value.value, value.text) for value in column.values if value.text)
    plain = column.type in ("text", "boolean") and not names
    return Item(column.name, column.type, names=names, role="shown" if plain else "text")


def _number(column: Column) -> Item:
    """Show a column: a day as text, an interval as seconds, a number with its scale, a value by its name."""
    names = tuple((value.value, value.text) for value in column.values if value.text)
    if names or column.type == "date":
        return Item(column.name, column.type, role="text", names=names)
    return Item(column.name, column.type, scale=column.scale)
