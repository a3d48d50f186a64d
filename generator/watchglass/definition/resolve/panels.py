"""Panels: which keys each kind takes, and which columns it draws where the definition does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from watchglass.artifact import Path
from watchglass.definition.model.dashboards import PanelPart
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Column, Link, Metric, Panel, Query
from watchglass.definition.shown import OVER_TIME

_COMMON = frozenset({"id", "as_", "title", "description", "width", "height", "links", "allow"})
_ON_AN_AXIS = frozenset({"metric", "query", "time", "y", "series", "stack", "level", "min", "max"})
KEYS: Mapping[str, frozenset[str]] = {
    "number": frozenset({"metric", "level"}),
    "gauge": frozenset({"metric", "level", "min", "max"}),
    "bar_gauge": frozenset({"metric", "query", "x", "y", "min", "max", "limit"}),
    "lines": _ON_AN_AXIS,
    "area": _ON_AN_AXIS,
    "bars": _ON_AN_AXIS,
    "bar": frozenset({"query", "x", "y", "series", "stack", "level", "min", "max", "limit"}),
    "histogram": frozenset({"query", "x", "y", "value", "limit"}),
    "heatmap": frozenset({"query", "time", "x", "y", "value", "limit"}),
    "table": frozenset({"query", "columns", "limit"}),
    "pie": frozenset({"query", "x", "y", "limit"}),
    "states": frozenset({"query", "time", "y", "series"}),
    "logs": frozenset({"query", "time", "message", "columns", "limit"}),
    "alerts": frozenset({"limit"}),
    "text": frozenset({"text"}),
}
"""What each kind takes besides id, title, description, size and links, and a range where it shows a query."""

_WITHOUT_QUERY = frozenset({"alerts", "text"})
_RUN_OVER_TIME = OVER_TIME | {"states", "logs"}
_OF_NUMBERS = OVER_TIME | {"bar", "pie", "histogram", "bar_gauge", "heatmap"}


def resolve_panel(
    context: Context, part: PanelPart, path: Path, metrics: Mapping[str, Metric], queries: Mapping[str, Query]
) -> Panel | None:
    """Resolve one panel; None where what it shows is not there."""
    _check_keys(context, part, path)
    metric, query = _subject(context, part, path, metrics, queries)
    if part.as_ not in _WITHOUT_QUERY and query is None:
        return None
    if part.as_ == "text" and not part.text.strip():
        context.report("missing-key", "a text panel has a `text:`", path)
    context.some_time(part.range, (*path, "range"))
    if part.min is not None and part.max is not None and part.min >= part.max:
        context.report("panel-size", "an axis goes up: min lies below max", (*path, "max"))
    panel = Panel(
        part.id or _default_id(part),
        part.as_,
        part.title or (metric.title if metric else query.title if query else _default_id(part).capitalize()),
        part.description or (metric.description if metric else query.description if query else ""),
        metric,
        query,
        part.x,
        tuple(part.y),
        part.series,
        part.value,
        part.time,
        part.message,
        tuple(part.columns),
        bool(part.stack),
        _level(context, part, metric, query, path),
        part.min,
        part.max,
        part.range,
        _positive(context, part.limit, (*path, "limit")),
        _size(context, part.width, 24, (*path, "width")),
        _size(context, part.height, 60, (*path, "height")),
        part.text,
        tuple(Link(link.title or link.url, link.url) for link in part.links),
        context.at(path),
        dict(part.allow),
    )
    return panel if query is None else _with_columns(context, panel, query, path)


def _check_keys(context: Context, part: PanelPart, path: Path) -> None:
    allowed = KEYS[part.as_] | _COMMON | (frozenset() if part.as_ in _WITHOUT_QUERY else {"range"})
    for name in sorted(part.model_fields_set - allowed):
        key = name.rstrip("_")
        takes = ", ".join(sorted(KEYS[part.as_]))
        context.report(
            "panel-key",
            f"a panel `as: {part.as_}` takes no `{key}`",
            (*path, key),
            key=True,
            hint=f"it takes {takes}",
        )


def _default_id(part: PanelPart) -> str:
    subject = part.metric or part.query
    return f"{subject}-{part.as_}" if subject else part.as_


def _subject(
    context: Context, part: PanelPart, path: Path, metrics: Mapping[str, Metric], queries: Mapping[str, Query]
) -> tuple[Metric | None, Query | None]:
    if part.as_ in _WITHOUT_QUERY:
        return None, None
    if (part.metric is None) == (part.query is None):
        context.report("panel-form", "a panel shows a metric or a query", path)
        return None, None
    model = context.definition.model
    if part.query is not None:
        return None, context.find_query(part.query, queries, (*path, "query"))
    assert part.metric is not None, "one of the two is there"
    if part.metric not in model.metrics:
        context.unknown("metric", part.metric, model.metrics, (*path, "metric"))
    metric = metrics.get(part.metric)
    if metric is None:
        return None, None
    over_time = part.as_ in OVER_TIME
    if (
        over_time
        and metric.history is None
        and not any(column.temporal for column in metric.query.columns.values())
    ):
        if model.metrics[metric.id].history is None:  # one that is wrong has its own problems
            context.report(
                "panel-history",
                f"'{metric.id}' has no history to draw over time",
                (*path, "metric"),
                hint="add history: to the metric",
            )
        return None, None
    if over_time and metric.history is not None:
        return metric, metric.history.query
    if metric.keyed and part.as_ in ("number", "gauge"):
        context.report(
            "panel-keyed",
            f"'{metric.id}' is one number a key: a {part.as_} shows one",
            (*path, "metric"),
            hint="use bar_gauge or table",
        )
    return metric, metric.query


def _level(
    context: Context, part: PanelPart, metric: Metric | None, query: Query | None, path: Path
) -> str | None:
    if part.level is None:
        return None
    if metric is not None and metric.thresholds is None:
        context.no_thresholds(metric.id, f"'{metric.id}' has no thresholds", (*path, "level"))
        return None
    axes = (
        [metric.thresholds]
        if metric is not None
        else [column.thresholds for column in query.columns.values()]
        if query
        else []
    )
    names = {step.level.name: step for axis in axes if axis is not None for step in axis.steps}
    context.find("level with a threshold here", part.level, names, (*path, "level"))
    return part.level


def _positive(context: Context, value: int | None, path: Path) -> int | None:
    if value is not None and not 1 <= value <= 10_000:
        context.report("panel-size", "a limit is a count from 1 to 10,000", path)
    return value


def _size(context: Context, value: int | None, most: int, path: Path) -> int | None:
    if value is not None and not 1 <= value <= most:
        context.report("panel-size", f"{path[-1]} is a number from 1 to {most}", path)
    return value


def _with_columns(context: Context, panel: Panel, query: Query, path: Path) -> Panel:
    """Check the columns that are named, and choose those that are not."""
    known = query.columns
    named = [
        ("x", panel.x),
        ("series", panel.series),
        ("value", panel.value),
        ("time", panel.time),
        ("message", panel.message),
    ]
    for key, name in named:
        if name is not None:
            context.find(f"column of '{query.id}'", name, known, (*path, key))
    for key, names in (("y", panel.y), ("columns", panel.columns)):
        context.distinct(names, (*path, key))
        for index, name in enumerate(names):
            context.find(f"column of '{query.id}'", name, known, (*path, key, index))
    chosen = _chosen(panel, query)
    _check_columns(context, chosen, query, path)
    return chosen


def _check_columns(context: Context, panel: Panel, query: Query, path: Path) -> None:
    known = query.columns
    if panel.kind in _RUN_OVER_TIME and panel.time is None:
        hint = "name one with time:"
        context.report(
            "time-column", f"'{query.id}' has no date or timestamp column to run over", path, hint=hint
        )
    elif panel.time is not None and panel.time in known and not known[panel.time].temporal:
        context.report("time-column", f"'{panel.time}' is no date or timestamp", (*path, "time"))
    if panel.kind in _OF_NUMBERS and not panel.y and not panel.value:
        context.report(
            "panel-numbers", f"'{query.id}' has no number to draw", path, hint="name columns with y:"
        )
    drawn = [(name, (*path, "y", index)) for index, name in enumerate(panel.y)]
    if panel.kind in ("states", "heatmap"):
        drawn = []
    for name, place in (*drawn, *([(panel.value, (*path, "value"))] if panel.value is not None else [])):
        if name in known and not known[name].numeric:
            kind = known[name].type
            context.report("panel-numbers", f"'{name}' is of type {kind}: only numbers are drawn", place)


def _chosen(panel: Panel, query: Query) -> Panel:
    columns = list(query.columns.values())
    over_time = panel.kind in _RUN_OVER_TIME or (panel.kind == "heatmap" and panel.x is None)
    time = panel.time or (_first(columns, lambda column: column.temporal) if over_time else None)
    x = panel.x
    if (
        x is None
        and panel.kind in ("bar", "pie", "histogram", "bar_gauge", "heatmap")
        and not (panel.kind == "heatmap" and time)
        and not (panel.kind == "histogram" and panel.value)
    ):
        x = _first(columns, lambda column: not column.numeric)
    value = panel.value or _value(panel, columns, x)
    y = panel.y or _numbers(
        panel, columns, {time, x, panel.series, value if panel.kind == "histogram" else None}
    )
    message = panel.message or (
        _first(columns, lambda column: column.type == "text") if panel.kind == "logs" else None
    )
    series = panel.series or (_series_of_readings(panel.metric) if over_time else None)
    return replace(panel, time=time, x=x, value=value, y=y, message=message, series=series)


def _series_of_readings(metric: Metric | None) -> str | None:
    """Give the column by which the readings of a keyed metric fall into lines."""
    if metric is None or metric.history is None or metric.history.recording is None or not metric.keyed:
        return None
    texts = [column.name for column in metric.history.query.columns.values() if column.type == "text"]
    return texts[-1]


def _value(panel: Panel, columns: list[Column], x: str | None) -> str | None:
    if panel.kind == "heatmap":
        return next(
            (column.name for column in columns if column.numeric and column.name not in (x, *panel.y)), None
        )
    if panel.kind == "histogram" and x is None and not panel.y:
        return next((column.name for column in columns if column.numeric), None)
    return None


def _numbers(panel: Panel, columns: list[Column], taken: set[str | None]) -> tuple[str, ...]:
    if panel.kind in ("table", "logs", "text", "alerts") or (panel.kind == "histogram" and None not in taken):
        return ()
    if panel.metric is not None:
        history = panel.metric.history
        over_time = panel.kind in OVER_TIME
        return (history.column if history is not None and over_time else panel.metric.column.name,)
    if panel.kind == "states":
        return tuple(column.name for column in columns if not column.temporal and column.name not in taken)
    if panel.kind == "heatmap":
        return tuple(column.name for column in columns if column.name not in taken)[:1]
    return tuple(column.name for column in columns if column.numeric and column.name not in taken)


def _first(columns: list[Column], test: Callable[[Column], bool]) -> str | None:
    return next((column.name for column in columns if test(column)), None)
