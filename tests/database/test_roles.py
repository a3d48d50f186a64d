"""What a role may do beyond reading: each objection, with SQL that mends it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database.servers import Running
from watchglass.database.connection import connect
from watchglass.database.roles import Objection, role_objections


@pytest.fixture
def clerk(server: Running) -> Iterator[Running]:
    """Give a database with a role `clerk` that may only read, all of it gone afterwards."""
    server.run("CREATE DATABASE office")
    server.run("CREATE ROLE clerk LOGIN; CREATE ROLE boss")
    server.run(
        "CREATE TABLE orders (id int, note text); CREATE SEQUENCE tickets; CREATE SCHEMA locked;"
        "CREATE TABLE locked.t (); GRANT DELETE ON locked.t TO PUBLIC; GRANT SELECT ON orders TO clerk",
        "office",
    )
    yield server
    server.run("DROP DATABASE office WITH (FORCE)")
    server.run("DROP OWNED BY clerk, boss; DROP ROLE clerk, boss")


def objections(server: Running, user: str = "clerk", **more: str) -> tuple[Objection, ...]:
    with connect(server.dsn("office", user, **more)) as session:
        return role_objections(session)


def test_fault_21_a_role_that_only_reads_passes(clerk: Running) -> None:
    assert objections(clerk) == ()


def test_fault_21_roles_for_monitoring_and_reading_pass(clerk: Running) -> None:
    clerk.run("GRANT pg_monitor, pg_read_all_data TO clerk; REVOKE DELETE ON locked.t FROM PUBLIC", "office")
    assert objections(clerk) == ()


def test_fault_21_a_superuser_is_refused_with_that_alone(clerk: Running) -> None:
    (told,) = objections(clerk, "postgres")
    assert told.message == "it is the superuser postgres, or may become it"


@pytest.mark.parametrize(
    ("sql", "message", "hint"),
    [
        (
            "ALTER DATABASE office OWNER TO clerk",
            "it owns the database office",
            "ALTER DATABASE office OWNER",
        ),
        ("ALTER DATABASE office OWNER TO boss; GRANT boss TO clerk", "it owns the database office", ""),
        ("ALTER TABLE orders OWNER TO clerk", "it owns public.orders", "OWNER TO"),
        (
            "GRANT CREATE ON DATABASE office TO clerk",
            "schemas in the database office",
            "REVOKE CREATE ON DATABASE",
        ),
        (
            "GRANT CREATE ON SCHEMA public TO PUBLIC",
            "tables in the schema public",
            "REVOKE CREATE ON SCHEMA public",
        ),
        ("GRANT INSERT ON orders TO clerk", "it may write to public.orders", "REVOKE INSERT"),
        ("GRANT UPDATE (note) ON orders TO clerk", "it may write to public.orders", "ON public.orders FROM"),
        ("GRANT TRUNCATE ON orders TO PUBLIC", "it may write to public.orders", "FROM PUBLIC"),
        ("GRANT DELETE ON orders TO boss; GRANT boss TO clerk", "it may write to public.orders", ""),
        (
            "ALTER ROLE clerk NOINHERIT; GRANT DELETE ON orders TO boss; GRANT boss TO clerk",
            "it may write to public.orders",
            "",
        ),
        ("GRANT USAGE ON SCHEMA locked TO clerk", "it may write to locked.t", "ON locked.t FROM PUBLIC"),
        ("GRANT USAGE ON SEQUENCE tickets TO clerk", "sequence public.tickets", "ON SEQUENCE public.tickets"),
        ("ALTER ROLE clerk REPLICATION", "clerk may replicate", "ALTER ROLE clerk NOREPLICATION"),
        ("GRANT pg_write_all_data TO clerk", "member of pg_write_all_data", "REVOKE pg_write_all_data FROM"),
        ("GRANT pg_write_server_files TO clerk", "member of pg_write_server_files", "REVOKE"),
        ("GRANT pg_execute_server_program TO clerk", "member of pg_execute_server_program", "REVOKE"),
        ("GRANT pg_signal_backend TO clerk", "member of pg_signal_backend", "REVOKE"),
        ("GRANT pg_signal_backend TO boss; GRANT boss TO clerk", "member of pg_signal_backend", "REVOKE"),
        (
            "ALTER ROLE boss SUPERUSER; GRANT boss TO clerk",
            "the superuser boss, or may become it",
            "CREATE ROLE",
        ),
    ],
)
def test_fault_21_each_right_beyond_reading_is_refused(
    clerk: Running, sql: str, message: str, hint: str
) -> None:
    clerk.run(sql, "office")
    found = objections(clerk)
    assert any(message in each.message and hint in each.hint for each in found), found


def test_fault_21_many_objects_are_told_in_one_line(clerk: Running) -> None:
    tables = "".join(f"CREATE TABLE t{at} (); GRANT INSERT ON t{at} TO clerk;" for at in range(5))
    clerk.run(tables, "office")
    (told,) = objections(clerk)
    assert told.message == "it may write to public.t0, public.t1, public.t2 and 2 more"


def test_fault_22_a_role_taken_on_by_another_login_is_refused(clerk: Running) -> None:
    clerk.run("CREATE ROLE login LOGIN; GRANT clerk TO login")
    try:
        (told,) = objections(clerk, "login", options="-c role=clerk")
    finally:
        clerk.run("DROP ROLE login")
    assert told.message == "the session's login is login, to which a query could go back"


def test_fault_22_a_query_does_go_back_to_its_login(server: Running) -> None:
    """What the refusal is for: one SELECT takes the strong role back."""
    with psycopg.connect(server.dsn("world"), autocommit=True) as session:
        session.execute("SET ROLE reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT * FROM secret")
        session.execute("BEGIN READ ONLY")
        session.execute("SELECT set_config('role', 'postgres', true)")
        assert session.execute("SELECT word FROM secret").fetchone() == ("hidden",)


def test_the_role_of_the_tests_world_passes(server: Running) -> None:
    with connect(server.dsn("world", "reader")) as session:
        assert role_objections(session) == ()
