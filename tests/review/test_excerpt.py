"""Marks stand below what they mark, whatever the line holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.review.excerpt import WIDTH, excerpt


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "marks"),
    [
        ("a: bad", 3, 6, "a: bad", "   ^^^"),
        ("漢字: bad", 4, 7, "漢字: bad", "      ^^^"),
        ("漢字", 0, 1, "漢字", "^^"),
        ("e\u0301e\u0301: x", 6, 7, "e\u0301e\u0301: x", "    ^"),
        ("\ta: x", 4, 5, "    a: x", "       ^"),
        ("a\tb", 2, 3, "a   b", "    ^"),
        ("\x1b[1m: x", 6, 7, "\\x1b[1m: x", "         ^"),
        ("##[x] y", 6, 7, "\\x23#[x] y", "         ^"),
        ("😀: x", 3, 4, "😀: x", "    ^"),
        ("ab", 2, 2, "ab", "  ^"),
        ("ab", 9, 12, "ab", "  ^"),
        ("", 0, 1, "", "^"),
    ],
)
def test_the_marks_are_aligned(line: str, start: int, end: int, shown: str, marks: str) -> None:
    assert excerpt(line, start, end) == (shown, marks)


def test_of_a_long_line_the_part_around_the_mark_is_shown() -> None:
    shown, marks = excerpt("x" * 5000 + "BAD" + "y" * 5000, 5000, 5003)
    assert shown[marks.index("^") : marks.index("^") + 3] == "BAD"
    assert len(shown) <= WIDTH + 2
    assert shown[0] == shown[-1] == "…"


@given(line=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])), data=st.data())
def test_in_plain_text_the_marks_cover_the_very_characters(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    _, marks = excerpt(line.replace("#", "-"), start, end)
    assert len(marks.lstrip(" ")) == max(1, end - start)
    if len(line) <= WIDTH:
        assert marks.index("^") == start


@given(line=st.text(max_size=300), start=st.integers(0, 400), length=st.integers(0, 400))
def test_any_line_has_marks_and_stays_one_line(line: str, start: int, length: int) -> None:
    shown, marks = excerpt(line, start, start + length)
    assert "^" in marks
    assert len(shown.splitlines()) <= 1
