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
    with _cluster(_found_15(), ()) as folder:
        yield _filled(Running(15, str(folder)))


@contextlib.contextmanager
def server_with_passwords() -> Iterator[Running]:
    """Run a server on a port of this machine that asks for passwords, with two connections for them."""
    with _on_a_port("max_connections=5") as (folder, port):
        _filled(Running(18, str(folder), port))
        yield Running(18, "127.0.0.1", port)


@contextlib.contextmanager
def server_on_a_port() -> Iterator[Running]:
    """Run a server as a service of CI: by its socket anybody is the owner, by its port on 127.0.0.1 passwords are asked for."""
    with _on_a_port() as (folder, port):
        yield Running(18, str(folder), port)


@contextlib.contextmanager
def server_with_tls() -> Iterator[Running]:
    """Run a server whose certificate nobody signed; Debian's, for the wheel's knows no TLS."""
    if shutil.which("openssl") is None:
        missing("no openssl to make a certificate with")
    port = str(free_port())
    settings = ["ssl=on", "ssl_cert_file=/{folder}/crt", "ssl_key_file=/{folder}/key"]
    with _cluster(_found_15(), ("listen_addresses=127.0.0.1", f"port={port}", *settings)) as folder:
        _filled(Running(15, str(folder), port))
        yield Running(15, "127.0.0.1", port)


@contextlib.contextmanager
def standby() -> Iterator[Running]:
    """Run a server that only replays, and has nothing to replay."""
    with _on_a_port("hot_standby=on", "primary_conninfo=", signal="standby.signal") as (folder, port):
        yield Running(18, str(folder), port)


@contextlib.contextmanager
def _on_a_port(*settings: str, signal: str = "") -> Iterator[tuple[Path, str]]:
    try:
        binaries = embedded._binaries()  # noqa: SLF001  (the same wheel, started otherwise)
    except NoServer as absent:
        missing(absent.message)
    port = str(free_port())
    with _cluster(binaries, ("listen_addresses=127.0.0.1", f"port={port}", *settings), signal) as folder:
        yield folder, port


def free_port() -> int:
    """Give a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _filled(server: Running) -> Running:
    server.run("CREATE DATABASE world")
    server.run(WORLD, "world")
    return server


def _found_15() -> Path:
    return _binaries_15() or missing("no PostgreSQL 15 in /usr/lib/postgresql/15/bin or by pg_config")


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
def _cluster(binaries: Path, settings: Sequence[str], signal: str = "") -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="watchglass-test-", dir=embedded.home()))
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
    if signal:
        subprocess.run(["touch", str(folder / "data" / signal)], check=True, user=user)
    if "ssl=on" in settings:
        _make_certificate(folder, user)
    chosen = ["fsync=off", f"unix_socket_directories={folder}", *(settings or ("listen_addresses=",))]
    chosen = [each.replace("/{folder}", str(folder)) for each in chosen]
    command = [str(start / "postgres"), "-D", str(folder / "data")]
    command += [part for each in chosen for part in ("-c", each)]
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


def _make_certificate(folder: Path, user: int | None) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=elsewhere",
    ]
    command += ["-keyout", str(folder / "key"), "-out", str(folder / "crt")]
    subprocess.run(command, check=True, capture_output=True, user=user, cwd="/")


def _wait(server: Running, folder: Path) -> None:
    for _ in range(500):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(server.dsn()).close()
            return
        time.sleep(0.02)
    raise AssertionError((folder / "log").read_text())
