"""An alert's statements give one number a key on a live server: no NULL that says nothing, no row twice, no key lost."""

from __future__ import annotations

import pytest

from tests.postgres import Ask
from tests.sql.statements import BERLIN, template
from watchglass.sql.alert_wrap import (
    Keyed,
    Worse,
    alert_value,
    alert_values,
    breaches,
    joined_values,
    shown_numbers,
    shown_once,
    shown_values,
)
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.pieces import Piece
from watchglass.sql.render import render
from watchglass.sql.wrap import Item, Nothing, Pick
from watchglass.thresholds import Comparison
from watchglass.thresholds.compare import Operator

VALUES = (
    "SELECT * FROM (VALUES ('a', 1, 'x'), ('b', 5, 'y'), ('c', NULL, 'z'), ('b', 3, 'w')) AS v(org, n, more)"
)
EMPTY = "SELECT 'a' AS org, 1 AS n, 'x' AS more WHERE false"
OTHERS = "SELECT * FROM (VALUES ('b', 20), ('d', 40)) AS v(org, n)"
N = Item("n", "integer")
MORE = Item("more", "text")
SKIP = Nothing(None, skip=True)


def sql(pieces: tuple[Piece, ...]) -> str:
    return render(pieces, GrafanaDialect(BERLIN, chosen={})).text


def keyed(query: str, worse: Worse = "max", nothing: Nothing | None = None, *key: str) -> Keyed:
    return Keyed(template(query).pieces, N, key or ("org",), worse, nothing, BERLIN)


@pytest.mark.parametrize(
    ("query", "where", "pick", "nothing", "result"),
    [
        (VALUES, (), "first", None, [(1,)]),
        (VALUES, (), "last", None, [(3,)]),
        (VALUES, (("org", "b"),), "first", None, [(5,)]),
        (VALUES, (("org", "c"),), None, Nothing(7), [(7,)]),
        (VALUES, (("org", "c"),), None, None, []),
        (VALUES, (("org", "c"),), None, SKIP, []),
        (EMPTY, (), None, Nothing(-1.5), [(-1.5,)]),
        (EMPTY, (), None, None, []),
        (EMPTY, (), None, SKIP, []),
        ("SELECT 'NaN'::float8 AS n", (), None, None, []),
        ("SELECT 'NaN'::numeric AS n", (), None, Nothing(2), [(2,)]),
        ("SELECT 'Infinity'::float8 AS n", (), None, None, [(float("inf"),)]),
    ],
)
def test_an_alert_gets_one_number_or_no_row(
    ask: Ask,
    query: str,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    result: list[tuple[float]],
) -> None:
    pieces = template(query).pieces
    assert ask(sql(alert_value(pieces, N, where, pick, nothing, BERLIN))) == result
    always = result or [(None,)]
    assert ask(sql(alert_value(pieces, N, where, pick, nothing, BERLIN, always=True))) == always


@pytest.mark.parametrize("nothing", [None, SKIP, Nothing(1)])
def test_an_alerts_number_is_a_float(ask: Ask, nothing: Nothing | None) -> None:
    single = sql(alert_value(template(VALUES).pieces, N, (), "first", nothing, BERLIN))
    for statement in (single, sql(alert_values(keyed(VALUES, "max", nothing)))):
        assert ask(f"SELECT DISTINCT pg_typeof(value)::text FROM ({statement}) AS q") == [
            ("double precision",)
        ]


