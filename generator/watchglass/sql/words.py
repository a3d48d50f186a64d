"""The neutral words that mean the same SQL everywhere, given the edges of the range and the service's time zone."""

from __future__ import annotations

from dataclasses import dataclass

from watchglass.durations import Duration
from watchglass.sql.literals import quote
from watchglass.sql.pieces import Bucket, Buckets, During, InRange, LevelName, Local, RangeEdge, Span24, Text

Part = str | Text
"""Rendered SQL, or text of the definition that keeps its place."""

ORIGIN = "TIMESTAMP '2000-01-03 00:00:00'"
"""A Monday at midnight, from which widths of several hours, days or weeks are counted."""

_TRUNC = {"1 second": "second", "1 minute": "minute", "1 hour": "hour", "1 day": "day", "1 week": "week", "1 month": "month",
          "3 months": "quarter", "1 year": "year", "12 months": "year", "7 days": "week", "60 minutes": "hour",
          "24 hours": "day"}  # fmt: skip
_ABSOLUTE_LIMIT = 3600


@dataclass(frozen=True, slots=True)
class Range:
    """The edges of the chosen range as SQL of type timestamptz, and the zone in which days are cut."""

    start: str
    end: str
    timezone: str

    @property
    def zone(self) -> str:
        """The time zone as a literal."""
        return quote(self.timezone)

    def earlier(self, before: Duration | None) -> str:
        """Give the start, moved back by calendar units in the service's zone (not in the session's)."""
        if before is None:
            return self.start
        return (
            f"((({self.start}) AT TIME ZONE {self.zone} - INTERVAL '{before.sql}') AT TIME ZONE {self.zone})"
        )


def width_problem(width: Duration) -> str:
    """Say what is wrong with a bucket's width; empty where nothing is."""
    if width.sql in _TRUNC or (width.count > 0 and width.unit in ("d", "w")):
        return ""
    if width.unit in ("mo", "y"):
        return "a bucket of months is 1 month, 3 months or 1 year"
    if width.count > 0 and width.unit in ("s", "m", "h") and 86_400 % width.seconds == 0:
        return ""
    return "a width divides a day (15 minutes, 6 hours), or is a count of days or weeks, 1 month, 3 months, 1 year"


def range_edge(word: RangeEdge, over: Range) -> tuple[Part, ...]:
    """Render ``range_start()`` or ``range_end()``."""
    return (f"({over.earlier(word.before)})" if word.edge == "start" else f"({over.end})",)


def in_range(word: InRange, over: Range) -> tuple[Part, ...]:
    """Render start <= column < end."""
    return (
        "(",
        *atom(word.column),
        f" >= {over.earlier(word.before)} AND ",
        *atom(word.column),
        f" < {over.end})",
    )


def bucket(word: Bucket, over: Range) -> tuple[Part, ...]:
    """Render the start of the bucket that an instant lies in."""
    return _cut(atom(word.column), word.width, over)


def buckets(word: Buckets, over: Range) -> tuple[Part, ...]:
    """Render a FROM item with the start of every bucket that meets the range."""
    start = over.earlier(word.before)
    if word.width is None:
        return (_auto_series(start, over),)
    if _absolute(word.width):
        first = "".join(str(part) for part in _cut((f"({start})",), word.width, over))
        return (
            f"(SELECT g FROM generate_series({first}, {over.end} - INTERVAL '1 microsecond', INTERVAL '{word.width.sql}') AS g)",
        )
    first = _local_floor(f"({start}) AT TIME ZONE {over.zone}", word.width)
    return (_local_series(first, f"INTERVAL '{word.width.sql}'", over),)


def during(word: During, _over: Range) -> tuple[Part, ...]:
    """Render whether an instant lies in the hours."""
    zone = quote(word.timezone)
    parts: list[Part] = ["(NOT (" if word.outside else "(("]
    for index, span in enumerate(word.spans):
        parts += [" OR " if index else "", *_inside(span, word.column, zone)]
    return (*parts, "))")


def local(word: Local, over: Range) -> tuple[Part, ...]:
    """Render an instant as the service's clock shows it."""
    return ("(", *atom(word.column), f" AT TIME ZONE {over.zone})")


