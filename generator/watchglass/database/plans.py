"""Plans, as EXPLAIN tells them → tables that are read whole, and the index that would spare it where that is plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import postgast

from watchglass.database.inquiry import Inquiry
from watchglass.database.proof import Proof
from watchglass.database.wire import Command
from watchglass.sql import tree
from watchglass.sql.literals import identifier
from watchglass.sql.tree import TreeNode

LARGE = 100_000
"""Rows, as PostgreSQL estimates, from which on reading a table whole is told."""

_FEW = 0.2
"""Share of a table's rows up to which an index is worth it."""

_MOST_COLUMNS = 3
_EQUAL, _ANY = 1, 2
"""Numbers of A_Expr_Kind: a plain operator, and one with ANY."""

_RANGE = frozenset({"<", "<=", ">", ">="})
_TABLES = """
SELECT n.nspname || '.' || c.relname AS name, c.reltuples::int8 AS rows,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND t.typname IN ('varchar', 'bpchar')) AS varchars,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
        ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisvalid) AS leading
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname || '.' || c.relname IN (SELECT pg_catalog.json_array_elements_text($1))
"""


class Explanation(Proof):
    """A statement that is planned, and whose plan is told; functions are looked up before, for planning runs some."""

    def commands(self) -> list[Command]:
        """Give what is sent: EXPLAIN in the statement's place."""
        setting, statement, end = super().commands()
        sql = b"EXPLAIN (VERBOSE, FORMAT JSON) " + statement.sql
        return [setting, Command(sql, statement.take, statement.values, statement.types), end]


@dataclass(frozen=True, slots=True)
class Scan:
    """
    A large table that is read whole.

    Args:
        name: ``schema.table``; ``rows``: how many it has; ``kept``: how many the plan expects behind the filter.
        filter: as PostgreSQL writes it; empty where there is none.
        columns: the columns of an index that would help; none where none is plain.
        indexed: a column of the filter that an index begins with already.
    """

    name: str
    rows: int
    kept: int
    filter: str
    columns: tuple[str, ...] = ()
    indexed: str = ""

    @property
    def index(self) -> str:
        """Give the SQL that makes the index."""
        schema, _, table = self.name.partition(".")
        listed = ", ".join(map(identifier, self.columns))
        return f"CREATE INDEX CONCURRENTLY ON {identifier(schema)}.{identifier(table)} ({listed})"


def large_scans(plans: Sequence[Any], inquiry: Inquiry) -> list[tuple[Scan, ...]]:
    """List the tables of at least ``LARGE`` rows that each plan reads whole."""
    nodes = [list(_scans(plan[0]["Plan"])) if plan else [] for plan in plans]
    names = sorted({_name(node) for found in nodes for node in found})
    tables = {row["name"]: row for row in inquiry.ask(_TABLES, names)} if names else {}
    return [
        tuple(
            _scan(node, tables[_name(node)])
            for node in found
            if _name(node) in tables and tables[_name(node)]["rows"] >= LARGE
        )
        for found in nodes
    ]


def _scans(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if node.get("Node Type") == "Seq Scan":
        yield node
    for below in node.get("Plans", ()):
        yield from _scans(below)


def _name(node: Mapping[str, Any]) -> str:
    return f"{node.get('Schema', '')}.{node.get('Relation Name', '')}"


def _scan(node: Mapping[str, Any], table: Mapping[str, Any]) -> Scan:
    text, kept = str(node.get("Filter", "")), int(node.get("Plan Rows", 0))
    equal, ranged = _compared(text, frozenset(table["varchars"]))
    indexed = next((name for name in (*equal, *ranged) if name in table["leading"]), "")
    wanted = () if indexed or kept > _FEW * table["rows"] else (*equal, *ranged[:1])[:_MOST_COLUMNS]
    return Scan(table["name"], table["rows"], kept, text, wanted, indexed)


def _compared(text: str, varchars: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the plain columns that a filter compares, all of it being AND: to be equal, and to be in a range."""
    try:
        root = tree.parse(f"SELECT 1 WHERE {text or 'true'}")
    except (postgast.PgQueryError, RecursionError):
        return (), ()  # a sub-plan, which only EXPLAIN writes
    equal: list[str] = []
    ranged: list[str] = []
    for part in _parts(root):
        operator, kind = part.names("name")[-1:], part.scalars.get("kind")
        column = _column(part, varchars)
        if column and operator == ("=",) and kind in (_EQUAL, _ANY):
            equal.append(column)
        elif column and operator and operator[0] in _RANGE and kind == _EQUAL:
            ranged.append(column)
    return tuple(dict.fromkeys(equal)), tuple(dict.fromkeys(ranged))


def _parts(root: TreeNode) -> Iterator[TreeNode]:
    """Give the comparisons that a WHERE joins by AND."""
    select = next(node for node in tree.walk(root) if node.name == "SelectStmt")
    waiting = list(select.bare("where_clause"))
    while waiting:
        node = waiting.pop(0)
        if node.name == "BoolExpr" and node.scalars.get("boolop") == 1:
            waiting += node.bare("args")
        elif node.name == "A_Expr":
            yield node


def _column(comparison: TreeNode, varchars: frozenset[str]) -> str:
    """Give the column of one side where the other side has none; PostgreSQL compares a varchar as a text."""
    sides = [*comparison.bare("lexpr"), *comparison.bare("rexpr")]
    columns = [[node for node in tree.walk(side) if node.name == "ColumnRef"] for side in sides]
    if len(sides) != 2 or sum(map(bool, columns)) != 1:
        return ""
    side = sides[0] if columns[0] else sides[1]
    cast = side.name == "TypeCast"
    inner = side.bare("arg")[0] if cast else side
    name = inner.names("fields")[-1:] if inner.name == "ColumnRef" else ()
    return name[0] if name and (not cast or name[0] in varchars) else ""
