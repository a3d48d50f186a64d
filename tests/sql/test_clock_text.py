"""What rewriting leaves alone, what it tells, and where its characters come from; no server is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sql.clock_places import HERE, KEPT, PLACES, READS, WORDS, filled
from watchglass.sql.clock import rewrite

UNTOUCHED = [
    'SELECT "now", "current_date", t."now", t.current_date FROM "now" t, "current_date"',
    "SELECT a AS now, b AS current_date, c now FROM public.now",
    "SELECT 'now()', 'it is now() or current_date', $$now()$$, E'now()\\n' -- now() current_date\n/* now() /* today */ */",
    "SELECT x.now(), age(a, b), my.age(a), now.y FROM now(1)",
    "SELECT 'today' AS period, 'now'::text, 'yesterday'::my_type, age FROM people",
    'CREATE TABLE now (now timestamptz, today date, age int, "current_date" date)',
    "COMMENT ON FUNCTION now() IS 'now()'; GRANT EXECUTE ON FUNCTION now() TO x",
    "CREATE FUNCTION x.now() RETURNS int LANGUAGE sql AS 'SELECT 1 AS now -- now()'",
    "CREATE FUNCTION f(now int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN /* now() */ now := now + 1; RETURN now; END $$",
]


@pytest.mark.parametrize("sql", UNTOUCHED)
def test_what_only_looks_like_the_clock_is_left_alone(sql: str) -> None:
    made = rewrite(sql)
    assert (made.text, made.reads, [each.code for each in made.findings]) == (sql, 0, [])


def test_a_query_returned_by_a_body_is_found() -> None:
    body = "BEGIN RETURN QUERY SELECT now(); RETURN NEXT now(); RETURN QUERY EXECUTE 'SELECT now()' USING now(); RETURN; END"
    made = rewrite(f"CREATE FUNCTION f() RETURNS SETOF timestamptz LANGUAGE plpgsql AS $${body}$$")
    assert made.text.count("watchglass_clock.now()") == 4


FINDINGS = [
    ("SELEC now()", "sql-syntax", "SELEC"),
    ("SELECT now()\n\\i other.sql", "sql-syntax", "\\"),
    ("SELECT 'é', now(), '", "sql-syntax", "'"),
    ("SELECT '\ud800', now()", "sql-syntax", "\ud800"),
    ("SELECT now(); CREATE VIEW v AS SELECT 'now'::date", "clock-frozen", "'now'"),
    ("SELECT 'ß'; CREATE VIEW v AS SELECT * FROM t WHERE day > 'yesterday'", "clock-untyped", "'yesterday'"),
    (
        "CREATE FUNCTION f() RETURNS date LANGUAGE plpgsql AS $$BEGIN RETURN date 'today'; END$$",
        "clock-frozen",
        "'today'",
    ),
    (
        "CREATE FUNCTION f() RETURNS date LANGUAGE plpython3u AS $$return plpy.execute('SELECT now()')$$",
        "clock-unseen",
        "$$return",
    ),
    ("CREATE FUNCTION f() RETURNS timestamptz LANGUAGE internal AS 'now'", "clock-unseen", "'now'"),
    (
        "DO $$BEGIN EXECUTE format('SELECT now() FROM %I', 't'); END$$",
        "clock-unseen",
        "'SELECT now() FROM %I'",
    ),
    ("DO $$BEGIN IF now( THEN NULL; END IF; END$$", "clock-unread", "now( THEN"),
    ("DO $$BEGIN RAISE NOTICE 'now(); END$$", "clock-unread", "$$BEGIN"),
    ("SELECT now()" + " + 1" * 100_001, "sql-too-deep", "SELECT"),
]


@pytest.mark.parametrize(("sql", "code", "place"), FINDINGS, ids=[f"{f[1]} {f[2]}" for f in FINDINGS])
def test_what_cannot_be_done_is_told_with_its_place(sql: str, code: str, place: str) -> None:
    findings = rewrite(sql).findings
    assert [finding.code for finding in findings] == [code]
    assert sql[findings[0].offset :].startswith(place)


def test_a_deep_statement_is_rewritten() -> None:
    made = rewrite("SELECT now(), " + "(" * 500 + "1" + ")" * 500 + " + 1" * 20_000)
    assert made.text.startswith("SELECT watchglass_clock.now(), ((((")


def test_a_string_of_unknown_type_is_given_out_and_becomes_what_a_server_says() -> None:
    sql = "SELECT 'today' AS é, 'tomorrow ' FROM t WHERE day >= 'today'"
    untyped = rewrite(sql).untyped
    assert [sql[each.start : each.end] for each in untyped] == ["'today'", "'tomorrow '", "'today'"]
    made = rewrite(sql, types={untyped[2].start: "date"})
    assert (
        made.text
        == sql[: untyped[2].start] + "CAST((watchglass_clock.text_of_today() || ' 00:00:00') AS date)"
    )


def test_the_instants_of_many_moments_are_columns() -> None:
    sql = "SELECT now(), age(x), current_time(2), date 'today', timeofday() FROM t"
    assert rewrite(sql, at="m").text == (
        'SELECT m.now, pg_catalog.age(CAST(m."current_date" AS timestamp), x), '
        "CAST(m.\"current_time\" AS time(2) with time zone), CAST((m.text_of_today || ' 00:00:00') AS date), m.timeofday FROM t"
    )


HARMLESS = st.sampled_from(
    [
        *("SELECT 1", "SELECT a FROM t WHERE b > 'x'", "INSERT INTO t VALUES (E'\\n', $$;$$)"),
        *("", " ", "-- c\n", "/* 'x */", "VALUES (1, NULL)"),
    ]
)


@given(st.lists(HARMLESS).map(";".join))
def test_a_script_without_words_of_the_clock_stays_as_it_is(sql: str) -> None:
    assert rewrite(sql) == rewrite(sql)
    assert rewrite(sql).text == sql


QUIET = st.text("ab now()'\"-/*;$é\n", max_size=20)


@given(QUIET, QUIET, QUIET)
def test_strings_names_and_comments_stay_around_a_read(text: str, name: str, comment: str) -> None:
    literal, quoted = text.replace("'", "''"), name.replace('"', '""') or "x"
    remark = comment.replace("/*", "").replace("*/", "").replace("/", "").replace("*", "")
    head, tail = (
        f"SELECT '{literal}' AS \"{quoted}\", /*{remark}*/ ",
        f' AS "{quoted}" -- {remark.splitlines()[:1]}',
    )
    made = rewrite(f"{head}now(){tail}")
    assert made.text == f"{head}watchglass_clock.now(){tail}"
    assert made.map.source(made.text.index(tail, len(head))) == len(f"{head}now()")


SCRIPTS = st.lists(st.sampled_from([*READS, *WORDS]), min_size=1, max_size=3)


@given(SCRIPTS, st.sampled_from([*PLACES.values(), *KEPT.values()]))
def test_a_rewritten_script_reads_the_clock_no_more(reads: list[str], place: str) -> None:
    script = ";".join(filled(place, read, (READS | WORDS)[read]) for read in reads)
    made = rewrite(script, made=HERE)
    again = rewrite(made.text, made=HERE)
    assert (again.text, again.reads) == (made.text, 0)
    assert all(made.text[i] == script[made.map.source(i)] for i in range(len(made.text)) if made.map.same(i))


@given(st.sampled_from([*PLACES.values(), *KEPT.values()]), st.sampled_from([*READS, *WORDS]), st.data())
def test_a_script_cut_anywhere_is_told_of_or_rewritten(place: str, read: str, data: st.DataObject) -> None:
    script = filled(place, read, (READS | WORDS)[read]).replace("f()", "é()")
    start = data.draw(st.integers(0, len(script)))
    cut = script[:start] + script[data.draw(st.integers(start, min(start + 9, len(script)))) :]
    made = rewrite(cut, made=HERE)
    assert all(0 <= finding.offset <= len(cut) for finding in made.findings)
    assert all(made.text[i] == cut[made.map.source(i)] for i in range(len(made.text)) if made.map.same(i))
