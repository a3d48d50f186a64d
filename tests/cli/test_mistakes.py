"""Mistakes that would pass in silence: a definition that is gone, a fixture that is not there, a variable that is not set."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from watchglass.cli.main import run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project with two definitions, compiled."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHGLASS_CACHE", str(tmp_path / "cache"))
    assert run(["init", "."]) == 0
    first = tmp_path / "definitions/shop.yaml"
    second = first.read_text("utf-8").replace("id: shop ", "id: second ", 1)
    (tmp_path / "definitions/second.yaml").write_text(second, "utf-8")
    assert run(["compile"]) == 0
    return tmp_path


@pytest.mark.parametrize("words", [[], ["--no-cache"]], ids=["remembered", "anew"])
def test_the_output_of_a_definition_that_is_gone_is_named(
    words: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "definitions/second.yaml").unlink()
    capsys.readouterr()
    assert run(["compile", *words]) == 0
    assert "output/second: no definition makes it any more" in capsys.readouterr().err
    assert run(["compile", "--check", *words]) == 3
    assert run(["compile", "--check", *words, "definitions/shop.yaml"]) == 0
    shutil.rmtree(project / "output/second")
    assert run(["compile", "--check", *words]) == 0


@pytest.mark.parametrize("kind", ["schema", "data"])
def test_a_fixture_that_is_not_there_is_told_without_a_database(
    kind: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "definitions/shop.yaml"
    text = file.read_text("utf-8")
    assert f"{kind}: fixtures/{kind}.sql" in text
    file.write_text(text.replace(f"fixtures/{kind}.sql", f"fixtures/{kind}s.sql"), "utf-8")
    assert run(["check", "definitions/shop.yaml"]) == 1
    assert f"there is no file 'fixtures/{kind}s.sql' (file-missing)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed",
    [
        ["validate", "--dsn", ""],
        ["validate", "--dsn", "main="],
        ["grants", "--dsn", " "],
        ["backtest", "--alert", "payments_failing", "--dsn", ""],
        ["sample", "--dsn", ""],
        ["sample", "--into", ""],
        ["sample", "--dsn", "postgresql://x", "--into", "main="],
        ["schema-pull", "--dsn", ""],
    ],
    ids=" ".join,
)
def test_an_empty_connection_string_is_no_server_of_this_machine(
    typed: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(typed) == 2
    assert "a connection string is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["validate"], ["validate", "--after", "a.sql"], ["grants"]], ids=" ".join
)
def test_a_connection_string_for_a_source_that_no_definition_has_is_refused(
    command: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "a.sql").write_text("SELECT 1;", "utf-8")
    assert run([*command, "--dsn", "mian=host=/nowhere"]) == 2
    assert "--dsn names a source 'mian' that no definition has" in capsys.readouterr().err


@pytest.mark.parametrize("after", [[], ["--after", "main=a.sql", "--after", "other=a.sql"]], ids=" ".join)
def test_every_shard_takes_what_is_given_for_the_sources_of_another(
    after: list[str], project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = project / "definitions/second.yaml"
    text = second.read_text("utf-8").replace("  main:", "  other:", 1).replace("{main:", "{other:")
    second.write_text(text, "utf-8")
    (project / "a.sql").write_text("SELECT 1;", "utf-8")
    typed = ["--shard", "1/2", "--dsn", "main=host=/nowhere", "--dsn", "other=host=/nowhere"]
    assert run(["validate", *typed, *after]) == 1
    assert (
        "no connection to /nowhere: nothing listens there (database-unreachable)" in capsys.readouterr().err
    )


@pytest.mark.parametrize("digits", ["-1", "16"])
def test_decimals_are_a_count(digits: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "definitions/shop.yaml"
    text = file.read_text("utf-8").replace("unit: percent,", f"unit: percent, decimals: {digits},", 1)
    file.write_text(text, "utf-8")
    assert run(["check", "definitions/shop.yaml"]) == 1
    assert "expected a count of digits from 0 to 15" in capsys.readouterr().err
