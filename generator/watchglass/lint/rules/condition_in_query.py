"""A condition inside of an alert's query: the row is gone when all is well, which an alert engine reads as no data."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Metric
from watchglass.lint.nonzero import reads_data
from watchglass.lint.scope import Scope
from watchglass.lint.statement import Statement
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import (
    BETWEEN,
    Syntax,
    alike,
    bare,
    call,
    conjuncts,
    constant,
    operands,
    operator,
    same,
    walk,
)

_COMPARING = frozenset({"<", ">", "<=", ">=", "=", "<>", "!="})


def check(subject: Subject) -> Iterator[Finding]:
    """Find comparisons of what an alert compares, in WHERE and HAVING of its query."""
    for metric in subject.alerted.values():
        statement = subject.statement(metric.query)
        if statement is None or statement.scope.set_operation:
            continue
        for node in _conditions(statement, metric):
            yield finding(
                "lint-condition-in-query",
                f"the query drops its row by a condition on '{metric.column.name}', which an alert compares: "
                "no row is no data, not health",
                statement.span(node),
                metric.query.at.path,
                hint="let the query always give the number, and write the condition as `when:` of the alert",
            )


def _conditions(statement: Statement, metric: Metric) -> Iterator[Syntax]:
    scope, compared = statement.scope, statement.output(metric.column.name)
    if compared is None:
        return
    select = scope.select
    for node in conjuncts(select.one("where_clause")):
        if any(alike(side, compared) for side in _sides(node)) and not _chooses(node, metric):
            yield node
    for node in conjuncts(select.one("having_clause")):
        if _is_about(node, metric, compared, scope) and not _keeps_what_is(node, metric):
            yield node


def _sides(node: Syntax) -> tuple[Syntax, ...]:
    """Give the sides of a comparison with something that holds for every row."""
    compares = operator(node) in _COMPARING or node.number("kind") in BETWEEN
    if node.name != "A_Expr" or not compares:
        return ()
    sides = operands(node)
    fixed = [side for side in sides if not reads_data(side)]
    return tuple(side for side in sides if side not in fixed) if fixed else ()


def _chooses(node: Syntax, metric: Metric) -> bool:
    """Tell whether a condition of a query with many rows says only which rows count, such as ``> 0``."""
    return metric.keyed and any(constant(side) == 0 for side in operands(node))


def _is_about(node: Syntax, metric: Metric, compared: Syntax, scope: Scope) -> bool:
    if not _sides(node):
        return False
    named = (metric.column.name,)
    for part in walk(node, into_selects=False):
        if same(part, bare(compared)) or (part.name == "ColumnRef" and part.names("fields") == named):
            return True
    return not scope.select.many("group_clause") and any(call(part) for part in walk(node))


def _keeps_what_is(node: Syntax, metric: Metric) -> bool:
    """Tell whether HAVING only drops groups of nothing."""
    return metric.keyed and any(constant(side) in (0, 1) for side in operands(node))