def level_name(word: LevelName, _over: Range) -> tuple[Part, ...]:
    """Render the name of the level that a number is at; NULL where the number is."""
    parts: list[Part] = ["(CASE WHEN ", *atom(word.column), " IS NULL THEN NULL"]
    for low, high, level in word.bands[:-1]:
        del low
        parts += [" WHEN ", *atom(word.column), f" < {number(high)} THEN {quote(level)}"]
    return (*parts, f" ELSE {quote(word.bands[-1][2])} END)")


def number(value: float | None) -> str:
    """Render a number without an exponent where that is short."""
    assert value is not None, "only the last band is open above"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def atom(column: Text) -> tuple[Part, ...]:
    """Give a column expression that binds tighter than any operator around it."""
    return (column,) if column.text.replace(".", "").replace("_", "").isalnum() else ("(", column, ")")


def _absolute(width: Duration) -> bool:
    return width.unit in ("ms", "s", "m", "h") and width.seconds <= _ABSOLUTE_LIMIT


def _cut(column: tuple[Part, ...], width: Duration | None, over: Range) -> tuple[Part, ...]:
    if width is None:
        return (f"date_trunc({_auto_unit(over)}, ", *column, f", {over.zone})")
    if width.sql in _TRUNC:
        return (f"date_trunc('{_TRUNC[width.sql]}', ", *column, f", {over.zone})")
    if _absolute(width):
        return (f"date_bin(INTERVAL '{width.sql}', ", *column, f", {ORIGIN} AT TIME ZONE {over.zone})")
    return (
        f"(date_bin(INTERVAL '{width.sql}', ",
        *column,
        f" AT TIME ZONE {over.zone}, {ORIGIN}) AT TIME ZONE {over.zone})",
    )


def _local_floor(local: str, width: Duration) -> str:
    if width.sql in _TRUNC:
        return f"date_trunc('{_TRUNC[width.sql]}', {local})"
    return f"date_bin(INTERVAL '{width.sql}', {local}, {ORIGIN})"


def _local_series(first: str, step: str, over: Range, where: str = "") -> str:
    # The last instant's own local time: behind the doubled hour of autumn the end's would be an hour earlier.
    last = f"({over.end} - INTERVAL '1 microsecond') AT TIME ZONE {over.zone}"
    return f"(SELECT g AT TIME ZONE {over.zone} FROM generate_series({first}, {last}, {step}) AS g{where})"


def _auto_unit(over: Range) -> str:
    length = f"{over.end} - {over.start}"
    return (
        f"CASE WHEN {length} <= INTERVAL '2 days' THEN 'hour' WHEN {length} <= INTERVAL '100 days' THEN 'day'"
        f" WHEN {length} <= INTERVAL '800 days' THEN 'week' ELSE 'month' END"
    )


def _auto_series(start: str, over: Range) -> str:
    # Hours are counted in absolute time: the local hour of a change to winter time comes twice.
    short = f"{over.end} - {over.start} <= INTERVAL '2 days'"
    hours = (
        f"SELECT g FROM generate_series(date_trunc('hour', {start}, {over.zone}), {over.end} - INTERVAL '1 microsecond',"
        f" INTERVAL '1 hour') AS g WHERE {short}"
    )
    unit = _auto_unit(over)
    first = f"date_trunc({unit}, ({start}) AT TIME ZONE {over.zone})"
    days = _local_series(first, f"('1 ' || {unit})::interval", over, f" WHERE NOT {short}")
    return f"({hours} UNION ALL {days})"


def _inside(span: Span24, column: Text, zone: str) -> tuple[Part, ...]:
    days = ", ".join(str(day) for day in span.days)
    local: tuple[Part, ...] = (*atom(column), f" AT TIME ZONE {zone}")
    clock = ("(", *local, ")::time")
    end: tuple[Part, ...] = () if span.end >= 1440 else (" AND ", *clock, f" < {_clock(span.end)}")
    return (
        "(extract(isodow FROM ",
        *local,
        f") IN ({days}) AND ",
        *clock,
        f" >= {_clock(span.start)}",
        *end,
        ")",
    )


def _clock(minutes: int) -> str:
    return f"TIME '{minutes // 60:02}:{minutes % 60:02}'"
