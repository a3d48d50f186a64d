"""Whether a number can be zero, as far as the statement itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchglass.lint.catalog import Catalog
from watchglass.lint.scope import Column, Scope
from watchglass.lint.syntax import (
    NULLIF,
    Syntax,
    alike,
    bare,
    call,
    conjuncts,
    constant,
    operands,
    operator,
    walk,
)

_PASSING = frozenset(
    {"abs", "ceil", "ceiling", "round", "sum", "avg", "min", "max", "sqrt", "first_value", "last_value"}
)
_COUNTING = frozenset({"row_number", "rank", "dense_rank", "ntile", "exp"})
_CLOCK = frozenset({"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "pi"})
_GREATEST, _INNER = 1, 1
_FOLLOWED = 8


@dataclass(frozen=True, slots=True)
class Zero:
    """
    Judges expressions of one SELECT.

    Args:
        followed: how many subqueries a column was followed through.
    """

    scope: Scope
    catalog: Catalog
    followed: int = 0

    def impossible(self, node: Syntax) -> bool:
        """Tell whether an expression is never zero (it may be NULL); what reads no data is taken to be meant."""
        if not any(part.name in ("ColumnRef", "FuncCall", "SubLink") for part in walk(node)):
            return constant(node) != 0
        if not reads_data(node):
            return True
        return self._never(bare(node)) or self._asked_for(node)

    def _never(self, node: Syntax) -> bool:
        if node.name == "A_Expr" and node.number("kind") == NULLIF:
            return True
        if node.name == "CaseExpr":
            return not any(constant(result) == 0 for result in _results(node))
        if node.name == "CoalesceExpr":
            return all(self.impossible(part) for part in node.many("args"))
        if node.name == "MinMaxExpr":
            return node.number("op") == _GREATEST and any(_positive(part) for part in node.many("args"))
        if node.name == "FuncCall":
            return self._call(node)
        if node.name == "A_Expr":
            return self._computed(node)
        if node.name == "ColumnRef":
            return self._column(node)
        return False

    def _call(self, node: Syntax) -> bool:
        name, args = call(node), node.many("args")
        if name in _COUNTING:
            return True
        if node.one("agg_filter") is not None:
            return False
        if name == "count":
            return self._counts_rows(node) and self._has_rows(node)
        return name in _PASSING and bool(args) and self.impossible(args[0])

    def _counts_rows(self, node: Syntax) -> bool:
        """Tell whether every row counts: ``*``, or a column that is never NULL and no outer join makes so."""
        if node.number("agg_star"):
            return True
        argument, select = node.many("args")[0], self.scope.select
        joins = [part for root in select.many("from_clause") for part in walk(root, into_selects=False)]
        if argument.name != "ColumnRef" or any(part.number("jointype") > _INNER for part in joins):
            return False
        return self._is_in(argument, self.catalog.required)

    def _has_rows(self, node: Syntax) -> bool:
        """Tell whether there is a row to count: in a group (but that of nothing, of ROLLUP and its like), or beside it."""
        groups = self.scope.select.many("group_clause")
        grouped = bool(groups) and not any(group.name == "GroupingSet" for group in groups)
        return grouped or node.one("over") is not None

    def _is_in(self, node: Syntax, columns: frozenset[tuple[str, str, str]]) -> bool:
        owner = self.scope.owner(node)
        return (
            owner is not None
            and owner.table is not None
            and (*owner.table, node.names("fields")[-1]) in columns
        )

    def _computed(self, node: Syntax) -> bool:
        sides = operands(node)
        if operator(node) in ("*", "/", "||"):
            return all(self.impossible(side) for side in sides)
        if operator(node) == "+":
            return any(_positive(side) for side in sides) and all(
                _positive(side) or _counts(side) for side in sides
            )
        return operator(node) == "-" and node.one("lexpr") is None and self.impossible(sides[0])

    def _column(self, node: Syntax) -> bool:
        found = self.scope.look_up(node)
        if isinstance(found, Column) and found.expression is not None and found.scope is not None:
            inner = Zero(found.scope, self.catalog, self.followed + 1)
            return self.followed < _FOLLOWED and inner.impossible(found.expression)
        return self._is_in(node, self.catalog.guarded)

    def _asked_for(self, node: Syntax) -> bool:
        """Tell whether WHERE, HAVING or a FILTER asks for the expression to be other than zero."""
        return any(_excludes(condition, node) for condition in self._conditions())

    def _conditions(self) -> Iterator[Syntax]:
        select = self.scope.select
        for field in ("where_clause", "having_clause"):
            yield from conjuncts(select.one(field))
        for node in walk(select, into_selects=False):
            if node.name == "JoinExpr":
                yield from conjuncts(node.one("quals"))
            if node.name == "FuncCall":
                yield from conjuncts(node.one("agg_filter"))


def reads_data(node: Syntax) -> bool:
    """Tell whether a value depends on rows: on a column, a subquery, a count, a function of unknown making."""
    return any(part.name in ("ColumnRef", "SubLink") or _makes(part) for part in walk(node))


def _makes(node: Syntax) -> bool:
    """Tell whether a call gives more than its arguments and the clock do."""
    return node.name == "FuncCall" and not node.many("args") and call(node) not in _CLOCK


def _results(case: Syntax) -> tuple[Syntax, ...]:
    """Give what a CASE may become; it is trusted with what it names itself."""
    return (
        *(result for when in case.many("args") for result in when.many("result")),
        *case.many("defresult"),
    )


def _positive(node: Syntax) -> bool:
    value = constant(node)
    return isinstance(value, (int, float)) and value > 0


def _counts(node: Syntax) -> bool:
    return call(bare(node)) == "count"


def _excludes(condition: Syntax, node: Syntax) -> bool:
    sides = operands(condition)
    if len(sides) != 2 or not any(alike(side, node) for side in sides):
        return False
    other = next((side for side in sides if not alike(side, node)), None)
    value = constant(other) if other is not None else None
    if not isinstance(value, (int, float)):
        return False
    flipped = not alike(sides[0], node)
    sign = (
        {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(operator(condition), "")
        if flipped
        else operator(condition)
    )
    sign = sign or operator(condition)
    return {
        ">": value >= 0, ">=": value > 0, "<": value <= 0, "<=": value < 0, "<>": value == 0, "!=": value == 0,
        "=": value != 0,
    }.get(sign, False)  # fmt: skip
