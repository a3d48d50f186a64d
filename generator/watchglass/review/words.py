"""Differences between bodies, said in the words of the definition: one line a number or text that somebody wrote."""

from __future__ import annotations

import re
from collections import defaultdict
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
_AROUND = 18
"""Characters that are shown before the first one in which two long texts differ."""

_MOST_ITEMS = 3
_PART = re.compile(r".*?/(?:panels|rules|dashcards)/\d+(?=/|$)")
"""What a person takes for one thing, however many numbers of it differ."""


@dataclass(slots=True)
class Line:
    """One thing that changes: its name, from what to what, and where."""

    name: str
    before: Json
    after: Json
    at: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Noun → the things that it changes in: an object, and the pointer of the part."""

    @property
    def places(self) -> Mapping[str, int]:
        """How many of which noun it changes in."""
        return {noun: len(things) for noun, things in self.at.items()}

    def __str__(self) -> str:
        where = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for noun, count in self.places.items())
        before, after = shown_pair(self.before, self.after)
        return f"{self.name} {before} → {after}" + (f" in {where}" if where else "")


def lines(found: Iterable[tuple[str, str, Json, Json, Path | None]]) -> tuple[Line, ...]:
    """
    Gather differences that have one cause.

    Args:
        found: object, pointer in it, value before, value after, and the path in the definition that the place is of, if any.
    """
    made: dict[tuple[str, str, str], Line] = {}
    for thing, pointer, before, after, path in found:
        name = name_of(path) if path is not None else pointer.strip("/")
        key = (name, repr(before), repr(after))
        line = made.setdefault(key, Line(name, before, after))
        if path is not None:
            line.at[noun_of(pointer)].add((thing, _part(pointer)))
    return tuple(made.values())


def _part(pointer: str) -> str:
    """Give the pointer of the part that the noun of a pointer stands for."""
    whole = _PART.match(pointer)
    if whole is not None:
        return whole[0]
    inner = next((part for part, _ in _NOUNS if part in pointer), "")
    return pointer.partition(inner)[0] + inner if inner else pointer


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


def shown_pair(before: Json, after: Json) -> tuple[str, str]:
    """Write two values for one line; of long texts the place where they begin to differ."""
    if not isinstance(before, str) or not isinstance(after, str):
        return shown(before), shown(after)
    old, new = " ".join(before.split()), " ".join(after.split())
    same = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    if max(len(old), len(new)) <= _LONGEST or same < _LONGEST // 2:
        return shown(old), shown(new)
    start = old.rfind(" ", 0, max(same - _AROUND, 0)) + 1
    return _from(old, start), _from(new, start)


def _from(text: str, start: int) -> str:
    part = text[start:]
    return f"'…{part if len(part) <= _LONGEST else part[: _LONGEST - 1] + '…'}'"


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
        if 0 < len(value) <= _MOST_ITEMS and all(isinstance(each, str) for each in value):
            return ", ".join(map(shown, value))
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    return str(value)
