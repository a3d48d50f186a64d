"""A lock that dies with its process: two applies of one service do not run at once."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator

import psycopg

from watchglass.database.connection import Connection, connect


class Taken(Exception):
    """Somebody else holds the lock."""


@contextlib.contextmanager
def only_one(dsn: str, name: str, *, timeout: int = 5) -> Iterator[None]:
    """
    Hold the lock of a name while the block runs.

    It is an advisory lock in an open READ ONLY transaction: a role that may only read can take it, and it is gone with the
    session, however that ends. Nothing is written.

    Args:
        timeout: seconds, for each try to connect.

    Raises:
        Taken: somebody else holds it.
        CannotConnect: there is no database to hold it in.
    """
    with connect(dsn, timeout=timeout) as connection:
        connection.execute("BEGIN READ ONLY")
        if not _take(connection, name):
            raise Taken(f"another apply of '{name}' is under way")
        try:
            yield
        finally:
            with contextlib.suppress(psycopg.Error):  # a lost session has let go of the lock
                connection.execute("ROLLBACK")


def _take(connection: Connection, name: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (number(name),)).fetchone()
    return bool(row and row[0])


def number(name: str) -> int:
    """Give the number that stands for a name among PostgreSQL's advisory locks (signed, 64 bits)."""
    return int.from_bytes(hashlib.sha256(f"watchglass {name}".encode()).digest()[:8], "big", signed=True)
