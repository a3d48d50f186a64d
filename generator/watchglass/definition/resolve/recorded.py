"""`history: {record: 5m, keep: 90d}` → the query over what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from watchglass.artifact import Path
from watchglass.definition.columns import At, Column, Source
from watchglass.definition.model.queries import HistoryPart
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import History, Metric, Query, Recording
from watchglass.durations import Duration
from watchglass.sql import readings
from watchglass.sql.alert_wrap import free_name
from watchglass.sql.pieces import SourceText, Template

_KEEP = Duration(90, "d")
_SHORTEST = 10.0


@dataclass(frozen=True, slots=True)
class Readings:
    """
    Where readings are kept.

    Args:
        service: the service's name in the table.
    """

    service: str
    sources: Mapping[str, Source]


def recorded(
    context: Context, metric: Metric, part: HistoryPart, kept: Readings, path: Path
) -> History | None:
    """Resolve a recorded history."""
    if part.query is not None or part.time is not None or part.column is not None:
        message = "a history is a query, or it is recorded: not both"
        context.report("history-form", message, path, key=True)
        return None
    source = metric.query.source
    if part.source is not None:
        found = context.find("source", part.source, kept.sources, (*path, "source"))
        if found is None:
            return None
        source = found
    recording = _recording(context, part, path)
    query = _query(metric, kept.service, source, recording, context.at(path))
    return History(query, next(iter(query.columns)), metric.column.name, recording)


def _recording(context: Context, part: HistoryPart, path: Path) -> Recording:
    every, keep = part.record or Duration(5, "m"), part.keep or _KEEP
    if every.seconds < _SHORTEST or every.seconds % 1 or every.unit in ("mo", "y"):
        message = f"a number is recorded every {every.words}: write whole seconds, 10 or more"
        context.report("wrong-duration", message, (*path, "record"), hint="such as 1m, 5m or 1h")
    if keep.seconds <= every.seconds:
        message = f"readings are kept for {keep.words}, no longer than from one to the next"
        context.report("wrong-duration", message, (*path, "keep"), hint="such as 90d")
    return Recording(every, keep)


def _query(metric: Metric, service: str, source: Source, recording: Recording, at: At) -> Query:
    key = metric.query.key if metric.keyed else ()
    time = free_name(readings.AT, (metric.column.name, *key))
    series = (free_name("series", (metric.column.name, *key, time)),) if len(key) > 1 else ()
    pieces = readings.history_of(service, metric.id, metric.column.name, key, time, *series)
    columns = {
        time: Column(time, "timestamp", "Time", None, False, None, (), None, "", None, at),
        **{name: replace(metric.query.columns[name], type="text", values=(), unit=None) for name in key},
        **{
            name: Column(name, "text", "Series", None, False, None, (), None, "", None, at) for name in series
        },
        metric.column.name: replace(
            metric.column, type="number", nullable=True, scale=None, values=(), unit=metric.unit
        ),
    }
    return Query(
        f"{metric.id}-readings",
        metric.title,
        metric.description,
        source,
        Template(
            pieces, SourceText(at.span.file, at.path, "", ((at.span.line, at.span.column),), exact=False)
        ),
        (),
        columns,
        None,
        recording.every,
        None,
        True,
        at,
        since={readings.TABLE: readings.AT},
    )
