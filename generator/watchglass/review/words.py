"""Differences between bodies, said in the words of the definition: one line a number or text that somebody wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watchglass.artifact import Json, Path
from watchglass.thresholds import exact

_NOUNS: tuple[tuple[str, str], ...] = (
    ("gauge.segments", "gauge"),
    ("scalar.segments", "number"),
    ("graph.goal_value", "goal line"),
    ("table.column_formatting", "table"),
    ("thresholds/steps", "panel"),
    ("unloadEvaluator", "rule's way back"),
    ("evaluator", "rule"),
    ("rawSql", "statement"),
    ("dataset_query", "question"),
    ("annotations", "text"),
    ("description", "text"),
)
"""What a place in a body is called, by what its pointer holds."""

_LONGEST = 60


@dataclass(slots=True)
class Line:
    """One thing that changes: its name, from what to what, and in how many places."""

    name: str
    before: Json
    after: Json
    places: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        where = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in self.places.items())
        return f"{self.name} {shown(self.before)} → {shown(self.after)}" + (f" in {where}" if where else "")


def lines(found: Iterable[tuple[str, Json, Json, Path | None]]) -> tuple[Line, ...]:
    """
    Gather differences that have one cause.

    Args:
        found: pointer, value before, value after, and the path in the definition that the place is of, if any.
    """
    made: dict[tuple[str, str, str], Line] = {}
    for pointer, before, after, path in found:
        name = name_of(path) if path is not None else pointer.strip("/")
        key = (name, repr(before), repr(after))
        line = made.setdefault(key, Line(name, before, after))
        if path is not None:
            line.places[noun_of(pointer)] += 1
    return tuple(made.values())


def path_of(pointer: str, origins: Mapping[str, Path]) -> Path | None:
    """Find the path of the nearest place at or above a pointer."""
    while True:
        if pointer in origins:
            return origins[pointer]
        if not pointer:
            return None
        pointer = pointer.rpartition("/")[0]


def name_of(path: Path) -> str:
    """Name a place in the definition as a person would, such as ``pollution.high`` or ``SQL of system_health``."""
    parts = [str(part) for part in path]
    match parts:
        case ["metrics", metric, "thresholds", level, *_]:
            return f"{metric}.{level}"
        case ["environments", environment, "thresholds", metric, level, *_]:
            return f"{metric}.{level} in {environment}"
        case ["queries", query, "sql", *_]:
            return f"SQL of {query}"
        case [("metrics" | "alerts" | "queries"), name, *rest]:
            return ".".join([name, *rest])
        case ["dashboards", board, "rows", _, "panels", _, *rest]:
            return " ".join(["a panel of", board, *(f"({key})" for key in rest[:1])])
        case ["dashboards", board, *rest]:
            return ".".join([board, *rest])
        case _:
            return ".".join(parts)


def noun_of(pointer: str) -> str:
    """Name the kind of place that a pointer leads to."""
    return next((noun for part, noun in _NOUNS if part in pointer), "place")


def shown(value: Json) -> str:
    """Write a value for a line: short, on one line, quoted where it is a text."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        text = " ".join(value.split())
        return f"'{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return exact(value)
    if isinstance(value, Mapping):
        title = value.get("title") or value.get("name") or value.get("refId")
        return f"'{title}'" if title else "a part"
    if isinstance(value, Sequence):
        return f"{len(value)} items"
    return str(value)
