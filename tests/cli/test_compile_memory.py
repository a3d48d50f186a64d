"""A compile remembers what it made: only what may have changed is compiled again, and nothing stale is believed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.definitions import write
from watchglass.cli import fingerprint
from watchglass.cli.main import run

Compile = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def compile_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Compile:
    """A function that compiles ten definitions of a folder, and gives the exit code and the lines of files."""
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "definitions", 10)
    _age(tmp_path / "definitions")

    def compiled(*options: str) -> tuple[int, list[str]]:
        code = run(["compile", *options])
        said = capsys.readouterr()
        return code, [line for line in (said.out + said.err).splitlines() if not line.startswith("note:")]

    return compiled


def _age(folder: Path) -> None:
    """Let a second pass for the files of a folder: what is as young as the run is not believed."""
    for file in folder.iterdir():
        os.utime(file, (time.time() - 1, time.time() - 1))
    time.sleep(0.05)


def _compiled_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from watchglass import pipeline

    seen: list[str] = []
    real = pipeline.compile_definition
    monkeypatch.setattr(pipeline, "over_processes", lambda function, items, _: [function(i) for i in items])
    monkeypatch.setattr(
        pipeline, "compile_definition", lambda path, *rest: (seen.append(path.stem), real(path, *rest))[1]
    )
    return seen


def test_what_is_unchanged_is_not_compiled_again(
    compile_all: Compile, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, lines = compile_all()
    assert (code, len(lines)) == (0, 10)
    seen = _compiled_anew(monkeypatch)
    assert compile_all() == (0, [line.replace(line.split("(")[1], "unchanged)") for line in lines])
    assert seen == []


def test_of_many_definitions_the_changed_one_alone_is_compiled(
    compile_all: Compile, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_all()
    file = Path("definitions/service-0004.yaml")
    file.write_text(file.read_text("utf-8").replace("critical: 21", "critical: 22"), "utf-8")
    seen = _compiled_anew(monkeypatch)
    _, lines = compile_all()
    assert seen == ["service-0004"]
    assert [line for line in lines if "unchanged" not in line] == [lines[3]]
    assert "changed)" in lines[3]


@pytest.mark.parametrize("harm", ["edit", "remove"])
def test_an_output_that_was_touched_is_made_again(
    harm: str, compile_all: Compile, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_all()
    file = next(Path("output/service-7").rglob("*.sql"))
    before = file.read_text("utf-8")
    if harm == "edit":
        file.write_text(before.replace("SELECT", "select"), "utf-8")
    else:
        file.unlink()
    seen = _compiled_anew(monkeypatch)
    assert compile_all()[0] == 0
    assert (seen, file.read_text("utf-8")) == (["service-0007"], before)


def test_a_checkout_that_only_changes_times_compiles_nothing(
    compile_all: Compile, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_all()
    for file in Path().rglob("*.*"):
        os.utime(file)
    seen = _compiled_anew(monkeypatch)
    assert compile_all()[0] == 0
    assert seen == []


def test_a_definition_that_was_saved_while_it_was_compiled_is_compiled_again(
    compile_all: Compile, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime("definitions/service-0002.yaml", (time.time() + 1, time.time() + 1))
    compile_all()
    seen = _compiled_anew(monkeypatch)
    compile_all()
    assert seen == ["service-0002"]


def test_another_definition_of_the_same_service_is_refused_though_the_first_is_known(
    compile_all: Compile,
) -> None:
    compile_all()
    twin = Path("definitions/service-0011.yaml")
    twin.write_text(Path("definitions/service-0001.yaml").read_text("utf-8"), "utf-8")
    code, lines = compile_all()
    assert code == 1
    assert "id-collision" in lines[0]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"form": 3, "kept": 1}', "\udcff"])
def test_a_broken_memory_is_none(content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path))
    file = fingerprint.recall(["output"], "2026-03-02").file
    file.parent.mkdir()
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert fingerprint.recall(["output"], "2026-03-02").kept == {}


def test_another_day_remembers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path))
    (tmp_path / "a.yaml").touch()
    _age(tmp_path)
    memory = fingerprint.recall(["output"], "2026-03-02")
    memory.keep(tmp_path / "a.yaml", fingerprint.Kept("a", [], "a"), [tmp_path / "a.yaml"], [])
    memory.save()
    assert len(fingerprint.recall(["output"], "2026-03-02").kept) == 1
    assert fingerprint.recall(["output"], "2026-03-03").kept == {}
