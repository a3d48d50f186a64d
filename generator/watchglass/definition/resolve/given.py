"""What an alert test puts in: series in place of a metric's query, and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchglass.artifact import Path
from watchglass.definition.alert_tests import Given, Row
from watchglass.definition.resolve.context import Context, nearest
from watchglass.definition.series import Series, SeriesError, read_series
from watchglass.definition.service import Metric
from watchglass.durations import parse_duration
from watchglass.sql.literals import quote

_FORM = "write numbers such as 0x10 40x20; _ is no row, null a NULL, error a query that fails"
_CELLS = ("ago", "ahead", "sql")


def read_given(context: Context, metric: Metric, written: Any, path: Path) -> Given | None:
    """Read the series of a metric: one, or for a metric with a key one for each value of it."""
    if isinstance(written, dict):
        if not metric.keyed:
            hint = "its query has no key: write one series"
            context.report("test-values", f"'{metric.id}' is one number", path, key=True, hint=hint)
            return None
        return Given(metric.id, dict(_by_key(context, metric, written, path, ())), path)
    series = _series(context, written, path)
    if series is None:
        return None
    if metric.keyed and any(isinstance(cell, float) or cell == "null" for cell in series.cells):
        key = metric.query.key
        context.report(
            "test-values",
            f"'{metric.id}' has a number for each {', '.join(key)}",
            path,
            hint=f"write {metric.id}: {_example(key)}",
        )
        return None
    return Given(metric.id, {(): series}, path)


def _example(key: Sequence[str]) -> str:
    inner = "10x5 120x10"
    for column in reversed(key):
        inner = f"{{<{column}>: {inner}}}"
    return inner


def _by_key(
    context: Context, metric: Metric, written: Mapping[str, Any], path: Path, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Series]]:
    """Walk maps in maps, one a column of the key."""
    columns = metric.query.key
    for name, inner in written.items():
        place, key = (*path, name), (*above, str(name))
        deeper = len(key) < len(columns)
        if deeper != isinstance(inner, dict):
            message = f"the key of '{metric.id}' is {', '.join(columns)}: a map in a map for each"
            context.report("test-values", message, place, key=True, hint=f"write {_example(columns)}")
        elif isinstance(inner, dict):
            yield from _by_key(context, metric, inner, place, key)
        else:
            series = _series(context, inner, place)
            if series is not None:
                yield key, series


def _series(context: Context, written: Any, path: Path) -> Series | None:
    if written is None:
        return Series(("null",))
    try:
        return read_series(written) if isinstance(written, str) else _not_a_series()
    except SeriesError as error:
        context.report("test-values", str(error), path, hint=_FORM)
        return None


def _not_a_series() -> Series:
    raise SeriesError("expected a series")


def read_rows(
    context: Context, written: Mapping[str, Sequence[Mapping[str, Any]]], path: Path
) -> tuple[Row, ...]:
    """Read the rows that a step inserts, as SQL of their values."""
    found = []
    for table, rows in written.items():
        for index, cells in enumerate(rows):
            place = (*path, table, index)
            made = {name: _cell(context, cell, (*place, name)) for name, cell in cells.items()}
            found.append(Row(table, made, place))
    return tuple(found)


def _cell(context: Context, written: Any, path: Path) -> str:
    if written is None:
        return "NULL"
    if isinstance(written, str):
        return quote(written)
    if isinstance(written, dict) and len(written) == 1 and isinstance(next(iter(written.values())), str):
        ((kind, text),) = written.items()
        if kind == "sql":
            return f"({text})"
        if kind in _CELLS:
            return _instant(context, kind, text, path)
        context.report(
            "unknown-key",
            f"a value of a row has no '{kind}'",
            (*path, kind),
            key=True,
            hint=nearest(kind, _CELLS),
        )
        return "NULL"
    hint = "write a text or number, null, {ago: 25h}, {ahead: 5m} or {sql: an expression}"
    context.report("test-form", "cannot read the value of a row", path, hint=hint)
    return "NULL"


def _instant(context: Context, kind: str, text: str, path: Path) -> str:
    try:
        length = parse_duration(text)
    except ValueError as error:
        context.report("wrong-duration", str(error), (*path, kind))
        return "NULL"
    return f"(now() {'-' if kind == 'ago' else '+'} INTERVAL {quote(length.sql)})"
