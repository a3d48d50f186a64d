"""A series becomes one number: the reducers of Grafana, strict or with a mode for what is no number."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from watchglass.evaluation.expressions.command import CommandFailed, Moment
from watchglass.evaluation.values import NoData, Number, Series, Value, Values

Mode: TypeAlias = Literal["", "dropNN", "replaceNN"]


def _strict(
    function: Callable[[Sequence[float]], float], empty: float
) -> Callable[[Sequence[float | None]], float]:
    """Make a reducer that answers NaN as soon as one point is null or NaN."""

    def reduced(points: Sequence[float | None]) -> float:
        numbers = [point for point in points if point is not None and not math.isnan(point)]
        if len(numbers) < len(points):
            return math.nan
        return function(numbers) if numbers else empty

    return reduced


def added(numbers: Sequence[float]) -> float:
    """Add from the left, as Go does; Python's sum of floats rounds otherwise in newer versions."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _last(points: Sequence[float | None]) -> float | None:
    return points[-1] if points else math.nan


REDUCERS: dict[str, Callable[[Sequence[float | None]], float | None]] = {
    "sum": _strict(added, 0.0),
    "mean": _strict(lambda numbers: added(numbers) / len(numbers), math.nan),
    "min": _strict(min, math.nan),
    "max": _strict(max, math.nan),
    "count": lambda points: float(len(points)),
    "last": _last,
    "median": _strict(statistics.median, math.nan),
}


@dataclass(frozen=True, slots=True)
class Reduce:
    """A reduction of one node."""

    source: str
    reducer: str
    mode: Mode = ""
    replacement: float = 0.0

    @property
    def needs(self) -> tuple[str, ...]:
        """The one node that it reduces."""
        return (self.source,)

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """Reduce every series; a number passes, unless it is none and the mode drops it."""
        made = (self._reduced(value) for value in inputs[self.source])
        return tuple(value for value in made if value is not None)

    def _reduced(self, value: Value) -> Value | None:
        match value:
            case Series(labels, points):
                kept = [self._kept(point.value) for point in points]
                if self.mode:
                    kept = [point for point in kept if point is not None]
                return Number(labels, self._given(REDUCERS[self.reducer](kept)))
            case Number(labels, number):
                passed = self._kept(number)
                return None if self.mode and passed is None else Number(labels, passed)
            case NoData():
                return value
            case _:
                raise CommandFailed("can only reduce type series, got type scalar")

    def _kept(self, value: float | None) -> float | None:
        if not self.mode or (value is not None and math.isfinite(value)):
            return value
        return self.replacement if self.mode == "replaceNN" else None

    def _given(self, value: float | None) -> float | None:
        if not self.mode or value is None or not math.isnan(value):
            return value
        return self.replacement if self.mode == "replaceNN" else None
