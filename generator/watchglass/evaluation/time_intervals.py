"""Time intervals of an Alertmanager: whether one holds at an instant."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = tuple(name.lower() for name in calendar.month_name)


def holds(members: Iterable[Mapping[str, Any]], instant: datetime.datetime) -> bool:
    """
    Tell whether a time interval holds.

    Args:
        members: its ``time_intervals``; one that holds is enough, and in it each of its fields has to.
    """
    return any(_member(each, instant) for each in members)


def _member(member: Mapping[str, Any], instant: datetime.datetime) -> bool:
    there = instant.astimezone(ZoneInfo(member.get("location") or "UTC"))
    last = calendar.monthrange(there.year, there.month)[1]
    return (
        _times(member.get("times") or (), there.hour * 60 + there.minute)
        and _in(member.get("weekdays"), there.isoweekday() % 7, _WEEKDAYS.index)
        and _in(member.get("months"), there.month, _month)
        and _in(member.get("years"), there.year, int)
        and _days(member.get("days_of_month"), there.day, last)
    )


def _times(times: Iterable[Mapping[str, str]], minute: int) -> bool:
    listed = list(times)
    return not listed or any(
        _minute(each["start_time"]) <= minute < _minute(each["end_time"]) for each in listed
    )


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _in(ranges: Iterable[str] | None, number: int, read: Any) -> bool:
    listed = list(ranges or ())
    return not listed or any(read(first) <= number <= read(last) for first, last in map(_ends, listed))


def _ends(text: str) -> tuple[str, str]:
    first, _, last = text.lower().partition(":")
    return first, last or first


def _month(text: str) -> int:
    return _MONTHS.index(text) if text in _MONTHS else int(text)


def _days(ranges: Iterable[str] | None, day: int, last: int) -> bool:
    """Days of a month: below zero from its end; what lies outside of the month is cut."""
    listed = list(ranges or ())
    return not listed or any(_day(low, last) <= day <= _day(high, last) for low, high in map(_ends, listed))


def _day(text: str, last: int) -> int:
    number = int(text)
    return max(1, last + number + 1) if number < 0 else min(number, last)
