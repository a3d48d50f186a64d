"""What a test expects is met, or missed with the place, the time and both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alert_tests.play import compiled, play, refused, steps, wrong
from watchglass.definition.resolve.expectations import CARRIED
from watchglass.targets.grafana.alert_texts import OURS

BUSY = "at: 0m, values: {failed: 4}"
TOWNS = "at: 0m, values: {by_town: {DE: {Bonn: 5, Köln: 2}, AT: {Wien: 1}}}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (BUSY, "failing: firing"),
        (BUSY, "failing: {is: firing}"),
        (BUSY, "failing: [{is: firing, value: 4}]"),
        (BUSY, "failing: {value: 4.0000000000001}"),
        (BUSY, "failing: {is: firing, summary: 4 of 3 failed, labels: {severity: low, team: blue, service: shop}}"),
        (BUSY, "failing: {is: firing, values: {failed: 4}}"),
        ("at: 0m, values: {failed: 2}", "failing: normal"),
        ("at: 0m, values: {failed: 2}", "failing: {is: normal, value: 2}"),
        ("at: 0m, values: {failed: error}", "failing: firing (error)"),
        ("at: 0m, values: {failed: _}", "failing: firing (no_data)"),
        ("at: 0m, values: {failed: error}", "failing_kept: normal (error)"),
        ("at: 0m, values: {failed: error}", "failing_told: error"),
        ("at: 0m, values: {failed: _}", "failing_told: no_data"),
        ("at: 0m, values: {failed: 4}", "failing_told: pending"),
        (TOWNS, "town: firing"),
        (TOWNS, "town: {high: firing, critical: firing}"),
        (TOWNS, "town: [{level: critical, labels: {town: Bonn}}, {level: high, labels: {town: Köln}}, {level: high, value: 5}]"),
        (TOWNS, "town: {critical: [{is: firing, value: 5}, {is: normal, labels: {town: Wien}}]}"),
        ("at: 0m, values: {by_town: {DE: {Bonn: 1}}}", "town: normal"),
        ("at: 0m, values: {by_town: _}", "town: normal (no_data)"),
    ],
)  # fmt: skip
def test_an_expectation_is_met(given: str, expected: str, tmp_path: Path) -> None:
    assert wrong(play(tmp_path, steps(given, f"at: 0m, expect: {{{expected}}}"))) == []


@pytest.mark.parametrize(
    ("given", "expected", "marked", "message"),
    [
        (BUSY, "failing: normal", "normal", "failing is firing at 0m, not normal"),
        (BUSY, "failing: firing (error)", "firing (error)", "failing is firing at 0m, not firing (error)"),
        ("at: 0m, values: {failed: error}", "failing: firing", "firing", "failing is firing (error) at 0m, not firing"),
        (BUSY, "failing: none", "none", "failing has 1 instance (the only one firing) at 0m, not none"),
        (BUSY, "failing: {is: normal}", "normal", "failing is firing at 0m, not normal"),
        (BUSY, "failing: {is: firing, value: 5}", "5", "failing has value 4 at 0m, not 5"),
        (BUSY, "failing: {is: firing, summary: Four}", "Four", "failing says in its summary at 0m: 4 of 3 failed"),
        (
            "at: 0m, values: {failed: error}",
            "failing: {is: firing (error), value: 4}",
            "4",
            "failing has value no number at 0m, not 4",
        ),
        (
            TOWNS,
            "town: {high: [{is: firing, labels: {town: Bonn}}]}",
            "- {is: firing, labels: {town: Bonn}}",
            "town (high) (level=high, country=DE, town=Köln) is firing at 0m, too: the test does not list it",
        ),
        (
            TOWNS,
            "town: {critical: [{is: firing, labels: {town: Berlin}}]}",
            "{is: firing, labels: {town: Berlin}}",
            "town (critical) has no instance town=Berlin at 0m",
        ),
        (
            TOWNS,
            "town: {critical: {labels: {town: Bonn}, value: 4}}",
            "4",
            "town (critical) (level=critical, country=DE, town=Bonn) has value 5 at 0m, not 4",
        ),
    ],
)  # fmt: skip
def test_a_miss_names_what_was_and_points_at_what_was_expected(
    given: str, expected: str, marked: str, message: str, tmp_path: Path
) -> None:
    (outcome,) = play(tmp_path, steps(given, f"at: 0m, expect: {{{expected}}}"))
    problem = outcome.problems[0]
    assert (problem.code, problem.message.split(":", maxsplit=1)[0]) == (
        "test-failed",
        message.split(":", maxsplit=1)[0],
    )
    assert message in problem.message
    line = (tmp_path / "shop.yaml").read_text("utf-8").splitlines()[problem.span.line - 1]
    shown = line[problem.span.column - 1 : problem.span.end_column - 1]
    assert shown in (marked, f"[{marked.removeprefix('- ')}]", marked.removeprefix("- "))


def test_an_expectation_between_two_evaluations_is_of_the_one_before(tmp_path: Path) -> None:
    lines = [
        "at: 0m, values: {failed: 0}", "at: 6m, values: {failed: 9}", "at: 9m, expect: {failing: normal}",
        "at: 10m, expect: {failing: firing}",
    ]  # fmt: skip
    assert wrong(play(tmp_path, steps(*lines))) == []
    lines[2] = "at: 9m, expect: {failing: firing}"
    assert wrong(play(tmp_path, steps(*lines))) == [
        "test-failed: failing is normal at 9m, not firing (it was last evaluated at 5m, and is every 5m)"
    ]


def test_changes_of_a_time_come_before_its_evaluation_and_that_before_what_is_expected(
    tmp_path: Path,
) -> None:
    lines = [
        "at: 0m, values: {failed: 0}, expect: {failing: normal}",
        "at: 5m, values: {failed: 9}",
        "at: 5m, values: {failed: 1}, expect: {failing: {is: normal, value: 1}}",
    ]
    assert wrong(play(tmp_path, steps(*lines))) == []


def test_alerts_are_evaluated_at_the_start_and_then_at_their_own_interval(tmp_path: Path) -> None:
    (outcome,) = play(
        tmp_path,
        steps("at: 0m, values: {failed: 9, mean: 10}", "at: 9m, expect: {failing: firing, cheap: firing}", interval="1m"),
    )  # fmt: skip
    times = {alert: [each.seconds / 60 for each in runs[0].evaluated] for alert, runs in outcome.runs.items()}
    assert times == {"failing": [0, 5], "cheap": [0, 2, 4, 6, 8]}


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("failling: firing", "unknown-name: unknown alert 'failling' (did you mean 'failing'?)"),
        ("failing: fireing", "unknown-name: unknown state 'fireing' (did you mean 'firing'?)"),
        (
            "failing: firing (broken)",
            "test-form: 'firing (broken)' says no such reason (firing (error) is what on_error makes, firing (no_data) ",
        ),
        ("failing: error (error)", "test-form: 'error (error)' says no such reason"),
        ("failing: []", "test-form: cannot read what is expected of 'failing'"),
        ("failing: {}", "test-form: cannot read what is expected of 'failing'"),
        ("failing: {iss: firing}", "unknown-key: an instance has no 'iss' (did you mean 'is'?)"),
        ("failing: {labels: {towm: a}}", "unknown-name: unknown label 'towm' (known: alert, "),
        ("town: {labels: {towm: a}}", "unknown-name: unknown label 'towm' (did you mean 'town'?)"),
        ("failing: {labels: a}", "test-form: labels are a map of names to texts"),
        ("failing: {is: firing, level: high}", "'failing' has no rule of level 'high' (it has one rule for all levels)"),
        ("town: {is: firing, level: hihg}", "unknown-name: 'town' has no rule of level 'hihg' (did you mean 'high'?)"),
        ("failing: {value: many}", "wrong-number: expected a number, found 'many'"),
        ("failing: {values: {faild: 3}}", "unknown-name: unknown metric 'faild' of 'failing' (did you mean 'failed'?)"),
        ("failing: {summary: [a]}", "wrong-type: summary is a text"),
    ],
)  # fmt: skip
def test_an_expectation_that_says_nothing_is_refused(expected: str, told: str, tmp_path: Path) -> None:
    given = TOWNS if expected.startswith("town") else BUSY
    found = refused(tmp_path, steps(given, f"at: 0m, expect: {{{expected}}}"))
    assert told in "\n".join(found)


def test_the_labels_that_may_be_named_are_those_that_rules_carry() -> None:
    assert frozenset(CARRIED) >= OURS


ESCALATING = {
    "alerts:\n": """\
