"""How long to wait before a request is sent once more: what the server asks for, within reason."""

from __future__ import annotations

import datetime
import email.utils

LONGEST = 60.0
"""Seconds that are waited at once, at most."""


def pause(attempt: int, asked: str | None) -> float:
    """Give the seconds to wait: what the server asks for, at most a minute, else half a second, doubled each time."""
    usual = 0.5 * float(2**attempt)
    if not asked:
        return usual
    return min(max(_seconds(asked, usual), 0.0), LONGEST)


def _seconds(asked: str, usual: float) -> float:
    if asked.strip().isdigit():
        return float(asked)
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return usual
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return (until - datetime.datetime.now(tz=datetime.UTC)).total_seconds()
