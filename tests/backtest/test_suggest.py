"""The mildest threshold that fires seldom enough is found among what was seen, also where fewer is not steady."""

from __future__ import annotations

import pytest

from watchglass.backtest.suggest import candidates, suggest
from watchglass.thresholds import Comparison


def peaks(values: list[float], upward: bool = True):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Count the stretches that lie beyond a threshold, strictly."""

    def count(number: float) -> int:
        beyond = [value > number if upward else value < number for value in values]
        return sum(now and not before for before, now in zip([False, *beyond], beyond, strict=False))

    return count


VALUES = [1.0, 5.0, 1.0, 9.0, 1.0, 7.0, 1.0, 9.5, 1.0]


@pytest.mark.parametrize(
    ("most", "number", "firings"), [(0, 9.5, 0), (1, 9.0, 1), (2, 7.0, 2), (3, 5.0, 3), (4, 1.0, 4)]
)
def test_the_mildest_is_suggested(most: int, number: float, firings: int) -> None:
    found = suggest(Comparison("gt", 3), VALUES, most, peaks(VALUES))
    assert found is not None
    assert (found.number, found.firings, found.steady) == (number, firings, True)


def test_a_lower_bound_is_searched_downwards() -> None:
    values = [9.0, 5.0, 9.0, 1.0, 9.0]
    found = suggest(Comparison("lt", 6), values, 1, peaks(values, upward=False))
    assert found is not None
    assert found.number == 5.0


def test_where_the_number_itself_fires_one_beyond_all_is_tried() -> None:
    assert candidates(Comparison("gte", 3), [1.0, 2.0, 2.0]) == (1.0, 2.0, 3.0)
    assert candidates(Comparison("lte", 3), [0.25, 0.5]) == (0.5, 0.25, 0.249)


def test_a_number_is_shortened_on_its_strict_side() -> None:
    values = [0.0, 2.34171, 0.0]
    found = suggest(Comparison("gt", 1), values, 0, peaks(values))
    assert found is not None
    assert found.number == 2.35


def test_a_number_is_not_shortened_where_that_fires_more_often() -> None:
    values = [0.0, 2.34171, 0.0, 2.3471, 0.0]
    found = suggest(
        Comparison("lt", 1),
        [-value for value in values],
        1,
        peaks([-value for value in values], upward=False),
    )
    assert found is not None
    assert found.firings <= 1


def test_a_stricter_number_that_fires_more_often_moves_the_search_on() -> None:
    # One long hill with two tops: above 2 it fires once, above 5 twice.
    values = [0.0, 4.0, 9.0, 5.0, 9.0, 4.0, 0.0]
    found = suggest(Comparison("gt", 1), values, 1, peaks(values))
    assert found is not None
    assert found.number == 9.0
    assert found.firings == 0


def test_nothing_seen_suggests_nothing() -> None:
    assert suggest(Comparison("gt", 1), [], 1, peaks([])) is None
