"""A structure that was pulled makes the same database again: on old and new servers, without a row, for any login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.servers import Running
from tests.live import missing
from watchglass.database.embedded import NoServer, Server, embedded_server
from watchglass.database.fixtures import scratch_database
from watchglass.database.structure.copying import pull_structure
from watchglass.database.structure.pull import UnknownRole, UnknownSchema

FIXTURE = Path(__file__).parents[2] / "definitions/fixtures/schema.sql"
WORLD = """
CREATE SCHEMA shop;
CREATE DOMAIN shop.positive AS integer CHECK (VALUE > 0);
CREATE TYPE shop.pair AS (a integer, b shop.positive);
CREATE TYPE shop.span AS RANGE (SUBTYPE = float8);
CREATE TABLE shop.people (
  n serial PRIMARY KEY, "Odd ""name" text COLLATE "C", twice int GENERATED ALWAYS AS (1 + 1) STORED,
  tags text[] DEFAULT '{a,b}', at timestamptz DEFAULT now(), worth numeric(10, 2) CHECK (worth >= 0)
);
CREATE TABLE shop.days (at timestamptz NOT NULL, x int, PRIMARY KEY (at)) PARTITION BY RANGE (at);
CREATE TABLE shop.days_1 PARTITION OF shop.days FOR VALUES FROM ('2026-01-01+00') TO ('2026-02-01+00');
CREATE INDEX ON shop.days (x);
CREATE TABLE shop.parent (a int CHECK (a > 0)); CREATE TABLE shop.child (b int) INHERITS (shop.parent);
CREATE FUNCTION shop.word(shop.people) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT ($1).tags[1]; END;
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := now(); RETURN NEW; END';
CREATE TRIGGER stamp BEFORE INSERT ON shop.people FOR EACH ROW EXECUTE FUNCTION shop.stamp();
CREATE MATERIALIZED VIEW shop.words AS SELECT shop.word(p) AS word FROM shop.people p;
CREATE VIEW shop.a_view_on_a_later_one WITH (security_invoker, security_barrier) AS SELECT * FROM shop.words;
CREATE VIEW shop.by_key AS SELECT n, tags, count(*) FROM shop.people GROUP BY n;
ALTER TABLE shop.parent ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE ROLE readers; CREATE ROLE joe LOGIN PASSWORD 'pa55word' IN ROLE readers;
CREATE POLICY own ON shop.parent AS RESTRICTIVE FOR SELECT TO joe, PUBLIC USING (a > 1);
GRANT USAGE ON SCHEMA shop TO readers; GRANT SELECT (n, tags) ON shop.people TO joe; GRANT SELECT ON shop.by_key TO readers;
GRANT INSERT ON shop.people TO joe; REVOKE EXECUTE ON FUNCTION shop.stamp() FROM PUBLIC;
INSERT INTO shop.people (tags) VALUES ('{a-row-of-data}');
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Server]:
    try:
        with embedded_server() as server:
            yield server
    except NoServer as absent:
        missing(absent.message)


@pytest.fixture
def filled(server: Running) -> Iterator[Running]:
    server.run("CREATE DATABASE pulled")
    yield server
    server.run("DROP DATABASE pulled WITH (FORCE)")
    server.run("DROP ROLE IF EXISTS readers, joe, dashboards, stranger")


def body(text: str) -> str:
    """The script without its first line, which names the database and its version."""
    return text.partition("\n")[2]


def made(text: str) -> list[str]:
    """The lines that begin a statement; views are written otherwise by newer servers."""
    return [line for line in text.splitlines() if line.startswith(("CREATE", "ALTER", "GRANT", "REVOKE"))]


def loaded(text: str, home: Server) -> str:
    """What is pulled from a database that the script made."""
    with scratch_database(home, "again") as scratch:
        scratch.load([text])
        return pull_structure(scratch.dsn(), home).text


def test_the_draft_cleanups_structure_comes_back_as_it_was(filled: Running, home: Server) -> None:
    filled.run(FIXTURE.read_text("utf-8"), "pulled")
    pulled = pull_structure(filled.dsn("pulled"), home)
    assert pulled.left_out == ()
    assert body(loaded(pulled.text, home)) == body(pulled.text)


def test_objects_of_every_kind_come_back_as_they_were(filled: Running, home: Server) -> None:
    filled.run(WORLD, "pulled")
    pulled = pull_structure(filled.dsn("pulled"), home)
    assert pulled.left_out == ()
    again = loaded(pulled.text, home)
    assert made(again) == made(pulled.text)
    assert body(loaded(again, home)) == body(again)
    for line in (
        "  twice integer GENERATED ALWAYS AS ((1 + 1)) STORED,",
        "ALTER TABLE shop.parent FORCE ROW LEVEL SECURITY;",
        "GRANT SELECT (n, tags) ON shop.people TO joe;",
        "GRANT readers TO joe;",
        "REVOKE EXECUTE ON ROUTINE shop.stamp() FROM PUBLIC;",
        "CREATE VIEW shop.a_view_on_a_later_one WITH (security_invoker=true, security_barrier=true) AS",
    ):
        assert line in pulled.text.splitlines()


