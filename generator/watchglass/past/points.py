"""A metric's history → its points in a stretch of the past, as parameters of the query that stands for the metric."""

from __future__ import annotations

import datetime
import statistics
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from watchglass.database.proof import MOST_ROWS, DatabaseError, Outcome, Statement
from watchglass.database.prover import Prover
from watchglass.definition.service import Alert, Metric, Service
from watchglass.sql.alert_wrap import free_name
from watchglass.sql.grafana import GrafanaDialect, with_edges
from watchglass.sql.literals import quote, quoted_name
from watchglass.sql.pieces import Text
from watchglass.sql.render import render
from watchglass.sql.wrap import Item, expression, inner
from watchglass.thresholds import plain_number

_HELD = 2
"""How many distances of points a point holds at most."""

_BEFORE = datetime.timedelta(days=40)
"""How much earlier than the first evaluation points are asked for: the first one of a range may be of a part of a day."""


class NoPoints(Exception):
    """A history that gives no points to evaluate on; the message says why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Points:
    """
    The points of a history.

    Args:
        rows: instant, number, texts of the key; the oldest first.
        resolution: seconds from one point to the next, as a rule.
    """

    rows: tuple[tuple[datetime.datetime, float | None, tuple[str, ...]], ...]
    resolution: float

    @property
    def held(self) -> float:
        """Seconds that a point holds at most."""
        return _HELD * self.resolution

    @property
    def instants(self) -> tuple[datetime.datetime, ...]:
        """Those at which there is a point."""
        return tuple(dict.fromkeys(at for at, _, _ in self.rows))

    def parameters(self, keys: int) -> tuple[str, ...]:
        """Write the points as texts of arrays: seconds, numbers, and the texts of each column of the key."""
        columns = [
            _array(str(at.timestamp()) for at, _, _ in self.rows),
            _array("NULL" if value is None else repr(value) for _, value, _ in self.rows),
        ]
        columns += [_array(_quoted(texts[index]) for _, _, texts in self.rows) for index in range(keys)]
        return tuple(columns)


def known_at(
    instants: Sequence[datetime.datetime], points: Sequence[datetime.datetime], seconds: float
) -> tuple[bool, ...]:
    """Tell of each instant whether there is a point at or before it that is not too old."""
    found = []
    for at in instants:
        index = bisect_right(points, at) - 1
        found.append(index >= 0 and (at - points[index]).total_seconds() < seconds)
    return tuple(found)


def ask_points(
    prover: Prover,
    service: Service,
    alert: Alert,
    metric: Metric,
    start: datetime.datetime,
    end: datetime.datetime,
) -> Points:
    """
    Ask a metric's history once over a stretch of the past.

    Raises:
        NoPoints: it fails, gives nothing, or several numbers of one instant.
    """
    outcome = prover.run([_statement(service, alert, metric, start - _BEFORE, end)])[0]
    _refuse(metric, outcome)
    keyed = metric.query.key if metric.keyed else ()
    rows = tuple(
        (row[0], None if row[1] is None else float(row[1]), tuple(map(str, row[2:]))) for row in outcome.rows
    )
    times = sorted({at for at, _, _ in rows})
    if len(times) < 2:
        raise NoPoints(f"its history gives {len(times)} points here", "take a longer stretch: --from")
    if len({(at, key) for at, _, key in rows}) < len(rows):
        what = f"one number of each {', '.join(keyed)}" if keyed else "one number"
        raise NoPoints(f"its history gives several numbers of one instant, not {what}")
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return Points(rows, statistics.median(gaps))


def newest_point(metric: Metric, held: float, first: int) -> Text:
    """
    Select the newest point that is not too old, or that of each key: from the parameters that begin with ``$first``.

    A key that is missing from the newest instant has vanished.
    """
    key = metric.query.key if metric.keyed else ()
    value = metric.column.name
    at = free_name("watchglass_at", (value, *key))
    arrays = [f"CAST(CAST(${first} AS text) AS float8[])", f"CAST(CAST(${first + 1} AS text) AS float8[])"]
    arrays += [f"CAST(CAST(${first + 2 + index} AS text) AS text[])" for index in range(len(key))]
    names = ", ".join(quoted_name(name) for name in (at, value, *key))
    shown = ", ".join(quoted_name(name) for name in (*key, value))
    quoted, now = quoted_name(at), "extract(epoch FROM now())"
    return Text(
        f"SELECT {shown}\nFROM (\n  SELECT p.*, max({quoted}) OVER () AS watchglass_newest\n"
        f"  FROM unnest({', '.join(arrays)}) AS p({names})\n"
        f"  WHERE {quoted} <= {now} AND {quoted} > {now} - {plain_number(held)}\n) AS points\nWHERE {quoted} = watchglass_newest"
    )


def _statement(
    service: Service, alert: Alert, metric: Metric, start: datetime.datetime, end: datetime.datetime
) -> Statement:
    history = metric.history
    assert history is not None, "asked for by the caller"
    columns = history.query.columns
    keys = metric.query.key if metric.keyed else ()
    lacking = [name for name in keys if name not in columns]
    if lacking:
        message = f"its history has no column '{lacking[0]}', by which the metric has one number each"
        raise NoPoints(message, f"add the column to the query '{history.query.id}'")
    time, value = columns[history.time], columns[history.column]
    shown = [
        f"{expression(Item(time.name, time.type, role='time'), service.timezone)}::timestamptz AS watchglass_at",
        f"{expression(Item(value.name, value.type, scale=value.scale), service.timezone)}::float8 AS watchglass_value",
        *(f"q.{quoted_name(name)}::text" for name in keys),
    ]
    pieces = (
        Text(f"SELECT {', '.join(shown)}\nFROM "),
        inner(history.query.template.pieces),
        Text(f" AS q\nWHERE q.{quoted_name(time.name)} IS NOT NULL\nORDER BY 1"),
    )
    sql = render(pieces, GrafanaDialect(service.timezone, service.filters, alert.filters)).text
    return Statement(with_edges(sql, quote(start.isoformat()), quote(end.isoformat())))


def _refuse(metric: Metric, outcome: Outcome) -> None:
    error: DatabaseError | None = outcome.error
    assert metric.history is not None, "asked for by the caller"
    if error is not None:
        message = f"its history '{metric.history.query.id}' fails: PostgreSQL: {error.message}"
        raise NoPoints(message, error.hint)
    if outcome.cut:
        raise NoPoints(
            f"its history gives over {MOST_ROWS:,} points here", "take a shorter stretch: --from, --to"
        )


def _array(texts: Iterable[str]) -> str:
    return "{" + ",".join(texts) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
