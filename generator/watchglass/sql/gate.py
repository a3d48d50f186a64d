"""What may be sent to a database: one SELECT that changes nothing, told by PostgreSQL's own grammar before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import postgast

from watchglass.sql import tree
from watchglass.sql.lexer import tokens
from watchglass.sql.mentions import Mention, mentions_of
from watchglass.sql.tree import TreeNode

LONGEST = 100_000
"""UTF-8 bytes of a statement that are handed to the parser."""

DEEPEST = 2_000
"""Operators, brackets and joining words of a statement: each may be a level of its tree."""

_ODD = re.compile("[\0\ud800-\udfff]")
_WORD = re.compile(r"[A-Za-z]+")
_WRITING = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}
_SUSPECT = {*_WRITING, "IntoClause", "LockingClause"}
_NO_LOCATION = 2**31


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a statement is not sent: a code, a sentence, and the character (from 0) that it is about."""

    code: str
    message: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What the grammar says of a statement; names as written, in lower case where unquoted.

    Args:
        tables: tables and views that it reads, with their schema where one is written; no names of its WITH.
        parameters: numbers of the ``$1``, ``$2``, … in it.
        mentions: every name that may hold a function, with the byte (from 0) where it first stands, if it is told.
    """

    refusals: tuple[Refusal, ...]
    tables: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    parameters: frozenset[int] = frozenset()
    mentions: Mapping[Mention, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """What a walk gathers."""

    refusals: list[Refusal] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    parameters: set[int] = field(default_factory=set)
    mentions: dict[Mention, int | None] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def inspect(sql: str, *, parameters: bool = False) -> Facts:
    """
    Judge a statement; a run judges one and the same many times, as each target's, for each time zone.

    Args:
        parameters: whether ``$1`` and its like may stand in it.
    """
    odd = _ODD.search(sql)
    if odd is not None:
        what = "NUL character" if odd[0] == "\0" else "half of a surrogate pair"
        return _refused("sql-syntax", f"PostgreSQL takes no {what}", odd.start())
    if len(sql.encode()) > LONGEST:
        return _refused("sql-too-long", f"a statement has at most {LONGEST:,} bytes")
    levels = tree.levels(sql)
    if levels > DEEPEST:
        return _refused("sql-too-deep", f"a statement has at most {DEEPEST:,} operators and parentheses")
    try:
        root = tree.parse_deep(sql, levels)
    except postgast.PgQueryError as error:
        offset = error.cursorpos - 1 if error.cursorpos else None
        return _refused("sql-syntax", str(error.message), offset)
    statements = list(root.child("stmts"))
    if len(statements) != 1:
        return _not_one(sql, statements)
    return _judge(sql, next(statements[0].child("stmt")), parameters)


def characters(sql: str, location: int) -> int:
    """Turn an offset in UTF-8 bytes, as PostgreSQL's parser counts, into one in characters."""
    return len(sql.encode()[:location].decode(errors="ignore"))


def _refused(code: str, message: str, offset: int | None = None) -> Facts:
    return Facts((Refusal(code, message, offset),))


def _not_one(sql: str, statements: list[TreeNode]) -> Facts:
    if not statements:
        return _refused("sql-not-one", "exactly one statement is sent, there is no statement")
    second = characters(sql, int(statements[1].scalars.get("stmt_location", 0)))
    second += len(sql[second:]) - len(sql[second:].lstrip())
    message = f"exactly one statement is sent, there are {len(statements)} statements"
    return _refused("sql-not-one", message, second)


def _judge(sql: str, statement: TreeNode, parameters: bool) -> Facts:
    kind = next(iter(statement.children), "")
    if kind != "select_stmt":
        code = next((token.text for token in tokens(sql) if token.kind == "code" and token.text.strip()), "")
        word = _WORD.search(code)
        named = word[0].upper() if word and word[0].upper() != "WITH" else kind.split("_")[0].upper()
        return _refused("sql-not-select", f"only a SELECT is sent, this is {named}")
    found = _Found()
    for node, names in named_nodes(statement):
        _note(node, names, found)
        if node.name in _SUSPECT:
            found.refusals += _refuse(sql, node)
        if node.name == "ParamRef" and not parameters:
            number, at = node.scalars.get("number", 0), _location(sql, node)
            found.refusals.append(Refusal("sql-parameter", f"the statement has a parameter ${number}", at))
    found.refusals.sort(key=lambda refusal: LONGEST if refusal.offset is None else refusal.offset)
    return Facts(
        tuple(found.refusals),
        frozenset(found.tables),
        frozenset(found.functions),
        frozenset(found.parameters),
        found.mentions,
    )


def _note(node: TreeNode, names: frozenset[str], found: _Found) -> None:
    if node.name == "RangeVar":
        schema, table = str(node.scalars.get("schemaname", "")), str(node.scalars.get("relname", ""))
        if schema:
            found.tables.add(f"{schema}.{table}")
        elif table not in names:
            found.tables.add(table)
    elif node.name == "FuncCall":
        found.functions.add(".".join(node.names("funcname")))
    elif node.name == "ParamRef":
        found.parameters.add(int(node.scalars.get("number", 0)))
    for mention in mentions_of(node, names):
        at = _byte(node)
        known = found.mentions.get(mention)
        if known is None or (at is not None and at < known):
            found.mentions[mention] = at


def _refuse(sql: str, node: TreeNode) -> Iterator[Refusal]:
    if node.name in _WRITING:
        table = next(node.child("relation"), node)
        message = f"a part of the statement writes: {_WRITING[node.name]}"
        yield Refusal("sql-writes", message, _location(sql, table))
    elif node.name == "IntoClause":
        yield Refusal(
            "sql-writes", "SELECT INTO makes a table", _location(sql, next(node.child("rel"), node))
        )
    elif node.name == "LockingClause":
        table = next((inner for rel in node.child("locked_rels") for inner in rel.child("range_var")), node)
        yield Refusal("sql-locks", "FOR UPDATE and FOR SHARE lock rows", _location(sql, table))


def _location(sql: str, node: TreeNode) -> int | None:
    """Give the character of a node; one that the grammar places nowhere has -1, which reads as a huge number."""
    at = _byte(node)
    return None if at is None else characters(sql, at)


def _byte(node: TreeNode) -> int | None:
    at = int(node.scalars.get("location", 0))
    return at if 0 < at < _NO_LOCATION else None


def named_nodes(root: TreeNode) -> Iterator[tuple[TreeNode, frozenset[str]]]:
    """Give every node below, with the names that a WITH defines where it stands."""
    stack = [(root, frozenset[str]())]
    while stack:
        node, names = stack.pop()
        if node.name != "Node":
            yield node, names
        for clause in node.bare("with_clause"):
            inner = _defined(clause, names)
            stack += inner
            names |= {str(query.scalars.get("ctename", "")) for query, _ in inner}
        for name in node.children:
            if name != "with_clause":
                stack += [(below, names) for below in node.branches(name)]


def _defined(clause: TreeNode, names: frozenset[str]) -> list[tuple[TreeNode, frozenset[str]]]:
    """Pair each query of a WITH with the names it sees: those before it, or all where the WITH is recursive."""
    queries = clause.bare("ctes")
    own = [str(query.scalars.get("ctename", "")) for query in queries]
    recursive = bool(clause.scalars.get("recursive", 0))
    return [
        (query, names | frozenset(own if recursive else own[:index])) for index, query in enumerate(queries)
    ]