@pytest.mark.parametrize(
    ("worse", "nothing", "limit", "result"),
    [
        ("max", Nothing(0), None, [("b", 5), ("a", 1), ("c", 0)]),
        ("min", Nothing(9), None, [("a", 1), ("b", 3), ("c", 9)]),
        ("max", SKIP, None, [("b", 5), ("a", 1)]),
        ("max", None, None, [("b", 5), ("a", 1)]),
        ("max", None, 1, [("b", 5)]),
        ("min", None, 1, [("a", 1)]),
        ("max", Nothing(0), 1, [("b", 5)]),
        ("max", Nothing(100), 1, [("c", 100)]),
        ((2.0, 4.5), SKIP, None, [("a", 1), ("b", 5)]),
        ((2.0, 4.5), SKIP, 1, [("a", 1)]),
    ],
)
def test_a_key_has_one_row_and_the_worse_number_wins(
    ask: Ask, worse: Worse, nothing: Nothing | None, limit: int | None, result: list[tuple[str, float]]
) -> None:
    assert ask(sql(alert_values(keyed(VALUES, worse, nothing), limit))) == result


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("NULL::uuid", ""),
        ("'00000000-0000-0000-0000-00000000000a'::uuid", "00000000-0000-0000-0000-00000000000a"),
        ("true", "true"),
        ("7", "7"),
        ("'it''s {{ $x }}'", "it's {{ $x }}"),
    ],
)
def test_a_key_of_any_type_is_a_text(ask: Ask, column: str, label: str) -> None:
    query = f"SELECT {column} AS org, 1 AS n UNION ALL SELECT {column}, 2".replace(
        "{{ $x }}", "{% raw %}{{ $x }}{% endraw %}"
    )
    assert ask(sql(alert_values(keyed(query)))) == [(label, 2.0)]


def test_a_key_of_several_columns_may_have_one_named_value(ask: Ask) -> None:
    query = "SELECT * FROM (VALUES ('a', 'x', 1), ('a', 'y', 3), ('a', 'y', 2)) AS v(org, value, n)"
    assert ask(sql(alert_values(keyed(query, "max", None, "org", "value")))) == [
        ("a", "y", 3),
        ("a", "x", 1),
    ]


def test_a_joined_query_has_the_keys_of_all(ask: Ask) -> None:
    mine, other = keyed(VALUES), keyed(OTHERS)
    assert dict(ask(sql(joined_values(mine, (other,))))) == {"a": 1, "b": 5, "c": None, "d": None}
    assert dict(ask(sql(joined_values(other, (mine,))))) == {"a": None, "b": 20, "c": None, "d": 40}


def test_what_null_means_holds_for_a_key_that_only_another_query_has(ask: Ask) -> None:
    found = dict(ask(sql(joined_values(keyed(VALUES, "max", Nothing(0)), (keyed(OTHERS),)))))
    assert found == {"a": 1, "b": 5, "c": 0, "d": 0}


def test_without_any_key_a_number_without_labels_still_counts(ask: Ask) -> None:
    assert ask(sql(joined_values(keyed(EMPTY), (keyed(EMPTY),)))) == []
    assert ask(sql(joined_values(keyed(EMPTY), (), alone=True))) == [("", None)]
    assert ask(sql(joined_values(keyed(VALUES), (), 1, alone=True))) == [("b", 5)]


def test_what_is_shown_comes_from_the_row_whose_number_counts(ask: Ask) -> None:
    assert ask(sql(shown_values(keyed(VALUES), (MORE,)))) == [
        ("a", "x", 1.0),
        ("b", "y", 1.0),
        ("c", "z", 1.0),
    ]
    assert ask(sql(shown_values(keyed(VALUES, "min"), (MORE,))))[1] == ("b", "w", 1.0)


@pytest.mark.parametrize("worse", ["max", "min", (2.0, 4.5)])
@pytest.mark.parametrize("nothing", [None, SKIP, Nothing(0), Nothing(100)])
def test_what_is_shown_has_the_keys_of_the_numbers(ask: Ask, worse: Worse, nothing: Nothing | None) -> None:
    of = keyed(VALUES, worse, nothing)
    for limit in (1, 2, 3):
        numbers = {row[0] for row in ask(sql(alert_values(of, limit)))}
        assert numbers <= {row[0] for row in ask(sql(shown_values(of, (MORE,), limit)))}


