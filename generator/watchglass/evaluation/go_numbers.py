"""Floats as text, as Go writes them: ``%v``, ``%.1f``, ``%.4g`` and the exponents of Grafana's state API."""

from __future__ import annotations

import math
from decimal import Decimal

_LARGE = 1e6
_SMALL = 1e-4


def shortest(value: float) -> str:
    """Write ``%v``: the fewest digits that give the number back, an exponent from 1e+06 and below 1e-04."""
    if not value or _SMALL <= abs(value) < _LARGE:
        return plain(value)
    return exponential(value)


def plain(value: float) -> str:
    """Write the fewest digits that give the number back, never an exponent."""
    if not math.isfinite(value):
        return _special(value)
    text = repr(value)
    return (text if "e" not in text else format(Decimal(text), "f")).removesuffix(".0")


def exponential(value: float) -> str:
    """Write the fewest digits that give the number back, always with an exponent: ``1e+00``."""
    if not math.isfinite(value):
        return _special(value)
    sign = "-" if math.copysign(1, value) < 0 else ""
    _, digits, shift = Decimal(repr(value)).as_tuple()
    assert isinstance(shift, int), "only finite numbers have digits"
    exponent = len(digits) - 1 + shift if value else 0
    rest = "".join(map(str, digits[1:])).rstrip("0")
    mantissa = f"{digits[0]}.{rest}" if rest else str(digits[0])
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def formatted(value: float, spec: str) -> str:
    """
    Write a number by a verb with a precision.

    Args:
        spec: such as ``.1f`` or ``.4g``; Python and Go say the same for finite numbers.
    """
    return format(value, spec) if math.isfinite(value) else _special(value)


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"
