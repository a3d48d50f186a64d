"""The program as people start it: a process from its start to its end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import definitions
from tests.bench.figures import Figure, Table, ratio, timed
from tests.bench.timing import Sample, middle, run

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "definitions/draft-cleanup.yaml"


class Desk:
    """A folder to run commands in, with a memory and an output folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environment = {"WATCHGLASS_CACHE": str(folder / "cache")}

    def watchglass(self, *arguments: str, **environment: str) -> Sample:
        """Run a command of ours."""
        return self.python("-m", "watchglass", *arguments, **environment)

    def python(self, *arguments: str, **environment: str) -> Sample:
        """Run Python."""
        return run([sys.executable, *arguments], self.folder, {**self._environment, **environment})

    def forget(self) -> None:
        """Take away what earlier runs left."""
        for name in ("cache", "output"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def first(self, *arguments: str) -> Sample:
        """Run a command that nothing was left for."""
        self.forget()
        return self.watchglass(*arguments)


def many(times: int, act: Callable[[], Sample]) -> Sample:
    """Do it several times."""
    return middle([act() for _ in range(times)])


def one_definition(desk: Desk, times: int) -> Table:
    """Measure what a person waits for who works on one definition."""
    compile_ = ("compile", str(FIRST))
    bare = many(times, lambda: desk.python("-c", "pass"))
    helped = many(times, lambda: desk.watchglass("--help"))
    cold = many(times, lambda: desk.first(*compile_))
    checked = many(times, lambda: desk.watchglass(*compile_, "--check", "--no-cache"))
    desk.watchglass(*compile_)
    unchanged = many(times, lambda: desk.watchglass(*compile_))
    return Table(
        "One definition",
        (
            timed("Python alone", bare.seconds),
            timed("`watchglass --help`", helped.seconds, 0.2),
            timed("`watchglass compile`, the first time", cold.seconds),
            timed("`watchglass compile`, nothing has changed", unchanged.seconds, 0.2),
            timed("`watchglass compile --check`, all compiled and compared", checked.seconds),
            Figure("memory of a first compile", f"{cold.peak_mb:.0f} MB"),
        ),
        "`definitions/draft-cleanup.yaml`, whole processes.",
    )


def many_definitions(desk: Desk, count: int, times: int) -> Table:
    """Measure a compile of many definitions: all of them, none, one."""
    folder = definitions.write(desk.folder / "definitions", count)
    cold = many(times, lambda: desk.first("compile"))
    unchanged = many(times, lambda: desk.watchglass("compile"))
    edited = many(times, lambda: _edit_one(desk, folder))
    return Table(
        f"{count:,} definitions of {definitions.PANELS} panels each",
        (
            timed("`watchglass compile`, the first time", cold.seconds),
            timed("the same, each definition", cold.seconds / count),
            timed("`watchglass compile`, nothing has changed", unchanged.seconds),
            timed("`watchglass compile`, one was edited", edited.seconds),
            Figure("memory of a first compile", f"{cold.peak_mb:.0f} MB"),
        ),
        "Made by `tests/bench/definitions.py`: ten queries, three alerts, a dashboard for Grafana and one for Metabase each.",
    )


def _edit_one(desk: Desk, folder: Path) -> Sample:
    file = min(folder.iterdir())
    file.write_text(file.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    return desk.watchglass("compile")


def pytest_start(desk: Desk, times: int) -> Table:
    """Measure what our plugin costs somebody who has no definitions."""
    empty = desk.folder / "empty"
    empty.mkdir()
    (empty / "test_own.py").write_text("def test_own(): pass\n", encoding="utf-8")
    collect = ("-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", str(empty))
    pairs = [(desk.python(*collect), desk.python(*collect, "-p", "no:watchglass")) for _ in range(times * 2)]
    with_it, without = middle([pair[0] for pair in pairs]), middle([pair[1] for pair in pairs])
    return Table(
        "pytest in a project without definitions",
        (
            timed("`pytest --collect-only`, without the plugin", without.seconds),
            ratio("with it", with_it.seconds / without.seconds, 1.05),
        ),
    )
