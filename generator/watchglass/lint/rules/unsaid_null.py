"""A number that is NULL where there are no rows, which its contract rules out: the fixtures have rows, the night has none."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.scope import Scope
from watchglass.lint.statement import outputs
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import NULLIF, Syntax, bare, call, constant, operands, operator, walk

_OF_NOTHING = frozenset({"min", "max", "avg", "sum", "array_agg", "string_agg"})
_STRICT = frozenset({"round", "floor", "ceil", "ceiling", "abs", "trunc", "sqrt"})
_SIGNS = frozenset({"+", "-", "*", "/", "%", "||"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns of one row over a table that may be empty, which are NULL then, though `nullable` is not said."""
    for statement in subject.statements.values():
        query = statement.query
        for name, value in outputs(statement.scope) if _is_one_row(statement.scope) else ():
            column = query.columns.get(name)
            nothing = None if column is None or column.nullable else _null(value)
            if column is not None and nothing is not None:
                yield finding(
                    "lint-unsaid-null",
                    f"'{name}' is NULL where there are no rows, which its contract does not allow",
                    statement.span(nothing),
                    query.at.path,
                    hint="add nullable: true, and say with `when_null:` what nothing means; or write COALESCE(…, 0)",
                )


def _is_one_row(scope: Scope) -> bool:
    """Tell a SELECT that gives one row whatever its tables hold, which may be nothing."""
    select = scope.select
    if scope.set_operation or any(select.many(part) for part in ("group_clause", "having_clause")):
        return False
    entries = [node for part in select.many("from_clause") for node in walk(part, into_selects=False)]
    made = any(node.name in ("RangeSubselect", "RangeFunction") for node in entries)
    tables = [node for node in entries if node.name == "RangeVar"]
    return bool(tables) and not made and all(_is_table(scope, node) for node in tables)


def _is_table(scope: Scope, node: Syntax) -> bool:
    return bool(node.text("schemaname")) or node.text("relname") not in scope.queries


def _null(value: Syntax) -> Syntax | None:
    """Give what of an expression is NULL over no rows, and makes the whole NULL."""
    value = bare(value)
    if value.name == "FuncCall" and value.one("over") is None:
        if call(value) in _OF_NOTHING:
            return value
        if call(value) in _STRICT:
            return next((found for part in value.many("args") if (found := _null(part)) is not None), None)
    if value.name == "A_Expr" and value.number("kind") == NULLIF:
        counted, zero = (value.one(side) for side in ("lexpr", "rexpr"))
        is_zero = (
            counted is not None and zero is not None and call(counted) == "count" and constant(zero) == 0
        )
        return counted if is_zero else None
    if operator(value) in _SIGNS:
        return next((found for part in operands(value) if (found := _null(part)) is not None), None)
    return None
