"""The gate: what the grammar says of a statement, and what is refused before anything is sent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from watchglass.sql import gate
from watchglass.sql.gate import inspect


def codes(sql: str, *, parameters: bool = False) -> list[str]:
    return [refusal.code for refusal in inspect(sql, parameters=parameters).refusals]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT 1;",
        "  -- first\n SELECT 1 /* last */ ; -- end",
        "(SELECT 1)",
        "VALUES (1), (2)",
        "TABLE orders",
        "WITH n AS (SELECT 1) SELECT * FROM n",
        "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
        "SELECT 'DELETE FROM x; COMMIT', $$ INTO $$, \"FOR UPDATE\" FROM x",
        "SELECT count(*) FILTER (WHERE a) OVER w FROM t WINDOW w AS (ORDER BY b)",
        "SELECT '" + "(" * 5000 + "'",
        "SELECT 1 WHERE a IN (" + ",".join(["7"] * 20_000) + ")",
    ],
)
def test_one_select_passes(sql: str) -> None:
    assert inspect(sql).refusals == ()


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("", "sql-not-one"),
        (" \n\t ", "sql-not-one"),
        ("-- only a comment", "sql-not-one"),
        ("/* only a comment */ ;;", "sql-not-one"),
        ("SELECT 1; SELECT 2", "sql-not-one"),
        ("SELECT 1; COMMIT", "sql-not-one"),
        ("COMMIT; DELETE FROM t", "sql-not-one"),
        ("COMMIT", "sql-not-select"),
        ("ROLLBACK", "sql-not-select"),
        ("BEGIN", "sql-not-select"),
        ("RESET ALL", "sql-not-select"),
        ("RESET transaction_read_only", "sql-not-select"),
        ("SET transaction_read_only = off", "sql-not-select"),
        ("SET LOCAL statement_timeout TO DEFAULT", "sql-not-select"),
        ("SHOW all", "sql-not-select"),
        ("DO $$ BEGIN END $$", "sql-not-select"),
        ("CALL refill()", "sql-not-select"),
        ("COPY t TO PROGRAM 'sh'", "sql-not-select"),
        ("COPY (SELECT 1) TO STDOUT", "sql-not-select"),
        ("EXPLAIN ANALYZE SELECT 1", "sql-not-select"),
        ("PREPARE p AS SELECT 1", "sql-not-select"),
        ("DECLARE c CURSOR FOR SELECT 1", "sql-not-select"),
        ("CREATE TABLE t AS SELECT 1", "sql-not-select"),
        ("WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n", "sql-not-select"),
    ],
)
def test_fault_16_what_is_not_one_select_is_refused(sql: str, code: str) -> None:
    assert codes(sql) == [code]


def test_fault_16_a_parameter_is_refused_where_none_is_bound() -> None:
    (refusal,) = inspect("SELECT 'é😀', $2").refusals
    assert (refusal.code, refusal.offset) == ("sql-parameter", 13)
    assert "$2" in refusal.message


def test_fault_16_a_bound_parameter_passes_and_is_told() -> None:
    facts = inspect("SELECT $1, $3 + $1", parameters=True)
    assert (facts.refusals, facts.parameters) == ((), {1, 3})


@pytest.mark.parametrize(
    ("sql", "code", "pointed"),
    [
        ("WITH d AS (DELETE FROM orders RETURNING 1) SELECT * FROM d", "sql-writes", "orders"),
        ("WITH d AS (INSERT INTO orders VALUES (1) RETURNING 1) SELECT 1", "sql-writes", "orders"),
        ("WITH d AS (UPDATE orders SET a = 1 RETURNING 1) SELECT 1", "sql-writes", "orders"),
        (
            "WITH d AS (MERGE INTO orders USING x ON a = b WHEN MATCHED THEN DELETE RETURNING 1) SELECT 1",
            "sql-writes",
            "orders",
        ),
        ("WITH a AS (WITH d AS (DELETE FROM orders RETURNING 1) TABLE d) SELECT 1", "sql-writes", "orders"),
        ("SELECT 'é' INTO orders", "sql-writes", "orders"),
        ("SELECT 1 INTO TEMP orders", "sql-writes", "orders"),
        ("SELECT 1 FROM orders FOR UPDATE OF orders", "sql-locks", "orders"),
        ("SELECT 1 FROM orders FOR SHARE OF orders NOWAIT", "sql-locks", "orders"),
    ],
)
def test_fault_17_a_write_or_lock_inside_a_select_is_refused_at_its_table(
    sql: str, code: str, pointed: str
) -> None:
    (refusal,) = inspect(sql).refusals
    assert refusal.code == code
    assert refusal.offset == (sql.rindex(pointed) if code == "sql-locks" else sql.index(pointed))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT (SELECT 1 FROM t FOR UPDATE)",
        "SELECT * FROM (SELECT 1 FROM t FOR NO KEY UPDATE) q",
        "SELECT 1 UNION (SELECT 1 FROM t FOR SHARE)",
        "SELECT * FROM t, LATERAL (SELECT 1 FROM u FOR KEY SHARE) q",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM t FOR UPDATE SKIP LOCKED)",
        "WITH a AS (SELECT 1 FROM t FOR UPDATE) SELECT 1",
        "SELECT f((SELECT 1 FROM t FOR UPDATE)) FROM t ORDER BY 1",
        "SELECT * FROM f((SELECT 1 FROM t FOR UPDATE))",
        "VALUES ((SELECT 1 FROM t FOR UPDATE))",
        "SELECT 1 FROM a JOIN b ON (SELECT true FROM t FOR UPDATE)",
        "SELECT 1 LIMIT (SELECT 1 FROM t FOR UPDATE)",
    ],
)
def test_fault_17_the_whole_tree_is_walked(sql: str) -> None:
    assert codes(sql) == ["sql-locks"]


SURVIVOR = """
import sys, threading
from watchglass.sql.gate import inspect
threading.stack_size(512 * 1024)
texts = sys.stdin.read().split(chr(31))
thread = threading.Thread(target=lambda: print(len([inspect(text) for text in texts])))
thread.start(); thread.join()
"""
DEEP: tuple[Callable[[int], str], ...] = (
    lambda n: "SELECT 1" + "+1" * n,
    lambda n: "SELECT 1" + "||1" * n,
    lambda n: "SELECT 1" + "::int" * n,
    lambda n: "SELECT '1'" + " :: int" * n,
    lambda n: "SELECT " + "(" * n + "1" + ")" * n,
    lambda n: "SELECT " + "- " * n + "1",
    lambda n: "SELECT " + "NOT " * n + "true",
    lambda n: "SELECT true" + " OR true" * n,
    lambda n: "SELECT 1" + " ISNULL" * n,
    lambda n: "SELECT now()" + " AT TIME ZONE 'x'" * n,
    lambda n: "SELECT ''" + ' COLLATE "C"' * n,
    lambda n: "SELECT 1" + " UNION SELECT 1" * n,
    lambda n: "SELECT 1 FROM a" + " CROSS JOIN b" * n,
    lambda n: "SELECT " + "(SELECT " * n + "1" + ")" * n,
    lambda n: "SELECT " + "f(" * n + "1" + ")" * n,
    lambda n: "SELECT " + "CASE WHEN a THEN " * n + "1" + " END" * n,
    lambda n: "SELECT ARRAY" + "[" * n + "1" + "]" * n,
    lambda n: "SELECT (a)" + ".b" * n,
    lambda n: "SELECT a" + "[1]" * n,
    lambda n: "WITH a AS (" * n + "SELECT 1" + ") SELECT 1" * n,
)


@pytest.mark.parametrize("form", DEEP, ids=lambda form: form(1))
def test_fault_18_a_deep_statement_ends_no_process(form: Callable[[int], str]) -> None:
    """Below, at and far above the cap, in a thread with a stack of 512 KB, as threads have on macOS."""
    texts = "\x1f".join(form(count) for count in (1900, gate.DEEPEST + 1, 45_000))
    done = subprocess.run([sys.executable, "-c", SURVIVOR], input=texts, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr[-300:]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT 1" + "+1" * 100_000, "sql-too-long"),
        ("SELECT '" + "é" * 50_000 + "'", "sql-too-long"),
        ("SELECT 1" + "+1" * 2001, "sql-too-deep"),
        ("SELECT " + "(" * 2001, "sql-too-deep"),
    ],
)
def test_fault_18_what_is_too_long_or_deep_is_refused(sql: str, code: str) -> None:
    assert codes(sql) == [code]


def test_fault_18_a_deep_statement_ends_no_process_in_its_first_thread_either() -> None:
    texts = "\x1f".join(form(1900) for form in DEEP)
    first = [*SURVIVOR.splitlines()[1:5], "print(len([inspect(text) for text in texts]))"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(first)], input=texts, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"{len(DEEP)}\n"), done.stderr[-300:]


def test_a_statement_just_within_the_caps_passes() -> None:
    assert codes("SELECT 1" + "+1" * 2000) == []
    assert codes("SELECT '" + "x" * 99_991 + "'") == []


@pytest.mark.parametrize(
    ("sql", "offset", "message"),
    [
        ("SELECT 'é😀', FROM", 13, 'syntax error at or near "FROM"'),
        ("SELEC 1", 0, 'syntax error at or near "SELEC"'),
        ("SELECT 'abc", 7, "unterminated quoted string"),
        ("\\copy t from x", 0, "syntax error"),
        ("SELECT é\0", 8, "NUL"),
        ("SELECT 'é\ud83d'", 9, "surrogate"),
        ("SELECT " + "(" * 200 + "é FROM", 209, "FROM"),
    ],
)
def test_a_syntax_error_is_told_in_postgresqls_words_at_its_character(
    sql: str, offset: int, message: str
) -> None:
    (refusal,) = inspect(sql).refusals
    assert (refusal.code, refusal.offset) == ("sql-syntax", offset)
    assert message in refusal.message


def test_the_second_statement_is_pointed_at() -> None:
    (refusal,) = inspect("SELECT 'é';  DROP TABLE t").refusals
    assert refusal.offset == 13


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ('SELECT 1 FROM a, public.b JOIN "C" ON true', {"a", "public.b", "C"}),
        ("WITH t AS (SELECT 1) SELECT * FROM t, public.t", {"public.t"}),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t", {"t"}),
        ("WITH RECURSIVE t AS (SELECT 1 UNION SELECT * FROM t) SELECT * FROM t", set()),
        ("SELECT * FROM (WITH t AS (SELECT 1) SELECT * FROM t) q, t", {"t"}),
        ("WITH a AS (TABLE x), b AS (TABLE a) SELECT * FROM b", {"x"}),
        ("WITH b AS (TABLE a), a AS (TABLE x) SELECT * FROM b", {"a", "x"}),
        ("WITH t AS (SELECT 1) SELECT 1 UNION SELECT * FROM t", set()),
        ("SELECT (SELECT n FROM a WHERE EXISTS (SELECT 1 FROM b)) FROM c", {"a", "b", "c"}),
    ],
)
def test_tables_are_told_without_the_names_of_a_with(sql: str, tables: set[str]) -> None:
    assert inspect(sql).tables == tables


def test_functions_are_told_wherever_they_stand() -> None:
    sql = 'SELECT a(), b.C(1), "D"() FROM e(), ROWS FROM (f(), g()) WHERE h() GROUP BY i() ORDER BY j() LIMIT k()'
    assert inspect(sql).functions == {"a", "b.c", "D", "e", "f", "g", "h", "i", "j", "k"}


def test_all_refusals_come_in_the_order_of_the_text() -> None:
    sql = "WITH a AS (DELETE FROM x RETURNING 1), b AS (INSERT INTO y VALUES ($1) RETURNING 1) SELECT 1"
    assert codes(sql) == ["sql-writes", "sql-writes", "sql-parameter"]


@pytest.mark.parametrize(
    ("sql", "at"),
    [
        ("DELETE FROM t", 0),
        ("-- all of it\n\n DELETE FROM t", 15),
        ("/* 'a' */ WITH x AS (SELECT 1) DELETE FROM t", 10),
    ],
)
def test_what_is_no_select_is_told_at_its_first_word(sql: str, at: int) -> None:
    (refusal,) = inspect(sql).refusals
    assert (refusal.code, refusal.offset) == ("sql-not-select", at)
