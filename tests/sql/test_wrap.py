"""Statements around a query keep its numbers: one row for one number, rows as a target shows them."""

from __future__ import annotations

import pytest

from tests.postgres import Ask
from tests.sql.statements import BERLIN, template
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.pieces import Piece
from watchglass.sql.render import render
from watchglass.sql.wrap import (
    Item,
    Nothing,
    Pick,
    limited,
    metric_value,
    rows,
)

VALUES = "SELECT * FROM (VALUES ('a', 1), ('b', 5), ('c', NULL), ('b', 3)) AS v(org, n)"
EMPTY = "SELECT 'a' AS org, 1 AS n WHERE false"
N = Item("n", "integer")


def sql(pieces: tuple[Piece, ...]) -> str:
    return render(pieces, GrafanaDialect(BERLIN, chosen={})).text


@pytest.mark.parametrize(
    ("query", "where", "pick", "nothing", "result"),
    [
        (VALUES, (), "first", None, 1),
        (VALUES, (), "last", None, 3),
        (VALUES, (("org", "b"),), "first", None, 5),
        (VALUES, (("org", "b"),), "last", None, 3),
        (VALUES, (("org", "c"),), None, Nothing(7), 7),
        (VALUES, (("org", "c"),), None, None, None),
        (VALUES, (("org", "it's $x"),), None, Nothing(-1.5), -1.5),
        (EMPTY, (), None, Nothing(0), 0),
        (EMPTY, (), None, None, None),
        (VALUES + " ORDER BY n DESC NULLS LAST;  -- done; \n", (), "first", None, 5),
        (VALUES + " -- {% raw %}it's{% endraw %} done", (), "last", None, 3),
        ("SELECT '--;' AS org, 2 AS n WHERE '{% raw %}a{% endraw %} --;' <> ''", (), None, None, 2),
    ],
)
def test_a_metric_is_one_number_in_one_row(
    ask: Ask,
    query: str,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    result: float | None,
) -> None:
    pieces = template(query).pieces
    assert ask(sql(metric_value(pieces, N, where, pick, nothing, BERLIN))) == [(result,)]


@pytest.mark.parametrize(
    ("expression", "item", "result"),
    [
        ("INTERVAL '2 hours'", Item("x", "interval"), 7200),
        ("INTERVAL '2 hours'", Item("x", "interval", scale=0.5), 3600),
        ("40", Item("x", "number", scale=0.01), 0.4),
        ("DATE '2026-03-29'", Item("x", "date", role="text"), "2026-03-29"),
        ("2", Item("x", "integer", names=(("1", "one"), ("2", "it's"))), "it's"),
        ("3", Item("x", "integer", names=(("1", "one"),)), "3"),
        (
            "'{}'::uuid".format("0" * 32),
            Item("x", "uuid", role="text"),
            "00000000-0000-0000-0000-000000000000",
        ),
    ],
)
@pytest.mark.parametrize("session", ["UTC", "Asia/Kolkata"])
def test_a_column_is_shown_as_a_target_can(
    ask: Ask, session: str, expression: str, item: Item, result: object
) -> None:
    pieces = rows(template(f"SELECT {expression} AS x").pieces, (item,), BERLIN)
    ((found,),) = ask(sql(pieces), (), session)
    assert float(found) == result if isinstance(result, (int, float)) else found == result


@pytest.mark.parametrize("session", ["UTC", "Asia/Kolkata"])
def test_a_day_as_a_time_is_its_local_midnight(ask: Ask, session: str) -> None:
    pieces = rows(
        template("SELECT DATE '2026-03-30' AS x").pieces, (Item("x", "date", "time", role="time"),), BERLIN
    )
    assert ask(f"SELECT time = timestamptz '2026-03-29 22:00+00' FROM ({sql(pieces)}) AS q", (), session) == [
        (True,)
    ]


def test_rows_are_cut_and_ordered(ask: Ask) -> None:
    pieces = rows(
        template(VALUES + ";").pieces,
        (Item("org", "text", 'o"x'), N),
        BERLIN,
        order="2 DESC NULLS LAST",
        limit=2,
    )
    assert ask(sql(pieces)) == [("b", 5), ("b", 3)]
    assert ask(sql(limited(template(VALUES).pieces, 1))) == [("a", 1)]


def test_a_query_that_ends_in_a_comment_is_closed(ask: Ask) -> None:
    assert ask(sql(limited(template("SELECT 1 AS a -- all").pieces, 5))) == [(1,)]


def test_a_character_of_a_wrapped_query_is_found_in_its_source() -> None:
    read = template("SELECT nope AS n,\n  '$x' AS s")
    made = render(metric_value(read.pieces, N, (), None, Nothing(0), BERLIN), GrafanaDialect(BERLIN))
    assert made.origin(made.text.index("nope")) == (read.source, 7)
    assert made.origin(made.text.index("AS s")) == (read.source, read.source.text.index("AS s"))
    assert made.origin(made.text.index("\\x24")) == (read.source, read.source.text.index("'$x'"))
