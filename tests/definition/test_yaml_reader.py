"""One YAML file becomes texts, lists and maps with places (faults 3 to 6 and 12 of the reliability page)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.yaml_helpers import at, only, problems_of, read_text, read_yaml
from watchglass.definition.yaml_reader import Document
from watchglass.problems import Span


@pytest.mark.parametrize(
    "written",
    ["10:00", "no", "on", "010", "2024-13-45", "=", ".nan", ".inf", "1e3", "0x1F", "9" * 5000, "1_000"],
)
def test_fault_4_and_5_every_scalar_stays_the_text_that_was_written(written: str) -> None:
    assert read_text(f"a: {written}\n").data == {"a": written}


def test_fault_4_a_key_such_as_on_stays_a_text() -> None:
    assert read_text("on: 1\n2024-01-01: 2\n1: 3\n").data == {"on": "1", "2024-01-01": "2", "1": "3"}


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_nothing_written_is_none_and_keeps_its_place(written: str) -> None:
    document = read_text(f"a: {written}\nb: 1\n")
    assert document.data["a"] is None
    assert document.places[("a",)].key == Span("x.yaml", 1, 1, 1, 2)
    assert document.places[("a",)].value.line == 1


def test_a_quoted_null_is_a_text_and_knows_its_quotes() -> None:
    value = read_text("a: 'null'\n").data["a"]
    assert (value, value.style) == ("null", "quoted")


def test_fault_3_a_duplicate_key_shows_both_places() -> None:
    problem = only("a: 1\nb: {c: 1, d: 2, c: 3}\n")
    assert at(problem) == ("yaml-duplicate-key", 2, 17)
    assert (problem.related[0].span.line, problem.related[0].span.column) == (2, 5)


def test_fault_3_the_keys_of_two_maps_in_one_are_one_mistake() -> None:
    problem = only("a:\n  b: {x: 1}\n  title: one\n  sql: one\n  title: two\n  sql: two\n")
    assert at(problem) == ("yaml-duplicate-key", 5, 3)
    assert problem.message == "key 'title' stands twice in this map, and so does 'sql'"
    assert "missing" in problem.hint
    assert [(each.span.line, each.message) for each in problem.related] == [
        (3, "it stands here already"),
        (6, "again"),
    ]


def test_duplicates_and_tags_of_a_file_are_reported_together() -> None:
    found = problems_of("a: 1\na: 2\nb: !foo 3\nc: {d: 1, d: 2}\n")
    assert [at(problem) for problem in found] == [
        ("yaml-duplicate-key", 2, 1),
        ("yaml-tag", 3, 4),
        ("yaml-duplicate-key", 4, 11),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "null\n"])
def test_fault_6_an_empty_file_is_refused(text: str) -> None:
    assert at(only(text)) == ("yaml-empty", 1, 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- a\n- b\n", ("yaml-top", 1, 1)),
        ("just a text\n", ("yaml-top", 1, 1)),
        ("a: 1\n---\nb: 2\n", ("yaml-documents", 2, 1)),
        ("a: !!python/object/apply:os.system [id]\n", ("yaml-tag", 1, 4)),
        ("a: !!str 1\n", ("yaml-tag", 1, 4)),
        ("!foo\na: 1\n", ("yaml-tag", 1, 1)),
        ("? [a, b]\n: 1\n", ("yaml-key", 1, 3)),
        ("? {a: b}\n: 1\n", ("yaml-key", 1, 3)),
        ("~: 1\n", ("yaml-key", 1, 1)),
        ("? \n: 1\n", ("yaml-key", 1, 2)),
    ],
)
def test_fault_6_what_is_no_map_of_texts_is_refused(text: str, place: tuple[str, int, int]) -> None:
    assert at(problems_of(text)[0]) == place


@pytest.mark.parametrize("key", ['"\\e[31m"', '"a\\r"', '"a\\u202eb"', '"a\\u200db"', '"\\0"', '"a\\nb"'])
def test_fault_7_a_key_with_a_hidden_character_is_refused_without_printing_it(key: str) -> None:
    problem = only(f"{key}: 1\n")
    assert at(problem) == ("yaml-key", 1, 1)
    assert problem.message.isprintable()


def test_fault_12_an_unquoted_reference_in_braces_gets_the_hint_to_quote_it() -> None:
    problem = only("a: {url: ${env:GRAFANA_URL}, b: 1}\n")
    assert at(problem) == ("yaml-syntax", 1, 10)
    assert problem.span.end_column == 28
    assert problem.hint == 'put it into quotes: "${env:GRAFANA_URL}"'


def test_a_reference_outside_of_braces_needs_no_quotes() -> None:
    assert read_text("a: ${env:X}\n").data == {"a": "${env:X}"}


def test_a_merge_brings_what_the_map_does_not_say_itself() -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 5\n"
    assert read_text(text).data["c"] == {"x": "5", "y": "2", "z": "4"}


def test_an_alias_points_to_the_place_where_the_value_is_written() -> None:
    document = read_text("a: &a [1, 2]\nb: *a\n")
    assert document.data["b"] == ["1", "2"]
    assert document.places[("b", 1)].value == Span("x.yaml", 1, 11, 1, 12)


@pytest.mark.parametrize("text", ["a:\n  <<: 1\n", "a:\n  <<: [{b: 1}, c]\n"])
def test_a_merge_of_what_is_no_map_is_refused(text: str) -> None:
    assert only(text).code == "yaml-merge"


def test_a_block_of_keys_ends_where_its_last_value_ends() -> None:
    document = read_text("a:\n  b: 1\n  c: [x,\n    y]\n\n# comment\nd: 2\n")
    assert document.places[("a",)].value == Span("x.yaml", 2, 3, 4, 7)


def test_fault_5_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    document = read_yaml(path)
    assert isinstance(document, Document)
    assert document.data == {"a": "1", "b": "x\ny\n"}
    assert document.places[("b",)].key == Span("x.yaml", 2, 1, 2, 2)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a: 1\nb: caf\xe9\n", ("yaml-encoding", 2, 7)),
        ("ä: 1\n".encode("utf-16"), ("yaml-encoding", 1, 1)),
        (b"a: \xed\xa0\x80\n", ("yaml-encoding", 1, 4)),
        (b"a: 1\nb: \x00\n", ("yaml-character", 2, 4)),
        (b"a: \x1b[31m\n", ("yaml-character", 1, 4)),
        (b"a: x\xe2\x80\xa8y\n", ("yaml-character", 1, 5)),
        (b'a: "\\ud800"\n', ("yaml-syntax", 1, 7)),
    ],
)
def test_fault_5_wrong_bytes_and_characters_are_refused_at_their_place(
    tmp_path: Path, content: bytes, place: tuple[str, int, int]
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    result = read_yaml(path)
    assert isinstance(result, tuple)
    assert at(result[0]) == place
