"""Questions to a server of the tests' own, the embedded 18 or Debian's 15, and rows as psycopg gives them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from tests.database import servers

Ask = Callable[..., list[tuple[Any, ...]]]
"""A statement with ``$1``, ``$2``, …, their values, and the session's time zone → its rows."""


VERSIONS = (18, 15)


@contextlib.contextmanager
def connected(version: int = 18) -> Iterator[psycopg.Connection]:
    """Start a server and connect to it."""
    start = servers.server_18 if version == 18 else servers.server_15
    with start() as server, psycopg.connect(server.dsn(), autocommit=True) as connection:
        yield connection


@contextlib.contextmanager
def asking(version: int = 18, setup: str = "") -> Iterator[Ask]:
    """Start a server, fill it, and give what asks it; every question is asked by the extended protocol."""
    with connected(version) as connection:
        connection.execute(setup.encode())
        cursor = psycopg.RawCursor(connection)

        def ask(sql: str, parameters: tuple[object, ...] = (), timezone: str = "UTC") -> list[Any]:
            connection.execute("SELECT set_config('TimeZone', %s, false)", (timezone,))
            return cursor.execute(sql.encode(), parameters).fetchall()

        yield ask
