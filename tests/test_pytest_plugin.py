"""The pytest plugin: statements of definitions are tests, told as `watchglass validate` tells them, and never by surprise."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_main import HEAVY
from watchglass.cli.main import run
from watchglass.pipeline import compile_definition
from watchglass.validate.engine import statements_of

pytest_plugins = ["pytester"]

LIBRARY = Path(__file__).parent / "cases/good/library"
STRICT = "[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error\n"


@pytest.fixture
def library(pytester: pytest.Pytester) -> Path:
    """A project with a strict configuration, a test of its own, and one definition; gives the definition."""
    pytester.path.joinpath("pytest.ini").write_text(STRICT)
    pytester.path.joinpath("tests").mkdir()
    pytester.path.joinpath("tests/test_own.py").write_text("def test_own(): pass\n")
    file = pytester.path / "definitions/library.yaml"
    shutil.copytree(LIBRARY, file.parent)
    return (file.parent / "definition.yaml").rename(file)


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """The tests that a run would have."""
    done = pytester.runpytest_inprocess("--collect-only", "-q", *arguments)
    return [line for line in done.outlines if "::" in line]


def test_every_statement_of_every_target_is_a_test(pytester: pytest.Pytester, library: Path) -> None:
    made = statements_of(compile_definition(library).artifacts)
    names = [f"{statement.target}::{statement.name}" for statement in made]
    found = collected(pytester, "definitions")
    assert sorted(found) == sorted(
        f"definitions/library.yaml::{name}" for name in ["definition", "rules", *names]
    )
    assert "definitions/library.yaml::grafana::desk/overdue-table" in found


def test_a_good_definition_passes(pytester: pytest.Pytester, library: Path) -> None:
    done = pytester.runpytest_inprocess("definitions")
    done.assert_outcomes(passed=2 + len(statements_of(compile_definition(library).artifacts)))


def test_one_statement_can_be_chosen(pytester: pytest.Pytester, library: Path) -> None:
    done = pytester.runpytest_inprocess("definitions/library.yaml::plain::overdue")
    done.assert_outcomes(passed=1)


def test_a_statement_fails_with_its_place_the_answer_of_postgresql_and_its_forms(
    pytester: pytest.Pytester, library: Path
) -> None:
    edit(library, "max({{ snippet('today') }} - l.due)", "max({{ snippet('today') }} - l.duee)")
    done = pytester.runpytest_inprocess("definitions")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        [
            "grafana: desk/overdue-table, as sent with * of * forms)",
            "definitions/library.yaml:31:74: error: PostgreSQL: column l.duee does not exist * (sql-error)",
            "  31 | *",
            "     | * ^^^^^^",
            '  hint: Perhaps you meant to reference the column "l.due".',
        ]
    )
    failed = [line.split(" - ")[0] for line in done.outlines if line.startswith("FAILED ")]
    assert "FAILED definitions/library.yaml::plain::overdue" in failed
    assert not [line for line in failed if "loans" in line]


def test_what_does_not_compile_fails_as_the_definition_alone(
    pytester: pytest.Pytester, library: Path
) -> None:
    edit(library, "column: overdue, better", "colum: overdue, better")
    done = pytester.runpytest_inprocess("definitions")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            "definitions/library.yaml:*: error: unknown key 'colum'*",
            "FAILED definitions/library.yaml::definition*",
        ]
    )


def test_a_result_that_depends_on_the_session_is_told_of_the_statements_that_show_it(
    pytester: pytest.Pytester, library: Path
) -> None:
    edit(library, "(now() AT TIME ZONE {{ today_is }})::date", "(now() - INTERVAL '12 hours')::date")
    edit(library, "max({{ snippet('today') }} - l.due)", "length(current_setting('TimeZone'))")
    done = pytester.runpytest_inprocess("definitions")
    told = [line for line in done.outlines if "(session-timezone)" in line]
    failed = [line.split(" - ")[0] for line in done.outlines if line.startswith("FAILED ")]
    assert told
    assert all("::overdue" in line or "overdue-" in line for line in failed if not line.endswith("::rules"))


def slow_down(library: Path) -> None:
    edit(library, "every: 1h\n", "every: 1h\n    budget: 1ms\n")
    edit(
        library,
        "count(*) AS overdue",
        "count(*) + 0 * (SELECT count(*) FROM generate_series(1, 200000)) AS overdue",
    )


def test_a_rule_that_is_broken_is_a_warning_and_an_error_fails(
    pytester: pytest.Pytester, library: Path
) -> None:
    edit(library, "owner: desk, ", "")
    pytester.path.joinpath("pytest.ini").write_text(STRICT.replace("error", "default"))
    done = pytester.runpytest_inprocess("definitions/library.yaml::rules")
    done.assert_outcomes(passed=1, warnings=1)
    done.stdout.fnmatch_lines(["*the service has alerts and no owner (lint-no-owner)*"])
    edit(library, "count(*) AS overdue", "count(l.idd) AS overdue")
    done = pytester.runpytest_inprocess("definitions/library.yaml::rules")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*(lint-unknown-column)*", "*did you mean 'id'?*"])


def test_alert_tests_are_tests(pytester: pytest.Pytester, library: Path) -> None:
    step = "{at: 0m, values: {overdue: {Mitte: 99}}, expect: {many_late: %s}}"
    more = [
        "alerts: {many_late: {metric: overdue, when: late, severity: low}}",
        "tests:",
        f"  - {{name: many are late, steps: [{step % 'firing'}]}}",
        f"  - {{name: none is late, steps: [{step % 'normal'}]}}",
    ]
    library.write_text("\n".join([library.read_text("utf-8"), *more, ""]), "utf-8")
    done = pytester.runpytest_inprocess("definitions/library.yaml::test")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        ["*error: many_late is firing at 0m, not normal (test-failed)", "*Grafana 12.3:", "*<<"]
    )
    done = pytester.runpytest_inprocess("definitions/library.yaml::test::many are late")
    done.assert_outcomes(passed=1)


def test_recorded_answers_are_a_test(pytester: pytest.Pytester, library: Path) -> None:
    assert run(["test", "--record", str(library)]) == 0
    assert (library.parent / "answers/library.json").exists()
    chosen = "definitions/library.yaml::answers"
    pytester.runpytest_inprocess("-q", chosen).assert_outcomes(passed=1)
    edit(library.parent / "answers/library.json", '"rows": [\n    [', '"rows": [\n    ["another value", ')
    failed = pytester.runpytest_inprocess("-q", chosen)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(["*gives another answer than was recorded*"])


def test_a_warning_is_a_warning(pytester: pytest.Pytester, library: Path) -> None:
    slow_down(library)
    pytester.path.joinpath("pytest.ini").write_text(STRICT.replace("error", "default"))
    done = pytester.runpytest_inprocess("definitions/library.yaml::plain")
    done.assert_outcomes(passed=2, warnings=1)
    done.stdout.fnmatch_lines(["*DefinitionWarning: plain: overdue*", "*its budget is 1 ms (over-budget)*"])


def test_a_warning_fails_where_warnings_are_errors(pytester: pytest.Pytester, library: Path) -> None:
    slow_down(library)
    done = pytester.runpytest_inprocess("definitions/library.yaml::plain")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(
        ["plain: overdue*", "definitions/library.yaml:*: warning: *its budget is 1 ms*"]
    )
    done.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("arguments", [[], ["."], ["tests"], ["definitions/parts"]], ids=" ".join)
def test_nothing_is_collected_that_nobody_named(
    arguments: list[str], pytester: pytest.Pytester, library: Path
) -> None:
    assert [name for name in collected(pytester, *arguments) if "yaml" in name] == []


def test_only_definitions_are_collected_of_a_folder(pytester: pytest.Pytester, library: Path) -> None:
    beside = {
        "part.yaml": "alerts: {}\n",
        "compose.yaml": "version: '3'\nservices: {}\n",
        "nested.yml": "x:\n  version: 1\n  service: {}\n",
        "binary.yaml": "\0\udcff",
        "notes.txt": "version: 1\nservice: {}\n",
    }
    for name, text in beside.items():
        library.with_name(name).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert {name.split("::")[0] for name in collected(pytester, "definitions")} == {
        "definitions/library.yaml"
    }


def test_a_file_that_is_named_is_judged_whatever_it_holds(pytester: pytest.Pytester, library: Path) -> None:
    library.write_text("queries: {}\n")
    assert collected(pytester, "definitions") == []
    done = pytester.runpytest_inprocess("definitions/library.yaml")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*missing-key*"])


@pytest.mark.parametrize(
    "setting",
    [
        "watchglass_definitions = definitions",
        "watchglass_definitions = *s/*.yaml",
        "testpaths = tests definitions",
    ],
)
def test_a_setting_names_definitions_for_every_run(
    setting: str, pytester: pytest.Pytester, library: Path
) -> None:
    pytester.path.joinpath("pytest.ini").write_text(STRICT + setting + "\n")
    found = collected(pytester)
    assert "tests/test_own.py::test_own" in found
    assert "definitions/library.yaml::plain::loans" in found


@pytest.mark.parametrize("setting", ["", "testpaths = tests"])
def test_an_option_alone_means_the_folder_of_definitions(
    setting: str, pytester: pytest.Pytester, library: Path
) -> None:
    pytester.path.joinpath("pytest.ini").write_text(STRICT + setting + "\n")
    done = pytester.runpytest_inprocess("--watchglass-dsn", "db=host=/nowhere dbname=a", "-k", "loans")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(["*no connection to */nowhere*(database-unreachable)"])


def test_a_database_for_a_source_that_is_not_there_is_wrong_usage(
    pytester: pytest.Pytester, library: Path
) -> None:
    done = pytester.runpytest_inprocess("definitions", "--watchglass-dsn", "bd=host=/nowhere")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*names a source 'bd' that no collected definition has"])


@pytest.mark.parametrize("given", ["", "db="])
def test_an_empty_connection_string_is_no_server_of_this_machine(
    given: str, pytester: pytest.Pytester, library: Path
) -> None:
    done = pytester.runpytest_inprocess("definitions", f"--watchglass-dsn={given}")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*a connection string is empty; is its variable set?"])


def test_an_environment_without_its_variable_fails_each_statement(
    pytester: pytest.Pytester, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WG_TEST_DSN", raising=False)
    live = 'environments:\n  usual: {default: true}\n  live: {sources: {db: {dsn: "${env:WG_TEST_DSN}"}}}\n'
    library.write_text(library.read_text("utf-8") + live, "utf-8")
    done = pytester.runpytest_inprocess("definitions", "--watchglass-environment", "live", "-k", "loans")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    assert "${env:WG_TEST_DSN} is not set" in done.outlines
    done.stdout.no_fnmatch_line("*Traceback*")


def test_the_working_folder_of_another_test_changes_nothing(pytester: pytest.Pytester, library: Path) -> None:
    pytester.path.joinpath("tests/test_own.py").write_text("import os\ndef test_own(): os.chdir('/')\n")
    pytester.runpytest_inprocess("tests", "definitions/library.yaml::plain").assert_outcomes(passed=3)


def test_a_run_without_definitions_imports_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    code = (
        "import sys, pytest\n"
        f"code = pytest.main(['-q', '-p', 'no:cacheprovider', '-p', 'no:hypothesispytest', {str(tmp_path)!r}])\n"
        f"assert 'watchglass.pytest_plugin' in sys.modules\n"
        f"print(int(code), *sorted((sys.modules.keys() & {HEAVY - {'rich'}!r}) | "
        "{name for name in sys.modules if name.startswith('watchglass.')}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr.split() == ["0", "watchglass.pytest_plugin", "watchglass.version"]