notify:
  contacts: {desk: {type: email, addresses: [desk@example.com]}, boss: {type: email, addresses: [boss@example.com]}}
  routes: [{severity: [low, high], contact: desk}]
alerts:
  lasting:
    metric: failed
    when: high
    every: 5m
    for: 10m
    severity: low
    escalate: [{after: 20m, contact: boss}, {after: 1h, severity: high}]
"""
}


def test_an_escalation_fires_when_the_alert_has_fired_that_long(tmp_path: Path) -> None:
    lines = [
        "at: 0m, values: {failed: 9}",
        "at: 10m, expect: {lasting: firing}",
        "at: 25m, expect: {lasting: {after 20m: pending}}",
        "at: 30m, expect: {lasting: {after 20 minutes: {is: firing, labels: {escalates_to: boss}}, after 1h: pending}}",
        "at: 70m, expect: {lasting: {after 1h: [{is: firing, labels: {severity: high}, value: 9}]}}",
    ]
    assert wrong(play(tmp_path, steps(*lines), edits=ESCALATING)) == []
    lines[2] = "at: 25m, expect: {lasting: {after 20m: firing}}"
    assert wrong(play(tmp_path, steps(*lines), edits=ESCALATING)) == [
        "test-failed: lasting after 20m is pending at 25m, not firing"
    ]


def test_an_escalation_that_is_none_is_refused(tmp_path: Path) -> None:
    text = steps(BUSY, "at: 0m, expect: {lasting: {after 30m: firing}}")
    made = compiled(tmp_path, text, ESCALATING)
    (problem,) = [each for each in made.problems if each.level == "error"]
    assert problem.message == "'lasting' has no escalation 'after 30m'"
    assert problem.hint == "did you mean 'after 20m'?"


def test_a_bad_expectation_is_pointed_at(tmp_path: Path) -> None:
    made = compiled(tmp_path, steps(BUSY, "at: 0m, expect: {failing: fireing}"))
    (problem,) = [each for each in made.problems if each.level == "error"]
    line = (tmp_path / "shop.yaml").read_text("utf-8").splitlines()[problem.span.line - 1]
    assert line[problem.span.column - 1 : problem.span.end_column - 1] == "fireing"
