"""A column that the fixture's tables do not have."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.scope import Scope
from watchglass.lint.statement import Statement
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, walk
from watchglass.nearest import suggest


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns that are in no table which a SELECT reads, where all of these are known."""
    for statement in subject.statements.values():
        functions = subject.catalog(statement.query).functions
        for scope in statement.scopes:
            missing = [node for node in _references(scope) if scope.look_up(node) == "missing"]
            for node in {node.names("fields"): node for node in reversed(missing)}.values():
                if node.names("fields")[-1] not in functions:
                    yield _found(statement, scope, node)


def _found(statement: Statement, scope: Scope, node: Syntax) -> Finding:
    names = node.names("fields")
    known = _columns(scope, names[0]) if len(names) == 2 else scope.known_names()
    read = [names[0]] if len(names) == 2 else [item.name for item in scope.items]
    return finding(
        "lint-unknown-column",
        f"there is no column '{names[-1]}' in {', '.join(read) or 'a SELECT without FROM'}",
        statement.span(node),
        statement.query.at.path,
        hint=suggest(names[-1], known, "columns"),
        level="error",
    )


def _columns(scope: Scope, table: str) -> tuple[str, ...]:
    at: Scope | None = scope
    while at is not None:
        for item in at.items:
            if item.name == table:
                return tuple(item.columns)
        at = at.parent
    return ()


def _references(scope: Scope) -> Iterator[Syntax]:
    """Give the columns that a SELECT reads; names of its own output, which ORDER BY and GROUP BY take, are none."""
    given = {target.text("name") for target in scope.select.many("target_list")} - {""}
    for field, found in scope.select.children.items():
        by_output = field in ("sort_clause", "group_clause", "distinct_clause", "having_clause")
        for root in found:
            if field in ("larg", "rarg", "with_clause") or (scope.set_operation and by_output):
                continue
            for node in walk(root, into_selects=False):
                names = node.names("fields") if node.name == "ColumnRef" else ()
                if names and not (by_output and len(names) == 1 and names[0] in given):
                    yield node
