"""Whether two conditions can hold at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.thresholds import Comparison, meet

NUMBERS = st.integers(-3, 3).map(float)
CONDITIONS = st.builds(Comparison, st.sampled_from(["gt", "gte", "lt", "lte"]), NUMBERS) | st.builds(
    Comparison, st.just("outside"), NUMBERS, NUMBERS
)


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (Comparison("gt", 5), Comparison("lt", 5), False),
        (Comparison("gte", 5), Comparison("lte", 5), True),
        (Comparison("gt", 5), Comparison("lte", 5), False),
        (Comparison("gt", 5), Comparison("lt", 5 + 1e-12), True),
        (Comparison("gt", 1e15), Comparison("lt", 1e15 + 0.5), True),
        (Comparison("outside", 2, 5), Comparison("gte", 4), True),
        (Comparison("outside", 2, 5), Comparison("outside", 3, 3), True),
    ],
)
def test_conditions_meet_where_a_number_holds_in_both(
    one: Comparison, other: Comparison, meets: bool
) -> None:
    assert meet(one, other) is meets


@given(CONDITIONS, CONDITIONS)
def test_no_number_between_the_ends_is_overlooked(one: Comparison, other: Comparison) -> None:
    numbers = [quarter / 4 for quarter in range(-16, 17)]
    assert meet(one, other) is any(one.holds(number) and other.holds(number) for number in numbers)
