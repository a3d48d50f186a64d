"""The common slips of YAML are named at the place that has to change."""

from __future__ import annotations

import pytest

from tests.definition.yaml_helpers import at, only, problems_of


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a:\n\t- b\n", ("yaml-tab", 2, 1), "a tab indents this line"),
        ("a:\n  b: 1\n\tc: 2\n", ("yaml-tab", 3, 1), "a tab indents this line"),
        ("a: @x\n", ("yaml-syntax", 1, 4), "cannot begin with '@'"),
        ("a: %x\n", ("yaml-syntax", 1, 4), "cannot begin with '%'"),
        ("a: `x`\n", ("yaml-syntax", 1, 4), "cannot begin with '`'"),
        ("a: b: c\n", ("yaml-syntax", 1, 5), "a second ': '"),
        ("a:1\nb: 2\n", ("yaml-syntax", 1, 3), "a blank is missing after the colon"),
        ("a: 1\nb:2\nc: 3\n", ("yaml-syntax", 2, 3), "a blank is missing after the colon"),
        ("a: 1\nfoo\nb: 2\n", ("yaml-syntax", 2, 1), "no 'key: value'"),
        ("a: b\n  c: d\n", ("yaml-syntax", 2, 3), "a key cannot stand here"),
        ("a:\n  b: 1\n c: 2\n", ("yaml-syntax", 3, 2), "no key of the block"),
        ("a:\n  - b\n  c: d\n", ("yaml-syntax", 3, 3), "no '- ' item of the block"),
        ("a: 'x' y\n", ("yaml-syntax", 1, 8), "nothing can follow here"),
        ("a: 'x\nb: 1\n", ("yaml-syntax", 1, 4), "never closed"),
        ("a: [1, 2\nb: 3\n", ("yaml-syntax", 2, 2), "a comma or ']' is missing"),
        ("a: {b: 1\n", ("yaml-syntax", 2, 1), "a comma or '}' is missing"),
        ('a: "x\\qy"\n', ("yaml-syntax", 1, 6), "unknown escape character"),
        ("a: {{ value }}\n", ("yaml-key", 1, 5), "a key is a text, and this is a map"),
    ],
)
def test_a_slip_is_named_at_its_place(text: str, place: tuple[str, int, int], words: str) -> None:
    problem = only(text)
    assert at(problem) == place
    assert words in problem.message


def test_an_unclosed_bracket_also_shows_where_it_opens() -> None:
    problem = only("a: 1\nb: [1,\n  2\nc: 3\n")
    assert [(related.span.line, related.span.column) for related in problem.related] == [(2, 4)]


def test_what_was_found_before_a_slip_is_reported_with_it() -> None:
    codes = [problem.code for problem in problems_of("a: {b: 1, b: 2}\nc: @\n")]
    assert codes == ["yaml-duplicate-key", "yaml-syntax"]
