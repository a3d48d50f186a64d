"""Tests that were run, as tables, JSON and JUnit's XML."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from tests.alert_tests.play import compiled, play, steps
from watchglass.alert_tests import PlayedTest, coverage_of
from watchglass.review.test_report import Suite, coverage_lines, junit, outcome_text, played_json
from watchglass.review.test_table import lines_of, table_text

FAILING = steps(
    'at: 0m, values: {failed: "0x3 9"}', "at: 20m, expect: {failing: normal}", name='<it> & "that"'
)


def suite(folder: Path, text: str) -> Suite:
    made = compiled(folder, text)
    assert made.service is not None
    assert made.definition is not None
    outcomes = play(folder, text)
    return Suite("shop.yaml", outcomes, coverage_of(made.service, outcomes), (), made.definition.sources)


def table(outcome: PlayedTest, alert: str, *, whole: bool = False) -> list[str]:
    return table_text(lines_of(outcome, alert, whole=whole), "").splitlines()


def test_a_table_leaves_out_what_only_repeats(tmp_path: Path) -> None:
    (outcome,) = play(tmp_path, FAILING)
    assert table(outcome, "failing") == [
        "time  value  expected  actual",
        "0m    0                normal",
        "…                      3 more like it",
        "20m   9      normal    firing  <<",
    ]
    assert len(table(outcome, "failing", whole=True)) == 6


def test_a_table_names_instances_and_what_is_expected_of_each(tmp_path: Path) -> None:
    text = steps(
        "at: 0m, values: {by_customer: {a: 5, b: 1}}",
        "at: 0m, expect: {customer: [{is: pending, labels: {customer: a}}]}",
        "at: 5m, values: {by_customer: _}",
        "at: 5m, expect: {customer: normal (no_data)}",
    )
    (outcome,) = play(tmp_path, text)
    assert table(outcome, "customer") == [
        "time  instance    value    expected          actual",
        "0m    customer=a  5        pending           firing  <<",
        "0m    customer=b  1                          normal",
        "5m    customer=a  no rows  normal (no_data)  normal (no_data)",
        "5m    customer=b  no rows                    normal (no_data)",
    ]


def test_a_table_of_joined_conditions_has_all_numbers(tmp_path: Path) -> None:
    text = steps("at: 0m, values: {failed: 5, mean: 80.5}", "at: 0m, expect: {either: firing}")
    (outcome,) = play(tmp_path, text)
    assert table(outcome, "either")[1] == "0m    failed 5, mean 80.5  firing    firing"


def test_many_instances_are_counted(tmp_path: Path) -> None:
    towns = ", ".join(f"t{n:02}: 1" for n in range(12))
    text = steps(
        f"at: 0m, values: {{by_town: {{DE: {{{towns}}}}}}}", "at: 0m, expect: {town: {high: normal}}"
    )
    (outcome,) = play(tmp_path, text)
    found = [line for line in lines_of(outcome, "town") if "more" in line.instance]
    assert [line.instance for line in found] == ["… 4 more", "… 4 more"]


def test_a_test_that_passed_is_told_whole_where_that_is_asked_for(tmp_path: Path) -> None:
    (outcome,) = play(tmp_path, steps("at: 0m, values: {failed: 0}", "at: 10m, expect: {failing: normal}"))
    assert outcome_text(outcome, {}) == ""
    assert outcome_text(outcome, {}, verbose=True).splitlines()[0] == "  failing, Grafana 12.3:"


def test_junit_has_a_case_a_test_and_the_report_of_a_failure(tmp_path: Path) -> None:
    passing = steps("at: 0m, values: {failed: 0}, expect: {failing: normal}", name="fine")
    root = ElementTree.fromstring(junit([suite(tmp_path, FAILING + passing)]))
    (found,) = root.findall("testsuite")
    assert {name: found.get(name) for name in ("name", "tests", "failures", "errors")} == {
        "name": "shop.yaml", "tests": "2", "failures": "1", "errors": "0",
    }  # fmt: skip
    first, second = found.findall("testcase")
    assert (first.get("name"), second.get("name")) == ('<it> & "that"', "fine")
    assert second.find("failure") is None
    failure = first.find("failure")
    assert failure is not None
    assert failure.get("message") == "failing is firing at 20m, not normal"
    assert "20m   9      normal    firing  <<" in (failure.text or "")


def test_json_has_every_evaluation_the_problems_and_what_is_not_covered(tmp_path: Path) -> None:
    told = json.loads(played_json([suite(tmp_path, FAILING)]))
    (test,) = told["tests"]
    assert (test["name"], test["passed"], test["grafana"]) == ('<it> & "that"', False, "12.3")
    assert len(test["evaluations"]) == 5
    assert test["evaluations"][-1] == {
        "alert": "failing", "time": "20m", "instance": "", "value": "9", "expected": "normal", "actual": "firing",
    }  # fmt: skip
    assert [problem["code"] for problem in told["problems"]] == ["test-failed"]
    assert {"alert": "failing", "level": "", "way": "fires"} in told["coverage"][0]["missing"]


def test_what_is_not_covered_is_one_line_an_alert(tmp_path: Path) -> None:
    coverage = suite(tmp_path, FAILING).coverage
    assert coverage is not None
    lines = coverage_lines(coverage)
    assert lines[0].startswith("coverage: 0 of ")
    assert "  failing: fires, comes back, no data, query fails" in lines
    assert any(line.startswith("  town: fires (high), ") for line in lines)
