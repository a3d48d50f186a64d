"""What a statement names that may hold a function: calls, operators, types, attributes, and the tables and views it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from watchglass.sql.lexer import tokens
from watchglass.sql.parsed import Message

Kind = Literal["relation", "function", "operator", "type"]

_BETWEEN = frozenset({"AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN", "AEXPR_BETWEEN_SYM", "AEXPR_NOT_BETWEEN_SYM"})
"""Kinds of A_Expr whose operators are ``<=`` and ``>=``, whatever their name says."""

_PART = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_ANY_NAME = re.compile(_NAME)
_CALL = re.compile(rf"({_NAME})\s*\(")
_READ = re.compile(rf"\b(?:from|join|table)\s+(?:only\s+)?({_NAME})", re.IGNORECASE)
_OPERATOR = re.compile(r"(?<!:)[-+*/<>=~!@#%^&|`?]+")
_DYNAMIC = re.compile(r"\bexecute\b", re.IGNORECASE)


class Mention(NamedTuple):
    """
    A name in a statement, as PostgreSQL's grammar reads it.

    Args:
        arguments: how many a call has; None where that is not told.
        texts: the arguments that are string constants, else None; only of a call that has one.
        row: whether it is a call only where the argument is a row: ``orders.total`` may mean ``total(orders)``.
    """

    kind: Kind
    name: tuple[str, ...]
    arguments: int | None = None
    texts: tuple[str | None, ...] = ()
    row: bool = False


Named = tuple[Kind, tuple[str, ...], int | None, tuple[str | None, ...], bool]
"""A mention's parts: a statement names few things, each many times."""

mention = lru_cache(4096)(Mention)
"""Makes a mention, or gives the one that was made of the same parts."""


def names_in(node: Message, field: str) -> tuple[str, ...]:
    """Give the strings of a list of names."""
    return tuple([each["String"].get("sval", "") for each in node.get(field, ()) if "String" in each])


def _plain(kind: Kind, name: tuple[str, ...]) -> Named:
    return (kind, name, None, (), False)


_EQUAL = (_plain("operator", ("=",)),)
_BOUNDS = tuple(_plain("operator", (name,)) for name in ("<=", ">=", "<", ">"))
_ESCAPE = _plain("function", ("pg_catalog", "similar_to_escape"))


def _table(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    schema, table = node.get("schemaname", ""), node.get("relname", "")
    if schema:
        return (_plain("relation", (schema, table)),)
    return () if table in hidden else (_plain("relation", (table,)),)


def _call(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    del hidden
    arguments = node.get("args", ())
    count = len(arguments)
    if "agg_within_group" in node:
        count += len(node.get("agg_order", ()))
    name = names_in(node, "funcname")
    texts = tuple([_text(argument) for argument in arguments])
    call: Named = ("function", name, count, texts if any(text is not None for text in texts) else (), False)
    return (call, _plain("type", name)) if count == 1 else (call,)  # numeric(x) is a cast


def _operator(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    del hidden
    kind, names = node.get("kind"), names_in(node, "name")
    if kind in _BETWEEN:
        return _BOUNDS
    found = (_plain("operator", names),) if names else ()
    return (*found, _ESCAPE) if kind == "AEXPR_SIMILAR" else found


def _sub_link(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    del hidden
    return (_plain("operator", names_in(node, "operName") or ("=",)),)


def _sort(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    del hidden
    names = names_in(node, "useOp")
    return (_plain("operator", names),) if names else ()


def _join(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    """JOIN … USING compares."""
    del node, hidden
    return _EQUAL


def _case(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    """CASE x WHEN compares."""
    del hidden
    return _EQUAL if "arg" in node else ()


def _type(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    del hidden
    names = names_in(node, "names")
    return (_plain("type", names),) if names else ()


def _column(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    """``a.f`` calls f(a) where a has no such column; a cast may be written so, too."""
    del hidden
    fields = node.get("fields", ())
    if len(fields) == 1:
        return ()
    return [each for name in names_in(node, "fields")[1:] for each in _attribute(name, row=True)]


def _indirection(node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    """``(a).f`` calls f(a), as above."""
    del hidden
    return [each for name in names_in(node, "indirection") for each in _attribute(name, row=False)]


@lru_cache(4096)
def _attribute(name: str, *, row: bool) -> tuple[Named, Named]:
    return ("function", (name,), 1, (), row), _plain("type", (name,))


Reader = Callable[[Message, frozenset[str]], Iterable[Named]]
"""Gives what a message names; it is given the names of the WITH queries that stand where it is, too: these are no tables."""

NAMING: Mapping[str, Reader] = {
    "RangeVar": _table,
    "FuncCall": _call,
    "A_Expr": _operator,
    "SubLink": _sub_link,
    "SortBy": _sort,
    "JoinExpr": _join,
    "CaseExpr": _case,
    "TypeName": _type,
    "ColumnRef": _column,
    "A_Indirection": _indirection,
}
"""Messages of the tree that name something."""


def _text(node: Message) -> str | None:
    if "TypeCast" in node:
        node = node["TypeCast"].get("arg", node)
    text = node["A_Const"].get("sval") if "A_Const" in node else None
    return None if text is None else str(text.get("sval", ""))


@dataclass(frozen=True, slots=True)
class Body:
    """
    What a function's text names.

    Args:
        dynamic: whether it puts SQL together and runs it, so that nobody can tell what it names.
        guesses: what a word of it may stand for besides.
    """

    mentions: tuple[Mention, ...]
    dynamic: bool = False
    guesses: tuple[Mention, ...] = ()


def scan(body: str) -> Body:
    """
    Read a text of PL/pgSQL word by word: everything before a parenthesis may be a call, every name a view or a type.

    What the database does not have, such as a function ``IF (``, is found nowhere and comes to nothing.
    """
    # A string or comment parts words.
    code = "".join(token.text if token.kind in ("code", "name") else " '' " for token in tokens(body))
    names = [_parts(match[0]) for match in _ANY_NAME.finditer(code)]
    mentions = [
        *(Mention("function", _parts(match[1])) for match in _CALL.finditer(code)),
        *(Mention("relation", _parts(match[1])) for match in _READ.finditer(code)),
        *(Mention("operator", (match[0],)) for match in _OPERATOR.finditer(code)),
    ]
    guesses = [
        *(Mention("relation", name) for name in names),
        *(Mention("type", name) for name in names),
        *(Mention("function", name[-1:], 1, row=True) for name in names if len(name) > 1),
    ]
    return Body(
        tuple(dict.fromkeys(mentions)), _DYNAMIC.search(code) is not None, tuple(dict.fromkeys(guesses))
    )


def _parts(name: str) -> tuple[str, ...]:
    return tuple(
        part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
        for part in re.findall(_PART, name)
    )
