"""Numbers in a plan and in a definition that is written back: every digit, no exponent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.review.words import shown
from watchglass.thresholds import exact


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"), (10.0, "10"), (1234567.0, "1234567"), (1234567.25, "1234567.25"), (0.1, "0.1"), (-0.0, "-0"),
        (1e-07, "0.0000001"), (2.5e21, "2500000000000000000000"), (1_000_000, "1000000"), (100, "100"),
    ],
)  # fmt: skip
def test_a_number_is_written_out(value: float, text: str) -> None:
    assert exact(value) == text
    assert shown(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_is_the_number(value: float) -> None:
    assert float(exact(value)) == value
    assert "e" not in exact(value)
