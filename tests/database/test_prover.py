"""Proving statements: each in its own transaction, within its caps, whatever happens to the others."""

from __future__ import annotations

import datetime
import decimal
import multiprocessing
import re
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.database.proxy import between
from tests.database.servers import PASSWORD, Running
from watchglass.database import prover as prover_module
from watchglass.database import wire
from watchglass.database.connection import Connection, connect
from watchglass.database.proof import Outcome, Statement
from watchglass.database.prover import Prover


@pytest.fixture
def session(server: Running) -> Iterator[Connection]:
    with connect(server.dsn("world", "reader")) as made:
        yield made


TRUSTED = ("pg_catalog.pg_sleep", "pg_catalog.set_config", "public.wipe")
"""What the look-up of functions would refuse: the layers beneath it are tried here."""


@pytest.fixture
def prover(session: Connection) -> Prover:
    return Prover(session, statement_seconds=5, trusted=TRUSTED)


def prove(prover: Prover, *statements: str) -> list[Outcome]:
    return prover.run([Statement(sql) for sql in statements])


def together(prover: Prover, *statements: Statement) -> list[Outcome]:
    return prover.groups([statements])[0]


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.error.sqlstate if outcome.error else "" for outcome in outcomes]


def test_outcomes_stand_in_the_order_of_their_statements(prover: Prover) -> None:
    outcomes = prove(prover, *(f"SELECT {number}" for number in range(200)))
    assert [outcome.rows for outcome in outcomes] == [[(number,)] for number in range(200)]


def test_an_error_is_one_statements_own(prover: Prover) -> None:
    outcomes = prove(
        prover, "SELECT 1", "SELECT 1/0", "SELECT nope", "SELEC", "DROP TABLE orders", "SELECT 2"
    )
    assert states(outcomes) == ["", "22012", "42703", "42601", "", ""]
    assert outcomes[4].error is not None
    assert outcomes[5].rows == [(2,)]


def test_an_error_counts_characters_of_the_statement(prover: Prover) -> None:
    sql = "SELECT 'é😀', orders.nope FROM orders"
    (outcome,) = prove(prover, sql)
    assert outcome.error is not None
    assert outcome.error.position == sql.index("orders.nope")


def test_an_errors_hint_and_detail_are_kept(prover: Prover) -> None:
    (outcome,) = prove(prover, "SELECT lenght('x')")
    assert outcome.error is not None
    assert "No function matches" in outcome.error.hint + outcome.error.detail


def test_values_are_pythons(prover: Prover) -> None:
    (outcome,) = prove(
        prover,
        "SELECT 1, 1.5, true, 'é', NULL, date '2026-01-02', interval '90 min', '{\"a\": [1]}'::jsonb,"
        " '00000000-0000-0000-0000-000000000001'::uuid, ARRAY[1, 2], timestamptz '2026-01-02 03:04+00'",
    )
    assert outcome.rows[0][:10] == (
        *(1, decimal.Decimal("1.5"), True, "é", None, datetime.date(2026, 1, 2)),
        *(datetime.timedelta(minutes=90), {"a": [1]}, uuid.UUID(int=1), [1, 2]),
    )
    assert outcome.rows[0][10] == datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("timestamptz 'infinity'", "infinity"),
        ("date '20000-01-01'", "20000-01-01"),
        ("date '0044-03-15 BC'", "0044-03-15 BC"),
        ("time '24:00'", "24:00:00"),
        ("(repeat('[', 2000) || repeat(']', 2000))::json", "[" * 2000 + "]" * 2000),
    ],
    ids=["infinity", "year 20000", "BC", "24:00", "deep JSON"],
)
def test_a_value_that_python_does_not_have_is_its_text(prover: Prover, sql: str, text: str) -> None:
    assert prove(prover, f"SELECT {sql}, 1")[0].rows == [(text, 1)]


