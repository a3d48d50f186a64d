"""What a statement needs a role's rights for → which of them are missing, and the GRANT that gives each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from watchglass.database.calls import Calls
from watchglass.database.catalog import Catalog, Function, Key, Relation
from watchglass.database.inquiry import Inquiry
from watchglass.sql.literals import identifier
from watchglass.sql.mentions import Mention

PUBLIC = "public"
_ORDER = ("database", "schema", "relation", "function")
Statement = Mapping[Mention, int | None]

_MISSING = """
SELECT g.n, g.kind = 'relation' AND has_any_column_privilege(g.holder, g.oid, 'SELECT') AS partly,
    CASE WHEN g.kind = 'relation' THEN ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = g.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND NOT has_column_privilege(g.holder, g.oid, a.attnum, 'SELECT')) ELSE '{}' END AS columns
FROM pg_catalog.json_to_recordset($1) AS g(n int, kind text, oid oid, name text, holder text)
WHERE NOT CASE g.kind WHEN 'database' THEN has_database_privilege(g.holder, g.name, 'CONNECT')
    WHEN 'schema' THEN has_schema_privilege(g.holder, g.name, 'USAGE')
    WHEN 'relation' THEN has_table_privilege(g.holder, g.oid, 'SELECT')
    ELSE has_function_privilege(g.holder, g.oid, 'EXECUTE') END
ORDER BY 1
"""


_SECURED = """
SELECT g.n, ARRAY(SELECT p.polname::text FROM held p WHERE p.polrelid = g.oid AND p.holder = g.holder ORDER BY 1) AS policies,
    (SELECT count(*) FROM held p WHERE p.polrelid = g.oid AND p.holder = g.holder AND p.polpermissive) AS permissive,
    c.reltuples::int8 AS rows
FROM given g JOIN pg_catalog.pg_class c ON c.oid = g.oid JOIN pg_catalog.pg_roles r ON r.rolname = g.holder
WHERE c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls
    AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE'))
ORDER BY 1
"""
_SECURED = f"""
WITH given AS (SELECT * FROM pg_catalog.json_to_recordset($1) AS g(n int, oid oid, holder text)), held AS (
    SELECT DISTINCT p.polrelid, p.polname, p.polpermissive, g.holder
    FROM pg_catalog.pg_policy p JOIN given g ON g.oid = p.polrelid JOIN pg_catalog.pg_roles r ON r.rolname = g.holder
    WHERE p.polcmd IN ('r', '*') AND (0 = ANY (p.polroles)
        OR EXISTS (SELECT 1 FROM unnest(p.polroles) m WHERE m <> 0 AND pg_catalog.pg_has_role(r.oid, m, 'USAGE')))
)
{_SECURED}"""


_COLUMNS = """
SELECT a.attrelid::int8 AS oid, pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS names
FROM pg_catalog.pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped
    AND a.attrelid IN (SELECT pg_catalog.json_array_elements_text($1)::oid)
GROUP BY 1
"""
_BELOW = """
SELECT g.view, g.oid, coalesce(pg_catalog.array_agg(DISTINCT a.attname::text) FILTER (WHERE a.attname IS NOT NULL), '{}') AS names
FROM pg_catalog.json_to_recordset($1) AS g(view int8, oid int8)
JOIN pg_catalog.pg_rewrite r ON r.ev_class = g.view::oid AND r.ev_type = '1'
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = g.oid::oid
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = g.oid::oid AND a.attnum = d.refobjsubid AND d.refobjsubid > 0
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Need:
    """
    A right that a statement needs.

    Args:
        by: the number of the view above, or -1 for a function's text; 0 where the statement names it itself.
        at: the byte of the statement where the name stands through which it is reached.
        name: as SQL names the object; ``raw``: a schema's name without quotes.
        holder: who needs it: the owner of a view that reads with its owner's rights; empty: who sends the statement.
        through: the views and functions on the way, as a reader is told.
    """

    kind: Literal["database", "schema", "relation", "function"]
    name: str
    oid: int = 0
    holder: str = ""
    through: tuple[str, ...] = ()
    raw: str = ""
    at: int | None = None
    by: int = 0

    @property
    def order(self) -> int:
        """The place in the order in which PostgreSQL asks for rights."""
        return _ORDER.index(self.kind)

    @property
    def told(self) -> str:
        """Say what is needed."""
        does = {
            "database": "connect to",
            "schema": "use the schema",
            "relation": "read",
            "function": "call",
        }[self.kind]
        return f"{does} {self.name}" + (f", needed by {' → '.join(self.through)}" if self.through else "")

    def grant(self, role: str, columns: Sequence[str] = ()) -> str:
        """Give the SQL that grants it, to a role as SQL names it; ``columns``: these alone."""
        right, kind = {
            "database": ("CONNECT", "DATABASE"),
            "schema": ("USAGE", "SCHEMA"),
            "relation": ("SELECT", "TABLE"),
            "function": ("EXECUTE", "FUNCTION"),
        }[self.kind]
        listed = f" ({', '.join(map(identifier, columns))})" if columns else ""
        return f"GRANT {right}{listed} ON {kind} {self.name} TO {identifier(self.holder) if self.holder else role}"


