"""Databases that a run makes for itself, filled from a definition's own SQL files, and gone with their roles afterwards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from watchglass.database.embedded import Server


class FixtureError(Exception):
    """
    A fixture's SQL was refused.

    Args:
        file: index of the text; ``offset``: the character of it that PostgreSQL points at, None where it does not.
    """

    def __init__(self, message: str, file: int, offset: int | None, hint: str = "") -> None:
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
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            for index, text in enumerate(texts):
                try:
                    connection.execute(text.encode())
                except psycopg.Error as error:
                    told = error.diag
                    position = int(told.statement_position) - 1 if told.statement_position else None
                    message = told.message_primary or str(error)
                    raise FixtureError(message, index, position, told.message_hint or "") from error
            connection.execute("ANALYZE")


@contextlib.contextmanager
def scratch_database(server: Server, name: str) -> Iterator[Scratch]:
    """Make an empty database; afterwards it is dropped, and so are the roles that were made meanwhile."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        before = _roles(connection)
        server.create_database(name)
        try:
            yield Scratch(server, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in sorted(_roles(connection) - before):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _roles(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
