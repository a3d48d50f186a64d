"""One session on each server for all tests of this folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import servers
from watchglass.alert_tests import AlertTestSession
from watchglass.alert_tests.worlds import Worlds
from watchglass.database.embedded import Server


@contextlib.contextmanager
def _server(version: int) -> Iterator[Server]:
    with (servers.server_18 if version == 18 else servers.server_15)() as running:
        yield Server(Path(running.host))


def _session(version: int) -> Iterator[AlertTestSession]:
    with AlertTestSession(worlds=Worlds(lambda: _server(version))) as session:
        yield session


@pytest.fixture(scope="package")
def session() -> Iterator[AlertTestSession]:
    """A session on the embedded server."""
    yield from _session(18)


@pytest.fixture(scope="package", params=[18, 15])
def each_server(request: pytest.FixtureRequest) -> Iterator[AlertTestSession]:
    """A session on the embedded server, and one on PostgreSQL 15."""
    yield from _session(request.param)
