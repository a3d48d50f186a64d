"""What every part of resolving shares: the definition, the problems found so far, and look-ups by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from watchglass.artifact import Path
from watchglass.definition.read import Definition
from watchglass.definition.service import At, Unrendered
from watchglass.durations import Duration
from watchglass.nearest import suggest
from watchglass.problems import Problem, Related, Severity

T = TypeVar("T")
_OF = re.compile(r" (?:of|with) ")


@dataclass(slots=True)
class Context:
    """A definition while it is resolved."""

    definition: Definition
    problems: list[Problem] = field(default_factory=list)
    unrendered: list[Unrendered] = field(default_factory=list)

    def report(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        hint: str = "",
        key: bool = False,
        related: Iterable[tuple[Path, str]] = (),
        level: Severity = "error",
    ) -> None:
        """Add a problem at the value (or the key) of a path."""
        span = self.definition.key_span(path) if key else self.definition.span(path)
        others = tuple(Related(self.definition.key_span(other), text) for other, text in related)
        self.problems.append(Problem(code, message, span, level, hint, others))

    def at(self, path: Path) -> At:
        """Give the place of an object."""
        return At(path, self.definition.key_span(path))

    def find(
        self, kind: str, name: str, among: Mapping[str, T], path: Path, *, key: bool = False
    ) -> T | None:
        """Look a name up; report it where it is unknown (``key``: the name is the last key of the path)."""
        if name in among:
            return among[name]
        self.unknown(kind, name, among, path, key=key)
        return None

    def find_query(self, name: str, resolved: Mapping[str, T], path: Path) -> T | None:
        """Look a query up; one that is written but could not be resolved has its own problems, which say why."""
        written = self.definition.model.queries
        if name not in written:
            self.unknown("query", name, written, path)
        return resolved.get(name)

    def unknown(self, kind: str, name: str, among: Iterable[str], path: Path, *, key: bool = False) -> None:
        """Report a name that is not there, with the nearest known one."""
        of = _OF.search(kind)
        what, whose = (kind[: of.start()], kind[of.start() :]) if of else (kind, "")
        self.report(
            "unknown-name", f"unknown {what} '{name}'{whose}", path, hint=nearest(name, among), key=key
        )

    def circle(self, section: str, names: Sequence[str], key: str) -> None:
        """Report objects that refer to each other in a circle: once, whichever of them the circle was entered by."""
        first = names.index(min(names))
        circle = [*names[first:], *names[:first]]
        told = " → ".join([*circle, circle[0]])
        self.report("reference-cycle", f"{key} goes in a circle: {told}", (section, circle[0], key))

    def some_time(self, length: Duration | None, path: Path) -> None:
        """Report a length of time that is none."""
        if length is not None and not length.seconds:
            self.report("wrong-duration", f"{length} is no time at all", path)

    def distinct(self, names: Iterable[str], path: Path) -> None:
        """Report a name that a list holds twice."""
        first: dict[str, int] = {}
        for index, name in enumerate(names):
            other = first.setdefault(name, index)
            if other != index:
                related = [((*path, other), "it stands here already")]
                self.report("listed-twice", f"'{name}' is listed twice", (*path, index), related=related)

    def no_thresholds(self, metric: str, message: str, path: Path, hint: str = "") -> None:
        """Report that a metric has no thresholds; some that are written but wrong have their own problems."""
        part = self.definition.model.metrics.get(metric)
        if part is None or not (part.thresholds or part.same_as):
            self.report("thresholds-missing", message, path, hint=hint)

    def later(self, part: str, path: Path) -> None:
        """Remember a part that is read and checked, but compiled into nothing yet."""
        self.unrendered.append(Unrendered(part, self.definition.key_span(path)))


def nearest(name: str, among: Iterable[str]) -> str:
    """Suggest the nearest known name, or list those that are known."""
    return suggest(name, among) or "there is none"
