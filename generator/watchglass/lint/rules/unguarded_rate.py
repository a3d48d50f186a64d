"""A rate whose divisor may be zero: the statement fails just when there is nothing to divide by."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.nonzero import Zero
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, operator


def check(subject: Subject) -> Iterator[Finding]:
    """Find divisions by a column or aggregate that nothing keeps from zero."""
    for statement in subject.statements.values():
        for scope in statement.scopes:
            judge = Zero(scope, subject.catalog(statement.query))
            for node in _divisions(scope.select):
                divisor = node.one("rexpr")
                if divisor is None or judge.impossible(divisor) or not statement.written(node):
                    continue
                yield finding(
                    "lint-unguarded-rate",
                    "the divisor may be zero: the statement fails then, and an alert on it with it",
                    statement.span(divisor),
                    statement.query.at.path,
                    hint="write NULLIF(…, 0), and say with `when_null:` what nothing means",
                )


def _divisions(select: Syntax) -> Iterator[Syntax]:
    """Give the divisions of a SELECT; inside of a CASE somebody has thought of it."""
    stack = [child for found in select.children.values() for child in found]
    while stack:
        node = stack.pop()
        if node.name in ("CaseExpr", "SelectStmt", "CommonTableExpr"):
            continue
        if operator(node) in ("/", "%") and node.one("lexpr") is not None:
            yield node
        stack += [child for found in node.children.values() for child in found]
