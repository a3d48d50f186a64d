"""Fault 48: two applies at once; the lock of the first keeps the second out, and dies with its process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.database import servers
from watchglass.database.connection import CannotConnect
from watchglass.database.lock import Taken, number, only_one


@pytest.fixture(scope="module", params=[15, 18])
def dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    start = servers.server_18 if request.param == 18 else servers.server_15
    with start() as server:
        yield server.dsn()


def test_fault_48_a_second_one_is_kept_out_at_once_and_comes_in_afterwards(dsn: str) -> None:
    with only_one(dsn, "shop"):
        started = time.monotonic()
        with pytest.raises(Taken, match="another apply of 'shop' is under way"), only_one(dsn, "shop"):
            pass
        assert time.monotonic() - started < 5
        with only_one(dsn, "other"):
            pass
    with only_one(dsn, "shop"):
        pass


def test_a_role_that_may_only_read_can_hold_it(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS lock_reader")
        connection.execute("CREATE ROLE lock_reader LOGIN")
    as_reader = psycopg.conninfo.make_conninfo(dsn, user="lock_reader")
    with only_one(as_reader, "shop"), pytest.raises(Taken), only_one(dsn, "shop"):
        pass


def test_fault_48_the_lock_of_a_killed_process_is_gone(dsn: str) -> None:
    code = (
        "import sys, time; from watchglass.database.lock import only_one\n"
        "with only_one(sys.argv[1], 'shop'):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, dsn], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(Taken), only_one(dsn, "shop"):
            pass
        process.kill()
    ends = time.monotonic() + 10
    while True:
        try:
            with only_one(dsn, "shop"):
                return
        except Taken:
            assert time.monotonic() < ends
            time.sleep(0.05)


def test_a_failure_inside_lets_go_of_it(dsn: str) -> None:
    with pytest.raises(ValueError, match="inside"), only_one(dsn, "shop"):
        raise ValueError("inside")
    with only_one(dsn, "shop"):
        pass


def test_without_a_database_that_is_said() -> None:
    with pytest.raises(CannotConnect), only_one("postgresql://127.0.0.1:1/x", "shop", timeout=1):
        pass


def test_names_have_numbers_of_their_own() -> None:
    assert len({number(f"service-{index}") for index in range(10_000)}) == 10_000
    assert -(2**63) <= number("shop") < 2**63
