"""Panels on a grid of 24 columns: side by side while they fit, every line filled to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

COLUMNS = 24
"""The width of the grid, at Grafana and at Metabase alike."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands, in cells of the grid."""

    column: int
    row: int
    width: int
    height: int


def arrange(sizes: Sequence[tuple[int, int]], top: int = 0) -> tuple[list[Place], int]:
    """
    Place panels of these widths and heights from a row of the grid on.

    Returns:
        One place a panel, and the first row below them all.
    """
    places: list[Place] = []
    left = height = line = 0
    for width, tall in sizes:
        if left + width > COLUMNS:
            _fill(places, line, left)
            top, left, height, line = top + height, 0, 0, len(places)
        places.append(Place(left, top, width, tall))
        left, height = left + width, max(height, tall)
    _fill(places, line, left)
    return places, top + height


def _fill(places: list[Place], line: int, left: int) -> None:
    """Share what is left of a line among its panels, and give them one height."""
    count = len(places) - line
    if count == 0:
        return
    extra, tall = COLUMNS - left, max(place.height for place in places[line:])
    moved = 0
    for index in range(count):
        place = places[line + index]
        more = extra // count + (1 if index < extra % count else 0)
        places[line + index] = Place(place.column + moved, place.row, place.width + more, tall)
        moved += more
