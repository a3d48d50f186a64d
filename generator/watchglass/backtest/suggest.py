"""A rule of one condition and the numbers of the past → the mildest threshold that would have fired seldom enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchglass.thresholds import Comparison

_CHECKS = 8
"""Stricter thresholds that are tried besides: fewer firings at a stricter number is likely, not certain."""

Count = Callable[[float], int]
"""Gives how often the alert would have fired with a threshold."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    A threshold.

    Args:
        number: of the level or of the condition.
        firings: how often it would have fired, at most as often as wished.
        tried: how many thresholds were tried.
        steady: whether no stricter one that was tried fires more often than this one.
    """

    number: float
    firings: int
    tried: int
    steady: bool


def candidates(comparison: Comparison, seen: Sequence[float]) -> tuple[float, ...]:
    """
    List the thresholds at which something changes, the mildest first: the numbers that were seen.

    Where a number itself fires (``at least``, ``at most``), one beyond all that were seen comes last.
    """
    strict = comparison.operator in ("gt", "lt")
    upward = comparison.operator in ("gt", "gte")
    found = sorted({value for value in seen if math.isfinite(value)}, reverse=not upward)
    if found and not strict:
        found.append(_beyond(found[-1], upward=upward))
    return tuple(found)


def suggest(comparison: Comparison, seen: Sequence[float], most: int, count: Count) -> Suggestion | None:
    """
    Find the mildest threshold that would have fired at most so often; None where there are no numbers, or no such one.

    The numbers are halved again and again, as if a stricter threshold never fired more often. Where a stricter one that is
    tried afterwards does, the search goes on behind it.
    """
    found = candidates(comparison, seen)
    known: dict[float, int] = {}

    def firings(number: float) -> int:
        if number not in known:
            known[number] = count(number)
        return known[number]

    start = 0
    while start < len(found):
        at = _first(found, start, most, firings)
        if at is None:
            return None
        step = max(1, (len(found) - at) // _CHECKS)
        stricter = [*range(at + 1, len(found), step)]
        worse = [index for index in stricter if firings(found[index]) > most]
        if not worse:
            return _rounded(comparison, found[at], most, firings, known, [found[index] for index in stricter])
        start = worse[-1] + 1
    return None


def _first(found: Sequence[float], start: int, most: int, firings: Count) -> int | None:
    low, high = start, len(found)
    while low < high:
        middle = (low + high) // 2
        if firings(found[middle]) <= most:
            high = middle
        else:
            low = middle + 1
    return low if low < len(found) else None


def _rounded(
    comparison: Comparison,
    number: float,
    most: int,
    firings: Count,
    known: dict[float, int],
    stricter: Sequence[float],
) -> Suggestion:
    """Write the number with three digits, on its strict side, where that fires as seldom."""
    upward = comparison.operator in ("gt", "gte")
    short = _short(number, upward=upward)
    chosen = short if firings(short) <= most else number
    steady = all(known[each] <= known[chosen] for each in stricter)
    return Suggestion(chosen, known[chosen], len(known), steady)


def _short(number: float, *, upward: bool) -> float:
    if not number:
        return number
    digits = 2 - math.floor(math.log10(abs(number)))
    factor = 10.0**digits
    raised = math.ceil(number * factor) if upward else math.floor(number * factor)
    return number if number == round(number, digits) else round(raised / factor, max(digits, 0))


def _beyond(number: float, *, upward: bool) -> float:
    """Give a number just beyond another: one more where it is whole, else the next of three digits."""
    step = 1.0 if float(number).is_integer() else 10.0 ** (math.floor(math.log10(abs(number))) - 2)
    return number + step if upward else number - step
