"""What real Grafana servers said of rules, evaluation by evaluation, the simulation says too: in all of them."""

from __future__ import annotations

import copy
import gzip
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import command, grafana_conditions, grafana_evaluation
from tests.conformance.comparing import Comparison, compare
from tests.conformance.recording import Form, read

CONTRACTS = Path(__file__).parents[1] / "contracts"
FILES = [
    ("grafana-evaluation.json.gz", grafana_evaluation.FORM, 8400),
    ("grafana-evaluation-12.4.json.gz", grafana_evaluation.FORM, 8400),
    ("grafana-conditions.json.gz", grafana_conditions.FORM, 5040),
]


@cache
def compared(name: str, form: Form) -> Comparison:
    return compare(read(CONTRACTS / name, form))


def recorded(name: str = "grafana-evaluation.json.gz", cases: int = 20) -> dict[str, Any]:
    """The first cases of a recording, to change."""
    whole: dict[str, Any] = json.loads(gzip.decompress((CONTRACTS / name).read_bytes()))
    return {**whole, "cases": copy.deepcopy(whole["cases"][:cases])}


def written(folder: Path, data: Any) -> Path:
    path = folder / "recording.json"
    path.write_text(json.dumps(data))
    return path


def ran(path: Path, form: Form = grafana_evaluation.FORM) -> int:
    return command.main("grafana_evaluation", form, [str(path)])


@pytest.mark.parametrize(("name", "form", "evaluations"), FILES, ids=[name for name, _, _ in FILES])
def test_the_simulation_agrees_with_a_recording_in_all_evaluations(
    name: str, form: Form, evaluations: int
) -> None:
    comparison = compared(name, form)
    assert comparison.differences == ()
    assert comparison.evaluations == evaluations


def test_few_agreements_rest_on_a_state_that_a_server_names_by_chance() -> None:
    assert sum(compared(name, form).by_chance for name, form, _ in FILES) < 60


def test_one_recording_does_not_pass_as_another_version(tmp_path: Path) -> None:
    path = written(tmp_path, {**recorded(cases=200), "server": "Grafana 12.4.0"})
    assert len(compare(read(path, grafana_evaluation.FORM)).differences) > 300


@pytest.mark.parametrize("key", ["state", "health"])
def test_another_state_of_the_rule_is_a_difference(tmp_path: Path, key: str) -> None:
    data = recorded(cases=1)
    data["cases"][0]["recorded"][0][key] = "pending"
    (difference,) = compare(read(written(tmp_path, data), grafana_evaluation.FORM)).differences
    assert (difference.uid, difference.index) == (data["cases"][0]["uid"], 0)


@pytest.mark.parametrize(
    ("key", "value"),
    [("state", "Pending"), ("activeAt", 10.0), ("value", "2e+00"), ("labels", {"series": "z"})],
)
def test_another_word_about_an_instance_is_a_difference(tmp_path: Path, key: str, value: Any) -> None:
    data = recorded(cases=1)
    data["cases"][0]["recorded"][0]["alerts"][0][key] = value
    assert len(compare(read(written(tmp_path, data), grafana_evaluation.FORM)).differences) == 1


def test_what_a_recording_does_not_have_is_not_compared(tmp_path: Path) -> None:
    data = recorded(cases=1)
    for alert in (alert for each in data["cases"][0]["recorded"] for alert in each["alerts"]):
        del alert["value"], alert["activeAt"]
    assert compare(read(written(tmp_path, data), grafana_evaluation.FORM)).differences == ()


def test_a_missing_instance_is_a_difference(tmp_path: Path) -> None:
    data = recorded(cases=1)
    del data["cases"][0]["recorded"][0]["alerts"][0]
    assert len(compare(read(written(tmp_path, data), grafana_evaluation.FORM)).differences) == 1


def test_another_query_that_failed_is_a_difference(tmp_path: Path) -> None:
    data = recorded("grafana-conditions.json.gz", cases=140)
    whole = compare(read(written(tmp_path, data), grafana_conditions.FORM))
    for case in data["cases"]:
        for each in case["recorded"]:
            if "error" in each:
                each["error"] = each["error"].replace("[A]", "[Z]")
    changed = compare(read(written(tmp_path, data), grafana_conditions.FORM))
    assert (len(whole.differences), len(changed.differences)) == (0, 133)


