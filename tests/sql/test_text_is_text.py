"""Fault 15: whatever a definition quotes comes back the same from PostgreSQL, by each target and its expansion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.postgres import Ask
from tests.sql.statements import TARGETS, Sent, by_grafana, by_metabase, template, vocabulary
from watchglass.sql.literals import quote, quoted_name
from watchglass.sql.pieces import Filter, Value

HOSTILE = [
    "100% $__x(", "$__timeFrom()", "$__interval", "${HOME}", "$org", "[[y]]", "[[org]]", "[[[", "{{z}}", "}}", "{",
    "--", "/*", "*/", "-- {{x}}", "'", "''", '"', "\\", "\\x24", "\\'", "$$", "$tag$", "$1", "%s", "%(x)s", "?", "??",
    "::", "\n", "\r", "\r\n", "\t", ";", "😀", "\u202eabc", "é", "\ue000", "\ue001", "\U0010ffff", "#", "{%", "%}",
]  # fmt: skip
CHARACTER = st.characters(min_codepoint=1, max_codepoint=255) | st.characters(exclude_categories=["Cs"])
TEXT = st.lists(
    st.sampled_from(HOSTILE) | CHARACTER.filter(lambda character: character != "\0"), max_size=8
).map("".join)
NAME = TEXT.filter(lambda text: 0 < len(text.encode()) < 60)

target = pytest.mark.parametrize("target", TARGETS)


def raw(text: str) -> str:
    """Put a text into a template so that nothing of it is read as an expression."""
    parts = text.replace("{", "\0{").replace("%}", "%\0}").split("\0")
    return "".join("{% raw %}" + part + "{% endraw %}" if part else "" for part in parts)


@target
@given(text=TEXT)
def test_fault_15_a_constant_comes_back_the_same(ask: Ask, target: str, text: str) -> None:
    read = template("SELECT {{ c }}, '--' AS x", vocabulary({"c": Value(text, "text")}))
    assert ask(*TARGETS[target](read))[0][0] == text


@target
@given(text=TEXT)
def test_fault_15_a_sql_string_comes_back_the_same(ask: Ask, target: str, text: str) -> None:
    read = template("SELECT " + raw(quote(text)) + ", {{ in_range('now()') }}")
    assert ask(*TARGETS[target](read))[0][0] == text


@target
@given(text=TEXT)
def test_fault_15_an_escape_string_comes_back_the_same(ask: Ask, target: str, text: str) -> None:
    escaped = "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    assert ask(*TARGETS[target](template("SELECT " + raw(escaped)))) == [(text,)]


@target
@given(text=TEXT.filter(lambda text: "$" not in text))
def test_fault_15_a_dollar_quoted_string_comes_back_the_same(ask: Ask, target: str, text: str) -> None:
    read = template("SELECT " + raw(f"$é😀${text}$é😀$"))
    assert ask(*TARGETS[target](read)) == [(text,)]


@target
@given(name=NAME)
def test_fault_15_a_quoted_name_comes_back_the_same(ask: Ask, target: str, name: str) -> None:
    sql = f"SELECT q.{quoted_name(name)} FROM (SELECT 7 AS {quoted_name(name)}) AS q"
    assert ask(*TARGETS[target](template(raw(sql)))) == [(7,)]


@target
@given(text=TEXT)
def test_fault_15_a_comment_hides_nothing_and_says_nothing(ask: Ask, target: str, text: str) -> None:
    line = text.replace("\n", " ").replace("\r", " ")
    block = text.replace("*/", "* /").replace("/*", "/ *")
    read = template("SELECT 1 " + raw(f"-- {line}\n, 2 /* {block} */") + ", 3, {{ in_range('now()') }}")
    assert ask(*TARGETS[target](read))[0][:3] == (1, 2, 3)


@target
@given(text=TEXT)
def test_fault_15_text_inside_a_words_argument_comes_back_the_same(ask: Ask, target: str, text: str) -> None:
    words = vocabulary({"c": Value(f"length({quote(text)}) * INTERVAL '0' + now()", "text")})
    assert ask(*TARGETS[target](template("SELECT 1 WHERE {{ in_range(c) }} IS NOT NULL", words))) == [(1,)]


WORDS = Filter("word", "Word", "text", table="words", value="word", multiple=True)
OPTION = Filter("word", "Word", "text", options=(("x", "X"),), multiple=True)


@pytest.mark.parametrize("of", [WORDS, OPTION], ids=["listed", "options"])
@pytest.mark.parametrize("send", [by_grafana, by_metabase], ids=["panel", "question"])
@given(value=TEXT.filter(bool))
def test_fault_15_a_filters_value_matches_itself_alone(
    ask: Ask, of: Filter, send: Callable[..., Sent], value: str
) -> None:
    ask_once(ask)
    sql = (
        "SELECT count(*) FROM (VALUES ({{ c }}), ('other')) AS v(word) WHERE {{ matches('word', 'v.word') }}"
    )
    words = vocabulary({"c": Value(value, "text")}, filters=("word",))
    sent, parameters = send(template(sql, words), {"word": of}, {"word": (value,)})
    known = f"(VALUES ({quote(value)}), ('other'), (NULL)) AS words(word)"
    sent = sent.replace("FROM words WHERE", f"FROM {known} WHERE").replace(
        '"public"."words"."word"', "words.word"
    )
    expected = 2 if value == "other" else 1
    assert ask(sent, parameters) == [(expected,)]


def ask_once(ask: Ask) -> None:
    """Make sure that the session reads strings as the standard says."""
    assert ask("SHOW standard_conforming_strings") == [("on",)]
