"""`watchglass test`: exit codes, what is printed and written, which tests are run and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.alert_tests.play import compiled, steps
from watchglass.cli.main import run

FINE = steps("at: 0m, values: {failed: 0}, expect: {failing: normal}", name="nothing failed")
WRONG = steps("at: 0m, values: {failed: 9}, expect: {failing: normal}", name="much failed")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    compiled(tmp_path, FINE + WRONG)
    return tmp_path / "shop.yaml"


def test_it_fails_where_a_test_fails_and_prints_that_test_alone(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "shop.yaml"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("FAILED: much failed\n")
    assert "nothing failed" not in printed
    assert "shop.yaml: 2 tests, 1 failed; 2 evaluations\ncoverage: " in printed


def test_tests_are_chosen_by_a_part_of_their_name(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "shop.yaml", "-k", "nothing"]) == 0
    assert capsys.readouterr().out == "shop.yaml: 1 test, 0 failed; 1 evaluations\n"


@pytest.mark.parametrize("more", [["-k", "nothing"], ["-e", "production"]], ids=" ".join)
def test_a_part_of_the_answers_is_not_recorded(
    more: list[str], shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "shop.yaml", "--record", *more]) == 2
    assert "leave -k and -e out" in capsys.readouterr().err
    assert not Path("answers").exists()


def test_everything_is_told_where_that_is_asked_for(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "shop.yaml", "-v", "-k", "nothing"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("ok: nothing failed (1 evaluations, 0.0")
    assert printed[3].split() == ["0m", "0", "normal", "normal"]


def test_ways_that_are_not_tested_fail_where_coverage_is_required(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", "shop.yaml", "-k", "nothing", "--require-coverage"]) == 1
    assert "error: no test looks at failing: fires (test-coverage)" in capsys.readouterr().err


def test_another_version_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    compiled(tmp_path, steps("at: 0m, values: {failed: error}, expect: {failing_told: error}"))
    assert run(["test", "shop.yaml"]) == 0
    assert run(["test", "shop.yaml", "--grafana", "12.4"]) == 1
    assert run(["test", "shop.yaml", "--grafana", "9.5"]) == 2


def test_an_environment_is_taken_where_a_test_names_none(shop: Path) -> None:
    (shop.parent / "shop.yaml").write_text(
        shop.read_text("utf-8").replace("failed: 9}", "failed: 4}"), "utf-8"
    )
    assert run(["test", "shop.yaml"]) == 1
    assert run(["test", "shop.yaml", "-e", "staging"]) == 0


def test_junit_is_written(shop: Path) -> None:
    assert run(["test", "shop.yaml", "--junit", "tests.xml"]) == 1
    assert '<testcase classname="shop.yaml" name="much failed"' in (shop.parent / "tests.xml").read_text(
        "utf-8"
    )


def test_programs_read_json_and_annotations(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "shop.yaml", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(test["name"], test["passed"]) for test in told["tests"]] == [
        ("nothing failed", True),
        ("much failed", False),
    ]
    assert run(["test", "shop.yaml", "--format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::error file=shop.yaml,line=")


def test_a_definition_that_does_not_compile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text("version: 1\n", "utf-8")
    assert run(["test", "shop.yaml", "--junit", "tests.xml"]) == 1
    assert 'errors="1"' in Path("tests.xml").read_text("utf-8")


def test_a_definition_without_tests_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    compiled(tmp_path, FINE)
    file = tmp_path / "shop.yaml"
    file.write_text(file.read_text("utf-8").partition("tests:\n")[0], "utf-8")
    assert run(["test", "shop.yaml"]) == 0
    assert capsys.readouterr().out.startswith("shop.yaml: no tests; 0 evaluations\ncoverage: 0 of ")
