"""Classic conditions: several comparisons of several queries, and one answer without labels."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from watchglass.evaluation.expressions.command import CommandFailed, Moment
from watchglass.evaluation.expressions.reduce import added
from watchglass.evaluation.values import NO_LABELS, Labels, NoData, Number, Series, Value, Values

_COMPARISONS: dict[str, tuple[int, Callable[[float, float, float], bool]]] = {
    "gt": (1, lambda x, a, _: x > a),
    "lt": (1, lambda x, a, _: x < a),
    "eq": (1, lambda x, a, _: x == a),
    "ne": (1, lambda x, a, _: x != a),
    "gte": (1, lambda x, a, _: x >= a),
    "lte": (1, lambda x, a, _: x <= a),
    "within_range": (2, lambda x, a, b: min(a, b) < x < max(a, b)),
    "outside_range": (2, lambda x, a, b: x < min(a, b) or x > max(a, b)),
    "within_range_included": (2, lambda x, a, b: min(a, b) <= x <= max(a, b)),
    "outside_range_included": (2, lambda x, a, b: x <= min(a, b) or x >= max(a, b)),
    "no_value": (0, lambda *_: False),
}
"""Type → how many parameters it takes, and the comparison; ranges take their ends in either order."""


def _differences(newest: float, oldest: float) -> dict[str, float]:
    change = newest - oldest

    def percent(by: float) -> float:
        return change / by * 100 if by else math.copysign(math.inf, change) if change else math.nan

    return {
        "diff": change,
        "diff_abs": abs(change),
        "percent_diff": percent(abs(oldest)),
        "percent_diff_abs": abs(percent(oldest)),
    }


_OF_VALID: dict[str, Callable[[Sequence[float]], float]] = {
    "avg": lambda numbers: added(numbers) / len(numbers),
    "sum": added,
    "min": min,
    "max": max,
    "last": lambda numbers: numbers[-1],
    "median": statistics.median,
    "count_non_null": lambda numbers: float(len(numbers)),
}
_OF_ENDS = ("diff", "diff_abs", "percent_diff", "percent_diff_abs")
REDUCERS = (*_OF_VALID, "count", *_OF_ENDS)


def reduced(reducer: str, points: Sequence[float | None]) -> float | None:
    """Reduce a series; nulls and NaN are left out, and a series of nothing else is null."""
    if reducer == "count":
        return float(len(points)) if points else None
    valid = [point for point in points if point is not None and not math.isnan(point)]
    if not valid:
        return None
    if reducer in _OF_VALID:
        return float(_OF_VALID[reducer](valid))
    last = max(i for i, point in enumerate(points) if point is not None and not math.isnan(point))
    return _differences(valid[-1], valid[0])[reducer] if last >= 1 else 0.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of one node, and how it joins those before it."""

    source: str
    reducer: str
    comparison: str
    params: tuple[float, ...]
    operator: Literal["and", "or"]

    @classmethod
    def read(
        cls,
        source: str,
        reducer: str,
        comparison: str,
        params: Sequence[float],
        operator: Literal["and", "or"],
    ) -> Condition:
        """
        Read a condition.

        Raises:
            ValueError: Grafana knows no such reducer or comparison, or it lacks parameters.
        """
        if reducer not in REDUCERS:
            raise ValueError(f"'{reducer}' is no reducer of a condition; there are {', '.join(REDUCERS)}")
        if comparison not in _COMPARISONS:
            raise ValueError(f"'{comparison}' is no comparison; there are {', '.join(_COMPARISONS)}")
        if len(params) < _COMPARISONS[comparison][0]:
            raise ValueError(f"'{comparison}' needs {_COMPARISONS[comparison][0]} parameter(s)")
        return cls(source, reducer, comparison, tuple(map(float, params)), operator)

    def holds(self, value: float | None) -> bool:
        """Compare; a null holds for ``no_value`` alone."""
        if value is None:
            return self.comparison == "no_value"
        low, high = (*self.params, math.nan, math.nan)[:2]
        return _COMPARISONS[self.comparison][1](value, low, high)


@dataclass(frozen=True, slots=True)
class Match:
    """A series that met a condition, or a condition without data (named ``NoData``)."""

    name: str
    labels: Labels
    value: float | None


@dataclass(frozen=True, slots=True)
class Classic:
    """Conditions, joined from left to right."""

    conditions: tuple[Condition, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The queries that the conditions look at."""
        return tuple(dict.fromkeys(condition.source for condition in self.conditions))

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """Give 1, 0 or null."""
        return (Number(NO_LABELS, self._answer(inputs)),)

    def matches(self, inputs: Mapping[str, Values]) -> tuple[Match, ...]:
        """List what met the conditions, as messages name it."""
        return tuple(match for each in self.conditions for match in _judged(each, inputs[each.source])[2])

    def _answer(self, inputs: Mapping[str, Values]) -> float | None:
        fires = empty = False
        for index, condition in enumerate(self.conditions):
            met, none, _ = _judged(condition, inputs[condition.source])
            if index == 0:
                fires, empty = met, none
            elif condition.operator == "or":
                fires, empty = fires or met, empty or none
            else:
                fires, empty = fires and met, empty and none
        return None if empty else float(fires)


def _judged(condition: Condition, values: Values) -> tuple[bool, bool, list[Match]]:
    """Tell whether a condition is met, whether it has no data, and by what."""
    if not values and condition.comparison == "no_value":
        return True, False, [Match("", NO_LABELS, None)]
    matches, missing = [], 0
    for value in values:
        name, labels, number = _looked_at(condition, value)
        if condition.holds(number):
            matches.append(Match(name, labels, number))
        elif number is None:
            missing += 1
    if missing == len(values):
        return bool(matches), True, [*matches, Match("NoData", NO_LABELS, None)]
    return bool(matches), False, matches


def _looked_at(condition: Condition, value: Value) -> tuple[str, Labels, float | None]:
    match value:
        case Series(labels, points, name):
            return name, labels, reduced(condition.reducer, [point.value for point in points])
        case Number(labels, number, name):
            return name, labels, number
        case NoData():
            return "no data", NO_LABELS, None
        case _:
            raise CommandFailed("can only reduce type series, got type scalar")
