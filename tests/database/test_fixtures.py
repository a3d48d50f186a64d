"""Databases of a run's own: filled from files, errors at their place, roles gone with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.servers import Running
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError, Scratch, scratch_database


@pytest.fixture
def scratch(postgres18: Running) -> Iterator[Scratch]:
    with scratch_database(Server(Path(postgres18.host)), "scratch") as made:
        yield made


def refusal(scratch: Scratch, *texts: str) -> FixtureError:
    with pytest.raises(FixtureError) as told:
        scratch.load(texts)
    return told.value


def rows(dsn: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(sql.encode()).fetchall()


def test_files_are_run_whole_in_their_order(scratch: Scratch) -> None:
    scratch.load(
        ["CREATE TABLE t (a text); -- é\nCREATE VIEW v AS TABLE t;", "INSERT INTO t VALUES ('%s;'), ('x')"]
    )
    assert rows(scratch.dsn(), "SELECT a FROM v ORDER BY 1") == [("%s;",), ("x",)]


def test_a_file_may_hold_functions_with_semicolons(scratch: Scratch) -> None:
    text = """
        CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;
        CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 3; END $$;
    """
    scratch.load([text])
    assert rows(scratch.dsn(), "SELECT f(), g()") == [(2, 3)]


@pytest.mark.parametrize(
    ("text", "pointed", "message"),
    [
        ("SELECT 'é😀';\nSELECT nope FROM pg_class", "nope", 'column "nope" does not exist'),
        ("CREATE TABLE é (a int);\n  INSERT INTO é SELECT 1/0;", "INSERT", "division by zero"),
        ("CREATE TABLE t (a int UNIQUE); INSERT INTO t VALUES (1), (1 )", "INSERT INTO t VALUES (1), (1 )", "duplicate"),
        ("SELECT 1;\nSELEC 2;", "SELEC ", 'syntax error at or near "SELEC"'),
    ],
)  # fmt: skip
def test_an_error_points_into_its_file(scratch: Scratch, text: str, pointed: str, message: str) -> None:
    told = refusal(scratch, "SELECT 1", text)
    assert message in told.message
    assert (told.file, told.offset) == (1, text.index(pointed))


def test_a_refused_file_leaves_nothing_of_itself(scratch: Scratch) -> None:
    refusal(scratch, "CREATE TABLE kept ()", "CREATE TABLE lost (); SELECT 1/0")
    assert rows(scratch.dsn(), "SELECT relname FROM pg_class WHERE relname IN ('kept', 'lost')") == [
        ("kept",)
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("SELECT 1;\n\\i other.sql\n", "psql's own commands are no SQL"),
        ("CREATE TABLE t (a int); COPY t FROM stdin;\n1\n\\.\n", "INSERT … VALUES"),
        ("CREATE TABLE t (a int); COPY t FROM STDIN;", "INSERT … VALUES"),
    ],
)
def test_what_only_psql_can_do_is_told_with_the_way_out(scratch: Scratch, text: str, hint: str) -> None:
    assert hint in refusal(scratch, text).hint


@pytest.mark.parametrize("text", ["SELECT '\ud800'", "SELECT '\0'"])
def test_text_that_postgresql_cannot_hold_is_refused(scratch: Scratch, text: str) -> None:
    assert refusal(scratch, text).file == 0


def test_two_definitions_may_make_the_same_role(postgres18: Running) -> None:
    server = Server(Path(postgres18.host))
    text = """
        CREATE ROLE dashboards; CREATE ROLE team IN ROLE dashboards; GRANT dashboards TO team WITH ADMIN OPTION;
        CREATE TABLE t (); ALTER TABLE t OWNER TO team; GRANT SELECT ON t TO dashboards;
        GRANT CONNECT ON DATABASE postgres TO dashboards; ALTER ROLE dashboards SET statement_timeout = '5s';
        ALTER DEFAULT PRIVILEGES FOR ROLE team GRANT SELECT ON TABLES TO dashboards;
    """
    for name in ("first", "second"):
        with scratch_database(server, name) as made:
            made.load([text])
            assert rows(made.dsn("dashboards"), "SELECT current_user") == [("dashboards",)]
    assert postgres18.run("SELECT 1 FROM pg_roles WHERE rolname IN ('dashboards', 'team')") == []


def test_a_database_is_gone_although_somebody_is_connected(postgres18: Running) -> None:
    with scratch_database(Server(Path(postgres18.host)), "busy") as made:
        left = psycopg.connect(made.dsn())
    left.close()
    assert postgres18.run("SELECT 1 FROM pg_database WHERE datname = 'busy'") == []


def test_fault_30_a_database_that_this_run_did_not_make_is_never_filled(postgres18: Running) -> None:
    """Only a Scratch loads files, and a database that is there already becomes none."""
    server = Server(Path(postgres18.host))
    with pytest.raises(psycopg.errors.DuplicateDatabase), scratch_database(server, "world") as made:
        made.load(["DELETE FROM orders"])
    assert postgres18.run("SELECT count(*) FROM orders", "world") == [(3,)]
