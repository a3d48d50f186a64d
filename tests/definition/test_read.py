"""A definition is read whole: typed, with the place of everything in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.definition.read import Definition, ReadResult, read
from watchglass.problems import Problem
from watchglass.sql.pieces import SourceText

GOOD = """\
version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {healthy: green, high: red}
sources:
  main: {type: postgres}
queries:
  orders:
    sql: |
      SELECT count(*) AS n
      FROM orders
    columns: {n: integer}
metrics:
  orders: {query: orders, column: n, thresholds: {high: 10}}
"""


def read_text(folder: Path, text: str) -> ReadResult:
    (folder / "shop.yaml").write_text(text)
    return read(folder / "shop.yaml")


@pytest.fixture
def good(tmp_path: Path) -> Definition:
    result = read_text(tmp_path, GOOD)
    assert result.problems == ()
    assert result.definition is not None
    return result.definition


def test_every_value_of_a_definition_knows_its_place(good: Definition) -> None:
    span = good.span(("metrics", "orders", "thresholds", "high"))
    assert (span.line, span.column, span.end_column) == (13, 57, 59)
    assert good.key_span(("metrics", "orders")).column == 3
    assert good.text(("queries", "orders", "sql")).place(23) == (10, 9)


def test_what_is_not_written_has_the_place_of_the_part_above_it(good: Definition) -> None:
    assert good.key_span(("metrics", "orders", "when_null")) == good.key_span(("metrics", "orders"))
    assert good.span(("nowhere", "at", "all")).line == 1
    assert good.text(("metrics", "orders", "title")).text == ""


def test_the_texts_of_a_definition_can_be_listed(good: Definition) -> None:
    assert ("service", "id") in good.texts
    assert len(list(good.texts)) == len(good.texts)


def test_a_file_that_the_definition_names_is_read_with_its_places(good: Definition) -> None:
    (good.folder / "a.sql").write_bytes(b"SELECT 1\r\nFROM t\r\n")
    text = good.beside("a.sql", ("queries", "orders", "sql"))
    assert isinstance(text, SourceText)
    assert text.text == "SELECT 1\nFROM t\n"
    assert (text.file, text.place(14)) == ((good.folder / "a.sql").as_posix(), (2, 6))
    assert good.sources[text.file].startswith("SELECT 1")


def test_a_named_file_that_is_not_there_is_a_problem_where_it_is_named(good: Definition) -> None:
    problem = good.beside("b.sql", ("queries", "orders", "sql"))
    assert isinstance(problem, Problem)
    assert (problem.code, problem.span.line) == ("file-missing", 8)


def test_errors_of_the_model_come_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        GOOD.replace("title: Shop", "titel: Shop")
        .replace("n: integer", "n: integr")
        .replace("column: n", "colum: n")
    )
    result = read_text(tmp_path, text)
    assert result.definition is None
    assert [(problem.code, problem.span.line, problem.hint) for problem in result.problems] == [
        ("unknown-key", 2, "did you mean 'title'?"),
        ("wrong-value", 11, "did you mean 'integer'?"),
        ("unknown-key", 13, "did you mean 'column'?"),
    ]


def test_a_clash_of_files_and_errors_of_the_model_come_together(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("queries: {orders: {sql: x}}\n")
    result = read_text(tmp_path, GOOD.replace("type: postgres", "type: mysql") + "include: more.yaml\n")
    assert sorted(problem.code for problem in result.problems) == ["include-clash", "wrong-value"]


def test_a_missing_definition_is_one_problem(tmp_path: Path) -> None:
    result = read(tmp_path / "none.yaml")
    assert [problem.code for problem in result.problems] == ["file-missing"]


def test_the_text_of_a_file_is_kept_for_excerpts_even_where_it_cannot_be_read(tmp_path: Path) -> None:
    assert list(read_text(tmp_path, "a: @\n").sources.values()) == ["a: @\n"]


def test_fault_12_a_reference_to_the_environment_in_a_title_is_refused(tmp_path: Path) -> None:
    result = read_text(tmp_path, GOOD.replace("title: Shop", 'title: "${env:TOKEN}"'))
    assert [problem.code for problem in result.problems] == ["secret-not-allowed"]
