"""An output name inside an expression of ORDER BY: PostgreSQL takes it there only when it stands alone."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.aliases import misused
from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find output names inside of expressions of ORDER BY."""
    for statement in subject.statements.values():
        for scope in statement.scopes:
            keys = [node for sort in scope.select.many("sort_clause") for node in sort.many("node")]
            for key in keys if not scope.set_operation else ():
                for node, sure in misused(scope, key) if key.name != "ColumnRef" else ():
                    name = node.names("fields")[0]
                    yield finding(
                        "lint-order-alias",
                        f"'{name}' is a name of the output: ORDER BY takes it alone, not inside an expression",
                        statement.span(node),
                        statement.query.at.path,
                        hint="give each value its place in FROM (VALUES …) and sort by that, or sort in a query around this one",
                        level="error" if sure else "warning",
                    )
