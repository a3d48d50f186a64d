"""One finding about a definition: a code, a message, and the place in the file that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "note"]

_ORDER: dict[str, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file; lines and columns count from 1, the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of_file(cls, file: str) -> Span:
        """Give the place that stands for a whole file."""
        return cls(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Related:
    """A second place that a problem speaks of, with what it shows."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One finding.

    Args:
        code: stable, kebab-case; names a page in ``docs/problems/``.
        level: ``error`` stops a build, ``warning`` does not, ``note`` is a target's limit.
        hint: what to do next, a sentence without a full stop; empty where the message says it.
    """

    code: str
    message: str
    span: Span
    level: Severity = "error"
    hint: str = ""
    related: tuple[Related, ...] = field(default=())

    @property
    def order(self) -> tuple[str, int, int, int, str, str]:
        """The key by which problems are listed: file, place, level, code."""
        at = self.span
        return (at.file, at.line, at.column, _ORDER[self.level], self.code, self.message)


def arrange(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """List each problem once, by file and place."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.order))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any of the problems stops a build."""
    return any(problem.level == "error" for problem in problems)
