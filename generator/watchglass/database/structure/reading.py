"""A connection → what the catalog says of every object: the SQL that makes it, what it needs, who may read it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from watchglass.database.connection import Connection
from watchglass.database.structure import questions

_SECONDS = 60


class Key(NamedTuple):
    """What ``pg_depend`` calls an object by."""

    catalog: str
    oid: int


@dataclass(frozen=True, slots=True)
class Made:
    """
    An object of a database.

    Args:
        ddl: the SQL that makes it.
        extension: the extension that it is a part of.
        stands_in: whether it only stands in for what cannot be made elsewhere.
        roles: the roles that its SQL names.
    """

    key: Key
    kind: str
    schema: str
    name: str
    ddl: str
    extension: str = ""
    stands_in: bool = False
    roles: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The object as a reader calls it."""
        return f"{self.kind} {self.name if self.kind in _ALONE else f'{self.schema}.{self.name}'}"


_ALONE = ("schema", "extension")


@dataclass(frozen=True, slots=True)
class Right:
    """Who may read an object, or that its rows are guarded; ``role`` is empty for everybody."""

    role: str
    ddl: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the server, and the roles that it is a member of."""

    name: str
    is_super: bool
    unhindered: bool
    inherits: bool
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """A database's structure."""

    version: int
    database: str
    login: str
    usable: tuple[str, ...]
    schemas: tuple[str, ...]
    objects: Mapping[Key, Made]
    needs: Mapping[Key, frozenset[Key]]
    rights: Mapping[Key, tuple[Right, ...]]
    roles: Mapping[str, Role] = field(default_factory=dict)
    unmade: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Schema → objects that nothing here writes SQL for."""


class StructureRefused(Exception):
    """PostgreSQL did not tell its structure; the message is its own."""


def read_catalog(connection: Connection, available: Iterable[str]) -> Catalog:
    """
    Read a database's structure: one snapshot, read-only, nothing but the catalog.

    Args:
        available: the extensions that the structure's new home can make itself.

    Raises:
        StructureRefused: PostgreSQL refused a question.
    """
    try:
        with _snapshot(connection):
            return _read(connection, frozenset(available))
    except psycopg.Error as error:
        raise StructureRefused(error.diag.message_primary or str(error)) from error


@contextlib.contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        connection.execute("SET LOCAL search_path = ''")
        connection.execute(f"SET LOCAL statement_timeout = '{_SECONDS}s'".encode())
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            connection.execute("ROLLBACK")


def _read(connection: Connection, available: frozenset[str]) -> Catalog:
    cursor = psycopg.RawCursor(connection)
    stubs = cursor.execute(questions.STUBS.encode(), (list(available),)).fetchall()
    listed = ",".join(str(row[0]) for row in stubs)
    connection.execute("SELECT set_config('watchglass.stubs', %s, true)", (listed,))
    members = {
        Key(row[0], row[1]): (row[2], Key("pg_extension", row[3])) for row in _rows(cursor, questions.MEMBERS)
    }
    objects = dict(_objects(cursor, members, available))
    aliases = {Key(*row[:2]): Key(*row[2:]) for row in _rows(cursor, questions.ALIASES)}
    aliases |= {key: home for key, (name, home) in members.items() if name in available}
    info = connection.info
    return Catalog(
        version=info.server_version // 10_000,
        database=info.dbname,
        login=info.user,
        usable=tuple(row[0] for row in _rows(cursor, questions.USABLE)),
        schemas=tuple(row[0] for row in _rows(cursor, questions.KNOWN)),
        objects=objects,
        needs=_needs(_rows(cursor, questions.NEEDS), objects, aliases),
        rights=_rights(_rows(cursor, questions.RIGHTS)),
        unmade=_unmade(cursor),
        roles=_roles(_rows(cursor, questions.ROLES)),
    )


def _unmade(cursor: psycopg.RawCursor[Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for told, schema in _rows(cursor, questions.UNMADE):
        found[schema] = (*found.get(schema, ()), told)
    return found


def _roles(rows: Sequence[Any]) -> dict[str, Role]:
    return {
        name: Role(name, is_super, unhindered, inherits, tuple(groups))
        for name, is_super, unhindered, inherits, groups in rows
    }


def _rows(cursor: psycopg.RawCursor[Any], question: str) -> list[Any]:
    return cursor.execute(question.encode()).fetchall()


def _objects(
    cursor: psycopg.RawCursor[Any], members: Mapping[Key, tuple[str, Key]], available: frozenset[str]
) -> Iterator[tuple[Key, Made]]:
    """Give every object but parts of extensions that make them themselves."""
    for kind, question in questions.OBJECTS.items():
        rows = _rows(cursor, question)
        names = [column.name for column in cursor.description or ()]
        for row in rows:
            found = dict(zip(names, row, strict=True))
            key = Key(found.pop("class"), found.pop("oid"))
            extension = members[key][0] if key in members else ""
            if extension not in available and (kind != "extension" or found["name"] in available):
                roles = tuple(found.pop("roles", ()))
                yield key, Made(key, kind, extension=extension, roles=roles, **found)


def _needs(
    rows: Sequence[Any], objects: Mapping[Key, Made], aliases: Mapping[Key, Key]
) -> dict[Key, frozenset[Key]]:
    found: dict[Key, set[Key]] = {}
    for row in rows:
        one, other = (_home(Key(*part), objects, aliases) for part in (row[:2], row[2:]))
        if one != other and one in objects and other in objects:
            found.setdefault(one, set()).add(other)
    return {key: frozenset(needed) for key, needed in found.items()}


def _home(key: Key, objects: Mapping[Key, Made], aliases: Mapping[Key, Key]) -> Key:
    """Give the object that makes this one; parts of parts are followed."""
    for _ in range(5):
        if key in objects or key not in aliases:
            break
        key = aliases[key]
    return key


def _rights(rows: Sequence[Any]) -> dict[Key, tuple[Right, ...]]:
    found: dict[Key, tuple[Right, ...]] = {}
    for catalog, oid, role, ddl in rows:
        key = Key(catalog, oid)
        found[key] = (*found.get(key, ()), Right(role, ddl))
    return found
