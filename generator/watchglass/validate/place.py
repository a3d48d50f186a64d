"""Findings at their place in the definition: an object, or the character of its SQL that PostgreSQL points at."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from watchglass.artifact import Statement
from watchglass.definition.service import At
from watchglass.problems import Problem, Related, Severity, Span
from watchglass.sql import gate
from watchglass.sql.template import span as span_in
from watchglass.validate.cases import Case


def problem_at(
    code: str,
    message: str,
    at: At,
    *,
    hint: str = "",
    level: Severity = "error",
    related: tuple[Related, ...] = (),
) -> Problem:
    """Make a problem at an object of the definition."""
    return Problem(code, message, at.span, level, hint, related)


def suggestion(name: str, among: Iterable[str]) -> str:
    """Suggest the nearest of the names."""
    known = list(among)
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"it gives {', '.join(known[:12])}" if known else ""


def span_of(case: Case, position: int | None) -> Span:
    """Give the place of a character of the sent text; the statement's own where it came from no text of the definition."""
    if position is None:
        return case.statement.span
    origin = case.statement.sql.origin(case.map.source(position))
    if origin is None:
        return case.statement.span
    source, offset = origin
    return span_in(source, offset, offset + _word_length(source.text, offset))


def span_at(case: Case, byte: int | None) -> Span:
    """Give the place of a byte of the sent text; the statement's own where none is known."""
    return span_of(case, None if byte is None else gate.characters(case.sent.sql, byte))


def _word_length(text: str, offset: int) -> int:
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    return max(1, end - offset)


def told(statement: Statement, name: str) -> str:
    """Name a statement and its case for a reader."""
    return f"{statement.target}: {statement.name}" + (f" ({name})" if name else "")
