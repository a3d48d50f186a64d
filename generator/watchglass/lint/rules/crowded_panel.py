"""A panel that holds more than a reader can tell apart."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Panel
from watchglass.definition.shown import OVER_TIME
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import constant

SERIES, COLUMNS, SLICES = 20, 15, 8
"""What a reader can still tell apart: lines of a chart, columns of a table, slices of a pie."""


def check(subject: Subject) -> Iterator[Finding]:
    """Find charts of too many lines, tables of too many columns, pies of too many slices."""
    for panel in subject.panels:
        what, count, most = _measure(subject, panel)
        if count > most:
            yield finding(
                "lint-crowded-panel",
                f"the panel '{panel.id}' has {count} {what}: more than {most} cannot be told apart",
                panel.at.span,
                panel.at.path,
                hint="take the largest and join the rest, or make several panels of it",
            )


def _measure(subject: Subject, panel: Panel) -> tuple[str, int, int]:
    if panel.query is None:
        return "", 0, 0
    if panel.kind in OVER_TIME:
        return "series", len(panel.y), SERIES
    if panel.kind == "table":
        return "columns", len(panel.columns or panel.query.columns), COLUMNS
    if panel.kind == "pie":
        return "slices", panel.limit or _limit(subject, panel), SLICES
    return "", 0, 0


def _limit(subject: Subject, panel: Panel) -> int:
    """Give the LIMIT of the panel's query; 0 where it has none: the data tell, and ``validate`` counts them."""
    statement = subject.statement(panel.query) if panel.query is not None else None
    node = statement.scope.select.one("limit_count") if statement is not None else None
    value = constant(node) if node is not None else None
    return int(value) if isinstance(value, (int, float)) else 0
