"""Whole multiples of an interval since 1970: readings of different runs and machines fall on the same instants."""

from __future__ import annotations

import datetime


def instant_of(now: datetime.datetime, every: float) -> datetime.datetime:
    """Give the instant that a reading taken now belongs to."""
    return datetime.datetime.fromtimestamp(now.timestamp() // every * every, tz=datetime.UTC)


def following(now: datetime.datetime, every: float) -> datetime.datetime:
    """Give the next instant after now: counted from the clock, so that a slow run delays none of the later ones."""
    return instant_of(now, every) + datetime.timedelta(seconds=every)
