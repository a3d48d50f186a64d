"""Math expressions: Grafana's grammar, its nulls and NaN, its joins by labels."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from tests.evaluation.builders import START
from watchglass.evaluation.expressions.command import Moment
from watchglass.evaluation.expressions.math_parser import FUNCTIONS, MathError, parse, variables
from watchglass.evaluation.expressions.maths import Math, binary
from watchglass.evaluation.values import NO_LABELS, NoData, Number, Point, Scalar, Series, Values, frozen


def number(value: float | None, **labels: str) -> Number:
    return Number(frozen(labels.items()), value)


def series(*values: float | None, start: int = 0, **labels: str) -> Series:
    points = tuple(Point(START + timedelta(minutes=start + i), value) for i, value in enumerate(values))
    return Series(frozen(labels.items()), points)


def computed(text: str, **inputs: Values) -> Values:
    return Math.read(text).run(inputs, Moment(START))


def scalar(text: str) -> float | None:
    (value,) = computed(text)
    assert isinstance(value, Scalar)
    return value.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("2 ** 3 ** 2", 64),
        ("- 2 ** 2", 4),
        ("7 % 4", 3),
        ("-7 % 4", -3),
        ("1 / 0", math.inf),
        ("-1 / 0", -math.inf),
        ("2 > 1 == 1", 1),
        ("1 < 2 && 2 < 1", 0),
        ("0 || 0 && 1", 0),
        ("1 || 0 && 0", 1),
        ("!0", 1),
        ("!2 + 1", 1),
        ("3 >= 3", 1),
        ("3 <= 2", 0),
        ("3 != 3", 0),
        ("0x1F", 31),
        ("010", 8),
        ("089", 89),
        (".5 + 1e1", 10.5),
        ("abs(-3)", 3),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("ceil(1.2)", 2),
        ("floor(-1.2)", -2),
        ("log(0)", -math.inf),
        ("is_inf(infn())", 1),
        ("is_number(inf())", 0),
        ("is_null(null())", 1),
        ("is_nan(nan())", 1),
        ("is_nan(log(-1))", 1),
        ("is_nan(0 / 0)", 1),
        ("is_nan(1 % 0)", 1),
        ("0 ** -1", math.inf),
        ("10 ** 400", math.inf),
        ("(-10) ** 401", -math.inf),
        ("is_nan((-1) ** 0.5)", 1),
    ],
)
def test_a_number_alone_is_computed_as_go_computes_it(text: str, value: float) -> None:
    assert scalar(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$A >", "'the end' at character 5 is not what stands here"),
        ("$A>-5", "Grafana reads '>-' at character 3 as one operator"),
        ("2*-1", "Grafana reads '*-' at character 2 as one operator"),
        ("$A = 1", "Grafana reads '=' at character 4 as one operator"),
        ("(1", "'the end' at character 3 is not what stands here"),
        ("1)", "')' at character 2 is not what stands here"),
        ("sqrt(1)", "there is no function 'sqrt'"),
        ("abs()", "abs() takes 1 argument"),
        ("abs(1 2)", "abs() takes 1 argument"),
        ("nan(1)", "nan() takes no arguments"),
        ("abs 1", "'1' at character 5 is not what stands here"),
        ("1 # 2", "'#' at character 3 is no part of a math expression"),
        ("$", "'$' at character 1 is no part of a math expression"),
        ("$A $B", "'$B' at character 4 is not what stands here"),
        ("1e999", "1e999 at character 1 is too large for a number"),
        ("", "'the end' at character 1 is not what stands here"),
    ],
)
def test_what_grafana_refuses_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(MathError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)


def test_variables_are_listed_in_the_order_of_their_mention() -> None:
    assert variables(parse("is_null($B) || ${A} > $B + abs(${C d})")) == ("B", "A", "C d")


def test_every_function_takes_one_argument_or_none() -> None:
    assert set(FUNCTIONS.values()) == {0, 1}


@pytest.mark.parametrize("symbol", ["+", ">", "==", "&&", "||", "**"])
def test_a_null_on_either_side_gives_null(symbol: str) -> None:
    assert binary(symbol, None, 1) is None
    assert binary(symbol, 1, None) is None


@pytest.mark.parametrize("symbol", ["+", ">", "==", "!=", "*"])
def test_nan_on_either_side_gives_nan_even_in_a_comparison(symbol: str) -> None:
    assert math.isnan(binary(symbol, math.nan, 1) or 0)
    assert math.isnan(binary(symbol, 1, math.nan) or 0)


def test_the_left_side_of_or_and_and_may_decide_before_nan_is_seen() -> None:
    assert (binary("||", 1, math.nan), binary("&&", 0, math.nan)) == (1, 0)
    assert math.isnan(binary("||", 0, math.nan) or 0)
    assert binary("||", math.nan, 0) == 1


def test_is_null_sees_nulls_and_not_nan() -> None:
    given = (number(None, s="a"), number(math.nan, s="b"), number(1, s="c"))
    assert [each.value for each in computed("is_null($A)", A=given)] == [1, 0, 0]  # type: ignore[union-attr]


def test_other_functions_make_nan_of_a_null() -> None:
    (value,) = computed("abs($A)", A=(number(None),))
    assert isinstance(value, Number)
    assert math.isnan(value.value or 0)


def test_not_and_minus_leave_null_and_nan_as_they_are() -> None:
    first, second = computed("!$A", A=(number(None, s="a"), number(math.nan, s="b")))
    assert isinstance(first, Number)
    assert isinstance(second, Number)
    assert first.value is None
    assert math.isnan(second.value or 0)


def test_equal_labels_meet_and_the_rest_is_dropped() -> None:
    left = (number(1, s="a"), number(2, s="b"))
    assert computed("$A + $B", A=left, B=(number(10, s="b"), number(20, s="c"))) == (number(12, s="b"),)


def test_no_labels_meet_all_and_take_the_others_labels() -> None:
    assert computed("$A - $B", A=(number(5, s="a"), number(7, s="b")), B=(number(1),)) == (
        number(4, s="a"),
        number(6, s="b"),
    )
    assert computed("10 - $A", A=(number(4, s="a"),)) == (number(6, s="a"),)


def test_labels_that_hold_the_others_meet_them_and_win() -> None:
    left = (number(1, s="a", t="x"), number(2, s="b", t="x"))
    right = (number(10, s="a"),)
    assert computed("$A + $B", A=left, B=right) == (number(11, s="a", t="x"),)
    assert computed("$B + $A", A=left, B=right) == (number(11, s="a", t="x"),)


def test_one_value_each_is_joined_whatever_its_labels_and_loses_them() -> None:
    assert computed("$A + $B", A=(number(1, s="a"),), B=(number(2, s="b"),)) == (number(3),)


def test_several_values_that_do_not_meet_give_nothing() -> None:
    left = (number(1, s="a"), number(2, s="b"))
    assert computed("$A + $B", A=left, B=(number(3, s="c"),)) == ()
    assert computed("$A + $B", A=left, B=()) == ()


def test_no_data_on_one_side_makes_no_data_of_the_whole() -> None:
    assert computed("$A + $B", A=(NoData(),), B=(number(1, s="a"), number(2, s="b"))) == (NoData(),)
    assert computed("$B > 1", B=(NoData(),)) == (NoData(),)
    assert computed("-$B", B=(NoData(),)) == (NoData(),)


def test_series_meet_at_their_times_and_a_number_meets_each_point() -> None:
    assert computed("$A + $B", A=(series(1, 2, 3),), B=(series(10, None, start=1),)) == (
        series(12, None, start=1),
    )
    assert computed("$A * 2", A=(series(1, None),)) == (series(2, None),)
    assert computed("10 - $A", A=(series(1, 2, s="a"),)) == (series(9, 8, s="a"),)
    assert computed("is_null($A)", A=(series(1, None),)) == (series(0, 1),)


def test_two_numbers_written_down_belong_to_no_series() -> None:
    assert computed("null() + 1") == (Scalar(None),)
    assert computed("1 + $A", A=(number(1),)) == (Number(NO_LABELS, 2.0),)