def test_columns_are_told_without_rows_too(prover: Prover) -> None:
    (outcome,) = prove(prover, 'SELECT id, note AS "é", now() FROM orders WHERE false')
    assert [(each.name, each.type_name, each.type_oid) for each in outcome.columns] == [
        ("id", "int4", 23),
        ("é", "text", 25),
        ("now", "timestamptz", 1184),
    ]
    assert outcome.rows == []


def test_parameters_are_bound(prover: Prover) -> None:
    values = (7, "it's; $1 %s", None, True, datetime.date(2026, 1, 2))
    (outcome,) = prover.run([Statement("SELECT $1::int, $2::text, $3::text, $4::bool, $5::date", values)])
    assert outcome.rows == [values]


def test_time_is_the_servers_own_for_the_statement_alone(prover: Prover) -> None:
    quick, slow = prove(prover, "SELECT 1", "SELECT pg_sleep(0.2)")
    assert quick.elapsed_ms < 100
    assert 190 < slow.elapsed_ms < 1000


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/St_Johns", None])
def test_a_statement_runs_under_its_time_zone(prover: Prover, zone: str | None) -> None:
    (outcome,) = prover.run([Statement("SELECT current_setting('TimeZone')", (), zone)])
    assert outcome.rows == [(zone or "UTC",)]


@pytest.mark.parametrize("zone", ["Nowhere/Here", "UTC', true), pg_sleep(1), set_config('role', 'x"])
def test_a_time_zone_that_is_none_is_the_statements_error(prover: Prover, zone: str) -> None:
    first, second = prover.run([Statement("SELECT 1", (), zone), Statement("SELECT 2")])
    assert first.error is not None
    assert first.error.sqlstate == "22023"
    assert second.rows == [(2,)]


def test_progress_reaches_its_end(prover: Prover) -> None:
    told: list[tuple[int, int]] = []
    prover.run([Statement("SELECT 1")] * 50, lambda done, total: told.append((done, total)))
    assert told[-1] == (50, 50)
    assert told == sorted(told)


def test_fault_16_two_statements_never_leave_the_extended_protocol(
    prover: Prover, session: Connection
) -> None:
    """The gate refuses them; the way to the server would too."""
    error = prove(prover, "SELECT 1; SELECT 2")[0].error
    assert error is not None
    assert "exactly one statement" in error.message
    result = session.pgconn.exec_params(b"SELECT 1; SELECT 2", None)
    assert b"multiple commands" in result.error_message


def test_fault_19_read_only_lifted_inside_a_select_changes_nothing(server: Running, prover: Prover) -> None:
    """PostgreSQL 15 lets the SELECT lift it and write through a definer's function; the rollback takes it back."""
    lifting = "SELECT set_config('transaction_read_only', NULL, true), wipe()"
    (outcome,) = prove(prover, lifting)
    assert states([outcome]) == [{15: "", 18: "0A000"}[server.version]]
    assert server.run("SELECT count(*) FROM orders", "world") == [(3,)]


def test_fault_19_and_20_what_lifts_read_only_is_not_even_sent(session: Connection) -> None:
    lifting = "SELECT set_config('transaction_read_only', NULL, true), wipe()"
    (error,) = [outcome.error for outcome in prove(Prover(session), lifting)]
    assert error is not None
    assert (error.refusal, error.position) == ("function-volatile", 7)


def test_fault_19_a_definers_write_is_refused_while_read_only_stands(prover: Prover) -> None:
    assert states(prove(prover, "SELECT wipe()")) == ["25006"]


def test_fault_24_a_time_out_reset_by_a_statement_holds_for_no_other(prover: Prover) -> None:
    reset = "SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)"
    shown = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')"
    assert prove(prover, reset, shown)[1].rows == [("5s", "1s")]
    assert together(prover, Statement(reset), Statement(shown))[1].rows == [("5s", "1s")]


def test_fault_24_a_statement_ends_at_its_time_out(session: Connection) -> None:
    begun = time.monotonic()
    slow, other = prove(
        Prover(session, statement_seconds=0.3, trusted=TRUSTED), "SELECT pg_sleep(20)", "SELECT 1"
    )
    assert (states([slow, other]), other.rows) == (["57014", ""], [(1,)])
    assert time.monotonic() - begun < 15


