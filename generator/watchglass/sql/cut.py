"""
A statement → the same statement, reading of some tables only the rows that were there at the clock's instant.

Each such table becomes a subquery in its own place, by PostgreSQL's own parse tree; every other character stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from watchglass.sql import tree
from watchglass.sql.literals import quoted_name
from watchglass.sql.offsets import Builder, Expanded
from watchglass.sql.scanner import Scanned, scan
from watchglass.sql.tree import TreeNode, named_nodes

_NOWHERE = 2**31

Name = tuple[str, ...]
"""A table as a statement names it: with its schema where one is written."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a table: its columns, and the condition that its rows meet, as SQL."""

    columns: tuple[str, ...]
    condition: str


Keep = Callable[[Name], Kept | None]
"""Tells what is kept of a table; None: all."""


class NotCut(ValueError):
    """A table stands where no subquery may; the message says how."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A place where a table is read: its first byte and the one behind it, and the alias that it lacks."""

    kept: Kept
    start: int
    end: int
    alias: str


def tables_of(sql: str) -> tuple[Name, ...]:
    """
    List the tables and views that a statement reads, each once, in the order of its text.

    Raises:
        postgast.PgQueryError: the grammar cannot read it.
    """
    found = sorted((_byte(node), _name(node)) for node in _relations(sql))
    return tuple(dict.fromkeys(name for _, name in found))


def cut(sql: str, keep: Keep) -> Expanded:
    """
    Cut a statement's tables.

    Raises:
        NotCut: a table that is to be cut is read by ONLY or TABLESAMPLE.
    """
    raw = sql.encode()
    builder, done = Builder(), 0
    for read in sorted(_reads(sql, raw, keep), key=lambda each: each.start):
        at = len(raw[:done].decode())
        kept, table = raw[done : read.start].decode(), raw[read.start : read.end].decode()
        builder.keep(kept, at)
        columns = ", ".join(map(quoted_name, read.kept.columns))
        rows = f"(SELECT {columns} FROM {table.rstrip('* ')} WHERE {read.kept.condition}){read.alias}"
        builder.replace(rows, at + len(kept))
        done = read.end
    builder.keep(raw[done:].decode(), len(raw[:done].decode()))
    return builder.build()


def _reads(sql: str, raw: bytes, keep: Keep) -> Iterator[_Read]:
    tokens = scan(raw)
    sampled = {_byte(node) for node in _sampled(sql)}
    for node in _relations(sql):
        name = _name(node)
        kept = keep(name)
        if kept is None:
            continue
        if not node.scalars.get("inh") or _byte(node) in sampled:
            word = "TABLESAMPLE" if node.scalars.get("inh") else "ONLY"
            raise NotCut(f"{'.'.join(name)} is read with {word}")
        start = _byte(node)
        alias = "" if "alias" in node.children else f" AS {quoted_name(name[-1])}"
        yield _Read(kept, start, _end(tokens, start), alias)


def _relations(sql: str) -> Iterator[TreeNode]:
    for node, hidden in named_nodes(_root(sql)):
        if node.name == "RangeVar" and (len(_name(node)) > 1 or _name(node)[0] not in hidden):
            yield node


def _sampled(sql: str) -> Iterator[TreeNode]:
    for node, _ in named_nodes(_root(sql)):
        if node.name == "RangeTableSample":
            yield from (each for each in node.bare("relation") if each.name == "RangeVar")


def _root(sql: str) -> TreeNode:
    return tree.parse_deep(sql, tree.levels(sql))


def _name(node: TreeNode) -> Name:
    schema, table = str(node.scalars.get("schemaname", "")), str(node.scalars.get("relname", ""))
    return (schema, table) if schema else (table,)


def _byte(node: TreeNode) -> int:
    at = int(node.scalars.get("location", 0))
    return at if at < _NOWHERE else 0


def _end(tokens: Sequence[Scanned], start: int) -> int:
    """Give the byte behind a name of several parts, and behind the star that may follow it."""
    index = next(place for place, token in enumerate(tokens) if token.start >= start)
    while index + 2 < len(tokens) and tokens[index + 1].word == ".":
        index += 2
    if index + 1 < len(tokens) and tokens[index + 1].word == "*":
        index += 1
    return tokens[index].end
