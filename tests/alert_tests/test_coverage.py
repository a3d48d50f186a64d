"""Ways of alerts that no test looks at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alert_tests.play import compiled, play, steps
from watchglass.alert_tests import coverage_of


def reached(folder: Path, alert: str, *lines: str) -> set[str]:
    """The ways of an alert that a test reaches."""
    outcomes = play(folder, steps(*lines))
    service = compiled(folder, steps(*lines)).service
    assert service is not None
    coverage = coverage_of(service, outcomes)
    return {
        f"{branch.name}{f' ({branch.level})' if branch.level else ''}"
        for branch in coverage.reached
        if branch.alert == alert
    }


def ways(folder: Path, alert: str) -> set[str]:
    service = compiled(folder, steps("at: 0m, expect: {failing: normal}")).service
    assert service is not None
    return {branch.name for branch in coverage_of(service, ()).missing if branch.alert == alert}


@pytest.mark.parametrize(
    ("alert", "names"),
    [
        ("failing", {"fires", "comes back", "no data", "query fails"}),
        (
            "failing_long",
            {
                "fires",
                "comes back",
                "no data",
                "query fails",
                "pending",
                "recovering",
                "held by the way back",
            },
        ),
        ("town", {"fires", "comes back", "no data", "query fails", "a key vanishes"}),
        ("cheap", {"fires", "comes back", "no data", "query fails"}),
    ],
)
def test_an_alert_has_the_ways_that_its_rule_can_go(alert: str, names: set[str], tmp_path: Path) -> None:
    assert ways(tmp_path, alert) == names


def test_a_number_in_place_of_nothing_leaves_no_way_without_data(tmp_path: Path) -> None:
    edits = {"alerts:\n": "alerts:\n  cheaper: {metric: mean_or_much, when: high, severity: low}\n"}
    service = compiled(tmp_path, steps("at: 0m, expect: {failing: normal}"), edits).service
    assert service is not None
    names = {branch.name for branch in coverage_of(service, ()).missing if branch.alert == "cheaper"}
    assert names == {"fires", "comes back", "query fails"}


@pytest.mark.parametrize(
    ("alert", "lines", "names"),
    [
        ("failing", ["at: 0m, values: {failed: 9}", "at: 0m, expect: {failing: firing}"], {"fires"}),
        ("failing", ['at: 0m, values: {failed: "9 0"}', "at: 5m, expect: {failing: normal}"], {"comes back"}),
        ("failing", ["at: 0m, values: {failed: 0}", "at: 5m, expect: {failing: normal}"], set()),
        ("failing", ["at: 0m, values: {failed: error}", "at: 5m, expect: {failing: firing (error)}"], {"query fails"}),
        ("failing", ["at: 0m, values: {failed: _}", "at: 5m, expect: {failing: firing (no_data)}"], {"no data"}),
        ("failing", ["at: 0m, values: {failed: 9}", "at: 5m, expect: {failing: normal}"], set()),
        ("failing_long", ["at: 0m, values: {failed: 9}", "at: 5m, expect: {failing_long: pending}"], {"pending"}),
        (
            "failing_long",
            ['at: 0m, values: {failed: "9x2 2"}', "at: 15m, expect: {failing_long: firing}"],
            {"fires", "held by the way back"},
        ),
        (
            "failing_long",
            ['at: 0m, values: {failed: "9x2 1"}', "at: 15m, expect: {failing_long: recovering}"],
            {"recovering"},
        ),
        (
            "town",
            ['at: 0m, values: {by_town: {DE: {Bonn: "3 _"}, AT: {Wien: 1}}}', "at: 0m, expect: {town: {high: firing}}",
             "at: 10m, expect: {town: {high: normal}}"],
            {"fires (high)", "a key vanishes (high)", "comes back (high)"},
        ),
    ],
)  # fmt: skip
def test_a_way_is_reached_where_an_expectation_was_met(
    alert: str, lines: list[str], names: set[str], tmp_path: Path
) -> None:
    assert reached(tmp_path, alert, *lines) == names
