"""Numbers in a plan and in a definition that is written back have every digit; long texts are shown where they differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.artifact import Json
from watchglass.review.words import lines, shown, shown_pair
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


SQL = "SELECT a.* FROM (SELECT o.id, o.state, o.total FROM orders AS o) AS a WHERE a.total >= {} AND a.state = 'open' ORDER BY 1"


def test_long_texts_are_shown_from_where_they_differ() -> None:
    before, after = shown_pair(SQL.format(12), SQL.format(11))
    assert before.startswith("'…WHERE a.total >= 12 AND a.state")
    assert after.startswith("'…WHERE a.total >= 11 AND a.state")
    assert shown_pair("one", "two") == ("'one'", "'two'")
    assert shown_pair(SQL, f"x{SQL}")[1].startswith("'xSELECT a.*")
    assert shown_pair(SQL, 5) == (shown(SQL), "5")


@given(st.text("ab ", max_size=150), st.text("ab ", max_size=150))
def test_what_is_shown_of_two_texts_differs_where_they_do(before: str, after: str) -> None:
    one, other = shown_pair(before, after)
    assert (one == other) == (before.split() == after.split())
    assert max(len(one), len(other)) <= 63


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([{"a": 1}], "1 item"), ([1, 2], "2 items"), ([], "0 items"), (["a", "b"], "'a', 'b'"),
        (["a", "b", "c", "d"], "4 items"),
    ],
)  # fmt: skip
def test_a_list_is_counted_or_named(value: Json, text: str) -> None:
    assert shown(value) == text


def test_a_thing_is_counted_once_however_many_numbers_of_it_differ() -> None:
    segment = "/visualization_settings/gauge.segments"
    path = ("metrics", "loans", "thresholds", "bad")
    found = [(thing, f"{segment}/{end}", 35, 33, path) for thing in "ab" for end in ("1/max", "2/min")]
    (line,) = lines(found[:2])
    assert str(line) == "loans.bad 35 → 33 in 1 gauge"
    (line,) = lines(found)
    assert str(line) == "loans.bad 35 → 33 in 2 gauges"
    steps = "/dashboard/panels/{}/fieldConfig/defaults/thresholds/steps/1/value"
    (line,) = lines(("c", steps.format(panel), 35, 33, path) for panel in (1, 1, 2))
    assert str(line) == "loans.bad 35 → 33 in 2 panels"
