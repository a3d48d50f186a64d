"""An output name in HAVING: PostgreSQL knows no such column there."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.aliases import misused
from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find output names in HAVING."""
    for statement in subject.statements.values():
        for scope in statement.scopes:
            for having in scope.select.many("having_clause"):
                for node, sure in misused(scope, having):
                    name = node.names("fields")[0]
                    yield finding(
                        "lint-having-alias",
                        f"'{name}' is a name of the output: HAVING is computed before there is any",
                        statement.span(node),
                        statement.query.at.path,
                        hint="repeat the expression; a condition of an alert belongs into its `when:`, not into the SQL",
                        level="error" if sure else "warning",
                    )
