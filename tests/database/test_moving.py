"""Databases whose clock is an input: fixtures, changes and queries at any instant, copies that leave no trace."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.servers import Running
from watchglass.database.connection import connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError
from watchglass.database.moving import MovingDatabase, MovingTemplate, NotOurs, moving_template
from watchglass.database.proof import Outcome, Statement

START = datetime.datetime(2026, 3, 1, 10, tzinfo=datetime.UTC)
MINUTE, HOUR, DAY = (datetime.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))

FIXTURE = """
CREATE ROLE dashboards;
CREATE TABLE drafts (id int GENERATED ALWAYS AS IDENTITY, made timestamptz NOT NULL DEFAULT now(), seen date);
INSERT INTO drafts (made, seen) SELECT now() - n * interval '10 minutes', 'yesterday' FROM generate_series(0, 99) AS n;
CREATE VIEW fresh AS SELECT count(*) AS n FROM drafts WHERE made > now() - interval '1 hour';
CREATE FUNCTION fresh_drafts() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
    BEGIN RETURN (SELECT count(*) FROM drafts WHERE made > now() - interval '1 hour'); END $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.seen := current_date; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON drafts FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE secret (word text);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_temp', current_database()); END $$;
GRANT SELECT ON drafts, fresh TO dashboards;
"""


@pytest.fixture(scope="module", params=["postgres18", "postgres15"])
def template(request: pytest.FixtureRequest) -> Iterator[MovingTemplate]:
    running: Running = request.getfixturevalue(request.param)
    server = Server(Path(running.host))
    with moving_template(server, "moving", [FIXTURE], made=START, role="dashboards") as made:
        yield made


@pytest.fixture
def database(template: MovingTemplate) -> Iterator[MovingDatabase]:
    with template.copy() as made:
        yield made


@pytest.fixture(scope="module")
def quiet(template: MovingTemplate) -> Iterator[MovingDatabase]:
    """Give a copy that is only asked."""
    with template.copy() as made:
        yield made


def ask(database: MovingDatabase, sql: str, *parameters: object, timezone: str | None = None) -> Outcome:
    return database.ask([Statement(sql, parameters, timezone)])[0]


def value(database: MovingDatabase, sql: str, *parameters: object, timezone: str | None = None) -> object:
    outcome = ask(database, sql, *parameters, timezone=timezone)
    assert outcome.error is None, outcome.error
    return outcome.rows[0][0]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n FROM fresh",
        "SELECT fresh_drafts()",
        "SELECT count(*) FROM drafts WHERE made > now() - interval '1 hour'",
    ],
)
def test_a_query_a_view_and_a_function_see_the_instant(quiet: MovingDatabase, sql: str) -> None:
    seen = []
    for instant in (START, START + 30 * MINUTE, START + 2 * HOUR, START - 10 * HOUR):
        quiet.at(instant)
        seen.append(value(quiet, sql))
    assert seen == [6, 3, 0, 66]


def test_a_copy_begins_where_its_fixtures_were_run(database: MovingDatabase) -> None:
    assert ask(database, "SELECT now(), max(made), max(seen) FROM drafts").rows == [
        (START, START, (START - DAY).date())
    ]


def test_a_change_sees_the_instant_in_defaults_and_triggers(database: MovingDatabase) -> None:
    database.at(START + 3 * DAY)
    database.change(
        "INSERT INTO drafts (seen) VALUES ('tomorrow'); UPDATE drafts SET id = DEFAULT WHERE made = now() - 3 * interval '1 day'"
    )
    assert ask(database, "SELECT made, seen FROM drafts WHERE seen > 'yesterday' ORDER BY 1").rows == [
        (START, (START + 3 * DAY).date()),
        (START + 3 * DAY, (START + 4 * DAY).date()),
    ]


def test_strings_of_unknown_type_are_read_as_the_server_reads_them(quiet: MovingDatabase) -> None:
    sql = "SELECT 'today', $1::int, count(*) FROM drafts WHERE seen >= 'yesterday' AND made < 'today' AND 'now' <> 'then'"
    count = sum(1 for n in range(100) if START - n * 10 * MINUTE < START.replace(hour=0))
    assert ask(quiet, sql, 7).rows == [("today", 7, count)]


def test_the_day_is_that_of_the_statements_time_zone(quiet: MovingDatabase) -> None:
    quiet.at(datetime.datetime(2026, 3, 28, 23, 30, tzinfo=datetime.UTC))
    day = "SELECT current_date::text || ' ' || (date_trunc('day', now()) + interval '1 day' - date_trunc('day', now()))"
    assert value(quiet, day) == "2026-03-28 1 day"
    assert value(
        quiet, f"{day} || extract(timezone FROM 'tomorrow'::timestamptz)", timezone="Europe/Berlin"
    ) == ("2026-03-29 23:00:007200")


def test_queries_are_asked_as_the_role_and_cannot_write(quiet: MovingDatabase) -> None:
    assert value(quiet, "SELECT current_user::text") == "dashboards"
    refused = [
        ask(quiet, sql).error
        for sql in ("SELECT * FROM secret", "DELETE FROM drafts", "SELECT nextval('drafts_id_seq'), now()")
    ]
    assert all(refused)


def test_an_error_points_into_the_query_as_it_was_given(quiet: MovingDatabase) -> None:
    sql = "SELECT 'é', now(), current_date, nope FROM drafts"
    error = ask(quiet, sql).error
    assert error is not None
    assert (error.message, error.position) == ('column "nope" does not exist', sql.index("nope"))


def test_a_refused_change_points_into_its_text_and_leaves_nothing(database: MovingDatabase) -> None:
    script = "DELETE FROM drafts;\nINSERT INTO drafts (seen) SELECT now(), 'é'; SELECT 1"
    with pytest.raises(FixtureError) as told:
        database.change(script)
    assert told.value.offset == script.index("'é'")
    assert value(database, "SELECT count(*) FROM drafts") == 100


def test_a_constraint_that_is_checked_at_the_end_refuses_the_change(database: MovingDatabase) -> None:
    database.change("CREATE TABLE one (i int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(FixtureError, match="duplicate key"):
        database.change("INSERT INTO one VALUES (1), (1)")
    database.change("INSERT INTO one VALUES (1)")


def test_a_refused_fixture_points_into_its_file(postgres18: Running) -> None:
    text = "CREATE TABLE t (a timestamptz DEFAULT now());\nCREATE VIEW v AS SELECT now(), b FROM t"
    with (
        pytest.raises(FixtureError) as told,
        moving_template(Server(Path(postgres18.host)), "refused", ["SELECT 1", text], made=START),
    ):
        pass
    assert (told.value.file, told.value.offset) == (1, text.index("b FROM"))


def databases(template: MovingTemplate) -> set[str]:
    with psycopg.connect(template.scratch.server.dsn()) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


def test_copies_know_nothing_of_each_other(template: MovingTemplate) -> None:
    before = databases(template)
    with template.copy() as first, template.copy() as second:
        first.change("TRUNCATE drafts; CREATE TABLE more ()")
        first.at(START + DAY)
        assert (
            value(first, "SELECT count(*) FROM drafts"),
            value(second, "SELECT count(*) FROM drafts"),
        ) == (0, 100)
        assert value(second, "SELECT now()") == START
        assert (first.changed, second.changed) == (True, False)
    assert databases(template) == before


def test_a_copy_has_the_settings_of_its_database(quiet: MovingDatabase) -> None:
    assert value(quiet, "SELECT current_setting('search_path')") == "public, pg_temp"


def test_what_the_rewriting_has_to_say_is_given_back(
    template: MovingTemplate, database: MovingDatabase
) -> None:
    assert template.findings == ((),)
    made = database.change("CREATE VIEW w AS SELECT date 'today' AS d; GRANT SELECT ON w TO dashboards")
    assert [each.code for each in made] == ["clock-frozen"]
    assert value(database, "SELECT d FROM w") == START.date()


def test_fault_30_a_database_that_this_run_did_not_make_is_never_changed(server: Running) -> None:
    with (
        connect(server.dsn("world")) as owner,
        connect(server.dsn("world")) as reader,
        pytest.raises(NotOurs),
    ):
        MovingDatabase(owner, reader).change("DELETE FROM orders")
    assert server.run("SELECT count(*) FROM orders", "world") == [(3,)]


MOMENTS = [START - 40 * minutes * MINUTE for minutes in range(-3, 100)]
MANY = {
    "one number": "SELECT count(*) AS n FROM drafts WHERE made > now() - interval '1 hour' AND made <= current_timestamp;",
    "keyed": "SELECT made::date AS day, count(*) FROM drafts WHERE made < now() GROUP BY 1 ORDER BY 1 -- by day\n ; ",
    "words": "SELECT count(*), min(age(made)), max(localtimestamp - made::timestamp) FROM drafts WHERE made >= 'yesterday'",
    "a common table": "WITH a AS (SELECT now() - made AS old FROM drafts) SELECT count(*) FROM a WHERE old > interval '0'",
    "no clock": "SELECT id FROM drafts ORDER BY id LIMIT 3",
    "no rows": "SELECT id FROM drafts WHERE made = current_date",
    "a view": "SELECT n, now() FROM fresh",
    "a function": "SELECT fresh_drafts() AS n",
    "a view below": "SELECT count(*) FROM drafts WHERE made < now() - (SELECT n FROM fresh) * interval '1 hour'",
    "only the clock": "SELECT max(now()) FROM drafts",
    "the same name twice": "SELECT now() AS a, id AS a FROM drafts ORDER BY id DESC LIMIT 2",
    "fails at times": "SELECT 1 / (count(*) - 6) FROM drafts WHERE made > now() - interval '1 hour' AND made <= now()",
    "always fails": "SELECT nope, now() FROM drafts",
    "refused": "DELETE FROM drafts WHERE made < now()",
    "not closed": "SELECT 'now()",
    "no query by itself": "SELECT 1 AS a) AS b, (SELECT now()",
}  # fmt: skip


@pytest.mark.parametrize("timezone", ["UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("sql", MANY.values(), ids=MANY)
def test_many_instants_give_what_each_gives_alone(quiet: MovingDatabase, sql: str, timezone: str) -> None:
    statement = Statement(sql, (), timezone)
    alone = []
    for moment in MOMENTS:
        quiet.at(moment)
        alone += quiet.ask([statement])
    together = quiet.many(statement, MOMENTS)
    assert [(each.columns, each.rows, each.error) for each in together] == [
        (each.columns, each.rows, each.error) for each in alone
    ]


def test_a_function_that_catches_errors_sees_every_instant(database: MovingDatabase) -> None:
    body = "BEGIN RETURN now(); EXCEPTION WHEN OTHERS THEN RETURN NULL; END"
    database.change(f"CREATE FUNCTION careful() RETURNS timestamptz STABLE LANGUAGE plpgsql AS '{body}'")
    answers = database.many(Statement("SELECT careful()"), MOMENTS)
    assert [each.rows for each in answers] == [[(moment,)] for moment in MOMENTS]


def test_many_instants_take_parameters(quiet: MovingDatabase) -> None:
    statement = Statement(
        "SELECT count(*) + $1::int FROM drafts WHERE made > now() - interval '1 hour'", (100,)
    )
    assert [each.rows for each in quiet.many(statement, [START, START + 30 * MINUTE])] == [
        [(106,)],
        [(103,)],
    ]


def test_many_rows_at_many_instants_are_not_cut(quiet: MovingDatabase) -> None:
    statement = Statement("SELECT n FROM generate_series(1, 900) AS n WHERE now() IS NOT NULL")
    assert [len(each.rows) for each in quiet.many(statement, MOMENTS)] == [900] * len(MOMENTS)
    large = quiet.many(Statement("SELECT n, now() FROM generate_series(1, 10001) AS n"), MOMENTS[:2])
    assert [(len(each.rows), each.cut) for each in large] == [(10_000, True)] * 2


def test_no_instants_give_nothing(quiet: MovingDatabase) -> None:
    assert quiet.many(Statement("SELECT now()"), []) == []
