"""What may be sent to a database: one SELECT that changes nothing, told by PostgreSQL's own grammar before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import postgast

from watchglass.sql import parsed, tree
from watchglass.sql.lexer import tokens
from watchglass.sql.mentions import NAMING, Mention, Named, Reader, mention, names_in
from watchglass.sql.parsed import Message, Visit

LONGEST = 100_000
"""UTF-8 bytes of a statement that are handed to the parser."""

DEEPEST = 2_000
"""Operators, brackets and joining words of a statement: each may be a level of its tree."""

_ODD = re.compile("[\0\ud800-\udfff]")
_WORD = re.compile(r"[A-Za-z]+")
_WRITING = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}


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

    sql: str
    refusals: list[Refusal] = field(default_factory=list)
    functions: set[tuple[str, ...]] = field(default_factory=set)
    parameters: set[int] = field(default_factory=set)
    mentions: dict[Named, int | None] = field(default_factory=dict)

    def visits(self) -> dict[str, Visit]:
        """Give what is done at each kind of message."""
        named = {kind: self._naming(reader) for kind, reader in NAMING.items()}
        refused = {kind: partial(self._refuse, kind) for kind in (*_WRITING, "IntoClause", "LockingClause")}
        return {**named, **refused, "FuncCall": self._calling(named["FuncCall"]), "ParamRef": self._parameter}

    def _naming(self, reader: Reader) -> Visit:
        mentions = self.mentions

        def visit(node: Message, names: frozenset[str]) -> None:
            at = node.get("location", 0)
            for named in reader(node, names):
                known = mentions.get(named)
                if known is None or 0 < at < known:
                    mentions[named] = at if at > 0 else None

        return visit

    def _calling(self, naming: Visit) -> Visit:
        def visit(node: Message, names: frozenset[str]) -> None:
            self.functions.add(names_in(node, "funcname"))
            naming(node, names)

        return visit

    def _parameter(self, node: Message, names: frozenset[str]) -> None:
        del names
        number = node.get("number", 0)
        self.parameters.add(number)
        message = f"the statement has a parameter ${number}"
        self.refusals.append(Refusal("sql-parameter", message, _location(self.sql, node)))

    def _refuse(self, kind: str, node: Message, names: frozenset[str]) -> None:
        del names
        self.refusals.append(_refused_at(self.sql, kind, node))


def inspect(sql: str, *, parameters: bool = False) -> Facts:
    """
    Judge a statement.

    Args:
        parameters: whether ``$1`` and its like may stand in it.
    """
    facts = _inspect(sql)
    if not parameters or not facts.parameters:
        return facts
    return replace(facts, refusals=tuple(each for each in facts.refusals if each.code != "sql-parameter"))


def forget() -> None:
    """Forget the statements that were judged."""
    _inspect.cache_clear()


@lru_cache(maxsize=1024)
def _inspect(sql: str) -> Facts:
    """Judge a statement; a run judges one and the same many times, as each target's, for each time zone."""
    odd = _ODD.search(sql)
    if odd is not None:
        what = "NUL character" if odd[0] == "\0" else "half of a surrogate pair"
        return _refused("sql-syntax", f"PostgreSQL takes no {what}", odd.start())
    if len(sql.encode()) > LONGEST:
        return _refused("sql-too-long", f"a statement has at most {LONGEST:,} bytes")
    if tree.deeper(sql, DEEPEST):
        return _refused("sql-too-deep", f"a statement has at most {DEEPEST:,} operators and parentheses")
    try:
        statements = parsed.parse(sql).get("stmts", [])
    except postgast.PgQueryError as error:
        offset = error.cursorpos - 1 if error.cursorpos else None
        return _refused("sql-syntax", str(error.message), offset)
    if len(statements) != 1:
        return _not_one(sql, statements)
    return _judge(sql, statements[0]["stmt"])


def characters(sql: str, location: int) -> int:
    """Turn an offset in UTF-8 bytes, as PostgreSQL's parser counts, into one in characters."""
    return len(sql.encode()[:location].decode(errors="ignore"))


def _refused(code: str, message: str, offset: int | None = None) -> Facts:
    return Facts((Refusal(code, message, offset),))


def _not_one(sql: str, statements: list[Message]) -> Facts:
    if not statements:
        return _refused("sql-not-one", "exactly one statement is sent, there is no statement")
    second = characters(sql, statements[1].get("stmt_location", 0))
    second += len(sql[second:]) - len(sql[second:].lstrip())
    message = f"exactly one statement is sent, there are {len(statements)} statements"
    return _refused("sql-not-one", message, second)


def _judge(sql: str, statement: Message) -> Facts:
    select = statement.get("SelectStmt")
    if select is None:
        return _not_select(sql, next(iter(statement), ""))
    found = _Found(sql)
    parsed.walk("SelectStmt", select, found.visits())
    found.refusals.sort(key=lambda refusal: LONGEST if refusal.offset is None else refusal.offset)
    mentions = {mention(*named): at for named, at in found.mentions.items()}
    return Facts(
        tuple(found.refusals),
        frozenset(".".join(each.name) for each in mentions if each.kind == "relation"),
        frozenset(map(".".join, found.functions)),
        frozenset(found.parameters),
        mentions,
    )


def _not_select(sql: str, kind: str) -> Facts:
    code = next((token for token in tokens(sql) if token.kind == "code" and token.text.strip()), None)
    word = _WORD.search(code.text) if code is not None else None
    named = word[0].upper() if word and word[0].upper() != "WITH" else kind.removesuffix("Stmt").upper()
    at = code.start + word.start() if code is not None and word is not None else None
    return _refused("sql-not-select", f"only a SELECT is sent, this is {named}", at)


def _refused_at(sql: str, kind: str, node: Message) -> Refusal:
    if kind in _WRITING:
        message = f"a part of the statement writes: {_WRITING[kind]}"
        return Refusal("sql-writes", message, _location(sql, node.get("relation", node)))
    if kind == "IntoClause":
        return Refusal("sql-writes", "SELECT INTO makes a table", _location(sql, node.get("rel", node)))
    tables = [table["RangeVar"] for table in node.get("lockedRels", ()) if "RangeVar" in table]
    return Refusal("sql-locks", "FOR UPDATE and FOR SHARE lock rows", _location(sql, (*tables, node)[0]))


def _location(sql: str, node: Message) -> int | None:
    """Give the character of a node, where the grammar places it."""
    at = _byte(node)
    return None if at is None else characters(sql, at)


def _byte(node: Message) -> int | None:
    at: int = node.get("location", 0)
    return at if at > 0 else None
