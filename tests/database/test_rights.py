"""What a statement needs a role's rights for, held against what PostgreSQL lets the role do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.database.servers import Running
from watchglass.database.connection import Connection, connect
from watchglass.database.proof import DatabaseError, Statement
from watchglass.database.prover import Prover
from watchglass.database.rights import Lack, Need
from watchglass.sql import gate
from watchglass.sql.literals import identifier

OFFICE = """
CREATE SCHEMA app;
CREATE TABLE app.base (a int, b text, "C d" int); INSERT INTO app.base VALUES (1, 'x', 2);
CREATE TABLE shut (a int); INSERT INTO shut VALUES (1); CREATE TABLE open_table (a int); INSERT INTO open_table VALUES (1);
CREATE VIEW definer AS SELECT a FROM app.base;
CREATE VIEW invoker WITH (security_invoker = on) AS SELECT a FROM app.base;
CREATE VIEW over_invoker AS SELECT a FROM invoker;
CREATE VIEW over_definer WITH (security_invoker) AS SELECT a FROM definer;
CREATE FUNCTION app.calm(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION reads() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM app.base); END $$;
CREATE FUNCTION reads_atomic() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(*) FROM app.base; END;
REVOKE EXECUTE ON FUNCTION app.calm(int) FROM PUBLIC;
CREATE VIEW calls AS SELECT app.calm(1) AS n;
CREATE FUNCTION app.same(a int, b int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT a = b';
REVOKE EXECUTE ON FUNCTION app.same(int, int) FROM PUBLIC;
CREATE OPERATOR ==> (LEFTARG = int, RIGHTARG = int, FUNCTION = app.same);
"""
NEEDS: tuple[tuple[str, list[str]], ...] = (
    ("SELECT a FROM app.base", ["GRANT USAGE ON SCHEMA app", "GRANT SELECT ON TABLE app.base"]),
    ("SELECT a FROM open_table", ["GRANT SELECT ON TABLE public.open_table"]),
    ("SELECT a FROM definer", ["GRANT SELECT ON TABLE public.definer"]),
    ("SELECT a FROM invoker", ["GRANT SELECT ON TABLE public.invoker", "GRANT SELECT ON TABLE app.base"]),
    ("SELECT a FROM over_invoker", ["GRANT SELECT ON TABLE public.over_invoker", "GRANT SELECT ON TABLE app.base"]),
    ("SELECT a FROM over_definer", ["GRANT SELECT ON TABLE public.over_definer", "GRANT SELECT ON TABLE public.definer"]),
    ("SELECT app.calm(1)", ["GRANT USAGE ON SCHEMA app", "GRANT EXECUTE ON FUNCTION app.calm(integer)"]),
    ("SELECT n FROM calls", ["GRANT SELECT ON TABLE public.calls", "GRANT EXECUTE ON FUNCTION app.calm(integer)"]),
    ("SELECT reads()", ["GRANT USAGE ON SCHEMA app", "GRANT SELECT ON TABLE app.base"]),
    ("SELECT reads_atomic()", ["GRANT SELECT ON TABLE app.base"]),
    ("SELECT 1 ==> 2", ["GRANT EXECUTE ON FUNCTION app.same(integer, integer)"]),
    ("WITH base AS (SELECT 1 AS a) SELECT a FROM base", []),
    ("SELECT now(), count(*) FROM pg_stat_activity", []),
    ("SELECT y.n FROM app.base x, LATERAL (SELECT app.calm(x.a) AS n) y, (SELECT * FROM definer) z",
     ["GRANT USAGE ON SCHEMA app", "GRANT SELECT ON TABLE app.base", "GRANT SELECT ON TABLE public.definer",
      "GRANT EXECUTE ON FUNCTION app.calm(integer)"]),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(server: Running) -> Iterator[Running]:
    server.run("CREATE DATABASE rights")
    server.run("CREATE ROLE guest LOGIN; CREATE ROLE owner_of_views")
    server.run(OFFICE, "rights")
    yield server
    server.run("DROP DATABASE rights WITH (FORCE)")
    server.run("DROP ROLE guest, owner_of_views")


@pytest.fixture(autouse=True)
def _nothing_granted(office: Running) -> Iterator[None]:
    yield
    office.run(
        "REASSIGN OWNED BY guest, owner_of_views TO postgres; DROP OWNED BY guest, owner_of_views", "rights"
    )


@pytest.fixture
def session(office: Running) -> Iterator[Connection]:
    with connect(office.dsn("rights", "guest")) as made:
        yield made


def lacks(session: Connection, sql: str) -> tuple[Lack, ...]:
    prover = Prover(session)
    prover.run([Statement(sql)])
    return prover.rights.lacks(prover.rights.needs(gate.inspect(sql).mentions), "guest")


def failure(session: Connection, sql: str) -> DatabaseError | None:
    return Prover(session).run([Statement(sql)])[0].error


@pytest.mark.parametrize(("sql", "grants"), NEEDS, ids=[each[0] for each in NEEDS])
def test_fault_26_exactly_what_is_lacking_is_told(session: Connection, sql: str, grants: list[str]) -> None:
    assert [lack.need.grant("guest") for lack in lacks(session, sql)] == [
        f"{grant} TO guest" for grant in grants
    ]


@pytest.mark.parametrize(("sql", "grants"), NEEDS, ids=[each[0] for each in NEEDS])
def test_fault_26_with_the_grants_it_runs_and_without_any_one_of_them_it_fails(
    office: Running, session: Connection, sql: str, grants: list[str]
) -> None:
    for grant in grants:
        office.run(f"{grant} TO guest", "rights")
    assert failure(session, sql) is None
    for grant in grants:
        office.run(f"{grant.replace('GRANT', 'REVOKE', 1)} FROM guest", "rights")
        error = failure(session, sql)
        assert error is not None
        assert error.sqlstate == "42501"
        assert error.hint == f"{grant} TO guest"
        office.run(f"{grant} TO guest", "rights")


def test_fault_26_a_security_invoker_view_is_named_with_the_grant_beneath_it(
    office: Running, session: Connection
) -> None:
    office.run("GRANT SELECT ON invoker TO guest", "rights")
    sql = "SELECT 'é', i.a FROM invoker i"
    error = failure(session, sql)
    assert error is not None
    assert error.lacking == "guest may not read app.base, needed by invoker"
    assert error.hint == "GRANT SELECT ON TABLE app.base TO guest"
    assert error.position == sql.index("invoker i")


def test_fault_26_a_definer_views_owner_may_lack_a_grant(office: Running, session: Connection) -> None:
    office.run("ALTER VIEW definer OWNER TO owner_of_views; GRANT SELECT ON definer TO guest", "rights")
    error = failure(session, "SELECT a FROM definer")
    assert error is not None
    assert error.hint == "GRANT SELECT ON TABLE app.base TO owner_of_views"


def test_fault_26_a_definer_view_is_told(session: Connection) -> None:
    prover = Prover(session)
    statement = gate.inspect("SELECT a FROM over_definer JOIN invoker USING (a)").mentions
    prover.run([Statement("SELECT a FROM over_definer JOIN invoker USING (a)")])
    assert [view.told for view in prover.rights.definers(statement)] == ["definer"]


def test_columns_that_may_not_be_read_are_named(office: Running, session: Connection) -> None:
    office.run("GRANT USAGE ON SCHEMA app TO guest; GRANT SELECT (a) ON app.base TO guest", "rights")
    assert failure(session, "SELECT a FROM app.base") is None
    named, star = failure(session, "SELECT a, b FROM app.base"), failure(session, "SELECT * FROM app.base")
    assert named is not None
    assert star is not None
    assert named.hint == "GRANT SELECT (b) ON TABLE app.base TO guest"
    assert star.hint == "GRANT SELECT ON TABLE app.base TO guest"


def test_a_table_of_another_schema_is_told(session: Connection) -> None:
    error = failure(session, "SELECT a FROM base")
    assert error is not None
    assert (error.sqlstate, error.hint) == ("42P01", "there is app.base: write the schema")
    other = failure(session, "SELECT a FROM nowhere")
    assert other is not None
    assert other.hint == ""


def secured(session: Connection, sql: str) -> list[tuple[str, tuple[str, ...], bool]]:
    prover = Prover(session)
    prover.run([Statement(sql)])
    found = prover.rights.secured(prover.rights.needs(gate.inspect(sql).mentions), "guest")
    return [(each.need.name, each.policies, each.permissive) for each in found]


@pytest.fixture
def guarded_table(office: Running) -> Iterator[Running]:
    office.run(
        "GRANT SELECT ON open_table TO guest; ALTER TABLE open_table ENABLE ROW LEVEL SECURITY", "rights"
    )
    yield office
    office.run("DROP POLICY IF EXISTS p ON open_table; DROP POLICY IF EXISTS q ON open_table", "rights")
    office.run(
        "ALTER TABLE open_table DISABLE ROW LEVEL SECURITY; DROP VIEW IF EXISTS through; ALTER ROLE guest NOBYPASSRLS",
        "rights",
    )


def test_fault_25_rows_are_hidden_without_an_error_and_with_row_security_off_with_one(
    guarded_table: Running, session: Connection
) -> None:
    sql = "SELECT a FROM open_table"
    quiet, loud = Prover(session).run([Statement(sql), Statement(sql, settings=(("row_security", "off"),))])
    assert (quiet.rows, quiet.error) == ([], None)
    assert loud.error is not None
    assert "row-level security policy" in loud.error.message


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("", [("public.open_table", (), False)]),
        ("CREATE POLICY p ON open_table USING (a = 1)", [("public.open_table", ("p",), True)]),
        ("CREATE POLICY p ON open_table FOR UPDATE USING (true)", [("public.open_table", (), False)]),
        ("CREATE POLICY p ON open_table TO postgres USING (true)", [("public.open_table", (), False)]),
        (
            "CREATE POLICY p ON open_table FOR SELECT TO guest USING (true)",
            [("public.open_table", ("p",), True)],
        ),
        (
            "CREATE POLICY p ON open_table AS RESTRICTIVE USING (true)",
            [("public.open_table", ("p",), False)],
        ),
        (
            "CREATE POLICY p ON open_table USING (true); CREATE POLICY q ON open_table AS RESTRICTIVE USING (a > 0)",
            [("public.open_table", ("p", "q"), True)],
        ),
        ("ALTER ROLE guest BYPASSRLS", []),
        ("ALTER TABLE open_table OWNER TO guest", []),
    ],
)
def test_fault_25_row_security_that_holds_for_the_role_is_told(
    guarded_table: Running, session: Connection, policy: str, found: list[tuple[str, tuple[str, ...], bool]]
) -> None:
    guarded_table.run(policy or "SELECT 1", "rights")
    assert secured(session, "SELECT a FROM open_table") == found


def test_fault_25_a_definer_view_reads_with_its_owners_policies(
    guarded_table: Running, session: Connection
) -> None:
    guarded_table.run(
        "CREATE VIEW through AS SELECT a FROM open_table; GRANT SELECT ON through TO guest", "rights"
    )
    assert secured(session, "SELECT a FROM through") == []
    guarded_table.run(
        "ALTER VIEW through OWNER TO owner_of_views; GRANT SELECT ON open_table TO owner_of_views", "rights"
    )
    assert secured(session, "SELECT a FROM through") == [("public.open_table", (), False)]


def test_a_grant_quotes_what_needs_quotes() -> None:
    need = Need("relation", 'public."Odd one"', holder="")
    assert need.grant(identifier("The role"), ("C d",)) == (
        'GRANT SELECT ("C d") ON TABLE public."Odd one" TO "The role"'
    )
    assert [identifier(name) for name in ("a", "user", "a.b")] == ["a", '"user"', '"a.b"']
