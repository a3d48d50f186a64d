"""Two queries that ask for the same: two numbers to keep alike, and twice the load."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Query
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import shape
from watchglass.problems import Related


def check(subject: Subject) -> Iterator[Finding]:
    """Find queries whose statements PostgreSQL reads alike."""
    seen: dict[object, Query] = {}
    for statement in subject.statements.values():
        query = statement.query
        tree = (query.source.id, query.range, shape(statement.scope.select))
        first = seen.setdefault(tree, query)
        if first is not query:
            yield finding(
                "lint-same-query",
                f"the statement of '{query.id}' says the same as that of '{first.id}'",
                query.at.span,
                query.at.path,
                hint=f"let metrics and panels read '{first.id}'",
                related=[Related(first.at.span, "the other one")],
            )