def test_neither_rows_nor_passwords_nor_rights_to_write_are_pulled(filled: Running, home: Server) -> None:
    filled.run(WORLD, "pulled")
    text = pull_structure(filled.dsn("pulled"), home).text
    for word in ("a-row-of-data", "pa55word", "INSERT", "LOGIN PASSWORD"):
        assert word not in text.replace("BEFORE INSERT", "")


def test_a_login_without_a_right_to_any_row_pulls_the_same(filled: Running, home: Server) -> None:
    filled.run(WORLD, "pulled")
    filled.run("CREATE ROLE stranger LOGIN")
    with (
        psycopg.connect(filled.dsn("pulled", "stranger")) as login,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        login.execute("SELECT * FROM shop.people")
    schemas = ["shop", "public"]
    ours = pull_structure(filled.dsn("pulled"), home, schemas=schemas, roles=["joe"])
    theirs = pull_structure(filled.dsn("pulled", "stranger"), home, schemas=schemas, roles=["joe"])
    assert theirs.text == ours.text


def test_what_a_schema_needs_of_another_comes_along(filled: Running, home: Server) -> None:
    filled.run(
        "CREATE SCHEMA auth; CREATE TABLE auth.users (id int PRIMARY KEY); CREATE TABLE auth.other (id int);"
        "CREATE TABLE public.notes (owner int REFERENCES auth.users)",
        "pulled",
    )
    text = pull_structure(filled.dsn("pulled"), home, schemas=["public"]).text
    assert "CREATE TABLE auth.users" in text
    assert "auth.other" not in text


def test_only_the_rights_of_the_roles_that_were_asked_for_are_kept(filled: Running, home: Server) -> None:
    filled.run(WORLD + "CREATE ROLE stranger; GRANT SELECT ON shop.people TO stranger;", "pulled")
    text = pull_structure(filled.dsn("pulled"), home, roles=["joe"]).text
    assert "GRANT SELECT ON shop.by_key TO readers" in text
    assert "stranger" not in text


@pytest.mark.parametrize(
    ("asked", "raised"), [({"schemas": ["shpo"]}, UnknownSchema), ({"roles": ["jo"]}, UnknownRole)]
)
def test_a_name_that_is_not_there_is_told(
    asked: dict[str, list[str]], raised: type[Exception], filled: Running, home: Server
) -> None:
    filled.run(WORLD, "pulled")
    with pytest.raises(raised):
        pull_structure(filled.dsn("pulled"), home, **asked)


def test_what_cannot_be_made_is_left_out_and_named(filled: Running, home: Server) -> None:
    filled.run('CREATE AGGREGATE "sum\nDROP TABLE x;"(int) (sfunc = int4pl, stype = int)', "pulled")
    pulled = pull_structure(filled.dsn("pulled"), home)
    assert [left.reason for left in pulled.left_out] == ["no SQL is written for such an object"]
    assert [line for line in pulled.text.splitlines() if "DROP" in line and not line.startswith("--")] == []


def test_an_extension_that_the_embedded_server_lacks_is_stood_in_for(
    postgres15: Running, home: Server
) -> None:
    known = postgres15.run(
        "SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'uuid-ossp', 'pg_trgm')"
    )
    if len(known) < 3:
        missing("no contributed extensions of PostgreSQL 15")
    postgres15.run("CREATE DATABASE pulled")
    try:
        postgres15.run(
            'CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE EXTENSION "uuid-ossp";'
            "CREATE TABLE people (id uuid DEFAULT uuid_generate_v4(), mail citext, name text);"
            "CREATE INDEX names ON people USING gin (name gin_trgm_ops)",
            "pulled",
        )
        pulled = pull_structure(postgres15.dsn("pulled"), home)
    finally:
        postgres15.run("DROP DATABASE pulled WITH (FORCE)")
    assert [left.told for left in pulled.left_out] == ["index public.names"]
    assert "CREATE DOMAIN public.citext AS text;  -- stands in for the real one" in pulled.text
    with scratch_database(home, "again") as scratch:
        scratch.load([pulled.text])
        with psycopg.connect(scratch.dsn()) as connection:
            rows = connection.execute("SELECT similarity('a', name), mail, id FROM people").fetchall()
    assert rows == []
