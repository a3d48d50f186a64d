"""Whether a number can be zero, as far as the statement itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchglass.lint.catalog import Catalog
from watchglass.lint.scope import Column, Scope
from watchglass.lint.syntax import (
    NULLIF,
    Syntax,
    bare,
    call,
    conjuncts,
    constant,
    operands,
    operator,
    same,
    walk,
)

_PASSING = frozenset(
    {"abs", "ceil", "ceiling", "round", "sum", "avg", "min", "max", "sqrt", "first_value", "last_value"}
)
_COUNTING = frozenset({"row_number", "rank", "dense_rank", "ntile", "exp"})
_GREATEST = 1


@dataclass(frozen=True, slots=True)
class Zero:
    """Judges expressions of one SELECT."""

    scope: Scope
    catalog: Catalog

    def impossible(self, node: Syntax) -> bool:
        """Tell whether an expression is never zero (it may be NULL); what reads no data is taken to be meant."""
        if not any(part.name in ("ColumnRef", "FuncCall", "SubLink") for part in walk(node)):
            return constant(node) != 0
        if not reads_data(node):
            return True
        return self._never(bare(node)) or self._asked_for(node)

    def _never(self, node: Syntax) -> bool:
        if node.name == "CaseExpr" or (node.name == "A_Expr" and node.number("kind") == NULLIF):
            return True
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
        if name == "nullif":
            return True
        if name in _COUNTING:
            return True
        if node.one("agg_filter") is not None:
            return False
        if name == "count" and node.number("agg_star"):
            return bool(self.scope.select.many("group_clause")) or node.one("over") is not None
        return name in _PASSING and bool(args) and self.impossible(args[0])

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
            return Zero(found.scope, self.catalog).impossible(found.expression)
        owner = self.scope.owner(node)
        return (
            owner is not None
            and owner.table is not None
            and (*owner.table, node.names("fields")[-1]) in self.catalog.guarded
        )

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
    """Tell whether a value depends on rows: on a column, a subquery, or a function that may count them."""
    clock = ("now", "extract", "date_part", "timezone", "date_trunc")
    return any(
        part.name in ("ColumnRef", "SubLink") or (part.name == "FuncCall" and call(part) not in clock)
        for part in walk(node)
    )


def _positive(node: Syntax) -> bool:
    value = constant(node)
    return isinstance(value, (int, float)) and value > 0


def _counts(node: Syntax) -> bool:
    return call(bare(node)) == "count"


def _excludes(condition: Syntax, node: Syntax) -> bool:
    sides = operands(condition)
    if len(sides) != 2 or not any(_alike(side, node) for side in sides):
        return False
    other = next((side for side in sides if not _alike(side, node)), None)
    value = constant(other) if other is not None else None
    if not isinstance(value, (int, float)):
        return False
    flipped = not _alike(sides[0], node)
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


def _alike(one: Syntax, other: Syntax) -> bool:
    one, other = bare(one), bare(other)
    if one.name == other.name == "ColumnRef":
        return one.names("fields")[-1] == other.names("fields")[-1]
    return same(one, other)
