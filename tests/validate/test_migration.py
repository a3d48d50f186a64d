"""A migration is tried on a copy: what it breaks and what it changes is named, with the statement that does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.live import missing
from watchglass.database.embedded import NoServer, Server, embedded_server
from watchglass.pipeline import compile_definition
from watchglass.problems import Problem
from watchglass.validate.migration.guard import judge_migration
from watchglass.validate.migration.scripts import read_migrations

DEFINITION = """version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {fine: green, bad: red}
sources: {main: {type: postgres, fixture: {schema: schema.sql, data: data.sql, role: reader}}}
queries:
  open:
    sql: SELECT count(*) AS n FROM shop.orders WHERE state = 'open'
    columns: {n: integer}
  all:
    sql: SELECT id, state::text AS state, note, price, at FROM shop.orders ORDER BY id
    columns: {id: integer, state: text, note: text, price: number, at: timestamp}
  aged:
    sql: SELECT state, n, round(extract(epoch FROM age)) AS age FROM shop.aged ORDER BY 1
    key: [state]
    columns: {state: text, n: integer, age: number}
metrics:
  open: {query: open, column: n, title: Open, better: lower, thresholds: {bad: 2}}
  paid: {query: aged, column: n, where: {state: paid}, title: Paid, better: lower, thresholds: {bad: 9}}
alerts:
  many: {metric: open, when: above 1, severity: bad, title: Many}
dashboards:
  main: {title: M, rows: [{title: All, panels: [{metric: open, as: number}, {query: all, as: table}, {query: aged, as: table}]}]}
