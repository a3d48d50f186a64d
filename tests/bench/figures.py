"""What was measured, as lines of the page: a name, a value, and whether a promise was held."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A line of the page.

    Args:
        value: as it is shown.
        promise: as it is shown; empty where there is none.
    """

    name: str
    value: str
    promise: str = ""
    held: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Figures that belong together, and what a reader has to know of them."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""


def seconds(value: float) -> str:
    """Show a time in the unit in which it is read best."""
    if value < 0.01:
        return f"{value * 1000:.2f} ms"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def timed(name: str, value: float, most: float | None = None) -> Figure:
    """Make the figure of a time, with the most that it may be."""
    if most is None:
        return Figure(name, seconds(value))
    return Figure(name, seconds(value), f"under {seconds(most)}", value < most)


def ratio(name: str, value: float, most: float | None = None) -> Figure:
    """Make the figure of how many times as long something takes as something else."""
    shown = f"{value:.2f} ×"
    return Figure(name, shown) if most is None else Figure(name, shown, f"at most {most} ×", value <= most)
