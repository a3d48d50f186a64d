"""`watchglass validate --after` tells what it cannot try, and where a migration goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from watchglass.cli.main import run

CASE = Path(__file__).parents[1] / "cases/bad/migration-breaks"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASE)


def validate(*arguments: str) -> int:
    try:
        return run(["validate", "definition.yaml", *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def test_a_file_that_is_not_there_is_told_and_nothing_is_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--after", "nowhere.sql") == 1
    printed = capsys.readouterr()
    assert "nowhere.sql" in printed.err
    assert printed.out == ""


def test_a_source_that_no_definition_has_is_a_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("--after", "mian=1-sent.sql") == 2
    assert "a source 'mian' that no definition has" in capsys.readouterr().err


def test_a_migration_may_name_its_source_and_one_that_breaks_nothing_ends_with_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert validate("--after", "main=1-sent.sql") == 0
    assert "5 statements before and after main=1-sent.sql" in capsys.readouterr().out


def test_a_database_that_cannot_be_reached_leaves_no_statement_before_and_after(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert validate("--after", "1-sent.sql", "--dsn", "host=/nowhere dbname=x") == 1
    assert capsys.readouterr().out == "definition.yaml: 0 statements before and after 1-sent.sql\n"


def test_machines_read_the_statement_of_the_migration_as_a_related_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert validate("--after", "1-sent.sql", "--after", "2-rename.sql", "--format", "json") == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {problem["code"] for problem in problems} == {"migration-breaks"}
    assert "2-rename.sql" in json.dumps(problems)
