"""A series in promtool's notation, and what is none."""

from __future__ import annotations

import pytest

from watchglass.definition.series import MOST_CELLS, Series, SeriesError, read_series


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("5", (5,)),
        ("0x2 40x1", (0, 0, 0, 40, 40)),
        ("1+1x3", (1, 2, 3, 4)),
        ("-2+4x3", (-2, 2, 6, 10)),
        ("10-2.5x2", (10, 7.5, 5)),
        ("0.1+0.1x2", (0.1, 0.2, 0.3)),
        (".5 +3 1e3 1.", (0.5, 3, 1000, 1)),
        ("3x0", (3,)),
        ("_ 1 _x2", ("none", 1, "none", "none")),
        ("null error nullx2 errorx3", ("null", "error", "null", "null", "error", "error", "error")),
        ("  1\n 2 ", (1, 2)),
    ],
)
def test_a_series_is_read_as_promtool_reads_it(text: str, cells: tuple[object, ...]) -> None:
    assert read_series(text).cells == cells


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the series is empty"),
        ("1 many", "cannot read 'many'"),
        ("1x", "cannot read '1x'"),
        ("0 x10", "cannot read 'x10'"),
        ("1--1x1", "cannot read '1--1x1'"),
        ("nan", "cannot read 'nan'"),
        ("_+1x2", "cannot read '_+1x2'"),
        ("1+1", "'1+1' does not say how often: 1+1x5"),
        ("1x999999", f"a series has at most {MOST_CELLS:,} numbers"),
        ("1x99999 2 3", f"a series has at most {MOST_CELLS:,} numbers"),
    ],
)
def test_what_is_no_series_is_refused(text: str, message: str) -> None:
    with pytest.raises(SeriesError) as refused:
        read_series(text)
    assert str(refused.value) == message


def test_the_last_number_stays() -> None:
    series = Series((1.0, 2.0))
    assert [series.at(index) for index in range(4)] == [1, 2, 2, 2]
