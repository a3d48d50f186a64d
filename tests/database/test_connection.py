"""Connecting: each reason in our own words, never a password."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.database import servers
from tests.database.proxy import between
from tests.database.servers import PASSWORD, Running, free_port
from watchglass.database import connection
from watchglass.database.connection import CannotConnect, connect
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_PAUSE", 0.01)
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)


def refusal(dsn: str) -> CannotConnect:
    with pytest.raises(CannotConnect) as told, connect(dsn, timeout=2):
        pass
    return told.value


def uri(server: Running, user: str = "reader", password: str = PASSWORD, rest: str = "/world") -> str:
    return f"postgresql://{user}:{password}@{server.host}:{server.port}{rest}"


def test_a_session_speaks_utf_8_and_commits_nothing_by_itself(server: Running) -> None:
    with connect(server.dsn("world", "reader")) as session:
        assert session.autocommit
        assert session.info.encoding == "utf-8"
    assert session.closed


@pytest.mark.parametrize(
    ("user", "password", "rest", "message"),
    [
        ("reader", "wrong-hunter2", "/world", "database world: the password was refused"),
        ("reader", PASSWORD, "/nope", "database nope: the database does not exist"),
        ("reader", PASSWORD, "/world?sslmode=require", "one side asks for TLS"),
        ("reader", PASSWORD, "/world?sslmode=foo", "a part of the connection string is wrong"),
        ("reader", "", "/world", "a password is needed"),
    ],
)
def test_fault_28_a_refusal_tells_its_reason_and_place(
    guarded: Running, user: str, password: str, rest: str, message: str
) -> None:
    told = refusal(uri(guarded, user, password, rest))
    assert message in told.message
    assert f"127.0.0.1:{guarded.port}" in told.message


def test_fault_28_a_role_that_is_not_there_is_told(server: Running) -> None:
    assert "the role does not exist" in refusal(server.dsn("world", "nobody_here")).message


def test_fault_28_nothing_listens_there() -> None:
    port = free_port()
    told = refusal(f"postgresql://u:{PASSWORD}@127.0.0.1:{port}/db")
    assert told.message == f"no connection to 127.0.0.1:{port}, database db: nothing listens there"


def test_fault_28_a_host_that_is_not_there_is_told() -> None:
    assert (
        refusal("host=db.invalid dbname=x").message
        == "no connection to db.invalid, database x: the host is unknown"
    )


def test_fault_28_a_full_server_is_told(guarded: Running) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connect(uri(guarded)))
        assert "the server has no connection left" in refusal(uri(guarded)).message


def test_fault_28_a_certificate_that_nobody_signed_is_refused_when_it_is_asked_for(tls: Running) -> None:
    rest = "/world?sslmode=verify-full&sslrootcert=/nowhere/root.crt"
    assert "certificate was not accepted" in refusal(uri(tls, rest=rest)).message


def test_fault_28_statements_are_proved_and_cancelled_over_tls(tls: Running) -> None:
    with connect(uri(tls, rest="/world?sslmode=require")) as session:
        outcomes = Prover(session).run([Statement("SELECT generate_series(1, 1e9)"), Statement("SELECT 1")])
    assert [outcome.cut for outcome in outcomes] == [True, False]
    assert outcomes[1].rows == [(1,)]


def test_fault_28_a_standby_serves(tmp_path: Path) -> None:
    with servers.standby() as server, connect(server.dsn()) as session:
        assert Prover(session).run([Statement("SELECT pg_is_in_recovery()")])[0].rows == [(True,)]


def test_fault_28_a_failure_at_a_poolers_port_names_the_other_port() -> None:
    hint = refusal("postgresql://u@pooler.invalid:6543/db").hint
    assert "6543 is the port of a pooler" in hint


def test_fault_28_connecting_is_tried_three_times(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []
    original = psycopg.connect
    monkeypatch.setattr(
        psycopg, "connect", lambda *given, **more: (tried.append(given), original(*given, **more))[1]
    )
    refusal(f"host=127.0.0.1 port={free_port()}")
    assert len(tried) == 3


def test_a_refused_password_is_not_tried_again(guarded: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []
    original = psycopg.connect
    monkeypatch.setattr(
        psycopg, "connect", lambda *given, **more: (tried.append(given), original(*given, **more))[1]
    )
    refusal(uri(guarded, password="wrong"))
    assert len(tried) == 1


def test_a_server_older_than_15_is_refused_by_its_name(guarded: Running) -> None:
    with between(
        guarded, lambda data: data.replace(b"server_version\x0018.", b"server_version\x0014.")
    ) as older:
        assert refusal(uri(older)).message == "the server is PostgreSQL 14; 15 is the oldest that is tried"


WRONG = (
    "postgresql://u:{p}/x@127.0.0.1/db",
    "postgresql://u:{p}@x@127.0.0.1/db",
    "postgresql://u:{p}%zz@127.0.0.1/db",
    "postgresql://u:{p}?@127.0.0.1/db",
    "postgresql://u:[{p}]@127.0.0.1/db",
    "postgresql://u:a:{p}@127.0.0.1/db",
    "postgresql://u:{p}@127.0.0.1:{p}/db",
    "postgresql://u:x@127.0.0.1,{p}:1/db",
    "postgresql://{p}",
    "postgresql://u:{p}",
    "postgresql://u/{p}",
    "postgresql://127.0.0.1/db?password={p}&foo=1",
    "postgresql://127.0.0.1/db?pasword={p}",
    "postgres:/u:{p}@127.0.0.1",
    "jdbc:postgresql://127.0.0.1/db?user=u&password={p}",
    "{p}",
    "host=127.0.0.1 pasword={p}",
    "host=127.0.0.1 password='{p}",
    "host=127.0.0.1 password=my {p}",
    "host=127.0.0.1;password={p}",
    "dbname=x;password={p}",
    "host= password={p}",
    "host = password={p}",
    "host=127.0.0.1 port={p}",
    "hostaddr={p}",
    "service={p}",
    "postgresql://u:{p}\0@127.0.0.1/db",
    "postgresql://u:{p}\ud800@127.0.0.1/db",
    "host=127.0.0.1 sslmode={p}",
    "host=127.0.0.1 connect_timeout={p}",
    "host=127.0.0.1 client_encoding={p} options={p}",
)


@pytest.mark.parametrize("dsn", WRONG)
@pytest.mark.parametrize("secret", [PASSWORD, "hunter2", "1234567"])
def test_fault_29_no_mistake_in_a_connection_string_prints_the_password(
    dsn: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    told = refusal(dsn.format(p=secret))
    assert secret not in told.message + told.hint + str(told) + repr(told)
    assert told.__cause__ is None
    assert told.__context__ is None or told.__suppress_context__


def test_fault_29_a_wrong_password_is_not_printed(guarded: Running) -> None:
    told = refusal(uri(guarded, password="wrong-hunter2"))
    assert "hunter2" not in told.message + told.hint
