"""Every character of a text is found again at its place in the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.definition.yaml_helpers import read_text
from watchglass.sql.pieces import SourceText

LINE = st.text(alphabet="ab :#-'\"{}é€😀\t", max_size=12)


def text_of(yaml: str, *path: str | int) -> SourceText:
    found = read_text(yaml).text(path)
    assert found is not None
    return found


def written_at(yaml: str, text: SourceText, offset: int) -> str:
    line, column = text.place(offset)
    return yaml.split("\n")[line - 1][column - 1 : column]


@given(
    lines=st.lists(LINE, min_size=1, max_size=6),
    indent=st.integers(1, 6),
    chomp=st.sampled_from(["", "-", "+"]),
)
def test_every_character_of_a_block_is_at_its_place(lines: list[str], indent: int, chomp: str) -> None:
    body = "\n".join(" " * indent + line if line else "" for line in ["x", *lines])
    yaml = (
        f"q:\n  - sql: |{chomp}\n"
        + "\n".join("    " + line if line else "" for line in body.split("\n"))
        + "\n"
    )
    text = text_of(yaml, "q", 0, "sql")
    assert text.exact
    for offset, character in enumerate(text.text):
        if character != "\n":
            assert written_at(yaml, text, offset) == character


@pytest.mark.parametrize("header", ["|2", "|2-", "|-2", "|+2", "|2 # why"])
def test_an_indentation_indicator_leaves_leading_blanks_in_the_text(header: str) -> None:
    text = text_of(f"a: {header}\n    x\n  y\n", "a")
    assert text.text.startswith("  x\ny")
    assert text.place(2) == (2, 5)
    assert text.place(4) == (3, 3)


def test_the_end_of_a_block_is_behind_its_last_line() -> None:
    text = text_of("a: |\n  SELECT 1 +\n\nb: 1\n", "a")
    assert text.place(len(text.text)) == (2, 13)


@pytest.mark.parametrize(
    ("yaml", "place", "exact"),
    [
        ("a:  count(*)\n", (1, 5), True),
        ("a: 'it'\n", (1, 5), True),
        ('a: "it"\n', (1, 5), True),
        ("a: &anchor  it\n", (1, 13), True),
        ("a: 'it''s'\n", (1, 5), False),
        ('a: "\\u0041b"\n', (1, 5), False),
        ("a: one\n  two\n", (1, 4), False),
        ("a: >\n  one\n  two\n", (2, 3), False),
    ],
)
def test_one_line_without_escapes_is_exact(yaml: str, place: tuple[int, int], exact: bool) -> None:
    text = text_of(yaml, "a")
    assert (text.place(0), text.exact) == (place, exact)


def test_no_character_of_a_folded_text_is_outside_of_its_line() -> None:
    text = text_of("a: >\n  one\n  two three four five\n", "a")
    assert text.place(len(text.text) - 1) == (2, 6)


def test_each_paragraph_of_a_folded_text_is_found_again() -> None:
    text = text_of("a: >\n  one\n  two\n\n  three\n", "a")
    assert text.text == "one two\nthree\n"
    assert text.place(8) == (5, 3)
