"""Filters: which values they take, wherever one is stated, and what of them would mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import SHOP, told

STATES = SHOP.replace(
    "queries:\n",
    """filters:
  state: {title: State, options: {new: New, paid: Paid}}
  city: {title: City, from: cities, value: id}
queries:
  sold:
    sql: SELECT count(*) AS n FROM t WHERE {{ matches('state', 'state') }} AND {{ matches('city', 'city') }}
    columns: {n: integer}
""",
).replace("metrics:\n", "metrics:\n  sold: {query: sold, column: n}\n")


def of(more: str) -> str:
    return f"filters: {{of: {{title: Of, {more}}}}}\n"


def alert(filters: str) -> str:
    return f"alerts: {{much: {{metric: sold, when: above 5, severity: page, filters: {{{filters}}}}}}}\n"


def board(filters: str, panel: str = "query: by_region, as: table") -> str:
    rows = f"[{{title: R, panels: [{{{panel}}}]}}]"
    return f"dashboards: {{d: {{title: D, publish: metabase, filters: {filters}, rows: {rows}}}}}\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (of("options: {a: A}, value: id, label: name"), ["filter-form: value", "filter-form: label"]),
        (of("options: {a: A}, depends_on: {}"), ["filter-form: depends_on"]),
        (of("options: {}"), ["filter-form: {}"]),
        (of("type: integer, options: {a: A, 1: One}"), ["wrong-number: a"]),
        (of("type: integer, options: {1.5: A}"), ["wrong-number: 1.5"]),
        (of("type: boolean, options: {maybe: A, true: B}"), ["wrong-value: maybe"]),
        (of("type: date, options: {20260105: A, 2026-01-05: B}"), ["wrong-value: 20260105"]),
        (of("type: uuid, from: t, value: id, default: a"), ["wrong-value: a"]),
        (of("options: {a: A, b: B}, default: [a, b]"), ["filter-form: [a, b]"]),
        (of("options: {a: A}, multiple: true, default: [a, a]"), ["listed-twice: a"]),
        (of("from: t, value: id, multiple: true, default: [all]"), ["filter-form: all"]),
        ("filters: {range_from: {title: From, options: {a: A}}}\n", ["wrong-id: range_from"]),
    ],
)
def test_what_of_a_filter_would_mean_nothing_is_told(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (alert("state: []"), "filter-form: []"),
        (alert("state: all"), "unknown-name: all"),
        (alert("state: [new, nwe]"), "unknown-name: nwe"),
        (alert("city: all"), "filter-form: all"),
        (board("[state, state]"), "listed-twice: state"),
        (
            board("state") + "subscriptions: {m: {dashboard: d, at: {hourly: true}, to: a@b.de, filters: {state: nwe}}}\n",
            "unknown-name: nwe",
        ),
    ],
)  # fmt: skip
def test_a_value_that_a_filter_cannot_have_is_told_where_it_is_stated(
    tmp_path: Path, more: str, expected: str
) -> None:
    assert told(tmp_path, more, STATES) == [expected]


def test_an_alert_may_state_several_values_of_a_filter(tmp_path: Path) -> None:
    assert told(tmp_path, alert("state: [new, paid], city: Berlin"), STATES) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (board("[]", "query: by_region, as: table, columns: [n, n]"), "listed-twice: n"),
        (board("[]", "query: by_region, as: bar, y: [n, n]"), "listed-twice: n"),
        ("alerts: {much: {metric: n, when: high, severity: page, show: [n, n]}}\n", "listed-twice: n"),
    ],
)
def test_a_column_that_is_listed_twice_is_told(tmp_path: Path, more: str, expected: str) -> None:
    assert told(tmp_path, more) == [expected]
