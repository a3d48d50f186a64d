"""One server for the tests of SQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import VERSIONS, Ask, asking


@pytest.fixture(scope="session", params=VERSIONS, ids="PostgreSQL {}".format)
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Ask an empty PostgreSQL, the oldest that is tried and the newest."""
    with asking(request.param) as answer:
        yield answer
