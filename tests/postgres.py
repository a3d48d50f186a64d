"""Servers of the tests: the embedded one, and rows as psycopg gives them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from tests.live import missing
from watchglass.database.embedded import NoServer, embedded_server

Ask = Callable[..., list[tuple[Any, ...]]]
"""A statement with ``$1``, ``$2``, …, their values, and the session's time zone → its rows."""


@contextlib.contextmanager
def connected() -> Iterator[psycopg.Connection]:
    """Start a server and connect to it."""
    try:
        with embedded_server() as server, psycopg.connect(server.dsn(), autocommit=True) as connection:
            yield connection
    except NoServer as absent:
        missing(str(absent))


@contextlib.contextmanager
def asking(setup: str = "") -> Iterator[Ask]:
    """Start a server, fill it, and give what asks it; every question is asked by the extended protocol."""
    with connected() as connection:
        connection.execute(setup.encode())
        cursor = psycopg.RawCursor(connection)

        def ask(sql: str, parameters: tuple[object, ...] = (), timezone: str = "UTC") -> list[Any]:
            connection.execute("SELECT set_config('TimeZone', %s, false)", (timezone,))
            return cursor.execute(sql.encode(), parameters).fetchall()

        yield ask
