"""Databases that a run makes for itself, filled from a definition's own SQL files, and gone with their roles afterwards."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import postgast
import psycopg
from psycopg import sql

from watchglass.database.embedded import Server


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


@dataclass(frozen=True, slots=True)
class Scratch:
    """A database of this run's own."""

    server: Server
    name: str

    def dsn(self, role: str = "") -> str:
        """Give its connection string; ``role`` is what the session acts as."""
        return self.server.dsn(self.name, role)

    def load(self, texts: Sequence[str]) -> None:
        """
        Run SQL files, each whole and in its own transaction.

        Raises:
            FixtureError: PostgreSQL refused one.
        """
        with psycopg.connect(self.dsn(), autocommit=True, client_encoding="utf8") as connection:
            for index, text in enumerate(texts):
                connection.execute("BEGIN")
                for start, statement in _statements(text):
                    try:
                        connection.execute(statement.encode())
                    except (psycopg.Error, ValueError) as error:
                        raise _refused(error, index, start, statement) from error
                connection.execute("COMMIT")
            connection.execute("ANALYZE")


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


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str, roles: Sequence[str]) -> None:
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    if roles:
        listed = sql.SQL(", ").join(map(sql.Identifier, roles))
        # What they hold on the server itself, such as CONNECT on another database; all at once, for they hold each other.
        connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(listed))
        connection.execute(sql.SQL("DROP ROLE {}").format(listed))


def _roles(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


def _statements(text: str) -> list[tuple[int, str]]:
    """Cut a file into statements with their offsets; one that our grammar cannot read goes to the server as it is."""
    try:
        pieces = postgast.split(text)
    except (postgast.PgQueryError, UnicodeEncodeError):
        return [(0, text)]
    found, at = [], 0
    for piece in pieces:
        at = text.index(piece, at)
        found.append((at, piece))
        at += len(piece)
    return found


def _refused(error: Exception, file: int, start: int, statement: str) -> FixtureError:
    told = error.diag if isinstance(error, psycopg.Error) else None
    position = int(told.statement_position) - 1 if told and told.statement_position else 0
    message = (told.message_primary if told else None) or str(error)
    hint = (told.message_hint if told else None) or ""
    if statement[position : position + 1] == "\\":
        hint = "psql's own commands are no SQL: take the line out"
    elif re.search(r"\bCOPY\b.*\bFROM\s+stdin\b", statement, re.IGNORECASE | re.DOTALL):
        hint = "write the rows as INSERT … VALUES"
    return FixtureError(message, file, start + position, hint)
