"""No text from a file drives a terminal (fault 7 of the reliability page)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.visible import hidden_in_name, quoted, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\rb\nc\td", "a\\x0db\\x0ac\\x09d"),
        ("user\u202etxt", "user\\u202etxt"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\x9b31m", "\\x9b31m"),
        ("grün 😀 漢字", "grün 😀 漢字"),
    ],
)
def test_fault_7_what_hides_or_drives_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_fault_7_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    assert not [
        character for character in visible(text) if ord(character) < 32 or 127 <= ord(character) < 160
    ]


def test_names_hold_no_character_that_a_reader_cannot_see() -> None:
    assert hidden_in_name("grün_1") is None
    assert hidden_in_name("a\u200db") == "\u200d"


def test_a_long_text_is_cut_in_a_message() -> None:
    assert quoted("x" * 100, 10) == "'" + "x" * 9 + "…'"
