"""The times of a mute timing: checked as an Alertmanager does, months as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from tests.servers.grafana.fields import decode, texts
from tests.servers.grafana.refusals import bad_request
from tests.servers.grafana.state import Json

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_INTERVAL = {
    "times": list,
    "weekdays": list,
    "days_of_month": list,
    "months": list,
    "years": list,
    "location": str,
}
_TIME = re.compile(r"(\d{2}):(\d{2})")
_WHOLE_DAY = 24 * 60

zones = cache(available_timezones)


def read(body: Any) -> Json:
    """Read one interval, empty parts left out."""
    found = decode(body, _INTERVAL)
    interval: Json = {}
    if found.get("times"):
        interval["times"] = [_span(each) for each in found["times"]]
    for name, one in _PARTS.items():
        if found.get(name):
            interval[name] = [_range(each, one) for each in texts(found[name])]
    location = found.get("location", "")
    if location:
        if location not in zones():
            raise bad_request()
        interval["location"] = location
    return interval


def _span(body: Any) -> Json:
    found = decode(body, {"start_time": str, "end_time": str})
    start, end = found.get("start_time", ""), found.get("end_time", "")
    if not _minutes(start) < _minutes(end):
        raise bad_request()
    return {"start_time": start, "end_time": end}


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise bad_request()
    hours, minutes = int(match[1]), int(match[2])
    total = hours * 60 + minutes
    if minutes > 59 or total > _WHOLE_DAY:
        raise bad_request()
    return total


def _range(text: str, one: Callable[[str], tuple[int, str]]) -> str:
    ends = [one(part.strip().lower()) for part in text.split(":")]
    if len(ends) > 2 or not _in_order([number for number, _ in ends]):
        raise bad_request()
    return ":".join(shown for _, shown in ends)


def _in_order(numbers: Sequence[int]) -> bool:
    if len({number < 0 for number in numbers}) > 1:
        return numbers[0] > 0 > numbers[-1]
    return list(numbers) == sorted(numbers)


def _weekday(text: str) -> tuple[int, str]:
    if text not in _WEEKDAYS:
        raise bad_request()
    return _WEEKDAYS.index(text), text


def _month(text: str) -> tuple[int, str]:
    number = _MONTHS.index(text) + 1 if text in _MONTHS else _number(text, 1, 12)
    return number, str(number)


def _day(text: str) -> tuple[int, str]:
    number = _number(text, -31, 31)
    if number == 0:
        raise bad_request()
    return number, str(number)


def _year(text: str) -> tuple[int, str]:
    number = _number(text, 0, 9999)
    return number, str(number)


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"-?\d{1,4}", text) or not least <= int(text) <= most:
        raise bad_request()
    return int(text)


_PARTS: dict[str, Callable[[str], tuple[int, str]]] = {
    "weekdays": _weekday,
    "days_of_month": _day,
    "months": _month,
    "years": _year,
}
