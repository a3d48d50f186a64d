"""A day, week or hour cut in the session's time zone: a board shows other days than the service's."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from watchglass.lint.scope import Scope
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import BETWEEN, Syntax, call, constant, operands, operator, shape, walk

_UNITS = frozenset({"day", "week", "month", "quarter", "year", "decade", "century", "millennium", "days", "weeks", "months",
                    "quarters", "years"})  # fmt: skip
_FIELDS = _UNITS | {"hour", "hours", "dow", "isodow", "doy", "isoyear"}
_COMPARING = frozenset({"<", ">", "<=", ">=", "="})
_CURRENT_DATE, _LOCALTIMESTAMP = 1, (6, 7, 8, 9)


def check(subject: Subject) -> Iterator[Finding]:
    """Find instants cut into days or hours without AT TIME ZONE."""
    zone = subject.service.timezone
    for statement in subject.statements.values():
        for scope in statement.scopes:
            for node, what in _cuts(scope):
                if statement.written(node):
                    yield finding(
                        "lint-session-day",
                        f"{what} in the time zone of the session, not in that of the service ({zone})",
                        statement.span(node),
                        statement.query.at.path,
                        hint="write {{ local('column') }} for the column, or {{ bucket('column', '1 day') }} for its day",
                    )


def _cuts(scope: Scope) -> Iterator[tuple[Syntax, str]]:
    """Give what is cut, and how; what GROUP BY repeats of the output is told once."""
    found = [(node, what) for node in walk(scope.select, into_selects=False) if (what := _cut(node, scope))]
    yield from {shape(node): (node, what) for node, what in reversed(found)}.values()


def _cut(node: Syntax, scope: Scope) -> str:
    if node.name == "SQLValueFunction" and node.number("op") == _CURRENT_DATE:
        return "CURRENT_DATE is the day"
    if node.name == "SQLValueFunction" and node.number("op") in _LOCALTIMESTAMP:
        return "LOCALTIME and LOCALTIMESTAMP are the time"
    if node.name == "TypeCast" and _is_type(node, "date"):
        inner = node.one("arg")  # one that is cut itself is told by itself
        return (
            "the day is cut"
            if inner is not None and _instant(inner, scope) and not _cut(inner, scope)
            else ""
        )
    if node.name == "FuncCall":
        return _call(node, scope)
    return "a text is read as an instant" if _compares_text(node, scope) else ""


def _call(node: Syntax, scope: Scope) -> str:
    name, args = call(node), node.many("args")
    if name == "date" and len(args) == 1 and _instant(args[0], scope):
        return "the day is cut"
    if len(args) != 2:
        return ""
    if name == "date_trunc" and _unit(args[0]) in _UNITS and _instant(args[1], scope):
        return f"the {_unit(args[0])} is cut"
    if name in ("extract", "date_part") and _unit(args[0]) in _FIELDS and _instant(args[1], scope):
        return f"the {_unit(args[0])} is taken"
    return "the text of an instant is made" if name == "to_char" and _instant(args[0], scope) else ""


def _unit(node: Syntax) -> str:
    value = constant(node)
    return value.casefold() if isinstance(value, str) else ""


def _is_type(node: Syntax, name: str) -> bool:
    named = node.one("type_name")
    return named is not None and named.names("names")[-1:] == (name,)


def _instant(node: Syntax | None, scope: Scope) -> bool:
    """Tell whether a value is of type timestamptz: by its type, or since the SELECT compares it with now()."""
    if node is None:
        return False
    kind = scope.type_of(node)
    if kind or node.name != "ColumnRef":
        return kind == "timestamptz"
    if scope.look_up(node) == "missing":
        return False
    for other in walk(scope.select, into_selects=False):
        sides = operands(other) if operator(other) in _COMPARING or other.number("kind") in BETWEEN else ()
        if any(_is_column(side, node) for side in sides) and any(
            scope.type_of(side) == "timestamptz" for side in sides
        ):
            return True
    return False


def _is_column(node: Syntax, other: Syntax) -> bool:
    return node.name == "ColumnRef" and node.names("fields")[-1] == other.names("fields")[-1]


def _compares_text(node: Syntax, scope: Scope) -> bool:
    sides = operands(node) if operator(node) in _COMPARING else ()
    if len(sides) != 2 or not any(scope.type_of(side) == "timestamptz" for side in sides):
        return False
    texts = [constant(side) for side in sides if side.name == "A_Const" or _is_type(side, "timestamptz")]
    return any(isinstance(text, str) and _has_no_zone(text) for text in texts)


def _has_no_zone(text: str) -> bool:
    """Tell whether a text is a day, or a time of a day without a zone."""
    try:
        return datetime.datetime.fromisoformat(text.strip()).tzinfo is None
    except ValueError:
        return False
