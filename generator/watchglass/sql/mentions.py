"""What a statement names that may hold a function: calls, operators, types, attributes, and the tables and views it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from watchglass.sql.lexer import tokens
from watchglass.sql.tree import TreeNode

Kind = Literal["relation", "function", "operator", "type"]

_BETWEEN = range(11, 15)
"""Numbers of A_Expr_Kind whose operators are ``<=`` and ``>=``, whatever their name says."""

_SIMILAR = 10
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


def mentions_of(node: TreeNode, hidden: frozenset[str]) -> Iterator[Mention]:
    """
    Give what one node of the tree names.

    Args:
        hidden: names of the WITH queries that stand where the node is: these are no tables.
    """
    maker = _MAKERS.get(node.name)
    if maker is not None:
        yield from maker(node)
    elif node.name == "RangeVar":
        schema, table = str(node.scalars.get("schemaname", "")), str(node.scalars.get("relname", ""))
        if schema or table not in hidden:
            yield Mention("relation", (schema, table) if schema else (table,))


def _call(node: TreeNode) -> Iterator[Mention]:
    arguments = node.bare("args")
    count = len(arguments)
    if node.scalars.get("agg_within_group"):
        count += len(node.children.get("agg_order", ()))
    name = node.names("funcname")
    texts = tuple(_text(argument) for argument in arguments)
    yield Mention("function", name, count, texts if any(text is not None for text in texts) else ())
    if count == 1:  # numeric(x) is a cast
        yield Mention("type", name)


def _operator(node: TreeNode) -> Iterator[Mention]:
    kind = node.scalars.get("kind")
    names = node.names("name")
    if kind in _BETWEEN:
        for name in ("<=", ">=", "<", ">"):
            yield Mention("operator", (name,))
    elif names:
        yield Mention("operator", names)
    if kind == _SIMILAR:
        yield Mention("function", ("pg_catalog", "similar_to_escape"))


def _sub_link(node: TreeNode) -> Iterator[Mention]:
    yield Mention("operator", node.names("oper_name") or ("=",))


def _sort(node: TreeNode) -> Iterator[Mention]:
    names = node.names("use_op")
    if names:
        yield Mention("operator", names)


def _equal(node: TreeNode) -> Iterator[Mention]:
    """JOIN … USING and CASE x WHEN compare."""
    if node.name == "CaseExpr" and "arg" not in node.children:
        return
    yield Mention("operator", ("=",))


def _type(node: TreeNode) -> Iterator[Mention]:
    names = node.names("names")
    if names:
        yield Mention("type", names)


def _attribute(node: TreeNode) -> Iterator[Mention]:
    """``a.f`` and ``(a).f`` call f(a) where a has no such column; a cast may be written so, too."""
    column = node.name == "ColumnRef"
    names = node.names("fields")[1:] if column else node.names("indirection")
    for name in names:
        yield Mention("function", (name,), 1, row=column)
        yield Mention("type", (name,))


_MAKERS = {
    "FuncCall": _call,
    "A_Expr": _operator,
    "SubLink": _sub_link,
    "SortBy": _sort,
    "JoinExpr": _equal,
    "CaseExpr": _equal,
    "TypeName": _type,
    "ColumnRef": _attribute,
    "A_Indirection": _attribute,
}


def _text(node: TreeNode) -> str | None:
    if node.name == "TypeCast":
        node = next(iter(node.bare("arg")), node)
    text = next(node.child("sval"), None) if node.name == "A_Const" else None
    return str(text.scalars.get("sval", "")) if text is not None else None


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
