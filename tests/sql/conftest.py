"""One server for the tests of SQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Ask, asking


@pytest.fixture(scope="session")
def ask() -> Iterator[Ask]:
    """Ask an empty PostgreSQL."""
    with asking() as answer:
        yield answer
