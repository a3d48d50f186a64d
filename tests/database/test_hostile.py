"""Hostile statements on both servers: refused, or nothing has changed in rows, catalog, sequences, locks, objects, files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database import hostile
from tests.database.servers import Running
from watchglass.database.connection import connect
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover
from watchglass.sql import gate

STATE = """
SELECT (SELECT string_agg(o::text, ';' ORDER BY id) FROM orders o),
    (SELECT last_value || ' ' || is_called FROM tickets),
    (SELECT md5(string_agg(c.relname || c.relowner || coalesce(c.relacl::text, ''), ';' ORDER BY c.oid)) FROM pg_class c
        WHERE NOT c.relname ~ '^pg_'),
    (SELECT md5(string_agg(a::text, ';' ORDER BY a.attrelid, a.attnum)) FROM pg_attribute a WHERE a.attrelid > 16383),
    (SELECT string_agg(oid::text, ';') FROM pg_largeobject_metadata),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
    (SELECT md5(string_agg(r::text, ';' ORDER BY r.rolname)) FROM pg_authid r),
    (SELECT count(*) FROM pg_auth_members), (SELECT count(*) FROM pg_db_role_setting),
    (SELECT string_agg(datname, ';' ORDER BY 1) FROM pg_database), (SELECT count(*) FROM pg_proc),
    (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_prepared_xacts),
    (SELECT count(*) FROM pg_file_settings), (SELECT count(*) FROM pg_description),
    (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_rewrite), (SELECT count(*) FROM pg_namespace)
"""
MADE = Path("/tmp/watchglass-made")


@pytest.fixture(scope="module")
def witness(server: Running) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Give another session, which listens, and must live on."""
    with psycopg.connect(server.dsn("world"), autocommit=True) as session:
        session.execute("LISTEN made")
        yield session


def wait_for_the_end(witness: psycopg.Connection[tuple[object, ...]], backend: int) -> None:
    """Wait until a session has let go of its locks."""
    for _ in range(200):
        if not witness.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (backend,)).fetchall():
            return
        time.sleep(0.01)


def shown(sql: str) -> str:
    return sql[:60].encode("unicode_escape").decode()


@pytest.mark.parametrize("sql", hostile.STATEMENTS, ids=shown)
def test_faults_16_to_27_a_hostile_statement_is_refused_or_comes_to_nothing(
    server: Running, witness: psycopg.Connection[tuple[object, ...]], sql: str
) -> None:
    """Even where every function is trusted, so that the layers beneath the look-up have to hold."""
    before = witness.execute(STATE.encode()).fetchall()
    with connect(server.dsn("world", "reader")) as session:
        every = session.execute(
            "SELECT n.nspname || '.' || proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
        )
        trusted = {str(row[0]) for row in every.fetchall()}
        (outcome,) = Prover(session, statement_seconds=0.3, trusted=trusted).run([Statement(sql)])
        backend = session.info.backend_pid
    wait_for_the_end(witness, backend)
    assert len(outcome.rows) <= 10_000
    assert witness.execute(STATE.encode()).fetchall() == before
    assert list(witness.notifies(timeout=0)) == []
    assert not MADE.exists()


@pytest.mark.parametrize(
    "sql", [*hostile.OUTRIGHT, *hostile.SESSION, *hostile.SEVERAL, *hostile.INSIDE], ids=shown
)
def test_faults_16_and_17_the_gate_alone_refuses_what_is_not_one_reading_select(sql: str) -> None:
    assert gate.inspect(sql).refusals or sql in HARMLESS


@pytest.mark.parametrize("sql", hostile.EFFECTS, ids=shown)
def test_fault_20_a_call_with_an_effect_is_refused_before_it_is_sent(server: Running, sql: str) -> None:
    with connect(server.dsn("world", "reader")) as session:
        (outcome,) = Prover(session, statement_seconds=0.3).run([Statement(sql)])
    assert outcome.error is not None
    assert outcome.error.refusal in {"function-volatile", "function-definer", "sql-not-select"}


HARMLESS = frozenset(
    {
        "SELECT '\\'; DROP TABLE orders; --'",
        "SELECT U&'\\0027; DROP TABLE orders; --'",
        "SELECT 1 /* /* */ ; DROP TABLE orders; -- */",
    }
)
"""One string or comment each, as PostgreSQL reads it."""


def test_the_table_is_as_long_as_promised() -> None:
    assert len(set(hostile.STATEMENTS)) == len(hostile.STATEMENTS) >= 120


def test_a_row_that_is_changed_is_seen(
    server: Running, witness: psycopg.Connection[tuple[object, ...]]
) -> None:
    """The state that the test above compares tells a write, a lock, a sequence and a large object."""
    before = witness.execute(STATE.encode()).fetchall()
    with psycopg.connect(server.dsn("world")) as session:
        for sql in (
            "UPDATE orders SET note = 'x' WHERE id = 1",
            "SELECT lo_create(4711)",
            "CREATE TABLE made ()",
            "SELECT pg_advisory_lock(1)",
        ):
            session.execute(sql.encode())
            assert session.execute(STATE.encode()).fetchall() != before
            if "advisory" not in sql:
                session.rollback()
