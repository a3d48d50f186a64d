"""A range of a query or a panel whose SQL asks for none: the board says "last 7 days" over a number of all time."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.artifact import Path
from watchglass.definition.service import Panel
from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find ranges that no statement reads."""
    for query in subject.service.queries.values():
        if query.range is not None and not query.template.uses_range:
            yield _found(subject, f"'{query.id}' has a range, and its statement", query.at.path)
    for panel in subject.panels:
        if panel.range is not None and panel.query is not None and not _reads(panel):
            yield _found(
                subject, f"'{panel.id}' has a range, and the statement of '{panel.query.id}'", panel.at.path
            )


def _reads(panel: Panel) -> bool:
    history = panel.metric.history if panel.metric is not None else None
    queries = (panel.query, history.query if history is not None else None)
    return any(query is not None and query.template.uses_range for query in queries)


def _found(subject: Subject, which: str, path: Path) -> Finding:
    return finding(
        "lint-unread-range",
        f"{which} asks for none: it reads all there is",
        subject.definition.key_span((*path, "range")),
        path,
        hint="write {{ in_range('column') }} into the statement, or remove the range",
    )
