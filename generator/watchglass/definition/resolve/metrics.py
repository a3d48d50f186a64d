"""Metrics: a column of a query, its axis, what nothing means, its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from watchglass.artifact import Path
from watchglass.definition.model.queries import MetricPart
from watchglass.definition.resolve.axis import Axes
from watchglass.definition.resolve.conditions import target
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.queries import resolve_unit
from watchglass.definition.resolve.recorded import Readings, recorded
from watchglass.definition.service import History, Metric, Query, WhenNull
from watchglass.thresholds import Level, Thresholds


def resolve_metrics(
    context: Context,
    queries: Mapping[str, Query],
    axes: Axes,
    levels: tuple[Level, ...],
    kept: Readings,
) -> dict[str, Metric]:
    """
    Resolve every metric whose query and column are there.

    Args:
        kept: where what is recorded of them is kept.
    """
    made = {}
    for metric_id, part in context.definition.model.metrics.items():
        metric = _metric(context, metric_id, part, queries, axes, levels)
        if metric is not None:
            made[metric_id] = replace(metric, history=_history(context, metric, part, queries, kept))
    return made


def _metric(
    context: Context,
    metric_id: str,
    part: MetricPart,
    queries: Mapping[str, Query],
    axes: Axes,
    levels: tuple[Level, ...],
) -> Metric | None:
    path: Path = ("metrics", metric_id)
    query = context.find_query(part.query, queries, (*path, "query"))
    if query is None:
        return None
    column = context.find(f"column of '{query.id}'", part.column, query.columns, (*path, "column"))
    if column is None:
        return None
    if not column.numeric:
        context.report(
            "metric-not-number",
            f"'{column.name}' is of type {column.type}: a metric is a number",
            (*path, "column"),
        )
        return None
    for name in part.where:
        context.find(f"column of '{query.id}'", name, query.columns, (*path, "where", name), key=True)
    if part.where and part.pick:
        context.report("metric-row-twice", "where and pick both choose the row", (*path, "pick"))
    thresholds, spans = axes.get(metric_id, (None, {}))
    return Metric(
        metric_id,
        part.title or column.title,
        part.description or column.description,
        query,
        column,
        tuple(part.where.items()),
        part.pick,
        _when_null(context, part, thresholds, levels, (*path, "when_null")),
        thresholds,
        target(context, part.target, thresholds, metric_id, (*path, "target")),
        resolve_unit(context, part.unit, (*path, "unit")) or column.unit,
        part.decimals if part.decimals is not None else column.decimals,
        None,
        context.at(path),
        spans,
        dict(part.allow),
    )


def _when_null(
    context: Context, part: MetricPart, thresholds: Thresholds | None, levels: tuple[Level, ...], path: Path
) -> WhenNull | None:
    written = part.when_null
    if written is None:
        return None
    if written == "skip":
        return WhenNull("skip")
    if isinstance(written, (int, float)):
        return WhenNull("value", float(written))
    if context.find("level", str(written), {level.name: level for level in levels}, path) is None:
        return None
    value = level_number(thresholds, str(written)) if thresholds is not None else None
    if value is None:
        message = f"no number is at the level '{written}' of this metric"
        if thresholds is None:
            context.no_thresholds(str(path[1]), message, path, "write a number, or skip")
        else:
            context.report("thresholds-missing", message, path, hint="write a number, or skip")
        return None
    return WhenNull("level", value, str(written))


def level_number(thresholds: Thresholds, level: str) -> float | None:
    """Give a number that is at a level: where its band begins, or, in the lowest band, 0 or one below its end."""
    for band in thresholds.bands():
        if band.level.name != level:
            continue
        if band.low is not None:
            return band.low
        return 0.0 if band.high is None or band.high > 0 else band.high - 1
    return None


def _history(
    context: Context, metric: Metric, part: MetricPart, queries: Mapping[str, Query], kept: Readings
) -> History | None:
    written = part.history
    if written is None:
        return None
    path: Path = ("metrics", metric.id, "history")
    if written.record is not None:
        return recorded(context, metric, written, kept, path)
    for name in ("keep", "source"):
        if getattr(written, name) is not None:
            message = f"`{name}` belongs to a history that is recorded"
            context.report("history-form", message, (*path, name), key=True, hint="add record: 5m")
    if written.query is None or written.time is None:
        context.report(
            "history-form",
            "a history names its `query` and its `time` column, or is recorded",
            path,
            key=True,
            hint="such as {query: by_day, time: day}, or {record: 5m, keep: 90d}",
        )
        return None
    query = context.find_query(written.query, queries, (*path, "query"))
    if query is None:
        return None
    name = written.column or part.column
    time = context.find(f"column of '{query.id}'", written.time, query.columns, (*path, "time"))
    column = context.find(f"column of '{query.id}'", name, query.columns, (*path, "column"))
    if time is None or column is None:
        return None
    if not time.temporal:
        context.report(
            "time-column",
            f"'{time.name}' is of type {time.type}: a history runs over a date or timestamp",
            (*path, "time"),
        )
        return None
    if not column.numeric:
        message = f"'{column.name}' is of type {column.type}: a history is one of numbers"
        context.report("metric-not-number", message, (*path, "column"))
        return None
    return History(query, time.name, column.name)
