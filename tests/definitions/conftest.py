"""A PostgreSQL for the definitions of this repository."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.definitions import worlds
from tests.live import missing
from watchglass.database.embedded import NoServer, Server, embedded_server


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    try:
        with embedded_server() as started:
            yield started
    except NoServer as absent:
        missing(absent.message)


@pytest.fixture(scope="module")
def empty_database(server: Server) -> Iterator[str]:
    """Tables without a row."""
    with worlds.database(server, worlds.SCHEMA) as dsn:
        yield dsn


@pytest.fixture
def empty(empty_database: str) -> Iterator[worlds.World]:
    with worlds.world(empty_database) as opened:
        yield opened
