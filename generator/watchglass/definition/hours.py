"""Hours of the week in a time zone: whether they hold at an instant, and which minutes of a week they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watchglass.definition import week
from watchglass.definition.columns import At
from watchglass.sql.pieces import Span24

_FIRST = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_LAST = datetime.datetime(2028, 1, 1, tzinfo=datetime.UTC)
_STEP = datetime.timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Hours:
    """Stretches of the week in a time zone, or all that lies outside of them."""

    id: str
    spans: tuple[Span24, ...]
    outside: bool
    timezone: str
    at: At

    @property
    def bits(self) -> int:
        """The minutes of a week on the clock of the time zone."""
        return week.bits(self.spans, outside=self.outside)

    def hold(self, instant: datetime.datetime) -> bool:
        """Tell whether an instant lies in the hours."""
        there = instant.astimezone(ZoneInfo(self.timezone))
        minute = there.weekday() * week.DAY + there.hour * 60 + there.minute
        return bool(self.bits >> minute & 1)


def clocks(zones: Iterable[str]) -> tuple[dict[str, int], ...]:
    """
    List how clocks of several time zones stand to each other over two years: minutes before the first of them.

    One zone has one entry, since a week on its clock is a week whatever it is before UTC.
    """
    named = sorted(set(zones))
    if len(named) < 2:
        return (dict.fromkeys(named, 0),)
    found: dict[tuple[int, ...], None] = {}
    instant = _FIRST
    rules = [ZoneInfo(name) for name in named]
    while instant < _LAST:
        offsets = [_offset(instant, rule) for rule in rules]
        found[tuple(offset - offsets[0] for offset in offsets)] = None
        instant += _STEP
    return tuple(dict(zip(named, each, strict=True)) for each in found)


def _offset(instant: datetime.datetime, rule: ZoneInfo) -> int:
    offset = instant.astimezone(rule).utcoffset()
    assert offset is not None, "an instant in a zone has an offset"
    return round(offset.total_seconds() / 60)


def on_one_clock(hours: Hours, before: dict[str, int]) -> int:
    """Give the minutes of hours on the clock of the first zone of ``clocks``."""
    return week.moved(hours.bits, -before[hours.timezone])
