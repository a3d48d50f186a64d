"""A stretch of the past → the instants at which Grafana would have evaluated."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

MOST = 200_000
"""Evaluations of one run: nearly two years at 5 minutes."""


class TooMany(ValueError):
    """The window has more evaluations than one run takes; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the past; the end is exclusive."""

    start: datetime.datetime
    end: datetime.datetime

    @property
    def length(self) -> datetime.timedelta:
        """How long it is."""
        return self.end - self.start

    def evaluations(self, every: float, before: float = 0) -> tuple[datetime.datetime, ...]:
        """
        List the evaluations: Grafana evaluates at whole multiples of the interval.

        Args:
            every: the interval in seconds.
            before: how many seconds before the start they begin, so that what was pending then is pending at the start.

        Raises:
            TooMany: there are more than `MOST`.
        """
        first = math.ceil((self.start.timestamp() - before) / every)
        count = math.ceil(self.end.timestamp() / every) - first
        if count > MOST:
            raise TooMany(
                f"{count:,} evaluations are too many for one run: take a shorter stretch, at most {MOST:,}"
            )
        return tuple(
            datetime.datetime.fromtimestamp((first + index) * every, tz=datetime.UTC)
            for index in range(count)
        )
