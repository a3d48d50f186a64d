"""A template is read, never run: what is no constant and no neutral word is refused at its character."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sql.statements import problems_of, source, template, vocabulary
from watchglass.sql.pieces import Group, Text, Value
from watchglass.sql.template import parse
from watchglass.thresholds import Thresholds

WORDS = vocabulary({"ttl": Value("24 hours", "interval")}, filters=("org",), snippets={"unused": "a IS NULL"})

HOSTILE = [
    "'x'.ljust(10**9)", "9**9**9", "'x' * 10**9", "range(10**9)", "ttl.__class__", "ttl['x']", "ttl|upper", "1//0",
    "ttl ~ ttl", "[1]*10**9", "cycler('a')", "self", "ttl if ttl else ttl", "not ttl", "-1", "''", "1", "(ttl)()",
    "in_range(*ttl)", "in_range(**ttl)", "in_range(in_range('x'))", "raw(raw('x'))", "in_range('x' + 'y')",
    "in_range(['x'])", "lipsum(1)", "namespace()", "ttl is defined", "ttl, ttl", "", "raw('\\ud800')",
    "raw('\\x00')", "import('os')", "in_range", "ttl()", "(" * 500, "(" * 500 + ")" * 500, "raw('" + "x" * 5000 + "')",
]  # fmt: skip


@pytest.mark.parametrize("expression", HOSTILE, ids=lambda text: text[:30])
def test_fault_13_an_expression_is_never_executed(expression: str) -> None:
    begun = time.process_time()
    (problem,) = problems_of("SELECT {{ " + expression + " }}", WORDS)
    assert problem.code in ("template-expression", "unknown-name", "sql-word-arguments", "template-syntax")
    assert (problem.span.line, problem.span.column) >= (10, 12)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{% for x in range(10**9) %}x{% endfor %}", "template-statement"),
        ("{% include 'x' %}", "template-statement"),
        ("{% set x = 'x' * 10**9 %}", "template-statement"),
        ("{% if 1 %}", "template-statement"),
        ("{{ ttl", "template-syntax"),
        ("{{", "template-syntax"),
        ("{% raw %}x", "template-syntax"),
        ("{# x", "template-syntax"),
        ("{{- ttl }}", "template-statement"),
        ("{{ ttl -}}", "template-statement"),
        ("{%- raw %}x{% endraw %}", "template-statement"),
        ("x" * 100_001, "sql-too-long"),
        ("{{ ttl }}" * 20_000, "sql-too-long"),
    ],
    ids=lambda text: text[:20],
)
def test_fault_14_what_is_no_expression_is_refused(text: str, code: str) -> None:
    assert code in {problem.code for problem in problems_of("SELECT " + text, WORDS)}


@given(text=st.text("{}%#-+ \n\r'\"\\()[]abcdttl,.|~*_0é😀$", max_size=40))
def test_fault_14_no_text_ends_in_an_exception(text: str) -> None:
    made, problems = parse(source(text), WORDS)
    assert (made is None) == bool(problems)
    for problem in problems:
        assert problem.span.line >= 10


def test_a_statement_of_one_hundred_thousand_characters_is_read_in_a_moment() -> None:
    begun = time.process_time()
    template(("'{% raw %}{{{% endraw %}' || {{ ttl }} || " * 2300)[:99_000].rsplit("'{%", 1)[0], WORDS)
    assert time.process_time() - begun < 15


@pytest.mark.parametrize(
    ("sql", "code", "at"),
    [
        ("SELECT '{{ ttl }}'", "template-in-literal", 8),
        ("SELECT 1 -- {{ ttl }}", "template-in-literal", 12),
        ("SELECT /* {{ ttl }} */ 1", "template-in-literal", 10),
        ('SELECT 1 AS "{{ ttl }}"', "template-in-literal", 13),
        ("SELECT $$ {{ ttl }} $$", "template-in-literal", 10),
        ("SELECT 'a\n' '{{ ttl }}'", "template-in-literal", 13),
        ("SELECT 'x", "sql-unterminated", 7),
        ("SELECT /* x", "sql-unterminated", 7),
        ('SELECT "x', "sql-unterminated", 7),
        ("SELECT $a$ x $$", "sql-unterminated", 7),
        ('SELECT {{ in_range("t || \'") }}', "sql-unterminated", 25),
        ("SELECT $__timeFilter(t)", "sql-foreign-word", 7),
        ("SELECT ${org}", "sql-foreign-word", 7),
        ("SELECT $org", "sql-foreign-word", 7),
        ("SELECT [[org]]", "sql-foreign-word", 7),
        ("SELECT $1", "sql-foreign-word", 7),
        ("SELECT %(x)s", "sql-foreign-word", 7),
        ("SELECT {% raw %}{{x}}{% endraw %}", "sql-foreign-word", 16),
        ("SELECT {{ raw('$__timeFrom()') }}", "sql-foreign-word", 15),
        ("SELECT {{ in_range('$__timeFrom()') }}", "sql-foreign-word", 20),
        ("SELECT {{ matches('org', '${org}') }}", "sql-foreign-word", 26),
        ("SELECT {{ bucket('t', '7 years') }}", "sql-word-arguments", 7),
        ("SELECT {{ in_range() }}", "sql-word-arguments", 7),
        ("SELECT {{ in_range('t', 't', 't') }}", "sql-word-arguments", 7),
        ("SELECT {{ in_range('t', column='t') }}", "sql-word-arguments", 7),
        ("SELECT {{ in_range('t', befor='1 d') }}", "sql-word-arguments", 7),
        ("SELECT {{ in_range('t', before='soon') }}", "sql-word-arguments", 7),
        ("SELECT {{ matches('orgs', 't') }}", "unknown-name", 7),
        ("SELECT {{ snippet('unsed') }}", "unknown-name", 7),
        ("SELECT {{ in_rang('t') }}", "unknown-name", 7),
        ("SELECT {{ tll }}", "unknown-name", 7),
    ],
)
def test_a_misuse_is_refused_at_its_character(sql: str, code: str, at: int) -> None:
    (problem, *_) = problems_of(sql, WORDS)
    line, column = source(sql).place(at)
    assert (problem.code, problem.span.line, problem.span.column) == (code, line, column)


@pytest.mark.parametrize(
    ("sql", "name"),
    [("{{ tll }}", "ttl"), ("{{ in_rang('t') }}", "in_range"), ("{{ matches('orgs', 't') }}", "org")],
)
def test_the_nearest_known_name_is_suggested(sql: str, name: str) -> None:
    (problem,) = problems_of(sql, WORDS)
    assert problem.hint == f"did you mean '{name}'?"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '$__timeFilter(t) [[y]] $1 %s'",
        "SELECT 1 -- $__timeFilter(t)",
        'SELECT 1 AS "$org"',
        "SELECT ARRAY[[1, 2], [3, 4]]",
        "SELECT a[b[1]], 5 % s, a$b FROM t",
        "SELECT $$ $org $$",
    ],
)
def test_what_is_no_word_of_a_target_passes(sql: str) -> None:
    assert template(sql).pieces[0] == Text(sql, template(sql).pieces[0].origin)


def test_all_problems_of_a_statement_are_told() -> None:
    found = problems_of("SELECT $org, {{ tll }}, {{ in_rang('t') }}", WORDS)
    assert {problem.code for problem in found} == {"sql-foreign-word", "unknown-name"}
    assert len(found) == 3


def test_a_snippet_stands_in_parentheses() -> None:
    (_, group) = template("SELECT {{ snippet('unused') }}", WORDS).pieces
    assert isinstance(group, Group)
    assert group.pieces == (Text("a IS NULL"),)


def test_a_carriage_return_stays_one() -> None:
    (only,) = template("SELECT '\r\n'").pieces
    assert isinstance(only, Text)
    assert only.text == "SELECT '\r\n'"


def test_jinjas_comments_are_left_out() -> None:
    assert [piece.text for piece in template("SELECT {# why #}1").pieces if isinstance(piece, Text)] == [
        "SELECT ",
        "1",
    ]


def test_metrics_without_thresholds_have_no_levels() -> None:
    empty: dict[str, Thresholds] = {}
    (problem,) = problems_of("SELECT {{ level('m', 'x') }}", vocabulary(thresholds=empty))
    assert problem.code == "unknown-name"
