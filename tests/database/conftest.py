"""Servers, once a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database import servers
from tests.database.servers import Running


@pytest.fixture(scope="session")
def postgres18() -> Iterator[Running]:
    """Give the embedded server."""
    with servers.server_18() as server:
        yield server


@pytest.fixture(scope="session")
def postgres15() -> Iterator[Running]:
    """Give Debian's server."""
    with servers.server_15() as server:
        yield server


@pytest.fixture(scope="session", params=["postgres18", "postgres15"])
def server(request: pytest.FixtureRequest) -> Running:
    """Give each server in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Running)
    return found


@pytest.fixture(scope="session")
def guarded() -> Iterator[Running]:
    """Give a server that asks for passwords, with two connections."""
    with servers.server_with_passwords() as server:
        yield server


@pytest.fixture(scope="session")
def tls() -> Iterator[Running]:
    """Give a server whose certificate nobody signed."""
    with servers.server_with_tls() as server:
        yield server
