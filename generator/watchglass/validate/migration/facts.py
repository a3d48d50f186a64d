"""A database → what of its structure a statement's meaning hangs on though PostgreSQL would not complain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from watchglass.database.connection import Connection

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

# A view's rule is told by numbers of its tables and columns: renaming a column leaves it as it is.
_BODIES = f"""
SELECT 'view', c.oid::int8, c.oid::regclass::text, r.ev_action::text || coalesce(c.reloptions::text, ''),
    pg_get_viewdef(c.oid) || coalesce(c.reloptions::text, '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_rewrite r ON r.ev_class = c.oid
WHERE c.relkind IN ('v', 'm') AND {_OURS}
UNION ALL SELECT 'function', p.oid::int8, p.oid::regprocedure::text,
    concat_ws(' ', p.prosrc, p.prosqlbody::text, p.provolatile, p.prosecdef, p.proisstrict, p.proconfig::text),
    coalesce(pg_get_functiondef(p.oid), '')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND {_OURS}"""

_VALUES = f"""
SELECT e.enumlabel::text, 'type ' || t.oid::regtype::text, ARRAY(
    SELECT a.attrelid::int8 FROM pg_attribute a WHERE a.atttypid IN (t.oid, t.typarray) AND a.attnum > 0)
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
UNION ALL SELECT pg_get_constraintdef(k.oid), format('CHECK %I', k.conname), ARRAY[c.oid::int8]
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND {_OURS}"""

_REQUIRED = f"""
SELECT c.oid::int8, a.attnum::int, c.oid::regclass::text, a.attname::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnotnull AND a.attnum > 0 AND c.relkind IN ('r', 'p', 'f') AND {_OURS}"""

_LITERAL = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Body:
    """What a view or function is made of: as stored, and as PostgreSQL writes it."""

    kind: str
    oid: int
    name: str
    stored: str
    written: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a column may have by an enum or a CHECK, and the tables (by number) that have such a column."""

    text: str
    owner: str
    tables: frozenset[int]


@dataclass(frozen=True, slots=True)
class Facts:
    """A structure at one moment; columns that are never NULL by table and number, with their names."""

    bodies: Mapping[tuple[str, str], Body]
    values: tuple[Value, ...]
    required: Mapping[tuple[int, int], tuple[str, str]]


def read_facts(connection: Connection) -> Facts:
    """Read the structure."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = ''")
        bodies = [
            Body(kind, oid, name, stored, written)
            for kind, oid, name, stored, written in connection.execute(_BODIES.encode()).fetchall()
        ]
        values = connection.execute(_VALUES.encode()).fetchall()
        required = connection.execute(_REQUIRED.encode()).fetchall()
    return Facts(
        {(body.kind, body.name): body for body in bodies},
        tuple(
            Value(text, owner, frozenset(tables))
            for told, owner, tables in values
            for text in (_listed(told) if owner.startswith("CHECK ") else (told,))
        ),
        {(table, number): (name, column) for table, number, name, column in required},
    )


def changed_bodies(before: Facts, after: Facts) -> frozenset[tuple[str, str]]:
    """List the views and functions that are there before and after, and are made of something else."""
    return frozenset(
        key
        for key, body in before.bodies.items()
        if key in after.bodies
        and body.stored != after.bodies[key].stored
        and body.written != after.bodies[key].written
    )


def lost_values(before: Facts, after: Facts) -> tuple[Value, ...]:
    """List the values that no enum and no CHECK knows any more."""
    left = {value.text for value in after.values}
    return tuple(value for value in before.values if value.text not in left)


def lost_required(before: Facts, after: Facts) -> frozenset[tuple[int, int]]:
    """List the columns, by table and number, that may be NULL from now on."""
    return frozenset(before.required.keys() - after.required.keys())


def _listed(check: str) -> tuple[str, ...]:
    """Give the texts that a CHECK compares with."""
    return tuple(found.replace("''", "'") for found in _LITERAL.findall(check))
