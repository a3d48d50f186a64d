"""Functions are found wherever a statement hides them, before anything is sent; PostgreSQL's own analysis is the judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.database.servers import Running
from watchglass.database.calls import Calls
from watchglass.database.catalog import Catalog, Key
from watchglass.database.connection import Connection, connect
from watchglass.database.effects import HARMLESS
from watchglass.database.inquiry import Inquiry
from watchglass.database.proof import DatabaseError, Statement
from watchglass.database.prover import Prover
from watchglass.sql import gate

MAZE = """
CREATE SCHEMA app; CREATE SCHEMA far; CREATE TYPE app.pair AS (a int, b int); CREATE TYPE app.two AS (a int);
CREATE TABLE calls (n int); CREATE TABLE orders (id int, total numeric); INSERT INTO orders VALUES (1, 10);
CREATE FUNCTION touch() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''touch() was called''; END';
CREATE FUNCTION far.touch_far() RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''called''; END';
CREATE FUNCTION app."Touch me"(a int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''called''; END';
CREATE FUNCTION app.stats() RETURNS int LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1';
CREATE FUNCTION app.calm() RETURNS int LANGUAGE sql STABLE AS 'SELECT count(*)::int FROM orders';
CREATE VIEW v AS SELECT id, touch() AS t FROM orders;
CREATE VIEW app.vv AS SELECT v.id FROM v;
CREATE VIEW v_slow AS SELECT pg_sleep(0.01)::text AS s;
CREATE VIEW v_stats AS SELECT app.stats() AS s;
CREATE VIEW v_calm AS SELECT app.calm() AS c, now() AS n, l.mode FROM pg_locks l;
CREATE VIEW public.twice AS SELECT 1 AS t; CREATE VIEW far.twice AS SELECT far.touch_far() AS t;
CREATE MATERIALIZED VIEW m AS SELECT clock_timestamp() AS c;
CREATE FUNCTION by_text() RETURNS int LANGUAGE sql STABLE AS 'SELECT touch() FROM orders';
CREATE FUNCTION by_body() RETURNS int LANGUAGE sql STABLE BEGIN ATOMIC SELECT touch(); END;
CREATE FUNCTION by_view() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT 1; SELECT count(*) FROM app.vv $$;
CREATE FUNCTION by_plpgsql() RETURNS int LANGUAGE plpgsql STABLE AS
    $$ DECLARE n app.pair; BEGIN IF true THEN n := NULL; PERFORM /* now */ touch ( ); END IF; RETURN 1; END $$;
CREATE FUNCTION by_plpgsql_view() RETURNS int LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN (SELECT count(*) FROM "app".vv); END $$;
CREATE FUNCTION by_comma() RETURNS int LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN (SELECT count(*) FROM orders o, (SELECT 1) s, app.vv); END $$;
CREATE FUNCTION by_attribute() RETURNS int LANGUAGE plpgsql STABLE AS
    $$ BEGIN RETURN (SELECT max(o.touched) FROM orders o); END $$;
CREATE FUNCTION by_far_view() RETURNS int LANGUAGE sql STABLE SET search_path = far, public AS 'SELECT t FROM twice';
CREATE FUNCTION by_dynamic(a text) RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN EXECUTE a; RETURN 1; END $$;
CREATE FUNCTION by_path() RETURNS int LANGUAGE sql STABLE SET search_path = far, pg_catalog AS 'SELECT touch_far()';
CREATE FUNCTION by_default(a int DEFAULT touch()) RETURNS int LANGUAGE sql STABLE AS 'SELECT a';
CREATE FUNCTION said() RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN /* touch() */ RETURN 'touch()'; -- touch()
    END $$;
CREATE FUNCTION loud(a int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN touch() + a; END $$;
CREATE FUNCTION sum_up(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b';
CREATE AGGREGATE sum_all (int) (SFUNC = sum_up, STYPE = int, INITCOND = '0');
CREATE FUNCTION like_it(a int, b int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = like_it);
CREATE VIEW v_operator AS SELECT 1 OPERATOR(public.===) 2 AS o;
CREATE FUNCTION is_fine(a int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE DOMAIN checked AS int CHECK (is_fine(VALUE));
CREATE FUNCTION by_variable() RETURNS int LANGUAGE plpgsql STABLE AS $$ DECLARE n checked; BEGIN n := 1; RETURN n; END $$;
CREATE FUNCTION by_operator() RETURNS bool LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 1 === 2; END $$;
CREATE DOMAIN app.checked_twice AS checked;
CREATE TABLE pairs (p app.pair); INSERT INTO pairs VALUES ((1, 2));
CREATE FUNCTION pair_number(a app.pair) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION pair_same(a app.pair, b app.pair) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE CAST (app.pair AS int) WITH FUNCTION pair_number(app.pair) AS IMPLICIT;
CREATE FUNCTION two_same(a app.two, b app.two) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE TABLE twos (p app.two); CREATE OPERATOR = (LEFTARG = app.two, RIGHTARG = app.two, FUNCTION = two_same);
CREATE FUNCTION touched(o orders) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION total(id int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE guarded (id int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION may_see(id int) RETURNS bool LANGUAGE sql AS 'SELECT true';
CREATE POLICY seen ON guarded FOR SELECT USING (may_see(id));
CREATE FUNCTION stable_one(a int) RETURNS int LANGUAGE sql STABLE AS 'SELECT a + 1';
GRANT USAGE ON SCHEMA app, far TO PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA public, app TO PUBLIC;
"""
HIDDEN = (
    ("SELECT touch()", "touch()", "function-volatile", ""),
    ("SELECT public.touch()", "public.touch()", "function-volatile", ""),
    ('SELECT app."Touch me"(1)', 'app."Touch me"', "function-volatile", ""),
    ("SELECT 'é', touch() FROM orders", "touch()", "function-volatile", ""),
    ("SELECT * FROM v", "v", "function-volatile", "the view v"),
    ("SELECT * FROM app.vv", "app.vv", "function-volatile", "the view app.vv → the view v"),
    ("SELECT s FROM v_slow", "v_slow", "function-volatile", "pg_sleep(double precision)"),
    ("SELECT * FROM v_stats", "v_stats", "function-definer", "the rights of postgres"),
    ("SELECT app.stats()", "app.stats()", "function-definer", "SECURITY DEFINER"),
    ("SELECT by_text()", "by_text", "function-volatile", "through by_text()"),
    ("SELECT by_body()", "by_body", "function-volatile", "through by_body()"),
    (
        "SELECT by_view()",
        "by_view",
        "function-volatile",
        "by_view() → the view app.vv → the view v",
    ),
    ("SELECT by_plpgsql()", "by_plpgsql", "function-volatile", "through by_plpgsql()"),
    ("SELECT by_plpgsql_view()", "by_plpgsql_view", "function-volatile", "the view app.vv"),
    ("SELECT by_comma()", "by_comma", "function-volatile", "the view app.vv"),
    ("SELECT by_operator()", "by_operator", "function-volatile", "like_it"),
    ("SELECT by_variable()", "by_variable", "function-volatile", "is_fine"),
    ("SELECT by_attribute()", "by_attribute", "function-volatile", "touched"),
    ("SELECT by_far_view()", "by_far_view", "function-volatile", "the view far.twice"),
    ("SELECT by_dynamic('SELECT 1')", "by_dynamic", "function-hidden", "EXECUTE"),
    ("SELECT by_path()", "by_path", "function-volatile", "far.touch_far()"),
    ("SELECT by_default()", "by_default", "function-volatile", "through by_default(integer)"),
    ("SELECT loud(1)", "loud", "function-volatile", "through loud(integer)"),
    ("SELECT sum_all(id) FROM orders", "sum_all", "function-volatile", "sum_up(integer, integer)"),
    ("SELECT 1 === 2", "===", "function-volatile", "like_it(integer, integer)"),
    ("SELECT 1 OPERATOR(public.===) 2", "OPERATOR", "function-volatile", "like_it"),
    ("SELECT 1 WHERE 1 === ANY (ARRAY[1])", "===", "function-volatile", "like_it"),
    ("SELECT 1 WHERE 1 === ALL (SELECT 1)", "===", "function-volatile", "like_it"),
    ("SELECT * FROM v_operator", "v_operator", "function-volatile", "like_it"),
    ("SELECT 1::checked", "checked", "function-volatile", "is_fine(integer)"),
    ("SELECT checked '1'", "checked", "function-volatile", "is_fine(integer)"),
    ("SELECT checked(1)", "checked", "function-volatile", "is_fine(integer)"),
    ("SELECT CAST(1 AS app.checked_twice)", "app.checked_twice", "function-volatile", "is_fine(integer)"),
    ("SELECT ARRAY[1]::app.checked_twice[]", "app.checked_twice", "function-volatile", "is_fine"),
    ("SELECT * FROM json_to_record('{}') AS j (a checked)", "checked)", "function-volatile", "is_fine"),
    ("SELECT p::int FROM pairs", "pairs", "function-volatile", "pair_number(app.pair)"),
    ("SELECT 1 + p FROM pairs", "pairs", "function-volatile", "pair_number(app.pair)"),
    ("SELECT ROW(1, 2)::app.pair::int", "app.pair", "function-volatile", "pair_number(app.pair)"),
    ("SELECT p IN (p) FROM twos", "IN", "function-volatile", "two_same"),
    ("SELECT CASE p WHEN p THEN 1 END FROM twos", "CASE", "function-volatile", "two_same"),
    ("SELECT 1 FROM twos a JOIN twos b USING (p)", "", "function-volatile", "two_same"),
    ("SELECT 1 FROM twos a NATURAL JOIN twos b", "", "function-volatile", "two_same"),
    ("SELECT NULLIF(p, p) FROM twos", "NULLIF", "function-volatile", "two_same"),
    ("SELECT p IS DISTINCT FROM p FROM twos", "IS", "function-volatile", "two_same"),
    ("SELECT p IN (SELECT p FROM twos) FROM twos", "IN", "function-volatile", "two_same"),
    ("SELECT o.touched FROM orders o", "o.touched", "function-volatile", "touched(orders)"),
    ("SELECT (o).touched FROM orders o", "", "function-volatile", "touched(orders)"),
    ("SELECT id FROM guarded", "guarded", "function-volatile", "the row security of the table guarded"),
    (
        "SELECT name FROM pg_file_settings",
        "pg_file_settings",
        "function-volatile",
        "pg_catalog.pg_file_settings",
    ),
    ("SELECT pg_current_xact_id()", "pg_current_xact_id", "function-volatile", "transaction number"),
    ("SELECT ts_rewrite('a'::tsquery, 'SELECT touch()' || '')", "ts_rewrite", "function-hidden", ""),
)
OPEN = (
    "SELECT now(), random(), clock_timestamp(), timeofday(), gen_random_uuid(), current_date",
    "SELECT round(avg(o.total), 2), count(*) FILTER (WHERE id > 1) OVER () FROM orders o GROUP BY id",
    "SELECT o.total FROM orders o",
    "SELECT app.calm(), said(), stable_one(1)",
    "SELECT * FROM v_calm",
    "SELECT * FROM m",
    "WITH v AS (SELECT 1) SELECT * FROM v",
    "SELECT count(*) FROM pg_stat_activity",
    "SELECT count(*) FROM pg_locks",
    "SELECT pg_total_relation_size('orders'), pg_database_size(current_database())",
    "SELECT count(*) FROM information_schema.columns",
    "SELECT count(*) FROM pg_stat_user_tables JOIN pg_stat_database ON true",
    "SELECT generate_series(1, 3), date_trunc('day', now()), to_char(now(), 'Day'), '{\"a\": 1}'::jsonb ->> 'a'",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY id) FROM orders",
    "SELECT format('%s', VARIADIC ARRAY[1]), concat('a', 1, 'b'), make_interval(days => 3), 'touch()'",
    "SELECT id FROM orders WHERE total BETWEEN 1 AND 20 AND id IN (1, 2) AND total::text LIKE '1%'",
)


PIVOT = "SELECT * FROM crosstab('SELECT id, id, total FROM orders') AS c (a int, b numeric)"


@pytest.fixture(scope="module")
def maze(server: Running) -> Iterator[Running]:
    server.run("CREATE DATABASE maze")
    server.run(MAZE, "maze")
    yield server
    server.run("DROP DATABASE maze WITH (FORCE)")


@pytest.fixture
def session(maze: Running) -> Iterator[Connection]:
    with connect(maze.dsn("maze", "reader")) as made:
        yield made


def refusal(session: Connection, sql: str) -> DatabaseError:
    (outcome,) = Prover(session).run([Statement(sql)])
    assert outcome.error is not None
    return outcome.error


@pytest.mark.parametrize(("sql", "place", "code", "words"), HIDDEN, ids=[each[0] for each in HIDDEN])
def test_fault_20_a_function_with_effects_is_refused_wherever_it_hides(
    session: Connection, sql: str, place: str, code: str, words: str
) -> None:
    error = refusal(session, sql)
    assert error.refusal == code, error
    assert words in error.message
    if place:
        assert error.position is not None
        assert sql[error.position :].startswith(place) or sql[: error.position].endswith(place)


@pytest.mark.parametrize("sql", OPEN)
def test_fault_20_what_only_reads_runs(session: Connection, sql: str) -> None:
    (outcome,) = Prover(session).run([Statement(sql)])
    assert outcome.error is None


def test_fault_20_a_trusted_function_is_called(session: Connection) -> None:
    prover = Prover(session, trusted=["app.stats", "public.by_dynamic"])
    outcomes = prover.run(
        [Statement("SELECT s, app.stats() FROM v_stats"), Statement("SELECT by_dynamic('SELECT 1')")]
    )
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert refusal(session, "SELECT app.stats()").hint.startswith("trusted_functions: {app.stats: why}")


def test_fault_20_trust_names_a_schema(session: Connection) -> None:
    (outcome,) = Prover(session, trusted=["stats", "far.stats"]).run([Statement("SELECT app.stats()")])
    assert outcome.error is not None


def test_fault_20_the_hint_for_a_forgotten_stable_is_sql(session: Connection) -> None:
    assert (
        "ALTER FUNCTION public.sum_up(integer, integer) STABLE"
        in refusal(session, "SELECT sum_up(1, 2)").hint
    )


def test_fault_20_sql_that_is_handed_as_text_is_looked_into(postgres15: Running) -> None:
    """Debian's server has tablefunc, the wheel's has no extension."""
    postgres15.run("CREATE DATABASE pivots")
    postgres15.run(f"{MAZE} CREATE EXTENSION tablefunc; CREATE VIEW p AS {PIVOT}", "pivots")
    with connect(postgres15.dsn("pivots", "reader")) as session:
        assert Prover(session).run([Statement(PIVOT)])[0].error is None
        assert "touch()" in refusal(session, PIVOT.replace("id, id", "touch(), id")).message
        assert refusal(session, PIVOT.replace("orders'", "orders' || ''")).refusal == "function-hidden"
        for text in ("SELECT 1; SELECT touch()", "no SQL at all", "DELETE FROM orders RETURNING 1"):
            assert (
                refusal(session, f"SELECT * FROM crosstab('{text}') AS c (a int)").refusal
                == "function-hidden"
            )
        assert refusal(session, "SELECT * FROM crosstab('SELECT 1', 'SELECT touch()') AS c (a int)").refusal
        assert refusal(session, "SELECT * FROM p").refusal == "function-hidden"
    postgres15.run("DROP DATABASE pivots")


@pytest.mark.parametrize("sql", ["SELECT loud(1)", "SELECT touch()", "SELECT * FROM v"])
def test_fault_23_nothing_is_planned_before_functions_are_looked_up(session: Connection, sql: str) -> None:
    """EXPLAIN runs an immutable function while it plans; the refusal comes before it is sent."""
    with pytest.raises(psycopg.errors.RaiseException, match=r"touch\(\) was called"):
        session.execute("EXPLAIN SELECT loud(1)")
    (outcome,) = Prover(session).run([Statement(sql)])
    assert outcome.error is not None
    assert outcome.error.refusal == "function-volatile"
    assert Prover(session).scans([Statement(sql)]) == [()]


@pytest.mark.parametrize("withheld", ["pg_proc", "pg_rewrite"])
def test_fault_20_what_the_catalog_did_not_tell_is_asked_again(
    maze: Running, session: Connection, withheld: str
) -> None:
    """A view stands below the function: the first question is answered, and the one about the view is not."""
    prover = Prover(session)
    maze.run(f"REVOKE SELECT ON pg_catalog.{withheld} FROM PUBLIC", "maze")
    try:
        (untold,) = prover.run([Statement("SELECT by_view()")])
    finally:
        maze.run(f"GRANT SELECT ON pg_catalog.{withheld} TO PUBLIC", "maze")
    assert untold.error is not None
    assert "could not be looked up: permission denied" in untold.error.message
    (told,) = prover.run([Statement("SELECT by_view()")])
    assert told.error is not None
    assert told.error.refusal == "function-volatile"


def test_fault_20_what_was_foreseen_lets_nothing_pass(session: Connection) -> None:
    prover = Prover(session)
    prover.foresee(["SELECT by_view() FROM v", "BY_TEXT", "SELEC 'x"])
    outcomes = prover.run(map(Statement, ["SELECT by_view()", "SELECT app.calm()", "SELECT by_text()"]))
    assert [outcome.error.refusal if outcome.error else "" for outcome in outcomes] == [
        "function-volatile",
        "",
        "function-volatile",
    ]


@pytest.mark.parametrize("at", [0, 15, 16, 63, 64, 65, 199])
def test_fault_20_a_call_is_found_wherever_it_stands_among_many_statements(
    session: Connection, at: int
) -> None:
    statements = [
        Statement(f"SELECT {number} AS c{number}, o.c{number} FROM orders o") for number in range(200)
    ]
    statements[at] = Statement("SELECT touch()")
    outcomes = Prover(session).run(statements)
    refused = [index for index, each in enumerate(outcomes) if each.error and each.error.refusal]
    assert refused == [at]
    assert not any(each.error and "was called" in each.error.message for each in outcomes)


def test_what_is_refused_takes_its_group_along(session: Connection) -> None:
    ((first, second),) = Prover(session).groups([[Statement("SELECT 1"), Statement("SELECT touch()")]])
    assert first.error is not None
    assert second.error is not None
    assert second.error.refusal == "function-volatile"


@pytest.mark.parametrize("sql", [*(each[0] for each in HIDDEN), *OPEN])
def test_fault_20_all_that_postgresql_itself_sees_called_is_found(maze: Running, sql: str) -> None:
    """The server tells its rewritten tree, with views and policies unfolded: none of its functions is unknown to us."""
    with connect(maze.dsn("maze", "reader")) as session:
        catalog = Catalog(Inquiry(session, 10))
        calls = Calls(catalog)
        mentions = gate.inspect(sql).mentions
        calls.learn([mentions])
        keys = [key for key, _, _ in calls.roots(mentions)]
        for key in keys:
            keys += [below for below in calls.below(key) if below not in keys]
        known = {key.oid for key in keys if key.kind == "function"}
        volatile = {
            row[0] for row in session.execute("SELECT oid::int8 FROM pg_proc WHERE provolatile = 'v'")
        }
    seen = {oid for oid in rewritten(maze, sql) if oid >= 16_384 or oid in volatile}
    assert seen <= known


def rewritten(maze: Running, sql: str) -> set[int]:
    """List the functions of the tree that the server itself makes of a statement."""
    trees: list[str] = []
    with psycopg.connect(maze.dsn("maze", "reader"), autocommit=True) as session:
        session.add_notice_handler(lambda told: trees.append(told.message_detail or ""))
        session.execute("SET debug_print_rewritten = on")
        session.execute("SET client_min_messages = log")
        session.pgconn.prepare(b"", sql.encode())
    found = re.findall(r":(?:funcid|opfuncid|aggfnoid|winfnoid) (\d+)", " ".join(" ".join(trees).split()))
    assert trees or "ts_rewrite" in sql
    return {int(oid) for oid in found}


def test_fault_20_no_depth_is_too_deep(maze: Running, session: Connection) -> None:
    views = [f"CREATE VIEW deep_{at} AS SELECT * FROM {f'deep_{at - 1}' if at else 'v'}" for at in range(80)]
    maze.run(f"{';'.join(views)}; GRANT SELECT ON deep_79 TO reader", "maze")
    assert "touch()" in refusal(session, "SELECT * FROM deep_79").message
    maze.run("DROP VIEW deep_0 CASCADE", "maze")


FILES = {"pg_file_settings", "pg_hba_file_rules", "pg_ident_file_mappings"}


def test_fault_20_every_view_of_postgresql_may_be_read_but_those_of_its_files(session: Connection) -> None:
    views = session.execute(
        "SELECT relname::text, format('SELECT * FROM %I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = relnamespace WHERE relkind = 'v' AND nspname IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    studied = Prover(session).study([Statement(sql) for _, sql in views])
    assert {name for (name, _), (_, error) in zip(views, studied, strict=True) if error} == FILES
    assert len(views) > 130


def test_every_function_that_is_called_harmless_is_a_volatile_one(
    postgres15: Running, postgres18: Running
) -> None:
    sql = "SELECT proname FROM pg_proc WHERE provolatile = 'v' AND oid < 16384"
    known = {row[0] for server in (postgres15, postgres18) for row in server.run(sql)}
    assert known >= HARMLESS


def test_the_way_is_the_shortest(session: Connection) -> None:
    assert "through" not in refusal(session, "SELECT touch() FROM app.vv").message


def test_keys_know_what_came_with_postgresql() -> None:
    assert Key("function", 870).built_in
    assert not Key("function", 16_384).built_in
