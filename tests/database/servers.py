"""Servers to try the database room on: the embedded 18, Debian's 15, and one that asks for passwords."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tests.live import missing
from watchglass.database import embedded
from watchglass.database.embedded import NoServer, embedded_server

PASSWORD = "s3cr3t-hunter2"

WORLD = """
CREATE TABLE orders (id int PRIMARY KEY, note text);
INSERT INTO orders VALUES (1, 'one'), (2, 'two'), (3, 'three');
CREATE TABLE secret (word text);
INSERT INTO secret VALUES ('hidden');
CREATE SEQUENCE tickets;
CREATE VIEW open_orders AS SELECT * FROM orders;
CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
    'BEGIN DELETE FROM orders; RETURN 1; END';
CREATE PROCEDURE refill() LANGUAGE sql AS 'INSERT INTO orders VALUES (9, NULL)';
CREATE ROLE reader LOGIN PASSWORD 's3cr3t-hunter2';
GRANT SELECT ON orders, open_orders TO reader;
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A server: its major version, and the folder of its socket or its address."""

    version: int
    host: str
    port: str = ""

    def dsn(self, database: str = "postgres", user: str = "postgres", **more: str) -> str:
        """Give a connection string."""
        port = {"port": self.port} if self.port else {}
        return make_conninfo(host=self.host, dbname=database, user=user, **port, **more)

    def run(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run SQL as the superuser; the rows of its last statement."""
        with psycopg.connect(self.dsn(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []


@contextlib.contextmanager
def server_18() -> Iterator[Running]:
    """Run the embedded server, with the world in the database `world`."""
    try:
        with embedded_server() as server:
            yield _filled(Running(18, str(server.folder)))
    except NoServer as absent:
        missing(absent.message)


@contextlib.contextmanager
def server_15() -> Iterator[Running]:
    """Run Debian's server, with the same world."""
    binaries = _binaries_15()
    if binaries is None:
        missing("no PostgreSQL 15 in /usr/lib/postgresql/15/bin or by pg_config")
    with _cluster(binaries, ()) as folder:
        yield _filled(Running(15, str(folder)))


@contextlib.contextmanager
def server_with_passwords() -> Iterator[Running]:
    """Run a server on a port of this machine that asks everyone but the superuser's socket for a password."""
    try:
        binaries = embedded._binaries()  # noqa: SLF001  (the same wheel, started otherwise)
    except NoServer as absent:
        missing(absent.message)
    port = str(free_port())
    settings = ("listen_addresses=127.0.0.1", f"port={port}", "max_connections=5", "reserved_connections=0")
    with _cluster(binaries, settings) as folder:
        _filled(Running(18, str(folder), port))
        yield Running(18, "127.0.0.1", port)


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _filled(server: Running) -> Running:
    server.run("CREATE DATABASE world")
    server.run(WORLD, "world")
    return server


def _binaries_15() -> Path | None:
    debian = Path("/usr/lib/postgresql/15/bin")
    if (debian / "initdb").exists():
        return debian
    config = shutil.which("pg_config")
    if config is None:
        return None
    told = subprocess.run(
        [config, "--version", "--bindir"], capture_output=True, text=True, check=True
    ).stdout
    folder, version = (line.strip() for line in sorted(told.splitlines()))
    return (
        Path(folder) if version.startswith("PostgreSQL 15") and (Path(folder) / "initdb").exists() else None
    )


@contextlib.contextmanager
def _cluster(binaries: Path, settings: Sequence[str]) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="watchglass-test-", dir="/tmp"))
    user = embedded._user(folder)  # noqa: SLF001  (the same reason: PostgreSQL refuses to run as root)
    start = embedded._reachable(binaries, folder, user)  # noqa: SLF001
    initdb = [
        str(start / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "postgres",
        "-N",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    initdb += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    subprocess.run(initdb, check=True, capture_output=True, user=user, env=environment, cwd="/")
    chosen = ("fsync=off", f"unix_socket_directories={folder}", *(settings or ("listen_addresses=",)))
    command = [
        str(start / "postgres"),
        "-D",
        str(folder / "data"),
        *(part for each in chosen for part in ("-c", each)),
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, env=environment, cwd="/")
    try:
        port = next((each.removeprefix("port=") for each in chosen if each.startswith("port=")), "")
        _wait(Running(0, str(folder), port), folder)
        yield folder
    finally:
        server.send_signal(3)
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Running, folder: Path) -> None:
    for _ in range(500):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(server.dsn()).close()
            return
        time.sleep(0.02)
    raise AssertionError((folder / "log").read_text())
