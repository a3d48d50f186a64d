"""Databases that a run makes for itself, filled from a definition's own SQL files, and gone with their roles afterwards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import postgast
import psycopg
from psycopg import sql

from watchglass.database.connection import Connection
from watchglass.database.embedded import Server
from watchglass.sql import scanner
from watchglass.sql.offsets import Expanded, OffsetMap

Reader = Callable[[Connection, str], Expanded]
"""Makes of a statement what is run in its place."""


class FixtureError(Exception):
    """
    A fixture's SQL was refused.

    Args:
        file: index of the text.
        offset: the character of it that PostgreSQL points at, else where the statement begins.
    """

    def __init__(self, message: str, file: int, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.file, self.offset, self.hint = message, file, offset, hint


def as_written(connection: Connection, statement: str) -> Expanded:
    """Run a statement as it stands."""
    del connection
    return Expanded(statement, OffsetMap.identity(len(statement)))


@dataclass(frozen=True, slots=True)
class Scratch:
    """A database of this run's own."""

    server: Server
    name: str

    def dsn(self, role: str = "") -> str:
        """Give its connection string; ``role`` is what the session acts as."""
        return self.server.dsn(self.name, role)

    def load(self, texts: Sequence[str], read: Reader = as_written) -> None:
        """
        Run SQL files, each whole and in its own transaction.

        Raises:
            FixtureError: PostgreSQL refused one.
        """
        with psycopg.connect(self.dsn(), autocommit=True, client_encoding="utf8") as connection:
            for index, text in enumerate(texts):
                run_script(connection, text, read, index)
            connection.execute("ANALYZE")


def run_script(connection: Connection, text: str, read: Reader = as_written, file: int = 0) -> None:
    """
    Run the statements of a script in one transaction.

    Raises:
        FixtureError: PostgreSQL refused one; nothing of the script has happened.
    """
    pieces = [("BEGIN", 0), *((statement, start) for start, statement in cut_script(text)), ("COMMIT", 0)]
    for position, (statement, start) in enumerate(pieces):
        made = as_written(connection, statement)
        try:
            if 0 < position < len(pieces) - 1:
                made = read(connection, statement)
            connection.execute(made.text.encode())
        except (psycopg.Error, ValueError) as error:
            with contextlib.suppress(psycopg.Error):
                connection.execute("ROLLBACK")
            raise _refused(error, file, start, statement, made.map) from error


@contextlib.contextmanager
def scratch_database(server: Server, name: str) -> Iterator[Scratch]:
    """
    Make an empty database; afterwards it is dropped, and so are the roles that were made meanwhile.

    Roles belong to the whole server: one such database at a time, so that two may each make a role of the same name.
    """
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        before = _roles(connection)
        server.create_database(name)
        try:
            yield Scratch(server, name)
        finally:
            # A server that died meanwhile has been told of by whoever used it.
            with contextlib.suppress(psycopg.OperationalError):
                _drop(connection, name, sorted(_roles(connection) - before))


# A copy has none of the settings of its database (ALTER DATABASE … SET).
_COPY_SETTINGS = """
INSERT INTO pg_catalog.pg_db_role_setting (setdatabase, setrole, setconfig)
SELECT copy.oid, setting.setrole, setting.setconfig
FROM pg_catalog.pg_db_role_setting AS setting
JOIN pg_catalog.pg_database AS template ON template.oid = setting.setdatabase AND template.datname = %(template)s
JOIN pg_catalog.pg_database AS copy ON copy.datname = %(copy)s
"""


@contextlib.contextmanager
def copied_database(server: Server, template: str, name: str) -> Iterator[Scratch]:
    """Copy a database to which nobody is connected, with its settings; the copy is dropped afterwards."""
    copy = sql.Identifier(name)
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                copy, sql.Identifier(template)
            )
        )
        try:
            connection.execute(_COPY_SETTINGS, {"copy": name, "template": template})
            yield Scratch(server, name)
        finally:
            # A server that died meanwhile has been told of by whoever used it.
            with contextlib.suppress(psycopg.OperationalError):
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str, roles: Sequence[str]) -> None:
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    if roles:
        listed = sql.SQL(", ").join(map(sql.Identifier, roles))
        # What they hold on the server itself, such as CONNECT on another database; all at once, for they hold each other.
        connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(listed))
        connection.execute(sql.SQL("DROP ROLE {}").format(listed))


def _roles(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


def cut_script(text: str) -> list[tuple[int, str]]:
    """Cut a file into statements with their offsets; one that our grammar cannot read goes to the server as it is."""
    try:
        raw = text.encode()
        pieces = list(scanner.statements(raw))
    except (postgast.PgQueryError, UnicodeEncodeError):
        return [(0, text)]
    found, done, at = [], 0, 0
    for start, piece in pieces:
        at += len(raw[done:start].decode())
        done = start
        found.append((at, piece.decode()))
    return found


def _refused(error: Exception, file: int, start: int, statement: str, made: OffsetMap) -> FixtureError:
    told = error.diag if isinstance(error, psycopg.Error) else None
    position = made.source(int(told.statement_position) - 1) if told and told.statement_position else 0
    message = (told.message_primary if told else None) or str(error)
    hint = (told.message_hint if told else None) or ""
    if statement[position : position + 1] == "\\":
        hint = "psql's own commands are no SQL: take the line out"
    elif re.search(r"\bCOPY\b.*\bFROM\s+stdin\b", statement, re.IGNORECASE | re.DOTALL):
        hint = "write the rows as INSERT … VALUES"
    return FixtureError(message, file, start + position, hint)
