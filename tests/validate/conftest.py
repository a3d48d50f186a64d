"""One server for the tests of validation."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import connected


@pytest.fixture(scope="session")
def connection() -> Iterator[psycopg.Connection]:
    """Connect to a PostgreSQL of the tests' own."""
    with connected() as made:
        yield made
