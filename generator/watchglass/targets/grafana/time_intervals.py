"""Hours as Grafana's time intervals: a span over midnight is two, Sunday comes first, what lies outside is said whole."""

from __future__ import annotations

from watchglass import naming
from watchglass.artifact import Json
from watchglass.definition import week
from watchglass.definition.hours import Hours
from watchglass.definition.service import Service

_SUNDAY_FIRST = (week.DAYS[-1], *week.DAYS[:-1])
NEVER = "at any time"
"""The interval that mutes always: who is muted by it is never told."""


def name_of(service: Service, hours: Hours, *, outside: bool = False) -> str:
    """Give the name of the interval of hours, or of all that lies outside of them."""
    return _named(service, f"outside {hours.id}" if outside else hours.id)


def always(service: Service) -> str:
    """Give the name of the interval that holds at any time."""
    return _named(service, NEVER)


def _named(service: Service, name: str) -> str:
    return naming.owned_name(service.id, service.environment.suffix, name)


def build_interval(service: Service, hours: Hours, *, outside: bool = False) -> dict[str, Json]:
    """Make the interval of hours."""
    bits = week.ALWAYS & ~hours.bits if outside else hours.bits
    members = [each | {"location": hours.timezone} for each in _members(bits)]
    return {"name": name_of(service, hours, outside=outside), "time_intervals": members}


def build_always(service: Service) -> dict[str, Json]:
    """Make the interval that holds at any time."""
    return {"name": always(service), "time_intervals": [{"weekdays": ["sunday:saturday"]}]}


def _members(bits: int) -> list[dict[str, Json]]:
    """Gather days of the same times."""
    by_times: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for number, day in sorted(enumerate(week.DAYS), key=lambda each: _SUNDAY_FIRST.index(each[1])):
        times = _times(bits >> (number * week.DAY) & ((1 << week.DAY) - 1))
        if times:
            by_times.setdefault(times, []).append(day)
    return [_member(times, days) for times, days in by_times.items()]


def _times(day: int) -> tuple[tuple[int, int], ...]:
    return tuple((start, start + length) for start, length in _runs(day))


def _runs(day: int) -> list[tuple[int, int]]:
    found, minute = [], 0
    while day >> minute:
        start = minute + ((day >> minute) & -(day >> minute)).bit_length() - 1
        rest = day >> start
        length = (~rest & (rest + 1)).bit_length() - 1
        found.append((start, length))
        minute = start + length
    return found


def _member(times: tuple[tuple[int, int], ...], days: list[str]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    if times != ((0, week.DAY),):
        made["times"] = [{"start_time": _clock(start), "end_time": _clock(end)} for start, end in times]
    return made | {"weekdays": _ranges(days)}


def _ranges(days: list[str]) -> list[str]:
    """Write days as stretches, in an order in which Sunday comes first."""
    found: list[list[int]] = []
    for place in sorted(_SUNDAY_FIRST.index(day) for day in days):
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return [":".join(dict.fromkeys((_SUNDAY_FIRST[run[0]], _SUNDAY_FIRST[run[-1]]))) for run in found]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
