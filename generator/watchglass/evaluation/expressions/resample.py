"""A series becomes one with a point at every step of the rule's time range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchglass.evaluation.expressions.command import CommandFailed, Moment
from watchglass.evaluation.expressions.reduce import REDUCERS
from watchglass.evaluation.values import NoData, Point, Series, Value, Values

DOWNSAMPLERS = ("sum", "mean", "min", "max", "last")
UPSAMPLERS = ("pad", "backfilling", "fillna")


@dataclass(frozen=True, slots=True)
class Resample:
    """
    A resampling of one node.

    Args:
        since: how long before the evaluation its own time range starts, which is not the query's.
        until: how long before the evaluation it ends.
        down: what several points of a step become.
        up: what a step without a point becomes.
    """

    source: str
    window: timedelta
    since: timedelta
    until: timedelta
    down: str
    up: str

    @property
    def needs(self) -> tuple[str, ...]:
        """The one node that it resamples."""
        return (self.source,)

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """Resample every series."""
        start, steps = moment.at - self.since, int((self.since - self.until) / self.window)
        return tuple(self._resampled(value, start, steps) for value in inputs[self.source])

    def _resampled(self, value: Value, start: datetime, steps: int) -> Value:
        if isinstance(value, NoData):
            return value
        if not isinstance(value, Series):
            raise CommandFailed(f"can only resample type series, got type {type(value).__name__.lower()}")
        if steps <= 0:
            raise CommandFailed(
                "the series cannot be sampled further; the time range is shorter than the interval"
            )
        return Series(value.labels, self._points(value.points, start, steps))

    def _points(self, points: tuple[Point, ...], start: datetime, steps: int) -> tuple[Point, ...]:
        made, taken, seen = [], 0, None
        for step in range(steps + 1):
            at = start + step * self.window
            first = taken
            while taken < len(points) and points[taken].at <= at:
                taken += 1
            if taken > first:
                seen = points[taken - 1].value
                made.append(Point(at, self._downsampled([point.value for point in points[first:taken]])))
            else:
                following = points[taken].value if taken < len(points) else None
                made.append(Point(at, {"pad": seen, "backfilling": following}.get(self.up)))
        return tuple(made)

    def _downsampled(self, values: list[float | None]) -> float | None:
        return values[0] if len(values) == 1 else REDUCERS[self.down](values)