def test_fault_24_the_client_cancels_where_the_server_does_not(
    session: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is told to wait for a minute, the client for half a second."""
    monkeypatch.setattr(prover_module, "_MARGIN", -59.5)
    begun = time.monotonic()
    slow, other = prove(
        Prover(session, statement_seconds=60, trusted=TRUSTED), "SELECT pg_sleep(20)", "SELECT 1"
    )
    assert slow.error is not None
    assert slow.error.message == "the statement took too long and was cancelled"
    assert other.rows == [(1,)]
    assert time.monotonic() - begun < 15


def test_settings_leave_nothing_behind(prover: Prover, session: Connection) -> None:
    asked = (
        "SELECT current_setting('statement_timeout'), current_setting('TimeZone'), txid_current_if_assigned()"
    )
    before = session.execute(asked).fetchone()
    prover.run([Statement("SELECT 1", (), "Asia/Tokyo"), Statement("SELECT 1/0")])
    assert session.execute(asked).fetchone() == before


def test_fault_27_rows_beyond_the_cap_are_cut_and_the_server_stops(prover: Prover) -> None:
    begun = time.monotonic()
    outcomes = prove(prover, "SELECT 1", "SELECT generate_series(1, 1000000000)", "SELECT 2")
    assert [(len(outcome.rows), outcome.cut) for outcome in outcomes] == [
        (1, False),
        (10_000, True),
        (1, False),
    ]
    assert states(outcomes) == ["", "", ""]
    assert time.monotonic() - begun < 60


def test_fault_27_exactly_as_many_rows_as_the_cap_are_whole(prover: Prover) -> None:
    (outcome,) = prove(prover, "SELECT generate_series(1, 10000)")
    assert (len(outcome.rows), outcome.cut) == (10_000, False)


def test_fault_27_too_many_bytes_are_refused(prover: Prover) -> None:
    outcomes = prove(prover, "SELECT repeat('x', 1000000) FROM generate_series(1, 1000)", "SELECT 2")
    assert states(outcomes) == ["54000", ""]
    assert outcomes[0].rows == []


def test_fault_27_one_huge_value_is_given_up_before_it_is_whole(postgres18: Running) -> None:
    # In a process of its own, forked from a small one: what this one held before would hide the growth, also over an exec.
    with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver")) as alone:
        told, grown = alone.submit(huge_value, postgres18.dsn("world", "reader")).result(timeout=120)
    assert told == ["54000", "08006"]
    # The limit is 100 MB; libpq may hold that twice for a moment, when its buffer grows by a copy.
    assert grown < 250_000_000


def huge_value(dsn: str) -> tuple[list[str], int]:
    """Ask for a value of 400 MB; give the states and the bytes by which this process grew."""
    with connect(dsn) as session:
        before = wire.peak()
        outcomes = prove(
            Prover(session, statement_seconds=60, trusted=TRUSTED),
            "SELECT repeat('x', 400000000)",
            "SELECT 2",
        )
        return states(outcomes), wire.peak() - before


def test_fault_27_cancels_hit_no_neighbour(prover: Prover) -> None:
    many = ["SELECT generate_series(1, 100000000)", "SELECT 1", "SELECT pg_sleep(0.01)", "SELECT 2"] * 8
    outcomes = prove(prover, *many)
    assert states(outcomes) == [""] * 32
    assert sum(outcome.cut for outcome in outcomes) == 8


def test_fault_28_a_server_lost_on_the_way_is_an_outcome_of_all_that_remain(
    server: Running, prover: Prover
) -> None:
    def end() -> None:
        time.sleep(0.3)
        server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE '%pg_sleep(4)%' AND pid <> pg_backend_pid()"
        )

    thread = threading.Thread(target=end)
    thread.start()
    outcomes = prove(prover, "SELECT 1", "SELECT pg_sleep(4)", "SELECT 2", *["SELECT 3"] * 100)
    thread.join()
    assert outcomes[0].rows == [(1,)]
    assert set(states(outcomes[1:])) <= {"57P01", "08006"}
    assert states(prove(prover, "SELECT 1")) == ["08006"]


def test_fault_28_a_server_lost_while_statements_are_still_made_is_an_outcome_of_all(
    server: Running, prover: Prover, session: Connection
) -> None:
    def made() -> Iterator[Statement]:
        for number in range(300):
            if number == 150:
                server.run(f"SELECT pg_terminate_backend({session.info.backend_pid})")
            yield Statement(f"SELECT {number}")

    outcomes = prover.run(made())
    assert len(outcomes) == 300
    assert set(states(outcomes[150:])) <= {"57P01", "08006"}
    assert [outcome.rows for outcome in outcomes if not outcome.error] == [
        [(number,)] for number, outcome in enumerate(outcomes) if not outcome.error
    ]


def test_statements_are_sent_while_others_are_still_made(
    prover: Prover, server: Running, session: Connection
) -> None:
    seen: list[str] = []

    def made() -> Iterator[Statement]:
        for number in range(100):
            yield Statement(f"SELECT {number}")
        seen.extend(
            row[0]
            for row in server.run(
                f"SELECT query FROM pg_stat_activity WHERE pid = {session.info.backend_pid}"
            )
        )

    assert states(prover.run(made())) == [""] * 100
    assert re.search("ROLLBACK|SELECT [0-9]|set_config|clock_timestamp|BEGIN", seen[0])


def test_fault_28_a_server_that_falls_silent_is_given_up(
    guarded: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prover_module, "_MARGIN", 0.1)
    monkeypatch.setattr(wire, "_GRACE", 0.1)
    silent = threading.Event()
    with between(guarded, lambda data: None if silent.is_set() else data) as proxy:
        dsn = f"postgresql://reader:{PASSWORD}@127.0.0.1:{proxy.port}/world"
        with connect(dsn) as session:
            prover = Prover(session, statement_seconds=0.3, trusted=TRUSTED)
            silent.set()
            outcomes = prove(prover, "SELECT 1", "SELECT 2")
    assert [bool(outcome.error) for outcome in outcomes] == [True, True]


def test_fault_30_a_write_is_refused_on_any_database(prover: Prover, server: Running) -> None:
    outcomes = prove(
        prover,
        "INSERT INTO orders VALUES (4, 'four')",
        "WITH i AS (INSERT INTO orders VALUES (5) RETURNING 1) TABLE i",
    )
    assert all(outcome.error for outcome in outcomes)
    assert server.run("SELECT count(*) FROM orders", "world") == [(3,)]


def test_statements_together_see_one_snapshot(server: Running, prover: Prover) -> None:
    snapshot = "SELECT pg_current_snapshot()::text, now()"
    first, second, third = together(
        prover, Statement(snapshot), Statement("SELECT pg_sleep(0.05)"), Statement(snapshot, (), "Asia/Tokyo")
    )
    assert first.rows == third.rows
    assert second.error is None
    zones = together(
        prover, *(Statement("SELECT current_setting('TimeZone')", (), zone) for zone in ("UTC", "Asia/Tokyo"))
    )
    assert [outcome.rows for outcome in zones] == [[("UTC",)], [("Asia/Tokyo",)]]


def test_together_nothing_runs_after_an_error(prover: Prover) -> None:
    outcomes = together(prover, Statement("SELECT 1"), Statement("SELECT 1/0"), Statement("SELECT 2"))
    assert states(outcomes) == ["", "22012", "25P02"]


def test_together_nothing_runs_where_the_gate_refuses_one(prover: Prover) -> None:
    outcomes = together(prover, Statement("SELECT 1"), Statement("COMMIT"))
    assert [bool(outcome.error) for outcome in outcomes] == [True, True]
    assert together(prover) == []


def test_groups_fail_each_by_itself(prover: Prover) -> None:
    groups = prover.groups([[Statement("SELECT 1/0")], [Statement("SELECT 1"), Statement("SELECT 2")]])
    assert [states(group) for group in groups] == [["22012"], ["", ""]]
