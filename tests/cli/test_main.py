"""The shell around the commands: what a user typed becomes an exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click
import pytest

from watchglass import version
from watchglass.cli.commands import Entry
from watchglass.cli.group import LazyGroup
from watchglass.cli.main import program, run

HEAVY = {"grafanalib", "jinja2", "postgast", "psycopg", "pydantic", "requests", "rich", "yaml"}


def a_group(command: Callable[[], object]) -> LazyGroup:
    """A program with one command, `act`, which does what the function does."""
    acting = click.command("act")(command)
    group = LazyGroup(entries={"act": Entry("unused:unused", "Act.")}, params=program.params)
    group.get_command = lambda ctx, name: acting if name == "act" else None  # type: ignore[method-assign]
    return group


def python(code: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python with a text as its program."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60
    )


def python_unheard(code: str) -> tuple[int, str]:
    """Run Python with nobody at the other end of its output; give its exit code and errors."""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.close()
        _, errors = process.communicate(timeout=60)
    return process.returncode, errors


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str) -> None:
    done = python(
        "import sys\nfrom watchglass.cli.main import run\n"
        f"code = run([{option!r}])\n"
        f"print(code, *sorted(sys.modules.keys() & {HEAVY!r}), sep=' ', file=sys.stderr)"
    )
    assert done.stderr.split() == ["0"]


def test_the_measure_of_heavy_imports_sees_one() -> None:
    done = python(f"import sys, yaml\nprint(*sorted(sys.modules.keys() & {HEAVY!r}))")
    assert done.stdout.split() == ["yaml"]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"watchglass {version.__version__}\n"


def test_the_package_runs_as_a_module() -> None:
    done = python(
        "import runpy, sys\nsys.argv[1:] = ['--version']\nrunpy.run_module('watchglass', run_name='__main__')"
    )
    assert (done.returncode, done.stdout) == (0, f"watchglass {version.__version__}\n")


@pytest.mark.parametrize(
    "arguments", [[], ["--nonsense"], ["nonsense"]], ids=["nothing", "option", "command"]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Usage: watchglass" in capsys.readouterr().err


def test_an_unknown_command_names_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["atc"], a_group(lambda: 0)) == 2
    assert "no command 'atc'; did you mean 'act'?" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "code"), [(0, 0), (1, 1), (3, 3), (None, 0)])
def test_a_command_gives_the_exit_code(given: int | None, code: int) -> None:
    assert run(["act"], a_group(lambda: given)) == code


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    assert run(["act"], a_group(interrupted)) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_error_of_the_outside_world_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["act"], a_group(Path("/nonexistent/file").read_text)) == 1
    assert capsys.readouterr().err == "watchglass: No such file or directory: /nonexistent/file\n"


def test_a_bug_is_70_and_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["watchglass", "act", "--dsn", "postgresql://me:hunter2@host/db"])
    assert run(["act"], a_group(lambda: 1 / 0)) == 70
    (report,) = tmp_path.iterdir()
    text = report.read_text("utf-8")
    assert f"report: {report}" in capsys.readouterr().err
    assert f"watchglass {version.__version__}\npython 3." in text
    assert "command: act --dsn postgresql://me:***@host/db" in text
    assert text.rstrip().endswith("ZeroDivisionError: division by zero")


def test_debug_shows_the_traceback_and_writes_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert run(["--debug", "act"], a_group(lambda: 1 / 0)) == 70
    assert "Traceback (most recent call last)" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_bug_shows_its_traceback_where_no_report_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert run(["act"], a_group(lambda: 1 / 0)) == 70
    assert "ZeroDivisionError: division by zero" in capsys.readouterr().err


@pytest.mark.parametrize(
    "secret",
    ["password=hunter2", "dbname=x PASSWORD = 'hunter2'", "https://:hunter2@host", "token=hunter2&x"],
)
def test_a_bug_tells_no_secret(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    def bug() -> None:
        raise ValueError(secret)

    assert run(["--debug", "act"], a_group(bug)) == 70
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe closes in another way there")
@pytest.mark.parametrize("lines", [1, 100_000], ids=["at the end", "half-way"])
def test_a_closed_pipe_ends_quietly(lines: int) -> None:
    code = (
        "import sys\nfrom tests.cli.test_main import a_group, run\n"
        f"sys.exit(run(['act'], a_group(lambda: print('line\\n' * {lines}))))"
    )
    assert python_unheard(code) == (1, "")


def test_a_character_that_a_terminal_lacks_is_escaped() -> None:
    code = (
        "import sys\nfrom watchglass.cli import main\n"
        "main.run = lambda arguments: print(chr(0x2713), chr(0xdc80))\nmain.main()"
    )
    done = python(code, {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout) == (0, "\\u2713 \\udc80\n")
