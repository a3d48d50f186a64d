"""Threshold, reduce, resample and classic conditions, with the sharp edges of null, NaN and the way back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.evaluation.builders import START
from tests.evaluation.test_math import number, series
from watchglass.evaluation.expressions.classic import Classic, Condition, reduced
from watchglass.evaluation.expressions.command import CommandFailed, Moment
from watchglass.evaluation.expressions.reduce import REDUCERS, Reduce
from watchglass.evaluation.expressions.resample import Resample
from watchglass.evaluation.expressions.thresholds import Level, Threshold
from watchglass.evaluation.values import NoData, Number, Point, Scalar, Series, Value, key_of

NOW = Moment(START)


def values(given: Sequence[Value]) -> list[Any]:
    return [each.value for each in given if isinstance(each, (Number, Scalar))]


@pytest.mark.parametrize(
    ("kind", "params", "hits"),
    [
        ("gt", [2], [3]),
        ("lt", [2], [1]),
        ("eq", [2], [2]),
        ("ne", [2], [1, 3]),
        ("gte", [2], [2, 3]),
        ("lte", [2], [1, 2]),
        ("within_range", [1, 3], [2]),
        ("outside_range", [1, 2], [3]),
        ("within_range_included", [1, 2], [1, 2]),
        ("outside_range_included", [1, 3], [1, 3]),
    ],
)
def test_each_comparison_at_its_borders(kind: str, params: list[float], hits: list[float]) -> None:
    assert [value for value in (1, 2, 3) if Level.read(kind, params).holds(value)] == hits


@pytest.mark.parametrize("kind", ["gt", "lt", "eq", "ne", "gte", "lte", "within_range", "outside_range"])
def test_nan_passes_not_equal_alone(kind: str) -> None:
    assert Level.read(kind, [1, 2]).holds(math.nan) is (kind == "ne")


def test_a_null_stays_null_and_no_data_stays_no_data() -> None:
    given = (number(None, s="a"), NoData(), Scalar(None))
    assert Threshold("A", Level.read("gt", [1])).run({"A": given}, NOW) == given


def test_a_threshold_compares_every_point_of_a_series() -> None:
    made = Threshold("A", Level.read("gt", [1])).run({"A": (series(1, None, 2, s="a"),)}, NOW)
    assert made == (series(0, None, 1, s="a"),)


def test_a_loaded_series_is_held_until_the_other_level_is_true() -> None:
    threshold = Threshold("A", Level.read("gt", [30]), Level.read("lt", [20]))
    loaded = Moment(START, frozenset({key_of({"s": "a"})}))
    given = (number(25, s="a"), number(25, s="b"))
    assert values(threshold.run({"A": given}, NOW)) == [0, 0]
    assert values(threshold.run({"A": given}, loaded)) == [1, 0]
    assert values(threshold.run({"A": (number(20, s="a"),)}, loaded)) == [1]
    assert values(threshold.run({"A": (number(19, s="a"),)}, loaded)) == [0]
    assert values(threshold.run({"A": (number(math.nan, s="a"),)}, loaded)) == [1]


@pytest.mark.parametrize(("kind", "params"), [("above", [1]), ("gt", []), ("within_range", [1])])
def test_an_unknown_comparison_or_too_few_parameters_are_refused(kind: str, params: list[float]) -> None:
    with pytest.raises(ValueError, match=kind):
        Level.read(kind, params)


@pytest.mark.parametrize(
    ("reducer", "full", "empty"),
    [
        ("sum", 9, 0),
        ("mean", 3, None),
        ("min", 1, None),
        ("max", 5, None),
        ("count", 3, 0),
        ("last", 5, None),
        ("median", 3, None),
    ],
)
def test_each_reducer_of_a_series_and_of_an_empty_one(reducer: str, full: float, empty: float | None) -> None:
    made = Reduce("A", reducer).run({"A": (series(1, 3, 5), series())}, NOW)
    first, second = values(made)
    assert first == full
    assert math.isnan(second) if empty is None else second == empty


@pytest.mark.parametrize("reducer", ["sum", "mean", "min", "max", "median"])
def test_strict_reducing_makes_nan_of_one_null_or_nan_point(reducer: str) -> None:
    made = Reduce("A", reducer).run({"A": (series(1, None), series(math.nan, 1))}, NOW)
    assert all(math.isnan(value) for value in values(made))


def test_the_last_point_counts_even_where_it_is_null() -> None:
    assert values(Reduce("A", "last").run({"A": (series(1, None),)}, NOW)) == [None]


def test_dropping_what_is_no_number_reduces_the_rest_and_gives_null_for_nothing() -> None:
    reduce = Reduce("A", "last", "dropNN")
    assert values(reduce.run({"A": (series(1, None), series(math.inf, None, math.nan))}, NOW)) == [1, None]
    assert values(Reduce("A", "count", "dropNN").run({"A": (series(1, None, math.nan),)}, NOW)) == [1]


def test_replacing_what_is_no_number_counts_the_replacement() -> None:
    reduce = Reduce("A", "sum", "replaceNN", 10)
    assert values(reduce.run({"A": (series(1, None, math.inf),)}, NOW)) == [21]
    assert values(Reduce("A", "mean", "replaceNN", 7).run({"A": (series(),)}, NOW)) == [7]


def test_a_number_passes_reducing_unless_the_mode_drops_it() -> None:
    given = (number(1, s="a"), number(None, s="b"), number(math.nan, s="c"))
    assert len(Reduce("A", "last").run({"A": given}, NOW)) == 3
    assert Reduce("A", "last", "dropNN").run({"A": given}, NOW) == (number(1, s="a"),)
    assert values(Reduce("A", "last", "replaceNN", 4).run({"A": given}, NOW)) == [1, 4, 4]


def test_no_data_passes_reducing_and_a_scalar_fails_it() -> None:
    assert Reduce("A", "last").run({"A": (NoData(),)}, NOW) == (NoData(),)
    with pytest.raises(CommandFailed, match="can only reduce type series"):
        Reduce("A", "last").run({"A": (Scalar(1),)}, NOW)


def test_the_reducers_are_those_of_grafana() -> None:
    assert set(REDUCERS) == {"sum", "mean", "min", "max", "count", "last", "median"}


def resampled(
    given: Value, down: str = "mean", up: str = "fillna", minutes: int = 4, window: int = 2
) -> Value:
    span = timedelta(minutes=minutes)
    resample = Resample("A", timedelta(minutes=window), span, timedelta(), down, up)
    (made,) = resample.run({"A": (given,)}, Moment(START + span))
    return made


@pytest.mark.parametrize(
    ("up", "middle"),
    [("fillna", None), ("pad", 1.0), ("backfilling", 5.0)],
    ids=["fillna", "pad", "backfilling"],
)
def test_a_step_without_a_point_is_filled_as_told(up: str, middle: float | None) -> None:
    given = Series({}, (Point(START, 1.0), Point(START + timedelta(minutes=4), 5.0)))
    made = resampled(given, up=up)
    assert isinstance(made, Series)
    assert [point.value for point in made.points] == [1.0, middle, 5.0]


def test_several_points_of_a_step_become_one() -> None:
    made = resampled(series(1, 2, 4, 6, 8), down="sum")
    assert isinstance(made, Series)
    assert [point.value for point in made.points] == [1, 6, 14]


def test_a_range_shorter_than_a_step_or_no_series_fails() -> None:
    assert resampled(NoData()) == NoData()
    with pytest.raises(CommandFailed, match="shorter than the interval"):
        resampled(series(1), minutes=1)
    with pytest.raises(CommandFailed, match="got type number"):
        resampled(number(1))


@pytest.mark.parametrize(
    ("reducer", "value"),
    [
        ("avg", 3), ("sum", 6), ("min", 2), ("max", 4), ("last", 4), ("median", 3), ("count", 3),
        ("count_non_null", 2), ("diff", 2), ("diff_abs", 2), ("percent_diff", 100), ("percent_diff_abs", 100),
    ],
)  # fmt: skip
def test_a_classic_reducer_leaves_nulls_out(reducer: str, value: float) -> None:
    assert reduced(reducer, [2, None, 4]) == value


def test_a_classic_reducer_of_nothing_is_null_but_nulls_are_counted() -> None:
    assert reduced("avg", [None, math.nan]) is None
    assert reduced("count", [None]) == 1
    assert reduced("count", []) is None


def test_a_classic_change_of_one_point_is_zero_and_of_zero_is_infinite() -> None:
    assert reduced("diff", [5]) == 0
    assert reduced("percent_diff", [0, 5]) == math.inf
    assert reduced("percent_diff_abs", [-4, -2]) == 50
    assert reduced("percent_diff", [-4, -2]) == 50


def classic(*conditions: tuple[str, str, str, list[float], str], **inputs: tuple[Value, ...]) -> float | None:
    read = tuple(Condition.read(*each) for each in conditions)  # type: ignore[arg-type]
    (made,) = Classic(read).run(inputs, NOW)
    assert isinstance(made, Number)
    return made.value


def test_classic_conditions_join_from_left_to_right() -> None:
    one = ("A", "last", "gt", [1], "and")
    given = {"A": (series(2),), "B": (series(0),)}
    assert classic(one, ("B", "last", "gt", [1], "and"), **given) == 0
    assert classic(one, ("B", "last", "gt", [1], "or"), **given) == 1
    assert classic(one, ("B", "last", "gt", [1], "or"), ("B", "last", "gt", [1], "and"), **given) == 0


def test_a_classic_condition_is_met_by_any_of_its_series() -> None:
    assert classic(("A", "last", "gt", [1], "and"), A=(series(0, s="a"), series(2, s="b"))) == 1


def test_a_classic_condition_without_data_is_null_unless_it_asks_for_that() -> None:
    assert classic(("A", "last", "gt", [1], "and"), A=(NoData(),)) is None
    assert classic(("A", "last", "no_value", [], "and"), A=(series(None),)) == 1
    assert classic(("A", "last", "no_value", [], "and"), A=(series(1),)) == 0


def test_the_ends_of_a_classic_range_may_come_in_either_order() -> None:
    assert classic(("A", "last", "within_range", [5, 1], "and"), A=(series(2),)) == 1
    assert classic(("A", "last", "outside_range", [5, 1], "and"), A=(series(2),)) == 0


@pytest.mark.parametrize(
    ("reducer", "comparison", "params"), [("mean", "gt", [1]), ("last", "above", [1]), ("last", "gt", [])]
)
def test_a_classic_condition_that_grafana_does_not_know_is_refused(
    reducer: str, comparison: str, params: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"reducer|comparison|parameter"):
        Condition.read("A", reducer, comparison, params, "and")
