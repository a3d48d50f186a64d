"""Large tables that a plan reads whole, and the index that would spare it, on both servers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.database.servers import Running
from watchglass.database.connection import Connection, connect
from watchglass.database.plans import LARGE, Scan
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover

DEPOT = f"""
CREATE SCHEMA app;
CREATE TABLE app."Big one" (id int, state varchar, kind text, at timestamptz, n int, ok bool, known int);
INSERT INTO app."Big one" SELECT i, 's' || i % 1000, 'k' || i % 3, now() - i * interval '1 min', i, i % 2 = 0, i
    FROM generate_series(1, {LARGE + 5000}) i;
CREATE INDEX ON app."Big one" (known);
CREATE TABLE small (id int); INSERT INTO small SELECT generate_series(1, 1000);
CREATE VIEW over AS SELECT * FROM app."Big one" WHERE kind <> 'x';
CREATE FUNCTION slow(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.1); RETURN 1; END';
GRANT USAGE ON SCHEMA app TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA app, public TO reader;
ANALYZE;
"""


@pytest.fixture(scope="module")
def depot(server: Running) -> Iterator[Running]:
    server.run("CREATE DATABASE depot")
    server.run(DEPOT, "depot")
    yield server
    server.run("DROP DATABASE depot WITH (FORCE)")


@pytest.fixture
def session(depot: Running) -> Iterator[Connection]:
    with connect(depot.dsn("depot", "reader")) as made:
        yield made


def scans(session: Connection, sql: str, *parameters: object) -> tuple[Scan, ...]:
    (found,) = Prover(session).scans([Statement(sql, parameters)])
    return found


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ("state = 's1'", ("state",)),
        ("n = 5 AND ok", ("n",)),
        ("at >= now() - interval '1 day' AND state = 's1'", ("state", "at")),
        ("n BETWEEN 1 AND 5 AND id IN (1, 2)", ("id", "n")),
        ("5 > n", ("n",)),
        ("id = 1 AND n = 2 AND state = 's1' AND at > now()", ("id", "n", "state")),
        ("n = 5 OR n = 6", ()),
        ("lower(state) = 's1'", ()),
        ("at::date = '2020-01-01'", ()),
        ("id = n", ()),
        ("n IS NULL", ()),
        ("state LIKE '%1'", ()),
    ],
)
def test_an_index_is_told_where_the_filter_compares_a_plain_column(
    session: Connection, where: str, columns: tuple[str, ...]
) -> None:
    (scan,) = scans(session, f'SELECT count(*) FROM app."Big one" b WHERE {where}')
    assert sorted(scan.columns) == sorted(columns)
    assert scan.columns[-1:] == columns[-1:] or "at" not in columns
    assert scan.filter


def test_the_index_is_sql(session: Connection) -> None:
    (scan,) = scans(session, "SELECT count(*) FROM app.\"Big one\" WHERE state = 's1' AND at > now()")
    assert scan.index == 'CREATE INDEX CONCURRENTLY ON app."Big one" (state, at)'
    assert scan.rows == LARGE + 5000


def test_where_most_rows_pass_no_index_is_told(session: Connection) -> None:
    (scan,) = scans(session, "SELECT count(*) FROM app.\"Big one\" WHERE kind = 'k1'")
    assert scan.columns == ()
    assert scan.kept > LARGE // 4


def test_an_index_that_is_there_and_not_taken_is_told(session: Connection) -> None:
    (scan,) = scans(session, 'SELECT count(*) FROM app."Big one" WHERE known > 10')
    assert (scan.columns, scan.indexed) == ((), "known")


def test_a_table_below_a_view_is_told(session: Connection) -> None:
    (scan,) = scans(session, "SELECT count(*) FROM over o WHERE o.n = 5")
    assert (scan.name, scan.columns) == ("app.Big one", ("n",))


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT count(*) FROM app."Big one" WHERE known = 5',
        "SELECT count(*) FROM small WHERE id = 5",
        "SELECT nope",
        "COMMIT",
        "SELECT 1",
    ],
)
def test_other_statements_have_none(session: Connection, sql: str) -> None:
    assert scans(session, sql) == ()


def test_parameters_are_bound(session: Connection) -> None:
    (scan,) = scans(session, 'SELECT count(*) FROM app."Big one" WHERE n = $1', 5)
    assert scan.columns == ("n",)


def test_fault_23_a_plan_is_not_asked_for_before_functions_are_looked_up(session: Connection) -> None:
    """EXPLAIN runs an immutable function of constants, here for a second; ours is not sent."""
    begun = time.monotonic()
    session.execute("EXPLAIN SELECT slow(1)")
    assert time.monotonic() - begun > 1
    begun = time.monotonic()
    assert scans(session, 'SELECT slow(1) FROM app."Big one" WHERE n = 5') == ()
    assert time.monotonic() - begun < 1
