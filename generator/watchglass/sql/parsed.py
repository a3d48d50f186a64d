"""
A text of SQL → PostgreSQL's parse tree as plain dictionaries, and a walk over it.

The parser writes its tree as JSON several times as fast as in any other form, and Python reads JSON in C. A message is
``{field: value}``; where a field takes messages of every kind, each is wrapped as ``{kind: message}``. A number that is
0, a flag that is false and an empty list are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from postgast.errors import check_error
from postgast.native import lib
from postgast.pg_query_pb2 import ParseResult

from watchglass.sql import tree

Message = dict[str, Any]
Placed = tuple[str, Message, frozenset[str]]
"""A message behind its kind, with the names that a WITH defines where it stands."""

Visit = Callable[[Message, frozenset[str]], None]

_LEAVES = frozenset({"A_Const", "A_Star", "BitString", "Boolean", "Float", "Integer", "String"})
"""Messages that hold a constant or a part of a name: more than half of a tree."""

_PART = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')


def parse(sql: str) -> Message:
    """
    Parse a text; the root has the field ``stmts``.

    Raises:
        postgast.PgQueryError: a syntax error, with the character (from 1) in ``cursorpos``.
    """
    return tree.with_stack(sql, lambda: _parse(sql.encode()))


def _parse(sql: bytes) -> Message:
    result = lib.pg_query_parse(sql)
    try:
        check_error(result)
        return read(result.parse_tree.decode(errors="replace"))
    finally:
        lib.pg_query_free_parse_result(result)


def read(text: str) -> Message:
    """Read JSON, also where it nests deeper than Python's own reader goes."""
    try:
        found: Message = json.loads(text)
    except RecursionError:
        return _read_deep(text)
    return found


def _read_deep(text: str) -> Message:
    root: list[Any] = []
    holders: list[Any] = [root]
    field: str | None = None
    for match in _PART.finditer(text):
        part, holder = match[0], holders[-1]
        if part in ("}", "]"):
            holders.pop()
        elif field is None and isinstance(holder, dict):
            field = json.loads(part)
        else:
            value: Any = {"{": {}, "[": []}.get(part)
            nested = value is not None
            value = value if nested else json.loads(part)
            if field is None:
                holder.append(value)
            else:
                holder[field], field = value, None
            if nested:
                holders.append(value)
    found: Message = root[0]
    return found


def _pass(message: Message, names: frozenset[str]) -> None:
    """Do nothing at a message."""


def walk(kind: str, message: Message, visits: Mapping[str, Visit]) -> None:
    """Visit a message and all below it: each by what its kind says, with the names that a WITH defines where it stands."""
    kinds, bare = _kinds()
    waiting: list[Placed] = [(kind, message, frozenset())]
    while waiting:
        kind, message, names = waiting.pop()
        visits.get(kind, _pass)(message, names)
        if kind == "ColumnRef":  # it has nothing but a name
            continue
        clause = message.get("withClause")
        if clause is not None:
            waiting += _queries(clause, names)
            names |= _defined(clause)
        for field, value in message.items():
            if value.__class__ is list:
                for one in value:
                    for each in one:
                        if each not in _LEAVES:
                            waiting.append((each, one[each], names))
            elif value.__class__ is dict and value is not clause:
                wrapped = next(iter(value), "")
                if wrapped not in kinds:
                    waiting.append((bare.get((kind, field), ""), value, names))
                elif wrapped not in _LEAVES:
                    waiting.append((wrapped, value[wrapped], names))


def _queries(clause: Message, names: frozenset[str]) -> list[Placed]:
    """Pair each query of a WITH with the names it sees: those before it, or all where the WITH is recursive."""
    found: list[Placed] = []
    seen = names | _defined(clause) if "recursive" in clause else names
    for each in clause.get("ctes", ()):
        for kind, query in each.items():
            found.append((kind, query, seen))
            seen |= {query.get("ctename", "")}
    return found


def _defined(clause: Message) -> frozenset[str]:
    return frozenset(query.get("ctename", "") for each in clause.get("ctes", ()) for query in each.values())


@cache
def _kinds() -> tuple[frozenset[str], Mapping[tuple[str, str], str]]:
    """Give the messages that are wrapped, and the fields that hold one of one kind, bare: message and field → kind."""
    messages = ParseResult.DESCRIPTOR.file.message_types_by_name
    bare = {
        (name, field.json_name): field.message_type.name
        for name, message in messages.items()
        for field in message.fields
        if name != "Node" and field.message_type and field.message_type.name != "Node"
    }
    return frozenset(field.json_name for field in messages["Node"].fields), bare
