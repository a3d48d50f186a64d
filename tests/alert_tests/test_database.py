"""Tests with a database: a copy of their own, rows and SQL, a clock that moves, the dashboards' role, failures."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import psycopg
import pytest

from tests.alert_tests.play import DATA, SCHEMA, compiled, play, steps, told, wrong
from tests.database import servers
from watchglass.alert_tests import AlertTestSession
from watchglass.alert_tests.changes import insert
from watchglass.alert_tests.worlds import Worlds
from watchglass.cli.main import run
from watchglass.database.embedded import Server
from watchglass.definition.alert_tests import Row

THREE = "at: 0m, sql: \"INSERT INTO shop.orders (customer) SELECT 'somebody' FROM generate_series(1, 3)\""


def test_what_a_step_inserts_is_seen_and_gone_with_the_next_test(
    each_server: AlertTestSession, tmp_path: Path
) -> None:
    first = steps(THREE, "at: 0m, expect: {failing: firing}", name="three failed orders")
    second = steps("at: 0m, expect: {failing: {is: normal, value: 0}}", name="there is nothing at first")
    assert wrong(play(tmp_path, first + second, each_server)) == []


def test_the_clock_moves_in_views_defaults_and_time_ranges(
    each_server: AlertTestSession, tmp_path: Path
) -> None:
    lines = [
        THREE,
        "at: 5m, expect: {failing: {is: firing, value: 3}, busy_day: {is: firing, value: 3}}",
        "at: 55m, expect: {failing: firing}",
        "at: 60m, expect: {failing: {is: normal, value: 0}, busy_day: firing}",
        "at: 24h, expect: {busy_day: {is: firing, value: 3}}",
        "at: 1445m, expect: {busy_day: {is: normal, value: 0}}",
    ]
    assert wrong(play(tmp_path, steps(*lines), each_server)) == []


def test_rows_are_inserted_with_values_of_every_form(each_server: AlertTestSession, tmp_path: Path) -> None:
    rows = (
        "at: 10m, rows: {shop.orders: [{customer: O'Hara, total: null, placed_at: {ago: 59m}, Note: '{ago}'}, {status: paid}, "
        "{customer: b, placed_at: {ahead: 1m}}, {customer: {sql: \"'x' || 'y'\"}, total: 12.50}, {}]}"
    )
    lines = [
        rows,
        "at: 10m, expect: {failing: {is: firing, value: 4}}",
        "at: 15m, expect: {failing: {is: firing, value: 3}}",
        "at: 15m, expect: {customer_or_all: firing}",
    ]
    assert wrong(play(tmp_path, steps(*lines), each_server)) == []


def test_a_row_is_written_as_sql() -> None:
    row = Row("shop.Orders", {"customer": "'a'", "Note": "NULL"}, ())
    assert insert(row) == """INSERT INTO "shop"."Orders" ("customer", "Note") VALUES ('a', NULL)"""
    assert insert(Row("orders", {}, ())) == 'INSERT INTO "orders" DEFAULT VALUES'


def test_the_rows_of_the_fixture_are_there_where_a_test_wants_them(
    session: AlertTestSession, tmp_path: Path
) -> None:
    without = steps("at: 0m, expect: {failing: {is: normal, value: 0}}", name="without")
    with_rows = steps("at: 0m, expect: {failing: {is: firing, value: 9}}", name="with", data="fixture")
    assert wrong(play(tmp_path, with_rows + without, session)) == []


def test_the_fixtures_are_run_at_the_start_of_the_test(session: AlertTestSession, tmp_path: Path) -> None:
    kept = "CREATE TABLE shop.made (at timestamptz DEFAULT now()); INSERT INTO shop.made DEFAULT VALUES;"
    check = (
        "at: 0m, sql: \"DO $$ BEGIN ASSERT (SELECT at FROM shop.made) = '{at}' AND now() = '{at}'; END $$\""
    )
    tests = [
        steps(check.format(at=at), "at: 0m, expect: {failing: normal}", name=at, **keys)
        for at, keys in {
            "2026-01-05T08:00Z": {},
            "2026-07-01T10:00+02:00": {"start": '"2026-07-01T10:00"'},
            "2026-03-02T08:00-05:00": {"start": '"2026-03-02T08:00-05:00"'},
        }.items()
    ]
    assert wrong(play(tmp_path, "".join(tests), session, schema=SCHEMA + kept)) == []


def test_a_database_that_is_down_fails_every_query_until_it_is_up(
    session: AlertTestSession, tmp_path: Path
) -> None:
    lines = [
        "at: 0m, expect: {failing: normal, town: normal (no_data)}",
        "at: 5m, database: down",
        "at: 5m, expect: {failing: firing (error), town: firing (error)}",
        "at: 10m, database: {main: up}",
        "at: 10m, expect: {failing: normal}",
    ]
    assert wrong(play(tmp_path, steps(*lines), session)) == []


def test_a_query_that_postgresql_refuses_is_told_where_no_error_is_expected(
    each_server: AlertTestSession, tmp_path: Path
) -> None:
    lines = ["at: 5m, sql: DROP VIEW shop.fresh_orders", "at: 10m, expect: {failing: {failing}}"]
    surprised = steps(*lines).replace("{failing}", "firing")
    found = play(tmp_path, surprised, each_server)[0].problems
    query = next(problem for problem in found if problem.code == "test-query")
    assert query.message == (
        'the query of failing/A fails at 5m, and no error is expected: relation "shop.fresh_orders" does not exist'
    )
    line = (tmp_path / "shop.yaml").read_text("utf-8").splitlines()[query.span.line - 1]
    assert line[query.span.column - 1 : query.span.end_column - 1] == "shop.fresh_orders"
    (failed,) = [told(problem) for problem in found if problem.code == "test-failed"]
    assert failed.startswith(
        "test-failed: failing is firing (error) at 10m, not firing ([sse.dataQueryError] failed to execute"
    )
    assert failed.endswith('query [A]: db query error: pq: relation "shop.fresh_orders" does not exist)')
    meant = steps(*lines).replace("{failing}", "firing (error)")
    assert wrong(play(tmp_path, meant, each_server)) == []


def test_queries_are_asked_as_the_role(session: AlertTestSession, tmp_path: Path) -> None:
    lines = [
        "at: 0m, sql: REVOKE SELECT ON shop.orders FROM dashboards",
        "at: 0m, expect: {failing: normal, busy_day: firing (error)}",
    ]
    assert wrong(play(tmp_path, steps(*lines), session)) == []


def test_functions_that_the_source_trusts_may_be_called(session: AlertTestSession, tmp_path: Path) -> None:
    function = "CREATE FUNCTION shop.many() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT 9::bigint';"
    asked = {"SELECT count(*) FILTER (WHERE status = 'failed') AS failed,": "SELECT shop.many() AS failed,"}
    text = steps("at: 0m, expect: {failing: {is: firing, value: 9}}")
    (refused,) = play(tmp_path, text, session, asked, SCHEMA + function)
    assert {problem.code for problem in refused.problems} == {"test-query", "test-failed"}
    trusted = {
        **asked,
        "role: dashboards}}": "role: dashboards}, trusted_functions: {shop.many: Only a number.}}",
    }
    assert wrong(play(tmp_path, text, session, trusted, SCHEMA + function)) == []


def test_what_a_message_shows_comes_from_the_rows(session: AlertTestSession, tmp_path: Path) -> None:
    rows = "at: 0m, rows: {shop.orders: [{customer: Zoe, town: Köln}, {customer: Ada, town: Köln}, {town: Bonn}]}"
    wanted = (
        "at: 0m, expect: {town: {high: {is: firing, labels: {town: Köln}, summary: 'Köln (DE): 2, by Zoe'}}}"
    )
    assert wrong(play(tmp_path, steps(rows, wanted), session)) == []


@pytest.mark.parametrize(
    ("line", "marked", "told_in"),
    [
        ("at: 0m, sql: INSERT INTO shop.order VALUES (1)", "s", 'relation "shop.order" does not exist'),
        ("at: 0m, rows: {shop.orders: [{customer: a}, {custmer: b}]}", "{custmer: b}", 'column "custmer" of relation "orders"'),
        ("at: 0m, rows: {shop.ordrs: [{customer: a}]}", "{customer: a}", 'relation "shop.ordrs" does not exist'),
        ("at: 0m, rows: {shop.orders: [{placed_at: soon}]}", "{placed_at: soon}", "invalid input syntax for type timestamp"),
        ("at: 0m, rows: {shop.orders: [{placed_at: {sql: now() -}}]}", "{placed_at: {sql: now() -}}", "syntax error at or near"),
    ],
)  # fmt: skip
def test_a_change_that_postgresql_refuses_ends_the_test(
    line: str, marked: str, told_in: str, session: AlertTestSession, tmp_path: Path
) -> None:
    (outcome,) = play(tmp_path, steps(line, "at: 0m, expect: {failing: firing}"), session)
    (problem,) = outcome.problems
    assert problem.code == "test-sql"
    assert told_in in problem.message
    text = (tmp_path / "shop.yaml").read_text("utf-8").splitlines()[problem.span.line - 1]
    assert text[problem.span.column - 1 : problem.span.end_column - 1] == marked


def test_a_fixture_that_is_refused_is_told_at_its_place(session: AlertTestSession, tmp_path: Path) -> None:
    text = steps("at: 0m, expect: {failing: normal}")
    (outcome,) = play(tmp_path, text, session, schema="CREATE TABLE a (b nothing);")
    assert wrong((outcome,)) == [
        'fixture-refused: PostgreSQL refused the fixture: type "nothing" does not exist'
    ]
    assert outcome.problems[0].span.file.endswith("schema.sql")
    assert wrong(play(tmp_path, text, session, schema=SCHEMA.replace("CREATE ROLE dashboards;", "").replace("GRANT", "-- "))) == [
        "role-missing: the fixture makes no role 'dashboards' (add CREATE ROLE dashboards to its schema)"
    ]  # fmt: skip
    assert wrong(play(tmp_path, text, session, {"role: dashboards": "role: Dash-boards"})) == [
        "role-missing: the fixture makes no role 'Dash-boards' (add CREATE ROLE \"Dash-boards\" to its schema)"
    ]
    missing = {"fixture: {schema: schema.sql, data: data.sql, role: dashboards}": "title: Shop"}
    assert wrong(play(tmp_path, text, session, missing))[0].startswith(
        "fixture-missing: the source 'main' names no fixture"
    )


def test_a_time_that_postgresql_keeps_is_a_warning(session: AlertTestSession, tmp_path: Path) -> None:
    kept = "CREATE VIEW shop.today AS SELECT * FROM shop.orders WHERE placed_at >= timestamptz 'today';\n"
    (outcome,) = play(tmp_path, steps("at: 0m, expect: {failing: normal}"), session, schema=SCHEMA + kept)
    assert outcome.passed
    assert [(problem.code, problem.level) for problem in outcome.problems] == [("clock-frozen", "warning")]


def test_two_hours_at_two_minutes_take_little_time(session: AlertTestSession, tmp_path: Path) -> None:
    lines = [THREE, "at: 2h, expect: {cheap: firing (no_data)}"]
    play(tmp_path, steps(*lines), session)
    began = time.monotonic()
    (outcome,) = play(tmp_path, steps(*lines), session)
    assert outcome.evaluations == 61
    assert time.monotonic() - began < 60  # 0.2 s on a machine with nothing else to do


def test_fault_30_no_database_but_the_runs_own_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with servers.server_18() as server:
        server.run("CREATE DATABASE production")
        server.run(SCHEMA + DATA, "production")
        dsn = server.dsn("production", "postgres")
        monkeypatch.setenv("PRODUCTION", dsn)
        monkeypatch.setenv("PGHOST", server.host)
        monkeypatch.setenv("PGDATABASE", "production")
        text = steps(
            THREE, "at: 0m, sql: DELETE FROM shop.orders WHERE id = 1", "at: 0m, expect: {failing: normal}"
        )
        edits = {"{default: true,": "{default: true, sources: {main: {dsn: '${env:PRODUCTION}'}},"}
        assert compiled(tmp_path, text, edits).failed is False
        assert run(["test", str(tmp_path / "shop.yaml"), "-e", "production"]) == 0
        assert server.run("SELECT count(*) FROM shop.orders", "production") == [(9,)]
    assert "1 test, 0 failed" in capsys.readouterr().out
    assert run(["test", str(tmp_path / "shop.yaml"), "--dsn", dsn]) == 2


def test_databases_and_roles_are_gone_afterwards(tmp_path: Path) -> None:
    with servers.server_18() as running:
        server = Server(Path(running.host))
        keep = _Kept(server)
        with AlertTestSession(worlds=Worlds(lambda: keep)) as session:
            assert wrong(play(tmp_path, steps(THREE, "at: 0m, expect: {failing: firing}"), session)) == []
        assert running.run("SELECT datname FROM pg_database WHERE datname LIKE 'shop%'") == []
        assert running.run("SELECT rolname FROM pg_roles WHERE rolname = 'dashboards'") == []
        with psycopg.connect(server.dsn()) as connection:
            assert connection.info.dbname == "postgres"


class _Kept:
    """A server that somebody else stops."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> Server:
        return self._server

    def __exit__(self, *error: object) -> None:
        pass


def test_a_test_stands_in_winter_time_where_it_says_so(session: AlertTestSession, tmp_path: Path) -> None:
    start = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
    check = f"at: 0m, sql: \"DO $$ BEGIN ASSERT now() = '{start.isoformat()}'; END $$\""
    text = steps(check, "at: 0m, expect: {failing: normal}", start=f'"{start.isoformat()}"')
    assert wrong(play(tmp_path, text, session)) == []
