"""Lengths of time as people read them."""

from __future__ import annotations

import pytest

from watchglass.durations import spell


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (59, "59 s"),
        (1800, "30 min"),
        (5400, "1 h 30 min"),
        (259_200, "3 d"),
        (90_061.5, "1 d 1 h 1 min 1.5 s"),
        (-60, "-1 min"),
    ],
)
def test_seconds_are_spelt_in_the_units_that_people_use(seconds: float, told: str) -> None:
    assert spell(seconds) == told
