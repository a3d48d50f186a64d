"""Conditions on one number: a comparison with a level's number or with a number of its own."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

from watchglass.thresholds.axis import Step, Thresholds

Operator = Literal["gt", "gte", "lt", "lte", "outside"]
"""``outside``: value < number or value >= upper, what a pair of ``better: within`` colours."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    A condition on one number.

    Args:
        number: what is compared with; with ``outside`` the lower bound, ``upper`` being the other.
        level: the level whose number it is; None for a number of the condition's own.
    """

    operator: Operator
    number: float
    upper: float | None = None
    level: str | None = None

    def holds(self, value: float) -> bool:
        """Tell whether a number meets the condition."""
        if self.operator == "outside":
            return value < self.number or (self.upper is not None and value >= self.upper)
        return {
            "gt": value > self.number,
            "gte": value >= self.number,
            "lt": value < self.number,
            "lte": value <= self.number,
        }[self.operator]


def meet(one: Comparison, other: Comparison) -> bool:
    """Tell whether a number meets both conditions: at one of their numbers, between two, or beyond them all."""
    numbers = sorted(
        {each for part in (one, other) for each in (part.number, part.upper) if each is not None}
    )
    between = [low + (high - low) / 2 for low, high in itertools.pairwise(numbers)]
    probes = (float("-inf"), *numbers, *between, float("inf"))
    return any(one.holds(probe) and other.holds(probe) for probe in probes)


def reaches(thresholds: Thresholds, step: Step) -> Comparison:
    """Give the condition that is true exactly where a panel shows the level's colour or a worse one."""
    level = step.level.name
    if thresholds.better == "within" and step.low is not None:
        return Comparison("outside", step.low, step.high, level)
    if step.high is not None:
        return Comparison("gte", step.high, None, level)
    assert step.low is not None, "a step has a number"
    return Comparison("lt", step.low, None, level)
