"""Problems to report on."""

from __future__ import annotations

from watchglass.problems import Problem, Related, Severity, Span

SOURCE = "title: Shop\nmetrics:\n  a: {query: draft_stat}\n  a: 2\n"
SOURCES = {"x.yaml": SOURCE}


def span(line: int, start: int, end: int, file: str = "x.yaml") -> Span:
    """Give a stretch of one line."""
    return Span(file, line, start, line, end)


UNKNOWN = Problem(
    "unknown-name", "unknown query 'draft_stat'", span(3, 14, 24), hint="did you mean 'draft_state'?"
)
TWICE = Problem(
    "yaml-duplicate-key",
    "key 'a' stands twice",
    span(4, 3, 4),
    related=(Related(span(3, 3, 4), "it stands here already"),),
)


def with_message(message: str, level: Severity = "error", file: str = "x.yaml") -> Problem:
    """Give a problem that says something."""
    return Problem("some-code", message, span(1, 1, 6, file), level)
