"""A threshold turns numbers into 1 and 0, and may hold on to a series that is loaded until another level frees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from watchglass.evaluation.expressions.command import Moment
from watchglass.evaluation.values import Number, Point, Scalar, Series, Value, Values, key_of, labels_of

_LEVELS: dict[str, tuple[int, Callable[[float, Sequence[float]], bool]]] = {
    "gt": (1, lambda x, p: x > p[0]),
    "lt": (1, lambda x, p: x < p[0]),
    "eq": (1, lambda x, p: x == p[0]),
    "ne": (1, lambda x, p: x != p[0]),
    "gte": (1, lambda x, p: x >= p[0]),
    "lte": (1, lambda x, p: x <= p[0]),
    "within_range": (2, lambda x, p: p[0] < x < p[1]),
    "outside_range": (2, lambda x, p: x < p[0] or x > p[1]),
    "within_range_included": (2, lambda x, p: p[0] <= x <= p[1]),
    "outside_range_included": (2, lambda x, p: x <= p[0] or x >= p[1]),
}
"""Type → how many parameters it needs, and the comparison; NaN passes ``ne`` alone."""


@dataclass(frozen=True, slots=True)
class Level:
    """One comparison."""

    kind: str
    params: tuple[float, ...]

    @classmethod
    def read(cls, kind: str, params: Sequence[float]) -> Level:
        """
        Read an evaluator.

        Raises:
            ValueError: its type is unknown, or it lacks parameters.
        """
        if kind not in _LEVELS:
            raise ValueError(f"'{kind}' is no comparison of a threshold; there are {', '.join(_LEVELS)}")
        if len(params) < _LEVELS[kind][0]:
            raise ValueError(f"'{kind}' needs {_LEVELS[kind][0]} parameter(s) and has {len(params)}")
        return cls(kind, tuple(map(float, params)))

    def holds(self, value: float) -> bool:
        """Compare."""
        return _LEVELS[self.kind][1](value, self.params)


@dataclass(frozen=True, slots=True)
class Threshold:
    """
    A threshold on one node.

    Args:
        unload: the level that a loaded series has to reach before it counts as 0 again.
    """

    source: str
    level: Level
    unload: Level | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The one node that it compares."""
        return (self.source,)

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """Compare every value; a null stays null, "no data" stays "no data"."""
        return tuple(self._compared(value, moment) for value in inputs[self.source])

    def _compared(self, value: Value, moment: Moment) -> Value:
        held = self.unload is not None and key_of(labels_of(value)) in moment.loaded
        match value:
            case Number(labels, number):
                return Number(labels, self._one(number, held))
            case Scalar(number):
                return Scalar(self._one(number, held))
            case Series(labels, points):
                return Series(labels, tuple(Point(p.at, self._one(p.value, held)) for p in points))
            case _:
                return value

    def _one(self, value: float | None, held: bool) -> float | None:
        if value is None:
            return None
        if held and self.unload is not None:
            return float(not self.unload.holds(value))
        return float(self.level.holds(value))
