"""Tables of a statement are cut in their own place, and nothing else of it changes."""

from __future__ import annotations

import pytest

from watchglass.sql.cut import Kept, Name, NotCut, cut, tables_of


def kept(name: Name) -> Kept | None:
    return Kept(("id", "at"), "at <= now()") if name[-1] == "runs" else None


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM runs", 'SELECT 1 FROM (SELECT "id", "at" FROM runs WHERE at <= now()) AS "runs"'),
        (
            "SELECT 1 FROM cron . runs r",
            'SELECT 1 FROM (SELECT "id", "at" FROM cron . runs WHERE at <= now()) r',
        ),
        (
            'SELECT 1 FROM "runs" * AS r',
            'SELECT 1 FROM (SELECT "id", "at" FROM "runs" WHERE at <= now()) AS r',
        ),
        ("SELECT 'from runs' FROM jobs -- runs", "SELECT 'from runs' FROM jobs -- runs"),
        ("WITH runs AS (SELECT 1) SELECT * FROM runs", "WITH runs AS (SELECT 1) SELECT * FROM runs"),
        (
            "SELECT 'ä' FROM jobs WHERE id IN (SELECT id FROM runs r)",
            'SELECT \'ä\' FROM jobs WHERE id IN (SELECT id FROM (SELECT "id", "at" FROM runs WHERE at <= now()) r)',
        ),
    ],
    ids=["plain", "schema and alias", "star", "text and comment", "WITH", "behind a letter of two bytes"],
)
def test_a_table_becomes_its_rows_of_the_moment(sql: str, expected: str) -> None:
    assert cut(sql, kept).text == expected


def test_both_places_of_a_table_are_cut() -> None:
    made = cut("SELECT 1 FROM runs a JOIN public.runs b USING (id)", kept).text
    assert made.count("WHERE at <= now()") == 2


def test_an_error_points_at_the_statement_as_it_was_written() -> None:
    sql = "SELECT 1 FROM runs AS r WHERE wrong"
    made = cut(sql, kept)
    assert made.map.source(made.text.index("wrong")) == sql.index("wrong")


@pytest.mark.parametrize("sql", ["SELECT 1 FROM ONLY runs", "SELECT 1 FROM runs TABLESAMPLE SYSTEM (10)"])
def test_a_part_of_a_table_is_not_cut(sql: str) -> None:
    with pytest.raises(NotCut):
        cut(sql, kept)


def test_tables_are_listed_once_and_names_of_a_with_are_none() -> None:
    sql = "WITH a AS (SELECT * FROM public.runs) SELECT * FROM a JOIN runs ON true JOIN public.runs r ON true"
    assert tables_of(sql) == (("public", "runs"), ("runs",))