def test_what_is_shown_is_never_empty(ask: Ask) -> None:
    assert ask(sql(shown_values(keyed(EMPTY), (MORE,)))) == [("", "", 1.0)]
    pieces = template(EMPTY).pieces
    assert ask(sql(shown_once(pieces, (MORE,), (), None, BERLIN))) == [("", 1.0)]


@pytest.mark.parametrize("session", ["UTC", "Asia/Kolkata"])
def test_what_is_shown_is_text_in_the_services_zone(ask: Ask, session: str) -> None:
    query = (
        "SELECT timestamptz '2026-03-29 12:00+00' AS at, DATE '2026-03-30' AS d, NULL::int AS none, true AS b"
    )
    show = tuple(
        Item(name, kind)
        for name, kind in (("at", "timestamp"), ("d", "date"), ("none", "integer"), ("b", "boolean"))
    )
    statement = sql(shown_once(template(query).pieces, show, (), None, BERLIN))
    assert ask(statement, (), session) == [("2026-03-29 14:00", "2026-03-30", "", "true", 1.0)]


@pytest.mark.parametrize("comparison", [
    Comparison("gt", 5), Comparison("gte", 5), Comparison("lt", 5), Comparison("lte", 5), Comparison("outside", 3, 5),
    Comparison("gt", -1.5), Comparison("outside", -2, 4.5),
])  # fmt: skip
@pytest.mark.parametrize("value", ["-2", "-1.5", "3", "4.5", "5", "5.0000001", "'NaN'", "NULL"])
def test_rows_that_meet_a_condition_are_those_for_which_it_holds(
    ask: Ask, comparison: Comparison, value: str
) -> None:
    query = f"SELECT {value}::float8 AS n"
    found = alert_value(template(query).pieces, N, (), None, None, BERLIN)
    holds = value[0] in "-345" and comparison.holds(float(value))
    assert ask(sql(breaches(found, comparison))) == ([(float(value),)] if holds else [])


def test_keys_that_meet_a_condition_stand_the_worst_first(ask: Ask) -> None:
    query = "SELECT * FROM (VALUES ('a', 1), ('b', 9), ('c', NULL), ('b', 12), ('d', 7)) AS v(org, n)"
    over = sql(breaches(alert_values(keyed(query)), Comparison("gte", 7)))
    assert ask(over) == [("b", 12), ("d", 7)]
    under = sql(breaches(alert_values(keyed(query, "min")), Comparison("lt", 8)))
    assert ask(under) == [("a", 1), ("d", 7)]
    nothing = sql(breaches(alert_values(keyed(query, "max", Nothing(99))), Comparison("gt", 10)))
    assert ask(nothing) == [("c", 99), ("b", 12)]


@pytest.mark.parametrize(("worse", "operator"), [("max", "gte"), ("min", "lt")])
def test_what_is_shown_beside_a_number_is_of_the_row_that_counts(
    ask: Ask, worse: Worse, operator: Operator
) -> None:
    query = (
        "SELECT * FROM (VALUES ('a', 1, 'low', 1.5, DATE '2026-01-02'), ('a', 9, 'high', 2.5, DATE '2026-01-03'), "
        "('b', NULL, 'none', 3.5, NULL)) AS v(org, n, more, rate, day)"
    )
    show = (MORE, Item("rate", "number", scale=100), Item("day", "date"))
    found = shown_numbers(keyed(query, worse, Nothing(5)), show, "number")
    assert ask(f"SELECT * FROM ({sql(found)}) AS q ORDER BY 1") == [
        ("a", 9, "high", 250, "2026-01-03") if worse == "max" else ("a", 1, "low", 150, "2026-01-02"),
        ("b", 5, "none", 350, None),
    ]
    met = ask(sql(breaches(found, Comparison(operator, 6), "number")))
    assert [row[0] for row in met] == (["a"] if worse == "max" else ["a", "b"])
