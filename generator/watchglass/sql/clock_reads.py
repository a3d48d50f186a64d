"""One statement → what in it reads the clock, as exact stretches of its text and what stands there instead."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from postgast import pg_query_pb2 as pb

from watchglass.sql import special, tree
from watchglass.sql.clock_schema import SCHEMA, TYPES
from watchglass.sql.literals import quote
from watchglass.sql.scanner import Scanned, closing, scan
from watchglass.sql.tree import TreeNode

DEEPEST = 100_000
"""Operators, brackets and joining words of a statement that are parsed: as many as the parser's stack holds levels."""

_CALLS = frozenset({"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timeofday"})
_WORDS = {
    pb.SVFOP_CURRENT_DATE: ("current_date", ""),
    pb.SVFOP_CURRENT_TIME: ("current_time", ""),
    pb.SVFOP_CURRENT_TIME_N: ("current_time", "time({}) with time zone"),
    pb.SVFOP_CURRENT_TIMESTAMP: ("current_timestamp", ""),
    pb.SVFOP_CURRENT_TIMESTAMP_N: ("current_timestamp", "timestamp({}) with time zone"),
    pb.SVFOP_LOCALTIME: ("localtime", ""),
    pb.SVFOP_LOCALTIME_N: ("localtime", "time({})"),
    pb.SVFOP_LOCALTIMESTAMP: ("localtimestamp", ""),
    pb.SVFOP_LOCALTIMESTAMP_N: ("localtimestamp", "timestamp({})"),
}
_RUN = frozenset(
    {
        *(
            "SelectStmt",
            "InsertStmt",
            "UpdateStmt",
            "DeleteStmt",
            "MergeStmt",
            "CopyStmt",
            "CallStmt",
            "DoStmt",
        ),
        *("DeclareCursorStmt", "ExplainStmt", "ExecuteStmt", "PrepareStmt", "VariableSetStmt"),
    }
)
"""Statements that are run and gone; what others hold is kept by the database."""

_TEXT_TYPES = frozenset({"text", "varchar", "bpchar"})
_NOWHERE = 2**31


_RESERVED = frozenset(TYPES) - _CALLS


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of bytes and the text that stands there instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Style:
    """How reads are replaced; see `clock.rewrite`. ``types`` go by bytes."""

    at: str = ""
    made: datetime.datetime | None = None
    types: Mapping[int, str] = field(default_factory=dict)

    def call(self, name: str) -> str:
        """Give what stands for a word."""
        name = f'"{name}"' if name in _RESERVED else name
        return f"{self.at}.{name}" if self.at else f"{SCHEMA}.{name}()"

    @property
    def age(self) -> str:
        """What stands for ``age(`` before its only argument."""
        return (
            f'pg_catalog.age(CAST({self.at}."current_date" AS timestamp), ' if self.at else f"{SCHEMA}.age("
        )


@dataclass(frozen=True, slots=True)
class Body:
    """A body of a function that is a text: its first byte, the literal as written, and its language."""

    start: int
    literal: bytes
    language: str


@dataclass(slots=True)
class Found:
    """What was found so far, by byte: edits, findings (place, code, message), strings of unknown type, bodies to read."""

    edits: dict[int, Edit] = field(default_factory=dict)
    findings: list[tuple[int, str, str]] = field(default_factory=list)
    untyped: list[tuple[int, int, str]] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)

    def in_order(self) -> list[Edit]:
        """Give the edits as they stand in the text."""
        return [self.edits[start] for start in sorted(self.edits)]


def find_reads(piece: bytes, shift: int, style: Style, found: Found, language: str = "") -> None:
    """
    Find what reads the clock in one statement.

    Args:
        shift: what is added to a byte of the piece to get its place in the whole text.
        language: of the body that the statement stands in.

    Raises:
        postgast.PgQueryError: the grammar cannot read it.
    """
    sql = piece.decode()
    levels = tree.levels(sql)
    if levels > DEEPEST:
        message = f"a statement that reads the clock has at most {DEEPEST:,} operators and parentheses"
        found.findings.append((max(0, shift), "sql-too-deep", message))
        return
    for statement in tree.parse_deep(sql, levels).child("stmts"):
        for node in statement.child("stmt"):
            _Walk(piece, shift, style, found, _kind(node), language).read(node)


