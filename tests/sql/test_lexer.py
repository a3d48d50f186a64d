"""A statement is cut as PostgreSQL cuts it, and its strings mean what PostgreSQL says they mean."""

from __future__ import annotations

import contextlib

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postgres import Ask
from watchglass.sql.lexer import decode, tokens

SQL = st.text("'\"$-/*\\ \n\reEuU&xb0a1_é😀;()[]", max_size=30)


@given(sql=SQL)
def test_the_tokens_joined_are_the_statement(sql: str) -> None:
    cut = tokens(sql)
    assert "".join(token.text for token in cut) == sql
    assert [token.start for token in cut] == [0, *[token.end for token in cut[:-1]]][: len(cut)]


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("a 'b' c", "code string code"),
        ("a -- b\nc", "code comment code"),
        ("a -- b\rc", "code comment code"),
        ("/* a /* b */ c */ d", "comment code"),
        ("$a$ $b$ $a$", "dollar"),
        ("a$b$c", "code"),
        ("$é$x$é$ $😀$x$😀$", "dollar code dollar"),
        ("E'a\\'b' c", "string code"),
        ("'a\\' c", "string code"),
        ("name'x'", "code string"),
        ("U&\"d!0061\" UESCAPE '!' x", "name code"),
        ("U&'a' uescape '!'", "string"),
        ("'a' UESCAPE", "string code"),
        ("'a'\n'b'", "string"),
        ("'a' 'b'", "string code string"),
        ("'a' -- c\n  'b' x", "string code"),
        ("'a' /* c */\n'b'", "string code comment code string"),
        ('"a"\n"b"', "name code name"),
        ("1 - -1", "code"),
    ],
)
def test_a_statement_is_cut(sql: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokens(sql)) == kinds


def test_a_long_row_of_comment_marks_is_cut_in_a_moment() -> None:
    assert len(tokens("'a'" + " -- b" * 20_000)) == 3


WRITTEN = st.lists(
    st.sampled_from(["''", "\\n", "\\x41", "\\xc3\\xa9", "\\u00e9", "\\ud83d\\ude00", "\\U0001F600", "\\101", "\\\\",
                     "\\'", "\\q", "'\n'", "' -- c\n  '", "a", "é", "😀", "\\0041", "\\+01F600", "\\d83d\\de00", "\\u12",
                     "\\xff", "\\ud83d", "\\U00110000", "$", "{{"]),
    max_size=6,
)  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "E", "e", "U&", "u&"])
@given(parts=WRITTEN)
def test_a_string_means_what_postgresql_says(ask: Ask, prefix: str, parts: list[str]) -> None:
    written = f"{prefix}'{''.join(parts)}'"
    meant = None
    with contextlib.suppress(psycopg.Error):
        meant = ask(f"SELECT {written}::text")[0][0]
    if meant is None:
        return
    (token,) = tokens(written)
    assert decode(token) == meant


@pytest.mark.parametrize(
    "written", ["E'\\ud83d'", "E'\\U00110000'", "E'\\x00'", "E'\\u12'", "U&'\\d83d'", "E'\\xff'"]
)
def test_an_escape_that_is_no_character_is_told(ask: Ask, written: str) -> None:
    (token,) = tokens(written)
    with pytest.raises(ValueError, match=r"."):
        decode(token)
    with pytest.raises(psycopg.Error):
        ask(f"SELECT {written}::text")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("U&\"d!0061t!+000061\" UESCAPE '!'", "data"), ('"a""b"', 'a"b'), ('U&"\\0061\\\\"', "a\\")],
)
def test_a_quoted_name_means_what_postgresql_says(ask: Ask, written: str, meant: str) -> None:
    (token,) = tokens(written)
    assert decode(token) == meant
    assert ask(f'SELECT q."{meant.replace(chr(34), chr(34) * 2)}" FROM (SELECT 1 AS {written}) AS q') == [
        (1,)
    ]
