"""Readings on PostgreSQL 15 and 18: each instant once, gaps where a database was away, nobody else's rows touched."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.database.servers import Running
from tests.past.world import DEFINITION, START, definition_in, filled, hours, run
from watchglass.database.readings import writing
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.past import Refused
from watchglass.recording import Sampler, following, instant_of
from watchglass.sql import readings

Loaded = tuple[Definition, Service]
FIVE = datetime.timedelta(minutes=5)


@pytest.fixture(scope="module", params=[18, 15])
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with filled(request.param) as started:
        started.run(
            readings.TABLE_SQL + readings.writer_sql(readings.WRITER) + readings.reader_sql("dash"), "jobs"
        )
        yield started


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return definition_in(tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def sampler(server: Running, loaded: Loaded) -> Sampler:
    server.run(
        "TRUNCATE watchglass.readings; DELETE FROM queue; INSERT INTO queue VALUES ('a', 3), ('b', 7)", "jobs"
    )
    dsns = {"main": server.dsn("jobs", "dash")}
    return Sampler(*loaded, dsns, {"main": server.dsn("jobs", readings.WRITER)})


def rows(server: Running) -> list[tuple[object, ...]]:
    return server.run("SELECT metric, at, key, value FROM watchglass.readings ORDER BY 1, 2, 3", "jobs")


def test_a_reading_stands_at_the_whole_instant_with_its_key(sampler: Sampler, server: Running) -> None:
    assert sampler.tick(START + datetime.timedelta(seconds=123)).written == 3
    assert rows(server) == [
        ("lanes", START, {"lane": "a"}, 3.0),
        ("lanes", START, {"lane": "b"}, 7.0),
        ("waiting", START, {}, 10.0),
    ]


def test_an_instant_is_recorded_once_also_by_another_run(sampler: Sampler, server: Running) -> None:
    assert sampler.tick(START).written == 3
    assert sampler.tick(START + FIVE / 2).written == 0
    again = replace(sampler, _done={})
    assert again.tick(START + FIVE / 2).written == 0
    assert again.tick(START + FIVE).written == 3


def test_no_row_and_no_number_leave_a_reading_too(sampler: Sampler, server: Running) -> None:
    server.run("DELETE FROM queue", "jobs")
    sampler.tick(START)
    assert rows(server) == [("lanes", START, {}, None), ("waiting", START, {}, None)]


def test_a_range_of_many_days_is_read(tmp_path: Path, sampler: Sampler, server: Running) -> None:
    text = DEFINITION.replace("range: 2h", "range: 30d").replace(
        "lost: 10}}", "lost: 10}, history: {record: 5m, keep: 1d}}"
    )
    definition, service = definition_in(tmp_path, text)
    tick = replace(sampler, definition=definition, service=service).tick(START)
    assert tick.failures == ()
    assert ("failures", START, {}, 0.0) in rows(server)


def test_a_reading_holds_to_the_second() -> None:
    assert "make_interval(secs => 1234567)" in readings.newest_of("jobs", "gap", "hours", (), 1234567.0).text


def test_old_readings_are_deleted_but_nobody_elses(sampler: Sampler, server: Running) -> None:
    old = START - datetime.timedelta(days=2)
    for service, metric in (("jobs", "waiting"), ("jobs", "gone"), ("other", "waiting")):
        server.run(
            f"INSERT INTO watchglass.readings VALUES ('{service}', '{metric}', '{old.isoformat()}', '{{}}', 1)",
            "jobs",
        )
    sampler.tick(START)
    left = server.run(
        "SELECT service, metric FROM watchglass.readings WHERE at < '2026-03-02' ORDER BY 1, 2", "jobs"
    )
    assert left == [("jobs", "gone"), ("other", "waiting")]


def test_a_second_sampler_does_nothing_while_the_first_holds_the_lock(
    sampler: Sampler, server: Running
) -> None:
    dsn = server.dsn("jobs", readings.WRITER)
    with writing(dsn, sampler.name) as first:
        assert first is not None
        assert sampler.tick(START).locked
    assert sampler.tick(START).written == 3


def test_a_source_that_is_down_is_a_gap_and_no_crash(sampler: Sampler, server: Running) -> None:
    away = replace(sampler, dsns={"main": "postgresql://dash@127.0.0.1:1/jobs"})
    tick = away.tick(START)
    assert tick.written == 0
    assert [text.partition(":")[0] for text in tick.failures] == ["waiting", "lanes"]
    assert replace(sampler, into={"main": "postgresql://w@127.0.0.1:1/jobs"}).tick(START).failures
    assert sampler.tick(START + FIVE).written == 3


def test_one_query_that_fails_leaves_the_others(sampler: Sampler, server: Running) -> None:
    server.run("ALTER TABLE queue RENAME COLUMN lane TO track", "jobs")
    try:
        tick = sampler.tick(START)
    finally:
        server.run("ALTER TABLE queue RENAME COLUMN track TO lane", "jobs")
    assert tick.written == 1
    assert tick.failures == ('lanes: PostgreSQL: column "lane" does not exist',)


def test_the_writer_may_do_no_more_than_record(server: Running) -> None:
    import psycopg
    from psycopg.errors import InsufficientPrivilege

    with psycopg.connect(server.dsn("jobs", readings.WRITER), autocommit=True) as connection:
        for sql in (
            "UPDATE watchglass.readings SET value = 1",
            "SELECT * FROM queue",
            "DROP TABLE watchglass.readings",
        ):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(sql.encode())


def test_the_sql_that_makes_the_table_may_be_run_again(server: Running) -> None:
    server.run(
        readings.TABLE_SQL + readings.writer_sql(readings.WRITER) + readings.reader_sql("dash"), "jobs"
    )


def test_the_sql_that_makes_the_table_takes_any_name_of_a_role(server: Running) -> None:
    server.run(readings.writer_sql("our.Sampler") + readings.reader_sql("our.Sampler"), "jobs")
    assert server.run(
        "SELECT has_table_privilege('our.Sampler', 'watchglass.readings', 'DELETE')", "jobs"
    ) == [(True,)]


def test_an_alert_is_replayed_on_what_was_recorded(sampler: Sampler, server: Running, loaded: Loaded) -> None:
    for index in range(48):
        waiting = 4 if 12 <= index < 24 else 1
        server.run(f"UPDATE queue SET waiting = {waiting}", "jobs")
        if not 30 <= index < 36:
            sampler.tick(START + index * FIVE)
    variant = run(loaded, "waiting", hours(0.5, 4), server.dsn("jobs", "dash"))
    (replay,) = variant.replays
    assert [(each.begin, each.end) for each in replay.firings] == [(START + 12 * FIVE, START + 24 * FIVE)]
    # Six readings are missing, and the one before them holds for ten minutes.
    assert list(replay.left_out) == [START + index * FIVE for index in range(31, 36)]
    assert "39 readings, one every 5 minutes" in variant.bases[0].text


def test_a_key_that_vanished_is_over_and_one_that_stays_fires(
    sampler: Sampler, server: Running, loaded: Loaded
) -> None:
    for index in range(12):
        if index == 6:
            server.run("DELETE FROM queue WHERE lane = 'b'", "jobs")
        sampler.tick(START + index * FIVE)
    (replay,) = run(loaded, "lanes", hours(0, 1), server.dsn("jobs", "dash")).replays
    # Grafana resolves a series at the second evaluation without it.
    assert [(each.key, each.begin, each.end) for each in replay.firings] == [
        ((("lane", "b"),), START, START + 7 * FIVE)
    ]


def test_nothing_recorded_in_the_stretch_is_refused(
    sampler: Sampler, server: Running, loaded: Loaded
) -> None:
    sampler.tick(START)
    with pytest.raises(Refused) as refused:
        run(loaded, "waiting", hours(20, 24), server.dsn("jobs", "dash"))
    assert "nothing was recorded" in refused.value.problems[0].message


def test_instants_do_not_drift() -> None:
    late = START + datetime.timedelta(seconds=301.5)
    assert instant_of(late, 300) == START + FIVE
    assert following(late, 300) == START + 2 * FIVE


@pytest.mark.skipif(sys.platform == "win32", reason="a process is ended otherwise there")
def test_the_process_records_and_ends_on_a_signal(sampler: Sampler, server: Running, loaded: Loaded) -> None:
    command = [
        sys.executable,
        "-m",
        "watchglass",
        "sample",
        str(Path(loaded[0].folder) / "jobs.yaml"),
        "--every",
        "1s",
    ]
    command += ["--dsn", sampler.dsns["main"]]
    environment = {**os.environ, "WATCHGLASS_INTO": sampler.into["main"]}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(100):
            if rows(server):
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=5)
    finally:
        process.kill()
    assert process.returncode == 0, told
    assert "jobs: 3 readings" in told