def test_other_labels_another_interval_and_another_source_are_read_from_the_file(tmp_path: Path) -> None:
    data = recorded(cases=200)
    text = (
        json.dumps(data["cases"]).replace('"series"', '"organization"').replace('"supabase"', '"warehouse"')
    )
    cases = json.loads(text)
    for case in cases:
        for key in ("for", "keep_firing_for"):
            case[key] = f"{int(case[key][:-1]) * 6}s"
        for alert in (alert for each in case["recorded"] for alert in each["alerts"]):
            alert["activeAt"] *= 6
    how = data["how"].replace("-50, -40, -30, -20, -10 s", "-300, -240, -180, -120, -60 s")
    path = written(tmp_path, {**data, "cases": cases, "interval": "1m", "how": how})
    recording = read(path, grafana_evaluation.FORM)
    assert recording.interval == 60
    assert [step.seconds for step in recording.cases[0].steps[:6]] == [-300, -240, -180, -120, -60, 0]
    assert compare(recording).differences == ()


def test_agreement_prints_one_line_and_exits_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(written(tmp_path, recorded(cases=1))) == 0
    assert capsys.readouterr().out == "agree 42 of 42 evaluations\n"


def test_differences_print_case_evaluation_expected_and_got(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = recorded(cases=1)
    data["cases"][0]["recorded"][3]["alerts"][0]["state"] = "Pending"
    assert ran(written(tmp_path, data)) == 1
    first, place, expected, got = capsys.readouterr().out.splitlines()
    assert (first, place) == ("agree 41 of 42 evaluations", "ev1-000 evaluation 3:")
    assert "'Pending', 0.0" in expected
    assert "'Alerting', 0.0" in got


def test_only_the_first_differences_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = recorded(cases=1)
    for each in data["cases"][0]["recorded"]:
        each["health"] = "unknown"
    assert ran(written(tmp_path, data)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "and 32 more"


def _without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != key}


def test_a_file_of_the_other_form_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, recorded("grafana-conditions.json.gz", 1))
    assert ran(path) == 1
    assert capsys.readouterr().err == (
        f"error: {path}: case sh2-000 has no 'steps'; this is not a recording of this form\n"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "this is no recording; one is an object with server, interval, how and cases"),
        ({}, "there is no 'server'; a recording has server, interval, how and cases"),
        ({**recorded(cases=1), "interval": "soon"}, "interval is 'soon'; it is a length such as 10s"),
        ({**recorded(cases=1), "cases": []}, "'cases' is no list with at least one case"),
        ({**recorded(cases=1), "cases": [7]}, "case 0 is no object"),
        (
            _without(recorded(cases=1), "how"),
            "there is no 'how'; a recording has server, interval, how and cases",
        ),
    ],
)
def test_a_file_that_is_no_recording_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Any, message: str
) -> None:
    path = written(tmp_path, data)
    assert ran(path) == 1
    assert capsys.readouterr().err == f"error: {path}: {message}\n"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("steps", [], "case ev1-000: query A has not as many steps as there are recorded answers"),
        ("steps", [{"error": "x"}] * 42, "case ev1-000: step 0 of query A is neither rows nor 'error'"),
        (
            "steps",
            [[{"labels": {}, "value": "x"}]] * 42,
            "case ev1-000: step 0 of query A is neither rows nor 'error'",
        ),
        ("recorded", [{}] * 42, "case ev1-000: recorded answer 0 lacks state, health or alerts"),
    ],
)
def test_a_step_that_cannot_be_read_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, value: Any, message: str
) -> None:
    data = recorded(cases=1)
    data["cases"][0][key] = value
    path = written(tmp_path, data)
    assert ran(path) == 1
    assert capsys.readouterr().err == f"error: {path}: {message}\n"


def test_a_version_that_is_not_simulated_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(written(tmp_path, {**recorded(cases=1), "server": "Grafana 9.5.0"})) == 1
    assert "the oldest that was recorded is 12.3" in capsys.readouterr().err


def test_a_file_that_is_not_there_or_no_json_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(tmp_path / "none.json") == 1
    (tmp_path / "text.json").write_text("{")
    assert ran(tmp_path / "text.json") == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("none.json: No such file or directory")
    assert "text.json: this is no JSON" in second


@pytest.mark.parametrize("module", ["grafana_evaluation", "grafana_conditions"])
def test_the_command_runs_a_file_from_the_root_of_the_repository(module: str) -> None:
    name = {"grafana_evaluation": "grafana-evaluation", "grafana_conditions": "grafana-conditions"}[module]
    done = subprocess.run(
        [sys.executable, "-m", f"tests.conformance.{module}", f"tests/contracts/{name}.json.gz"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("agree ")


def test_a_call_without_a_file_says_how_to_call(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main("grafana_evaluation", grafana_evaluation.FORM, []) == 2
    assert capsys.readouterr().err == "usage: python -m tests.conformance.grafana_evaluation FILE\n"
