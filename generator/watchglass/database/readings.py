"""Readings → rows of the table `watchglass.readings`, written by one sampler of a service at a time."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg

from watchglass.database.connection import Connection, connect
from watchglass.sql.readings import TABLE

_SECONDS = 10


class WriteRefused(Exception):
    """PostgreSQL did not take readings; the message is its own, or ours where the connection was lost."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of a metric at an instant; the key is JSON."""

    service: str
    metric: str
    at: datetime.datetime
    key: str
    value: float | None


class Writer:
    """Writes and deletes readings of one service."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, rows: Sequence[Reading]) -> int:
        """Add readings in one transaction; one that is there already stays as it is. Gives how many are new."""
        with _refusing(), self._connection.transaction(), self._connection.cursor() as cursor:
            count = 0
            for row in rows:
                cursor.execute(
                    f"INSERT INTO {TABLE} (service, metric, at, key, value) VALUES (%s, %s, %s, %s::jsonb, %s)"
                    " ON CONFLICT DO NOTHING".encode(),
                    (row.service, row.metric, row.at, row.key, row.value),
                )
                count += cursor.rowcount
            return count

    def prune(self, service: str, metric: str, before: datetime.datetime) -> None:
        """Delete what is older of one metric."""
        with _refusing():
            self._connection.execute(
                f"DELETE FROM {TABLE} WHERE service = %s AND metric = %s AND at < %s".encode(),
                (service, metric, before),
            )


@contextlib.contextmanager
def writing(dsn: str, service: str) -> Iterator[Writer | None]:
    """
    Connect to where readings are kept; None where another sampler of the service is at work.

    The lock is an advisory one of the session: it goes with it, however that ends. A pooler that hands a session to others
    after each transaction breaks it.

    Raises:
        CannotConnect: with the host and database, never the password.
        WriteRefused: the server does not answer.
    """
    with connect(dsn) as connection:
        with _refusing():
            connection.execute("SELECT set_config('statement_timeout', %s, false)", (f"{_SECONDS}s",))
            locked = connection.execute("SELECT pg_try_advisory_lock(%s)", (_lock(service),)).fetchall()
        if locked != [(True,)]:
            yield None
            return
        try:
            yield Writer(connection)
        finally:  # the session's end would do it, but a moment later
            with contextlib.suppress(psycopg.Error):
                connection.execute("SELECT pg_advisory_unlock(%s)", (_lock(service),))


def _lock(service: str) -> int:
    digest = hashlib.sha256(f"watchglass.readings/{service}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise WriteRefused(f"the connection was lost ({type(error).__name__})") from None
    except psycopg.Error as error:
        told = error.diag.message_primary or type(error).__name__
        raise WriteRefused(f"PostgreSQL: {told} [{error.sqlstate}]") from None
