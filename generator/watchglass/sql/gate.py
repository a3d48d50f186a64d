"""What may be sent to a database: one SELECT that changes nothing, told by PostgreSQL's own grammar before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import postgast

from watchglass.sql import tree
from watchglass.sql.tree import TreeNode

LONGEST = 100_000
"""Characters of a statement that are handed to the parser, which crashes on the deepest trees."""

DEEPEST = 2_000
"""Operators and opening parentheses of a statement: each may be a level of its tree."""

_LEVELS = re.compile(
    r"[-+*/%^<>=|&~!#@(\[]+|\b(?:and|or|not|case|in|is|like|between|union|intersect|except|::)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a statement is not sent: a code, a sentence, and the character (from 0) that it is about."""

    code: str
    message: str
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the grammar says of a statement; names as written, in lower case where unquoted."""

    refusals: tuple[Refusal, ...]
    tables: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


def inspect(sql: str, *, parameters: bool = False) -> Facts:
    """
    Judge a statement.

    Args:
        parameters: whether ``$1`` and its like may stand in it.
    """
    if len(sql) > LONGEST:
        return _refused("sql-too-long", f"a statement has at most {LONGEST:,} characters")
    if len(_LEVELS.findall(sql)) > DEEPEST:
        return _refused("sql-too-deep", f"a statement has at most {DEEPEST:,} operators and parentheses")
    if "\0" in sql:
        return _refused("sql-syntax", "PostgreSQL takes no NUL character", sql.index("\0"))
    try:
        root = tree.parse(sql)
    except postgast.PgQueryError as error:
        offset = error.cursorpos - 1 if error.cursorpos else None
        return _refused("sql-syntax", str(error.message), offset)
    statements = [inner for raw in root.child("stmts") for inner in raw.child("stmt")]
    if len(statements) != 1:
        what = "there is no statement" if not statements else f"there are {len(statements)} statements"
        return _refused("sql-not-one", f"exactly one statement is sent, {what}")
    return _judge(sql, statements[0], parameters)


def _refused(code: str, message: str, offset: int | None = None) -> Facts:
    return Facts((Refusal(code, message, offset),))


def _judge(sql: str, statement: TreeNode, parameters: bool) -> Facts:
    kind = next(iter(statement.children), "")
    if kind != "select_stmt":
        word = kind.removesuffix("_stmt").replace("_", " ").upper()
        return _refused("sql-not-select", f"only a SELECT is sent, this is {word}")
    refusals: list[Refusal] = []
    tables: set[str] = set()
    functions: set[str] = set()
    defined: set[str] = set()
    for node in tree.walk(statement):
        if node.name == "RangeVar":
            parts = (node.scalars.get("schemaname", ""), node.scalars.get("relname", ""))
            tables.add(".".join(str(part) for part in parts if part))
        elif node.name == "FuncCall":
            functions.add(".".join(node.names("funcname")))
        elif node.name == "CommonTableExpr":
            defined.add(str(node.scalars.get("ctename", "")))
        refusals += _refuse(sql, node, parameters)
    return Facts(tuple(refusals), frozenset(tables - defined), frozenset(functions))


def _refuse(sql: str, node: TreeNode, parameters: bool) -> Iterator[Refusal]:
    if node.name in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
        word = node.name.removesuffix("Stmt").upper()
        yield Refusal("sql-writes", f"a part of the statement writes: {word}")
    elif node.name == "IntoClause":
        yield Refusal("sql-writes", "SELECT INTO makes a table")
    elif node.name == "LockingClause":
        yield Refusal("sql-locks", "FOR UPDATE and FOR SHARE lock rows")
    elif node.name == "ParamRef" and not parameters:
        at = characters(sql, int(node.scalars.get("location", 0)))
        yield Refusal("sql-parameter", f"the statement has a parameter ${node.scalars.get('number', '')}", at)


def characters(sql: str, location: int) -> int:
    """Turn an offset in UTF-8 bytes, as PostgreSQL's parser counts, into one in characters."""
    return len(sql.encode()[:location].decode(errors="ignore"))
