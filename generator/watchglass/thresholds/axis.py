"""Named steps on one axis, the only place where a threshold's number stands."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher", "within"]


@dataclass(frozen=True, slots=True)
class Level:
    """One of the service's levels: its name, its colour, and its rank (0 is the best)."""

    name: str
    color: str
    rank: int


@dataclass(frozen=True, slots=True)
class Step:
    """
    Where a level begins.

    With ``better: lower`` a number is at the level from ``high`` on (value >= high); with ``higher`` below ``low``
    (value < low); with ``within`` outside of the pair (value < low or value >= high).
    """

    level: Level
    low: float | None = None
    high: float | None = None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The step's numbers, one, or two for a pair."""
        return tuple(number for number in (self.low, self.high) if number is not None)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the axis: low <= value < high; None stands for no bound."""

    low: float | None
    high: float | None
    level: Level


@dataclass(frozen=True, slots=True)
class Thresholds:
    """
    A metric's steps, from the best level to the worst, strictly monotonic.

    Args:
        good: the level where no step is reached.
    """

    better: Better
    good: Level
    steps: tuple[Step, ...]

    def step(self, level: str) -> Step | None:
        """Find the step at which a level begins."""
        return next((step for step in self.steps if step.level.name == level), None)

    def level_of(self, value: float) -> Level:
        """Give the worst level that the number reaches."""
        reached = [step.level for step in self.steps if _reaches(step, value)]
        return reached[-1] if reached else self.good

    def bands(self) -> tuple[Band, ...]:
        """Cut the axis into stretches, lowest first; the first has no lower bound and the last no upper."""
        cuts = sorted({number for step in self.steps for number in step.numbers})
        edges: list[float | None] = [None, *cuts, None]
        return tuple(Band(low, high, self._inside(low, high)) for low, high in itertools.pairwise(edges))

    def _inside(self, low: float | None, high: float | None) -> Level:
        if low is not None:
            return self.level_of(low)
        return self.level_of(float("-inf")) if high is not None else self.good

    def ends(self, low: float | None = None, high: float | None = None) -> tuple[float, float]:
        """
        Give a finite axis that shows every step.

        Args:
            low: the lower end; 0, or below the first number, where None.
            high: the upper end; well above the last number where None.
        """
        numbers = [number for step in self.steps for number in step.numbers]
        width = (max(numbers) - min(numbers)) or abs(max(numbers)) or 1.0
        bottom = low if low is not None else (0.0 if min(numbers) > 0 else min(numbers) - width)
        return bottom, high if high is not None else max(numbers) + width

    def worst(self) -> Step:
        """Give the last step."""
        return self.steps[-1]


def _reaches(step: Step, value: float) -> bool:
    return (step.low is not None and value < step.low) or (step.high is not None and value >= step.high)
