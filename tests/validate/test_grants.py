"""A role with exactly the grants that are printed runs every statement; without any single one of them, some fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import servers
from tests.database.servers import Running
from watchglass.cli.main import run

HOME = Path(__file__).parents[2]
SHOP = Path(__file__).parents[1] / "cases/good/shop"
OFFICE = """
CREATE ROLE owner_of_views;
CREATE SCHEMA app; CREATE SCHEMA far;
CREATE TABLE app.base (a int, "Who" text); INSERT INTO app.base VALUES (1, 'x');
CREATE TABLE app."Odd one" (a int); CREATE TABLE far.deep (a int); CREATE TABLE unread (a int);
CREATE VIEW definer AS SELECT a FROM app.base;
CREATE VIEW invoker WITH (security_invoker = true) AS SELECT a FROM far.deep;
CREATE VIEW app.over_invoker AS SELECT a FROM invoker;
CREATE FUNCTION app.calm(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION app.anybody(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION app.reads() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM app.inside); END $$;
CREATE TABLE app.inside (a int); CREATE TABLE app.everybodys (a int); GRANT SELECT ON app.everybodys TO PUBLIC;
CREATE VIEW owned AS SELECT a FROM app.base; ALTER VIEW owned OWNER TO owner_of_views;
GRANT USAGE ON SCHEMA app TO owner_of_views;
REVOKE EXECUTE ON FUNCTION app.calm(int, text) FROM PUBLIC;
"""
DEFINITION = """
version: 1
service: {id: office, title: Office, timezone: Europe/Berlin}
levels: {good: green, bad: red}
sources: {main: {type: postgres, fixture: {schema: schema.sql}}}
filters:
  who: {title: Who, from: app.base, value: Who, label: Who, type: text, default: all}
queries:
  a: {title: A, sql: 'SELECT count(*) AS n FROM definer d, app."Odd one" o, app.everybodys', columns: {n: integer}}
  b: {title: B, sql: 'SELECT max(app.calm(a))::int AS n FROM app.over_invoker', columns: {n: {type: integer, nullable: true}}}
  c: {title: C, sql: 'SELECT app.anybody(app.reads()::int) AS n', columns: {n: integer}}
  d: {title: D, sql: 'SELECT count(*) AS n FROM owned', columns: {n: integer}}
  e: {title: E, sql: "SELECT count(*) AS n FROM definer WHERE {{ matches('who', \\"'x'\\") }}", columns: {n: integer}}
metrics:
  n: {query: a, column: n, better: lower, thresholds: {bad: 10}}
dashboards:
  board:
    title: Board
    filters: [who]
    rows: [{title: All, panels: [{query: e, as: table, title: E, description: All}]}]
"""
EXPECTED = """-- source main: what dashboards needs beyond what PUBLIC may do
GRANT CONNECT ON DATABASE office TO dashboards;
GRANT USAGE ON SCHEMA app TO dashboards;
GRANT SELECT ON TABLE app."Odd one" TO dashboards;
GRANT SELECT ON TABLE app.base TO dashboards;
GRANT SELECT ON TABLE app.base TO owner_of_views;  -- for owned
GRANT SELECT ON TABLE app.inside TO dashboards;  -- for app.reads()
GRANT SELECT ON TABLE app.over_invoker TO dashboards;
GRANT SELECT ON TABLE far.deep TO dashboards;  -- for app.over_invoker → invoker
GRANT SELECT ON TABLE public.definer TO dashboards;
GRANT SELECT ON TABLE public.owned TO dashboards;
GRANT EXECUTE ON FUNCTION app.calm(integer, text) TO dashboards;
"""


@pytest.fixture(scope="module", params=[servers.server_18, servers.server_15], ids=["18", "15"])
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with request.param() as running:
        yield running


@pytest.fixture
def office(server: Running, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "definition.yaml").write_text(DEFINITION, "utf-8")
    (tmp_path / "schema.sql").write_text(OFFICE, "utf-8")
    _fill(server, "office", OFFICE)
    yield tmp_path / "definition.yaml"
    _drop(server, "office")


@pytest.fixture
def shop(server: Running) -> Iterator[Path]:
    fixtures = sorted((SHOP / "fixtures").glob("*.sql"), key=lambda path: "schema" not in path.name)
    _fill(server, "shop", "\n".join(path.read_text("utf-8") for path in fixtures))
    yield SHOP / "definition.yaml"
    _drop(server, "shop")


def _fill(server: Running, database: str, sql: str) -> None:
    server.run(f"CREATE DATABASE {database}")
    server.run(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    server.run(f"{sql}; ANALYZE", database)
    if not server.run("SELECT 1 FROM pg_roles WHERE rolname = 'dashboards'"):
        server.run("CREATE ROLE dashboards LOGIN")
    server.run("DROP OWNED BY dashboards; ALTER ROLE dashboards LOGIN", database)


def _drop(server: Running, database: str) -> None:
    server.run(f"DROP DATABASE {database} WITH (FORCE)")
    made = server.run("SELECT quote_ident(rolname) FROM pg_roles WHERE oid >= 16384 AND rolname <> 'reader'")
    roles = ", ".join(str(row[0]) for row in made)
    server.run(f"DROP OWNED BY {roles}; DROP ROLE {roles}")


def printed(capsys: pytest.CaptureFixture[str], *typed: str) -> str:
    run(list(typed))
    found = capsys.readouterr()
    return found.out + found.err


def denied(capsys: pytest.CaptureFixture[str], server: Running, file: Path) -> bool:
    text = printed(capsys, "validate", str(file), "--dsn", server.dsn(file_database(file), "dashboards"))
    assert "statements in" in text
    return re.search(r"grant-missing|permission denied|may not connect", text) is not None


def file_database(file: Path) -> str:
    return "shop" if file.parent == SHOP else "office"


def test_what_is_printed_is_what_the_statements_need(
    server: Running, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(capsys, "grants", str(office), "--dsn", server.dsn("office"), "--role", "dashboards")
    assert text == EXPECTED


@pytest.mark.parametrize("more", [(), ("--columns",)], ids=["tables", "columns"])
@pytest.mark.parametrize("name", ["office", "shop"])
def test_fault_26_exactly_these_grants_are_enough_and_none_is_too_many(
    server: Running,
    name: str,
    more: tuple[str, ...],
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = request.getfixturevalue(name)
    text = printed(capsys, "grants", str(file), "--dsn", server.dsn(name), "--role", "dashboards", *more)
    grants = [line.partition(";")[0] for line in text.splitlines() if line.startswith("GRANT")]
    assert len(grants) > 6
    assert denied(capsys, server, file)
    server.run(";".join(grants), name)
    assert not denied(capsys, server, file)
    for grant in single(grants):
        server.run(grant.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM "), name)
        assert denied(capsys, server, file), grant
        server.run(grant, name)


def single(grants: list[str]) -> list[str]:
    """Take a grant of several columns apart."""
    found = []
    for grant in grants:
        listed = re.match(r"GRANT SELECT \((.*?)\)(.*)", grant)
        found += (
            [f"GRANT SELECT ({name}){listed[2]}" for name in listed[1].split(", ")] if listed else [grant]
        )
    return found


def test_columns_are_those_that_the_statements_name(
    server: Running, office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(
        capsys, "grants", str(office), "--dsn", server.dsn("office"), "--role", "dashboards", "--columns"
    )
    assert 'GRANT SELECT ("Who") ON TABLE app.base TO dashboards;' in text
    assert "GRANT SELECT ON TABLE app.base TO owner_of_views;" in text


def test_the_first_deployments_grants_are_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Its fixture grants single columns of the accounts and of the scheduler's tables, by hand."""
    text = printed(capsys, "grants", str(HOME / "definitions/draft-cleanup.yaml"), "--columns")
    schema = (HOME / "definitions/fixtures/schema.sql").read_text("utf-8")
    by_hand = {
        (columns, table)
        for columns, table in re.findall(r"GRANT SELECT (\(.*?\)) ON (\S+) TO dashboards", schema)
    }
    assert {("(id, email)", "auth.users")} <= by_hand
    assert set(re.findall(r"GRANT SELECT (\(.*?\)) ON TABLE (\S+) TO dashboards", text)) >= by_hand


def test_the_fixture_is_enough_and_its_role_the_default(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.write_text(DEFINITION.replace("schema.sql}", "schema.sql, role: owner_of_views}"), "utf-8")
    text = printed(capsys, "grants", str(office))
    assert "GRANT SELECT ON TABLE public.definer TO owner_of_views;" in text
    assert "CONNECT" not in text


def test_without_a_role_the_usage_is_wrong(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["grants", str(office)]) == 2
    assert "say whom to grant with --role" in capsys.readouterr().err


def test_a_role_is_quoted_where_it_needs_quotes(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 'TO "The role";' in printed(capsys, "grants", str(office), "--role", "The role")


def test_what_cannot_be_looked_up_is_a_problem(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office.write_text(
        DEFINITION.replace("FROM owned", "FROM owner").replace("app.reads()", "setval(''s'', 1)"), "utf-8"
    )
    text = printed(capsys, "grants", str(office), "--role", "dashboards")
    assert "the database has no table or view 'owner' (relation-missing)" in text
    assert "setval(regclass, bigint) must not be called" in text
    assert "GRANT SELECT ON TABLE public.definer" in text
