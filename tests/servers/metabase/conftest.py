"""A Metabase with a database, of a version that a test names or of the usual one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers.metabase.server import MetabaseServer

Made = Callable[[str], MetabaseServer]


@pytest.fixture
def made() -> Made:
    """Make servers that listen nowhere: asked past the wire."""

    def make(version: str) -> MetabaseServer:
        server = MetabaseServer(version)
        server.add_database("main", {"public.regions": ["code", "name"]})
        return server

    return make


@pytest.fixture
def server(made: Made) -> Iterator[MetabaseServer]:
    """One of the usual version that listens."""
    running = made("0.58")
    running.start()
    yield running
    running.stop()