@dataclass(frozen=True, slots=True)
class Lack:
    """
    A need that is not met.

    Args:
        columns: columns that may not be read, where others of the table may.
    """

    need: Need
    columns: tuple[str, ...] = ()

    def columns_in(self, sql: str) -> tuple[str, ...]:
        """List those of the columns that a statement names; none where it names none of them, such as by a star."""
        words = set(re.findall(r"[\w$]+", sql.lower()))
        return tuple(name for name in self.columns if name.lower() in words)


@dataclass(frozen=True, slots=True)
class Secured:
    """
    A table that row security guards against who reads it.

    Args:
        policies: those that hold for reading; ``permissive``: whether one of them lets rows through.
        rows: as PostgreSQL estimates, below 0 where it never counted.
    """

    need: Need
    policies: tuple[str, ...]
    permissive: bool
    rows: int


class Rights:
    """Tells what statements need rights for."""

    def __init__(self, inquiry: Inquiry, catalog: Catalog, calls: Calls) -> None:
        self._inquiry, self._catalog, self._calls = inquiry, catalog, calls

    def user(self) -> str:
        """Name the role that the session acts as."""
        return str(self._inquiry.ask("SELECT current_user::text AS name")[0]["name"])

    def database(self) -> Need:
        """Give the need of a session at all."""
        name = str(self._inquiry.ask("SELECT pg_catalog.current_database()::text AS name")[0]["name"])
        return Need("database", identifier(name), raw=name)

    def unknown(self, statement: Statement) -> tuple[tuple[str, int | None], ...]:
        """List the tables and views that a statement names and the database does not have, with the byte where."""
        return tuple(
            (".".join(mention.name), at)
            for mention, at in statement.items()
            if mention.kind == "relation" and not self._catalog.found(mention)
        )

    def table_of(self, name: tuple[str, ...]) -> int:
        """Give the number of the table that a name stands for; 0 where there is none."""
        found = self._catalog.found(Mention("relation", name))
        return found[0].oid if found else 0

    def elsewhere(self, statement: Statement) -> str:
        """Say where else there are tables of names that a statement writes without a schema, and which are not found."""
        found = [
            relation
            for mention in statement
            if mention.kind == "relation" and len(mention.name) == 1 and not self._catalog.found(mention)
            for relation in self._catalog.elsewhere(mention)
        ]
        return f"there is {' and '.join(each.quoted for each in found)}: write the schema" if found else ""

    def needs(self, statement: Statement, *, every: bool = False) -> tuple[Need, ...]:
        """
        List what a statement needs, in the order in which PostgreSQL asks for it.

        Args:
            every: each need once for each view and function that has it, not once in all.
        """
        found: dict[tuple[str, str, str, int], Need] = {}
        seen: set[_Seen] = set()
        for key, at, mention in self._calls.roots(statement):
            if mention is not None and not mention.row:
                for need in self._of(_Step(key, named=True), seen):
                    known = (need.kind, need.name, need.holder, need.by if every else 0)
                    if known not in found:
                        found[known] = replace(need, at=at)
        return tuple(sorted(found.values(), key=lambda need: (need.order, need.at is None, need.at or 0)))

    def lacks(self, needs: Sequence[Need], role: str) -> tuple[Lack, ...]:
        """List the needs that a role does not meet."""
        asked = [
            {"n": n, "kind": need.kind, "oid": need.oid, "name": need.raw, "holder": need.holder or role}
            for n, need in enumerate(needs)
        ]
        rows = self._inquiry.ask(_MISSING, asked) if asked else []
        return tuple(Lack(needs[row["n"]], tuple(row["columns"] if row["partly"] else ())) for row in rows)

    def columns(self, needs: Sequence[Need]) -> dict[int, tuple[str, ...]]:
        """Give the columns of the tables that are needed, in their order."""
        oids = sorted({need.oid for need in needs if need.kind == "relation"})
        rows = self._inquiry.ask(_COLUMNS, oids) if oids else []
        return {row["oid"]: tuple(row["names"]) for row in rows}

    def columns_below(self, needs: Sequence[Need]) -> dict[tuple[int, int], tuple[str, ...]]:
        """Give the columns that views read: (view, table) → names; none where the catalog tells the table alone."""
        asked = [{"view": need.by, "oid": need.oid} for need in needs if need.by > 0]
        rows = self._inquiry.ask(_BELOW, asked) if asked else []
        return {(row["view"], row["oid"]): tuple(row["names"]) for row in rows}

    def any_secured(self) -> bool:
        """Tell whether row security is on for any table that a statement so far has led to."""
        return any(relation.secured for relation in self._catalog.relations.values())

    def secured(self, needs: Sequence[Need], role: str) -> tuple[Secured, ...]:
        """List the tables whose row security holds for who reads them."""
        read = [need for need in needs if need.kind == "relation"]
        asked = [{"n": n, "oid": need.oid, "holder": need.holder or role} for n, need in enumerate(read)]
        rows = self._inquiry.ask(_SECURED, asked) if asked else []
        return tuple(
            Secured(read[row["n"]], tuple(row["policies"]), row["permissive"] > 0, row["rows"])
            for row in rows
        )

    def reached(self, statement: Statement) -> frozenset[Key]:
        """Give all objects that a statement leads to, those that it names included."""
        return self._calls.reached(key for key, _, _ in self._calls.roots(statement))

    def definers(self, statement: Statement) -> tuple[Relation, ...]:
        """List the views that read with their owner's rights."""
        views = (
            self._catalog.relations.get(key.oid) for key in self.reached(statement) if key.kind == "relation"
        )
        found = [
            each for each in views if each and each.kind == "v" and not each.invoker and not each.key.built_in
        ]
        return tuple(sorted(found, key=lambda each: each.told))

    def _of(self, root: _Step, seen: set[_Seen]) -> Iterator[Need]:
        steps = [root]
        while steps:
            step = steps.pop(0)
            # Casts and checks of types: only some of them are made, and the statement says which fails.
            here = (step.key, step.holder, step.named, step.by)
            if step.key.kind == "type" or here in seen:
                continue
            seen.add(here)
            relation = self._catalog.relations.get(step.key.oid) if step.key.kind == "relation" else None
            function = self._catalog.functions.get(step.key.oid) if step.key.kind == "function" else None
            if relation is not None:
                yield from _at(
                    step,
                    relation.schema,
                    Need("relation", relation.quoted, step.key.oid, step.holder, step.through, by=step.by),
                )
            elif function is not None:
                yield from _at(
                    step, function.schema, Need("function", function.quoted, step.key.oid, "", step.through)
                )
            steps += self._below(step, relation, function)

    def _below(self, step: _Step, relation: Relation | None, function: Function | None) -> list[_Step]:
        """
        Give what is below an object, with who needs it.

        A view reads as its owner, one with security_invoker as who sends the statement, also where another view is above
        it; a function is always called by who sends the statement.
        """
        if step.key.built_in:
            return []
        told = relation.told if relation else function.told if function else ""
        through = (*step.through, told) if told else step.through
        holder = step.holder
        if relation is not None and relation.kind == "v":
            holder = "" if relation.invoker else relation.owner_name
        elif function is not None:
            holder = ""
        named = function is not None and bool(function.body)
        by = step.key.oid if relation is not None and relation.kind == "v" else -1
        return [
            _Step(key, holder if key.kind == "relation" else "", through, named, by)
            for key in self._calls.surely_below(step.key)
        ]


_Seen = tuple[Key, str, bool, int]
"""A step, whatever the way to it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """An object on the way, and who needs a right for it; named where its schema is looked into for it."""

    key: Key
    holder: str = ""
    through: tuple[str, ...] = ()
    named: bool = False
    by: int = 0


def _at(step: _Step, schema: str, need: Need) -> Iterator[Need]:
    if step.named:
        yield Need("schema", identifier(schema), 0, step.holder, step.through, schema)
    yield need
