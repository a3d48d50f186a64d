"""
A series in promtool's notation becomes its numbers, one an interval.

>>> read_series("1 2x2 _x2 10+5x2").cells
(1.0, 2.0, 2.0, 2.0, 'none', 'none', 10.0, 15.0, 20.0)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Cell: TypeAlias = float | Literal["none", "null", "error"]
"""A number; no row at all; a NULL; or a query that fails."""

MOST_CELLS = 100_000

_NUMBER = r"[-+]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:[eE][-+]?\d{1,2})?"
_PART = re.compile(
    rf"(?:(?P<word>_|null|error)|(?P<first>{_NUMBER})(?P<step>[-+]{_NUMBER.removeprefix('[-+]?')})?)(?:x(?P<times>\d{{1,6}}))?"
)
_WORDS: dict[str, Cell] = {"_": "none", "null": "null", "error": "error"}


class SeriesError(ValueError):
    """A text is no series; the message says what of it."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers, one an interval; the last one stays."""

    cells: tuple[Cell, ...]

    def at(self, index: int) -> Cell:
        """Give the number of an interval, from 0."""
        return self.cells[min(index, len(self.cells) - 1)]


def read_series(text: str) -> Series:
    """
    Read a series: numbers, ``_`` (no row), ``null`` and ``error``, each with ``xN``.

    As with promtool, ``40x3`` is 40 and three more of it, ``1+2x3`` is 1 3 5 7, and ``_x3`` is three times nothing.

    Raises:
        SeriesError: a part of it cannot be read, or there is none, or too many.
    """
    cells: list[Cell] = []
    for part in text.split():
        cells += _read(part)
        if len(cells) > MOST_CELLS:
            raise SeriesError(f"a series has at most {MOST_CELLS:,} numbers")
    if not cells:
        raise SeriesError("the series is empty")
    return Series(tuple(cells))


def _read(part: str) -> list[Cell]:
    match = _PART.fullmatch(part)
    if match is None:
        raise SeriesError(f"cannot read '{part[:40]}'")
    if match["word"]:
        return [_WORDS[match["word"]]] * int(match["times"] or 1)
    times = min(int(match["times"] or 0), MOST_CELLS)
    if match["step"] and match["times"] is None:
        raise SeriesError(f"'{part[:40]}' does not say how often: {part[:40]}x5")
    first, step = float(match["first"]), float(match["step"] or 0)
    return [round(first + step * index, 12) for index in range(times + 1)]
