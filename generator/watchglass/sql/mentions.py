"""What a statement names that may hold a function: calls, operators, types, attributes, and the tables and views it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class Mention:
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


def mentions_of(kind: str, node: Message, hidden: frozenset[str]) -> Iterable[Named]:
    """
    Give what one message of the tree names.

    Args:
        hidden: names of the WITH queries that stand where the message is: these are no tables.
    """
    if kind == "RangeVar":
        schema, table = node.get("schemaname", ""), node.get("relname", "")
        if schema:
            return (_named("relation", (schema, table)),)
        return () if table in hidden else (_named("relation", (table,)),)
    maker = _MAKERS.get(kind)
    return () if maker is None else maker(node)


def names_in(node: Message, field: str) -> tuple[str, ...]:
    """Give the strings of a list of names."""
    return tuple([each["String"].get("sval", "") for each in node.get(field, ()) if "String" in each])


def _named(kind: Kind, name: tuple[str, ...]) -> Named:
    return (kind, name, None, (), False)


def _call(node: Message) -> Iterable[Named]:
    arguments = node.get("args", ())
    count = len(arguments)
    if "agg_within_group" in node:
        count += len(node.get("agg_order", ()))
    name = names_in(node, "funcname")
    texts = tuple([_text(argument) for argument in arguments])
    yield ("function", name, count, texts if any(text is not None for text in texts) else (), False)
    if count == 1:  # numeric(x) is a cast
        yield _named("type", name)


def _operator(node: Message) -> Iterable[Named]:
    kind = node.get("kind")
    names = names_in(node, "name")
    if kind in _BETWEEN:
        for name in ("<=", ">=", "<", ">"):
            yield _named("operator", (name,))
    elif names:
        yield _named("operator", names)
    if kind == "AEXPR_SIMILAR":
        yield _named("function", ("pg_catalog", "similar_to_escape"))


def _sub_link(node: Message) -> Iterable[Named]:
    yield _named("operator", names_in(node, "operName") or ("=",))


def _sort(node: Message) -> Iterable[Named]:
    names = names_in(node, "useOp")
    if names:
        yield _named("operator", names)


def _join(node: Message) -> Iterable[Named]:
    """JOIN … USING compares."""
    del node
    yield _named("operator", ("=",))


def _case(node: Message) -> Iterable[Named]:
    """CASE x WHEN compares."""
    if "arg" in node:
        yield _named("operator", ("=",))


def _type(node: Message) -> Iterable[Named]:
    names = names_in(node, "names")
    if names:
        yield _named("type", names)


def _column(node: Message) -> Iterable[Named]:
    """``a.f`` calls f(a) where a has no such column; a cast may be written so, too."""
    for name in names_in(node, "fields")[1:]:
        yield ("function", (name,), 1, (), True)
        yield _named("type", (name,))


def _attribute(node: Message) -> Iterable[Named]:
    """``(a).f`` calls f(a), as above."""
    for name in names_in(node, "indirection"):
        yield ("function", (name,), 1, (), False)
        yield _named("type", (name,))


_MAKERS = {
    "FuncCall": _call,
    "A_Expr": _operator,
    "SubLink": _sub_link,
    "SortBy": _sort,
    "JoinExpr": _join,
    "CaseExpr": _case,
    "TypeName": _type,
    "ColumnRef": _column,
    "A_Indirection": _attribute,
}


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