"""
SCHEMA = """CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'paid');
CREATE TABLE shop.orders (
  id int PRIMARY KEY, state shop.state NOT NULL, note text NOT NULL, price numeric NOT NULL, at timestamptz NOT NULL,
  unused int
);
CREATE VIEW shop.aged AS SELECT state::text AS state, count(*) AS n, max(now() - at) AS age FROM shop.orders GROUP BY 1;
CREATE ROLE reader; GRANT USAGE ON SCHEMA shop TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader;
"""
DATA = """INSERT INTO shop.orders VALUES (1, 'open', 'a', 1, '2026-01-01 12:00+00'), (2, 'paid', 'b', 2, '2026-01-02 12:00+00');
"""
Judge = Callable[..., tuple[Problem, ...]]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        with embedded_server() as made:
            yield made
    except NoServer as absent:
        missing(absent.message)


@pytest.fixture
def judge(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Judge:
    monkeypatch.chdir(tmp_path)
    for name, text in (("shop.yaml", DEFINITION), ("schema.sql", SCHEMA), ("data.sql", DATA)):
        Path(name).write_text(text)

    def judged(*migrations: str, dsn: str = "") -> tuple[Problem, ...]:
        compiled = compile_definition(Path("shop.yaml"))
        assert [problem.message for problem in compiled.problems if problem.level == "error"] == []
        assert compiled.definition is not None
        assert compiled.service is not None
        paths = [Path(f"{number}.sql") for number, _ in enumerate(migrations, 1)]
        for path, text in zip(paths, migrations, strict=True):
            path.write_text(text)
        files, problems = read_migrations(paths)
        assert problems == ()
        dsns = {"main": dsn} if dsn else {}
        return judge_migration(
            compiled.definition,
            compiled.service,
            compiled.artifacts,
            dsns,
            server=server,
            files={"main": files},
        ).problems

    return judged


AGED = "VIEW shop.aged AS SELECT state::text AS state, count(*) AS n, max(now() - at) AS age FROM shop.orders GROUP BY 1"
HARMLESS = [
    "ALTER TABLE shop.orders ADD COLUMN more text",
    "CREATE INDEX CONCURRENTLY i ON shop.orders (at); DROP INDEX CONCURRENTLY shop.i",
    "BEGIN; ALTER TABLE shop.orders DROP COLUMN unused; COMMIT;",
    "ALTER TYPE shop.state ADD VALUE 'sent'",
    "ALTER TABLE shop.orders ADD CHECK (price > 0) NOT VALID",
    f"CREATE OR REPLACE {AGED}",
    f"DROP VIEW shop.aged; CREATE {AGED}; GRANT SELECT ON shop.aged TO reader",
    "-- nothing\n/* at all */",
]


@pytest.mark.parametrize("migration", HARMLESS)
def test_a_migration_that_changes_nothing_for_the_statements_is_let_through(
    migration: str, judge: Judge
) -> None:
    assert judge(migration) == ()


BREAKS = [
    ("ALTER TABLE shop.orders RENAME COLUMN state TO status", 'column "state" does not exist [42703]'),
    ("DROP TABLE shop.orders CASCADE", 'relation "shop.orders" does not exist [42P01]'),
    ("ALTER SCHEMA shop RENAME TO store", 'relation "shop.orders" does not exist [42P01]'),
    (
        "ALTER TYPE shop.state RENAME VALUE 'open' TO 'new'",
        'invalid input value for enum shop.state: "open" [22P02]',
    ),
    ("REVOKE SELECT ON shop.orders FROM reader", "permission denied for table orders [42501]"),
    ("REVOKE USAGE ON SCHEMA shop FROM reader", "permission denied for schema shop [42501]"),
    (
        "ALTER VIEW shop.aged SET (security_invoker = true); REVOKE SELECT ON shop.orders FROM reader",
        "permission denied",
    ),
]


@pytest.mark.parametrize(("migration", "words"), BREAKS)
def test_what_postgresql_refuses_afterwards_is_broken(migration: str, words: str, judge: Judge) -> None:
    found = [problem for problem in judge(migration) if problem.code == "migration-breaks"]
    assert any(words in problem.message for problem in found), found
    assert all(problem.related[0].span.file == "1.sql" for problem in found)
    assert all(problem.level == "error" for problem in found)


CHANGES = [
    (
        "ALTER TABLE shop.orders ALTER price TYPE float8",
        "what was of type numeric is of type float8 (price)",
        "error",
    ),
    ("ALTER TABLE shop.orders ALTER id TYPE bigint", "what was of type int4 is of type int8 (id)", "warning"),
    (
        "ALTER TABLE shop.orders ALTER note TYPE int USING 1",
        "what was of type text is of type int4 (note)",
        "error",
    ),
    ("ALTER TABLE shop.orders ALTER note DROP NOT NULL", "shop.orders.note may be NULL", "error"),
    (
        "ALTER TYPE shop.state RENAME VALUE 'paid' TO 'settled'",
        "the value 'paid' of the type shop.state is gone",
        "error",
    ),
    (
        f"CREATE OR REPLACE {AGED.replace('count(*)', 'count(*) + 1')}",
        "the view shop.aged is made of something else",
        "error",
    ),
    (
        f"CREATE OR REPLACE {AGED.replace('GROUP', 'WHERE price < 100 GROUP')}",
        "the view shop.aged is made of something else, though the fixture's rows give the same",
        "warning",
    ),
    ("DELETE FROM shop.orders WHERE id = 2", "the fixture's rows give another result", "warning"),
    ("ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY", "(rows-hidden)", "error"),
]


@pytest.mark.parametrize(("migration", "words", "level"), CHANGES)
def test_what_runs_but_means_something_else_is_changed(
    migration: str, words: str, level: str, judge: Judge
) -> None:
    found = [problem for problem in judge(migration) if words in problem.message]
    assert [(problem.code, problem.level) for problem in found] == [("migration-changes", level)]
    assert found[0].related[0].span.file == "1.sql"


def test_panels_alerts_and_questions_are_named_and_a_cause_is_told_once(judge: Judge) -> None:
    (problem,) = judge("ALTER TABLE shop.orders DROP COLUMN price")
    assert "breaks panel main/all-table; query all: PostgreSQL" in problem.message
    assert (problem.span.line, problem.span.column) == (10, 49)


def test_an_alert_and_its_panel_are_named_together(judge: Judge) -> None:
    found = judge("DROP TABLE shop.orders CASCADE")
    assert "alert many/A; panels main/open-number, main/all-table; queries open, all" in found[0].message


def test_the_one_statement_of_several_files_that_does_it_is_pointed_at(judge: Judge) -> None:
    first = "CREATE TABLE shop.other (id int);\n-- why\nALTER TABLE shop.orders\n  DROP COLUMN note;\n"
    (problem,) = judge("ALTER TABLE shop.orders ADD more int;", first)
    at = problem.related[0].span
    assert (at.file, at.line, at.column) == ("2.sql", 3, 1)


def test_a_column_that_comes_back_under_its_name_is_no_break(judge: Judge) -> None:
    assert (
        judge("ALTER TABLE shop.orders RENAME note TO old", "ALTER TABLE shop.orders RENAME old TO note")
        == ()
    )


@pytest.mark.parametrize(
    ("migration", "place", "words"),
    [
        ("SELECT 1;\nALTER TABLE shop.orders DROP COLUMN nothing;", (2, 1), "does not exist"),
        ("SELECT 1;\nSELEC 2;", (2, 1), "syntax error"),
        ("\\connect other", (1, 1), "syntax error"),
    ],
)
def test_a_migration_that_fails_is_told_with_its_place(
    migration: str, place: tuple[int, int], words: str, judge: Judge
) -> None:
    (problem,) = judge(migration)
    assert problem.code == "migration-refused"
    assert words in problem.message
    assert (problem.span.line, problem.span.column) == place


def test_a_real_databases_structure_is_copied_and_the_database_left_alone(
    judge: Judge, server: Server
) -> None:
    server.create_database("real")
    with psycopg.connect(server.dsn("real"), autocommit=True) as real:
        real.execute(SCHEMA.replace("CREATE ROLE reader;", "").replace("TO reader", "TO PUBLIC").encode())
        real.execute(
            "ALTER TABLE shop.orders RENAME note TO remark; ALTER TABLE shop.orders ADD note text NOT NULL"
        )
        (problem,) = judge("ALTER TABLE shop.orders DROP COLUMN note", dsn=server.dsn("real"))
        assert problem.code == "migration-breaks"
        assert real.execute("SELECT note FROM shop.orders").fetchall() == []
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("DROP DATABASE real")
        left = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
    assert left == [("postgres",)]


def test_a_copy_has_the_settings_of_its_database(judge: Judge) -> None:
    path = (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = shop', current_database()); END $$;"
    )
    Path("schema.sql").write_text(SCHEMA + path)
    Path("shop.yaml").write_text(DEFINITION.replace("FROM shop.orders WHERE", "FROM orders WHERE"))
    assert judge("SELECT 1") == ()


def test_a_statement_that_fails_already_is_told_as_such(judge: Judge) -> None:
    Path("shop.yaml").write_text(DEFINITION.replace("WHERE state = 'open'", "WHERE stat = 'open'"))
    assert [problem.code for problem in judge("SELECT 1")] == ["sql-error"]
