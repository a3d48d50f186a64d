"""Servers, once a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database.servers import Running, server_15, server_18, server_with_passwords


@pytest.fixture(scope="session")
def postgres18() -> Iterator[Running]:
    """Give the embedded server."""
    with server_18() as server:
        yield server


@pytest.fixture(scope="session")
def postgres15() -> Iterator[Running]:
    """Give Debian's server."""
    with server_15() as server:
        yield server


@pytest.fixture(scope="session", params=["postgres18", "postgres15"])
def server(request: pytest.FixtureRequest) -> Running:
    """Give each server in turn."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Running)
    return found


@pytest.fixture(scope="session")
def guarded() -> Iterator[Running]:
    """Give a server that asks for passwords, with five connections."""
    with server_with_passwords() as server:
        yield server
