"""Options and helpers of the whole suite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests import expected

settings.register_profile("watchglass", derandomize=True, database=None, deadline=None, max_examples=100)
settings.load_profile("watchglass")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--golden`, which rewrites expected outputs in place of comparing with them."""
    parser.addoption("--golden", action="store_true", help="write the expected outputs anew (make golden)")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """
    Compare a text with the file of what is expected, or write that file under `--golden`.

    Returns:
        A function of the file and the text.
    """
    rewrite = bool(request.config.getoption("--golden"))
    return lambda path, text: expected.compare(path, text, rewrite=rewrite)