def _kind(node: TreeNode) -> str:
    inner = _inner(node)
    if inner.name == "CreateTableAsStmt":
        return "MaterializedView" if inner.scalars.get("objtype") == pb.OBJECT_MATVIEW else "SelectStmt"
    return inner.name


def _inner(node: TreeNode) -> TreeNode:
    """Take a ``Node`` wrapper off."""
    if node.name != "Node" or not node.children:
        return node
    return next(node.child(next(iter(node.children))))


@dataclass(frozen=True)
class _Walk:
    """
    A walk over a statement.

    Args:
        shift: what is added to a byte of ``raw`` to get its place in the whole text.
        kind: the statement's kind.
        language: of the body that it stands in.
    """

    raw: bytes
    shift: int
    style: Style
    found: Found
    kind: str
    language: str = ""
    typed: set[int] = field(default_factory=set)
    compared: set[int] = field(default_factory=set)

    @property
    def stored(self) -> bool:
        return self.kind not in _RUN

    @cached_property
    def tokens(self) -> tuple[Scanned, ...]:
        return scan(self.raw)

    @cached_property
    def _starts(self) -> dict[int, int]:
        return {token.start: index for index, token in enumerate(self.tokens)}

    def read(self, root: TreeNode) -> None:
        visits = {
            "FuncCall": self._call,
            "SQLValueFunction": self._word,
            "TypeCast": self._cast,
            "A_Expr": self._compare,
            "A_Const": self._constant,
            "ColumnDef": self._default,
            "CreateDomainStmt": self._default,
            "CreateFunctionStmt": self._routine,
            "DoStmt": self._routine,
        }
        for node in tree.walk(root):
            visit = visits.get(node.name)
            if visit:
                visit(node)

    def _edit(self, start: int, end: int, text: str) -> None:
        self.found.edits[start + self.shift] = Edit(start + self.shift, end + self.shift, text)

    def _tell(self, at: int, code: str, message: str) -> None:
        self.found.findings.append((at + self.shift, code, message))

    def _call(self, node: TreeNode) -> None:
        names, arguments = node.names("funcname"), list(node.child("args"))
        if len(names) > 2 or names[:-1] not in {(), ("pg_catalog",)}:
            return
        at, name = _location(node), names[-1]
        if at not in self._starts:
            return
        if name in special.TIME_TYPES and len(arguments) == 1:
            self._special(arguments[0])
        elif (name in _CALLS and not arguments) or (name == "age" and len(arguments) == 1):
            opened = next(i for i in range(self._starts[at], len(self.tokens)) if self.tokens[i].word == "(")
            last, text = (opened, self.style.age) if arguments else (opened + 1, self.style.call(name))
            self._edit(at, self.tokens[last].end, text)

    def _word(self, node: TreeNode) -> None:
        name, kind = _WORDS.get(int(node.scalars.get("op", 0)), ("", ""))
        at = _location(node)
        if not name or at not in self._starts:
            return
        index = self._starts[at]
        text, end = self.style.call(name), self.tokens[index].end
        if kind:
            last = closing(self.tokens, index + 1)
            digits = self.raw[self.tokens[index + 2].start : self.tokens[last - 1].end].decode()
            text, end = f"CAST({text} AS {kind.format(digits)})", self.tokens[last].end
        self._edit(at, end, text)

    def _cast(self, node: TreeNode) -> None:
        kind = next(node.child("type_name"), None)
        if kind is None or not _is_time(kind):
            return
        for argument in node.child("arg"):
            prefixed = _location(node) >= _NOWHERE
            self._special(argument, _location(kind) if prefixed else None)

    def _default(self, node: TreeNode) -> None:
        """Read a column's or a domain's default as the type that stands beside it."""
        kind = next(node.child("type_name"), None)
        if kind is not None and _is_time(kind):
            for entry in node.child("constraints"):
                for expression in _inner(entry).child("raw_expr"):
                    self._special(expression)

    def _special(self, node: TreeNode, prefix: int | None = None) -> None:
        """Replace a string that is read as a time; ``prefix`` is where its type stands before it."""
        found = _inner(node)
        if found.name == "TypeCast":
            kind = next(found.child("type_name"), None)
            if kind is not None and kind.names("names")[-1:] and kind.names("names")[-1] in _TEXT_TYPES:
                for argument in found.child("arg"):
                    self._special(argument)
            return
        text, at = _string(found), _location(found)
        if text is None or at not in self._starts or not special.is_special(text):
            return
        self.typed.add(at)
        end = self.tokens[self._starts[at]].end
        made = self._made(text, at)
        if made is None:
            return
        if prefix is None or self.stored:
            self._edit(at, end, made)
        else:
            kind_text = self.raw[prefix:at].decode().strip()
            self._edit(prefix, end, f"CAST({made} AS {kind_text})")

    def _made(self, text: str, at: int) -> str | None:
        """Give what stands for a string that depends on the clock; None where it stays."""
        if self.stored:
            message = "PostgreSQL reads {} once, when this is made, and keeps that time: now() and current_date move"
            self._tell(at, "clock-frozen", message.format(quote(text)))
            return None if self.style.made is None else quote(special.frozen(text, self.style.made))
        if self.language == "plpgsql":
            message = "PostgreSQL reads {} when a session first comes here, and keeps that time: now() and current_date move"
            self._tell(at, "clock-frozen", message.format(quote(text)))
        return special.moving(text, self.style.call)

    def _compare(self, node: TreeNode) -> None:
        for side in (*node.child("lexpr"), *node.child("rexpr")):
            operand = _inner(side)
            members = (
                [_inner(item) for item in operand.child("items")] if operand.name == "List" else [operand]
            )
            self.compared.update(_location(member) for member in members)

    def _constant(self, node: TreeNode) -> None:
        """Keep a string of unknown type for whoever can ask a server."""
        text, at = _string(node), _location(node)
        if text is None or at in self.typed or at not in self._starts or not special.is_special(text):
            return
        kind = self.style.types.get(at + self.shift)
        if kind:
            made = self._made(text, at)
            if made:
                self._edit(at, self.tokens[self._starts[at]].end, f"CAST({made} AS {kind})")
        elif not self.stored and not self.language:
            end = self.tokens[self._starts[at]].end
            self.found.untyped.append((at + self.shift, end + self.shift, text))
        elif special.is_only_special(text) and at in self.compared:
            self._tell(
                at,
                "clock-untyped",
                f"if {quote(text)} is a date here, it is the real one: write current_date or now()",
            )

    def _routine(self, node: TreeNode) -> None:
        """Keep the body of a function, a procedure or a DO."""
        language, place = "plpgsql" if node.name == "DoStmt" else "sql", None
        for entry in node.child("args" if node.name == "DoStmt" else "options"):
            option = _inner(entry)
            if option.scalars.get("defname") == "language":
                language = next((_string_of(value) for value in option.child("arg")), "").lower()
            elif option.scalars.get("defname") == "as":
                place = _location(option)
        if place is not None:
            literal = next((each for each in self.tokens if each.is_string and each.start >= place), None)
            if literal is not None:
                self.found.bodies.append(
                    Body(literal.start + self.shift, self.raw[literal.start : literal.end], language)
                )


def _location(node: TreeNode) -> int:
    return int(node.scalars.get("location", 0))


def _is_time(kind: TreeNode) -> bool:
    """Tell whether a type's input may hold words of the clock."""
    names = kind.names("names")
    return names[-1:] != () and names[:-1] in {(), ("pg_catalog",)} and names[-1] in special.TIME_TYPES


def _string(node: TreeNode) -> str | None:
    """Give a constant's text; None where it is no string."""
    if node.name != "A_Const":
        return None
    return next((str(text.scalars.get("sval", "")) for text in node.child("sval")), None)


def _string_of(node: TreeNode) -> str:
    return str(_inner(node).scalars.get("sval", ""))
