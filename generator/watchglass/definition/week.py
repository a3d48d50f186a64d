"""Stretches of a week as bits of one number, a bit a minute: joined, turned over, moved, and told in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watchglass.sql.pieces import Span24

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = 1440
MINUTES = 7 * DAY
ALWAYS = (1 << MINUTES) - 1
"""The whole week; 0 is no minute of it."""

_RUN = re.compile(r"1+")


def bits(spans: Iterable[Span24], *, outside: bool = False) -> int:
    """Give the minutes that stretches hold, or all others."""
    found = 0
    for span in spans:
        for day in span.days:
            found |= ((1 << (span.end - span.start)) - 1) << ((day - 1) * DAY + span.start)
    return ALWAYS & ~found if outside else found


def moved(week: int, minutes: int) -> int:
    """Give a week later (or, below zero, earlier) by some minutes; what leaves at one end comes in at the other."""
    by = minutes % MINUTES
    return ((week << by) | (week >> (MINUTES - by))) & ALWAYS


def stretches(week: int) -> tuple[tuple[int, int], ...]:
    """List a week's stretches as first minute and length; one over the end of the week is one stretch."""
    if week == ALWAYS:
        return ((0, MINUTES),)
    text = f"{week:0{MINUTES}b}"[::-1]
    found = [(match.start(), match.end() - match.start()) for match in _RUN.finditer(text)]
    if len(found) > 1 and found[0][0] == 0 and sum(found[-1]) == MINUTES:
        (_, head), (start, tail) = found[0], found[-1]
        found = [*found[1:-1], (start, tail + head)]
    return tuple(found)


def told(start: int, length: int) -> str:
    """Say when a stretch is, such as ``friday 18:00 to monday 09:00``."""
    if length >= MINUTES:
        return "at any time"
    return f"{_moment(start)} to {_moment(start + length)}"


def _moment(minute: int) -> str:
    day, left = divmod(minute % MINUTES, DAY)
    return f"{DAYS[day]} {left // 60:02}:{left % 60:02}"
