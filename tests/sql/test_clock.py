"""The clock as an input: every word that reads it, in every place, on real servers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.postgres import VERSIONS, connected
from tests.sql.clock_places import DAY, HERE, KEPT, NOW, PLACES, READS, WORDS, filled
from watchglass.sql.clock import rewrite
from watchglass.sql.clock_schema import SETTING, install


@pytest.fixture(scope="module", params=VERSIONS, ids="PostgreSQL {}".format)
def server(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    with connected(request.param) as connection:
        connection.execute(install().encode())
        yield connection


@pytest.fixture
def connection(server: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Give a session in Berlin at NOW, in a transaction that leaves nothing."""
    server.execute("BEGIN")
    set_clock(server, NOW)
    yield server
    server.execute("ROLLBACK")


def set_clock(
    connection: psycopg.Connection, now: datetime.datetime, timezone: str = "Europe/Berlin"
) -> None:
    connection.execute(
        "SELECT set_config(%s, %s, true), set_config('TimeZone', %s, true)",
        (SETTING, now.isoformat(), timezone),
    )


def run(connection: psycopg.Connection, sql: str, made: datetime.datetime | None = None) -> object:
    """Run a rewritten script; the value of its last statement's only row."""
    cursor = connection.execute(rewrite(sql, made=made).text.encode())
    while cursor.nextset():
        pass
    value = cursor.fetchone()[0]  # type: ignore[index]
    # Python takes an hour that comes twice for unequal to any instant.
    aware = isinstance(value, datetime.datetime) and value.tzinfo is not None
    return value.astimezone(datetime.UTC) if aware else value


@pytest.mark.parametrize("place", [*PLACES.values(), *KEPT.values()], ids=[*PLACES, *KEPT])
@pytest.mark.parametrize("read", READS)
def test_a_read_of_the_clock_sees_the_given_time(
    connection: psycopg.Connection, read: str, place: str
) -> None:
    assert run(connection, filled(place, read, READS[read])) == READS[read]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("read", WORDS)
def test_a_word_of_the_clock_sees_the_given_time(
    connection: psycopg.Connection, read: str, place: str
) -> None:
    assert run(connection, filled(place, read, WORDS[read])) == WORDS[read]


