"""The few types that rules ask for, inferred from an expression; empty where nothing is sure."""

from __future__ import annotations

from collections.abc import Callable

from watchglass.lint.syntax import Syntax, call, operands, operator

_TYPES = {
    "timestamptz": "timestamptz", "timestamp": "timestamp", "date": "date", "interval": "interval", "time": "time",
    "int2": "integer", "int4": "integer", "int8": "integer", "smallserial": "integer", "serial": "integer",
    "bigserial": "integer", "integer": "integer", "bigint": "integer", "numeric": "number", "float4": "number",
    "float8": "number", "text": "text", "varchar": "text", "bpchar": "text", "bool": "boolean", "uuid": "uuid",
}  # fmt: skip
_RESULTS = {
    **dict.fromkeys(
        ("now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "to_timestamp"),
        "timestamptz",
    ),
    **dict.fromkeys(("count", "row_number", "rank", "dense_rank"), "integer"),
    **dict.fromkeys(("extract", "date_part", "round"), "number"),
    "date": "date",
    "to_char": "text",
}
_KEEPING = frozenset({"max", "min", "first_value", "last_value", "lag", "lead", "nth_value", "date_bin"})
_VALUES = {1: "date", 4: "timestamptz", 5: "timestamptz", 8: "timestamp", 9: "timestamp"}
_TRUNCATED = {
    "date": "timestamptz",
    "timestamptz": "timestamptz",
    "timestamp": "timestamp",
    "interval": "interval",
}
_TIMES = frozenset({"timestamptz", "timestamp", "date"})

Reference = Callable[[Syntax], str]
"""A column's name → its type."""


def type_named(node: Syntax) -> str:
    """Give the type of a type's name; an array's is not known."""
    names = node.names("names")
    return "" if node.many("array_bounds") or not names else _TYPES.get(names[-1], "")


def type_of(node: Syntax, reference: Reference) -> str:
    """Infer the type of an expression."""
    reader = _READERS.get(node.name)
    return reader(node, reference) if reader is not None else ""


def _cast(node: Syntax, reference: Reference) -> str:
    del reference
    named = node.one("type_name")
    return type_named(named) if named is not None else ""


def _value(node: Syntax, reference: Reference) -> str:
    del reference
    return _VALUES.get(node.number("op"), "")


def _called(node: Syntax, reference: Reference) -> str:
    name, args = call(node), node.many("args")
    if name in _RESULTS:
        return _RESULTS[name]
    if name == "timezone" and len(args) == 2:
        return {"timestamptz": "timestamp", "timestamp": "timestamptz"}.get(type_of(args[1], reference), "")
    if name == "date_trunc" and len(args) >= 2:
        return "timestamptz" if len(args) == 3 else _TRUNCATED.get(type_of(args[1], reference), "")
    if name in _KEEPING and args:
        return type_of(args[1 if name == "date_bin" and len(args) > 1 else 0], reference)
    return ""


def _either(nodes: tuple[Syntax, ...], reference: Reference) -> str:
    return next((found for node in nodes if (found := type_of(node, reference))), "")


def _among(node: Syntax, reference: Reference) -> str:
    return _either(node.many("args"), reference)


def _case(node: Syntax, reference: Reference) -> str:
    results = tuple(result for when in node.many("args") for result in when.many("result"))
    return _either((*results, *node.many("defresult")), reference)


def _computed(node: Syntax, reference: Reference) -> str:
    sides = [type_of(side, reference) for side in operands(node)]
    if operator(node) not in ("+", "-") or len(sides) != 2:
        return ""
    times = [side for side in sides if side in _TIMES]
    if len(times) == 2:
        return "integer" if sides == ["date", "date"] else "interval"
    if len(times) == 1 and "interval" in sides:
        return "timestamp" if times == ["date"] else times[0]
    if times == ["date"] and "integer" in sides:
        return "date"
    return "interval" if sides == ["interval", "interval"] else ""


_READERS: dict[str, Callable[[Syntax, Reference], str]] = {
    "TypeCast": _cast,
    "SQLValueFunction": _value,
    "FuncCall": _called,
    "ColumnRef": lambda node, reference: reference(node),
    "CoalesceExpr": _among,
    "MinMaxExpr": _among,
    "CaseExpr": _case,
    "A_Expr": _computed,
}
