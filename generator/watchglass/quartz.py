"""Schedules as a pulse of Metabase has them, and the same as an expression of Quartz, which its alerts have."""

from __future__ import annotations

import re
from collections.abc import Mapping

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FRAMES = {"first": "1", "mid": "15", "last": "L"}
_NTH = {"first": "#1", "last": "L"}
_FORM = re.compile(r"0 0 (?P<hour>\*|\d{1,2}) (?P<date>\*|\?|1|15|L) \* (?P<day>\?|[1-7](?:#1|L)?)(?: \*)?")

Schedule = Mapping[str, str | int]
"""``schedule_type`` (hourly, daily, weekly, monthly), ``schedule_hour``, ``schedule_day`` (mon), ``schedule_frame`` (first)."""


def expression(at: Schedule) -> str:
    """
    Give the expression of a schedule as Metabase's own page writes it (``metabase.util.cron``).

    Its fields: second, minute, hour, day of the month, month, day of the week from Sunday as 1, year.
    """
    if at["schedule_type"] == "hourly":
        return "0 0 * * * ? *"
    hour, frame = at["schedule_hour"], str(at.get("schedule_frame", ""))
    day = str(_DAYS.index(str(at["schedule_day"])) + 1) if at.get("schedule_day") else ""
    if day:
        return f"0 0 {hour} ? * {day}{_NTH[frame] if frame else ''} *"
    return f"0 0 {hour} {_FRAMES[frame] if frame else '*'} * ? *"


def schedule(text: str) -> dict[str, str | int]:
    """Read an expression; one that says something else than a pulse could comes back as ``{"cron": text}``."""
    found = _FORM.fullmatch(text.strip())
    read = _read(found["hour"], found["date"], found["day"]) if found is not None else None
    return read if read is not None else {"cron": text}


def _read(hour: str, date: str, day: str) -> dict[str, str | int] | None:
    if hour == "*":
        return {"schedule_type": "hourly"} if (date, day) == ("*", "?") else None
    at: dict[str, str | int] = {"schedule_hour": int(hour)}
    if day == "?":
        frame = next((name for name, written in _FRAMES.items() if written == date), "")
        if not frame:
            return {"schedule_type": "daily", **at} if date == "*" else None
        return {"schedule_type": "monthly", **at, "schedule_frame": frame}
    if date != "?":
        return None
    at["schedule_day"] = _DAYS[int(day[0]) - 1]
    frame = next((name for name, written in _NTH.items() if day[1:] == written), "")
    return (
        {"schedule_type": "monthly", **at, "schedule_frame": frame}
        if frame
        else {"schedule_type": "weekly", **at}
    )
