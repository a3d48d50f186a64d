"""Numbers of thresholds in words."""

from __future__ import annotations

import pytest

from watchglass.thresholds import plain_number


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (30, "30"),
        (-2.0, "-2"),
        (0.5, "0.5"),
        (0.1 + 0.2, "0.3"),
        (100 * 0.07, "7"),
        (2e-12, "0.000000000002"),
        (-1.5e-11, "-0.000000000015"),
        (1e21, "1000000000000000000000"),
        (1234567.125, "1234567.125"),
    ],
)
def test_a_number_is_told_without_an_exponent_or_needless_digits(number: float, told: str) -> None:
    assert plain_number(number) == told
