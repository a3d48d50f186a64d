"""Thresholds of one environment: a key is added to the map that stands there, or the line that is to be added is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json, Path
from watchglass.definition.read import Definition
from watchglass.problems import Span
from watchglass.review.edits import Edit

_Levels = Mapping[str, Mapping[str, "Override"]]


@dataclass(frozen=True, slots=True)
class Override:
    """A threshold that one environment is to have for itself; ``text`` is the number as it is written."""

    metric: str
    level: str
    text: str
    value: Json

    @property
    def path(self) -> Path:
        """The place that holds for every environment."""
        return ("metrics", self.metric, "thresholds", self.level)


@dataclass(frozen=True, slots=True)
class Overridden:
    """The keys that can be added, and what is to be added by hand."""

    edits: tuple[Edit, ...]
    left: tuple[str, ...]


def overrides(found: Iterable[Override], definition: Definition, environment: str) -> Overridden:
    """Write thresholds of one environment into its map of thresholds, as far as there is one."""
    metrics: dict[str, dict[str, Override]] = {}
    for each in found:
        metrics.setdefault(each.metric, {})[each.level] = each
    if not metrics:
        return Overridden((), ())
    home: Path = ("environments", environment)
    written = definition.places.written
    if (*home, "thresholds") not in written:
        made = [_added(home, f"thresholds: {{{_metrics(metrics)}}}", metrics, definition)]
    else:
        made = []
        for metric, levels in metrics.items():
            there = (*home, "thresholds", metric) in written
            into: Path = (*home, "thresholds", *((metric,) if there else ()))
            entry = _levels(levels) if there else _metrics({metric: levels})
            made.append(_added(into, entry, {metric: levels}, definition))
    edits = tuple(each for each in made if isinstance(each, Edit))
    return Overridden(edits, tuple(each for each in made if isinstance(each, str)))


def _metrics(metrics: _Levels) -> str:
    return ", ".join(f"{metric}: {{{_levels(levels)}}}" for metric, levels in metrics.items())


def _levels(levels: Mapping[str, Override]) -> str:
    return ", ".join(f"{level}: {each.text}" for level, each in levels.items())


def _added(into: Path, entry: str, metrics: _Levels, definition: Definition) -> Edit | str:
    """Add an entry in front of the first key of a map; where the map stands elsewhere, or is empty, say it."""
    environment = str(into[1])
    values = tuple(
        (("environments", environment, "thresholds", metric, level), each.value)
        for metric, levels in metrics.items()
        for level, each in levels.items()
    )
    first = _first_key(into, definition)
    if first is None:
        return (
            f"the environment '{environment}' has no place of its own for this; add it by hand:"
            f" environments: {{{environment}: {{thresholds: {{{_metrics(metrics)}}}}}}}"
        )
    line = definition.sources[first.file].splitlines(keepends=True)[first.line - 1]
    before, end = line[: first.column - 1], line[len(line.rstrip("\r\n")) :] or "\n"
    behind = ", " if before.strip() else f"{end}{before}"
    at = Span(first.file, first.line, first.column, first.line, first.column)
    return Edit(into, at, entry + behind, "", values)


def _first_key(into: Path, definition: Definition) -> Span | None:
    """Find the first key of a map that stands where it is used: not by an alias, and nothing merged into it."""
    written = definition.places.written
    place = written.get(into)
    if place is None or sum(each.value == place.value for each in written.values()) > 1:
        return None
    keys = [each.key for path, each in written.items() if path[:-1] == into and each.key is not None]
    inside = [
        key
        for key in keys
        if key.file == place.value.file
        and (place.value.line, place.value.column)
        <= (key.line, key.column)
        < (place.value.end_line, place.value.end_column)
    ]
    return min(inside, default=None) if len(inside) == len(keys) else None