@pytest.mark.parametrize("place", KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("read", WORDS)
def test_a_word_that_postgresql_keeps_stands_at_the_time_when_it_was_made(
    connection: psycopg.Connection, read: str, place: str
) -> None:
    script = filled(place, read, WORDS[read], f"'{WORDS[read]}'")
    set_clock(connection, NOW + 40 * DAY)
    assert run(connection, script, made=HERE) == WORDS[read]
    assert "clock-frozen" in {finding.code for finding in rewrite(script, made=HERE).findings}


@pytest.mark.parametrize("read", [*READS, *WORDS])
def test_name_and_type_of_a_column_stay(connection: psycopg.Connection, read: str) -> None:
    before = connection.execute(f"SELECT {read}".encode()).description
    after = connection.execute(rewrite(f"SELECT {read}").text.encode()).description
    assert before is not None
    assert after is not None
    assert [(c.name, c.type_code, c.precision) for c in before] == [
        (c.name, c.type_code, c.precision) for c in after
    ]


@pytest.mark.parametrize(
    "read",
    ["now()", "current_date", "localtimestamp(2)", "'yesterday'::timestamptz", "age('2020-01-01'::date)"],
)
def test_without_a_clock_the_real_one_is_read(connection: psycopg.Connection, read: str) -> None:
    for unset in ("RESET watchglass.now", "SET LOCAL watchglass.now = ''"):
        connection.execute(unset.encode())
        real, sight = f"SELECT {read}", rewrite(f"SELECT {read}").text
        assert connection.execute(f"SELECT ({real}) = ({sight})".encode()).fetchall() == [(True,)]


@pytest.mark.parametrize(
    "timezone", ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata"]
)
@pytest.mark.parametrize(
    "change", ["2026-03-29 01:00", "2026-10-25 01:00", "2026-03-08 05:30", "2026-04-04 15:00"]
)
def test_days_and_hours_are_those_of_the_session_on_both_sides_of_a_change_of_the_clock(
    connection: psycopg.Connection, timezone: str, change: str
) -> None:
    zone, at = ZoneInfo(timezone), datetime.datetime.fromisoformat(f"{change}+00:00")
    for minutes in (-721, -61, -1, 0, 1, 59, 61, 720):
        now = at + datetime.timedelta(minutes=minutes)
        here = now.astimezone(zone)
        midnight = here.replace(hour=0, minute=0, fold=0)
        set_clock(connection, now, timezone)
        told = {
            "now() = current_timestamp": True,
            "localtimestamp": here.replace(tzinfo=None, fold=0),
            "current_date": here.date(),
            "date 'tomorrow'": here.date() + DAY,
            "'now'::timestamptz": now,
            "timestamptz 'today'": midnight.astimezone(datetime.UTC),
            "date_trunc('day', now())": midnight.astimezone(datetime.UTC),
            "extract(timezone FROM current_time)::int": here.utcoffset().total_seconds(),  # type: ignore[union-attr]
        }
        for read, value in told.items():
            assert run(connection, f"SELECT {read}") == value, (read, now)


BODIES = {
    "if": "IF {r} THEN NULL; ELSIF {r} THEN NULL; ELSE PERFORM {r}; END IF;",
    "case": (
        "CASE WHEN {r} THEN PERFORM {r}; ELSE NULL; END CASE; CASE {r} WHEN {r}, false THEN NULL; END CASE;"
    ),
    "loops": (
        "<<out>> LOOP EXIT out WHEN {r}; CONTINUE WHEN NOT {r}; END LOOP out; WHILE NOT {r} LOOP NULL; "
        "END LOOP;"
    ),
    "for": (
        "FOR i IN REVERSE 2..{n} BY {n} LOOP PERFORM {r}; END LOOP; FOREACH i IN ARRAY ARRAY[{n}] LOOP "
        "NULL; END LOOP;"
    ),
    "rows": (
        "FOR r IN SELECT {r} LOOP NULL; END LOOP; FOR r IN (SELECT {r}) LOOP NULL; END LOOP; FOR r IN "
        "EXECUTE 'SELECT {r}' USING {r} LOOP NULL; END LOOP;"
    ),
    "blocks": (
        "DECLARE a CONSTANT boolean := {r}; b int DEFAULT {n}; c CURSOR FOR SELECT {r}; d ALIAS FOR a; "
        "BEGIN OPEN c; CLOSE c; END;"
    ),
    "cursors": (
        "OPEN u FOR SELECT {r}; CLOSE u; OPEN u FOR EXECUTE 'SELECT {r}'; FETCH NEXT FROM u INTO r; CLOSE u;"
    ),
    "cursor's arguments": (
        "DECLARE c CURSOR (x boolean) IS SELECT x; BEGIN OPEN c({r}); CLOSE c; FOR r IN c(x := {r}) LOOP "
        "NULL; END LOOP; END;"
    ),
    "errors": (
        "BEGIN RAISE EXCEPTION '% now() %', {r}, {n} USING HINT = {r}::text, ERRCODE = '22012'; EXCEPTION "
        "WHEN division_by_zero OR SQLSTATE '22013' THEN PERFORM {r}; WHEN OTHERS THEN NULL; END;"
    ),
    "levels": (
        "RAISE NOTICE 'now()'; RAISE DEBUG '%', {r}; ASSERT {r}, 'x' || {r}; BEGIN RAISE division_by_zero "
        "USING MESSAGE = {r}::text; EXCEPTION WHEN OTHERS THEN NULL; END;"
    ),
    "statements": (
        "CREATE TEMP TABLE n (x timestamptz DEFAULT now(), y boolean); INSERT INTO n SELECT now(), {r}; "
        "UPDATE n SET y = {r} WHERE {r} RETURNING x INTO t; DELETE FROM n; DROP TABLE n;"
    ),
    "into": (
        "SELECT {r}, 1 INTO r FROM pg_class LIMIT 1; SELECT INTO t now(); SELECT now() INTO STRICT t; "
        "WITH a AS (SELECT {r} AS z) SELECT z INTO r FROM a;"
    ),
    "fields": (
        "SELECT 1 AS z, now() AS w INTO r; r.w := now(); r.w = now(); GET DIAGNOSTICS i = ROW_COUNT; t := "
        "max(now()) FROM pg_class;"
    ),
    "dynamic": (
        "EXECUTE 'SELECT now()' INTO t; EXECUTE 'SELECT $1, ' || quote_literal(now()) INTO r USING now(); "
        "EXECUTE $q$ SELECT 'a;', now() $q$;"
    ),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_read_in_a_pl_pgsql_body_is_found(connection: psycopg.Connection, body: str) -> None:
    body = body.format(r="now() IS NOT NULL", n="extract(day FROM now())::int")
    declared = "#variable_conflict use_column\nDECLARE i int; r record; t timestamptz; u refcursor;"
    script = f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ {declared} BEGIN {body} END $$"
    made = rewrite(script)
    assert made.text.replace("watchglass_clock.now()", "now()") == script
    told = body.count("now()") - body.count("% now() %") - body.count("'now()'")
    assert (made.reads, made.findings) == (told, ())
    connection.execute(made.text.encode())
    connection.execute("SELECT f()")
