"""Thresholds in plain words, as a person on call reads them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from watchglass.thresholds.axis import Step, Thresholds


def plain_number(value: float) -> str:
    """Write a number as a reader would: 15 digits at most, none of them needless, no exponent."""
    return str(int(value)) if float(value).is_integer() else format(Decimal(f"{value:.15g}"), "f")


def exact(value: float) -> str:
    """Write a number with every digit that tells it from others, and no exponent."""
    text = str(value)
    return format(Decimal(text).normalize() if "." in text or "e" in text else Decimal(text), "f")


def whole(number: float) -> int | float:
    """Make a whole number an integer, which JSON writes without a point."""
    return int(number) if float(number).is_integer() else number


def words(thresholds: Thresholds, say: Callable[[float], str] = plain_number) -> str:
    """
    Say where every level begins, such as ``healthy below 10 %, elevated from 10 %, high from 30 %``.

    Args:
        say: writes a number with its unit.
    """
    first = thresholds.steps[0]
    ends = ((first.low, "from"), (first.high, "below"))
    good = " and ".join(f"{word} {say(end)}" for end, word in ends if end is not None)
    steps = [f"{step.level.name} {_step(step, say)}" for step in thresholds.steps]
    return ", ".join([f"{thresholds.good.name} {good}", *steps])


def _step(step: Step, say: Callable[[float], str]) -> str:
    ends = ((step.low, "below"), (step.high, "from"))
    return " or ".join(f"{word} {say(end)}" for end, word in ends if end is not None)
