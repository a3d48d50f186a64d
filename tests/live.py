"""What a test does without the server that it needs: it is skipped on a laptop, and fails in CI."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NoReturn

import pytest


def in_ci(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether this run may skip nothing: WATCHGLASS_CI or CI is set, and not to 0 or false."""
    return any(
        environment.get(name, "").lower() not in {"", "0", "false"} for name in ("WATCHGLASS_CI", "CI")
    )


def missing(what: str, environment: Mapping[str, str] = os.environ) -> NoReturn:
    """End a test that cannot run, with the reason: what is missing."""
    if in_ci(environment):
        pytest.fail(f"{what}; CI has to have it", pytrace=False)
    pytest.skip(what)
