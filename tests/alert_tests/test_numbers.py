"""Tests of numbers: series, keys, joined conditions, what is missing; and what is no such test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alert_tests.play import play, refused, steps, wrong
from watchglass.alert_tests import PlayedTest


def states(outcome: PlayedTest, alert: str) -> list[str]:
    """The state of an alert of one instance, evaluation by evaluation."""
    (run,) = outcome.runs[alert]
    return [", ".join(seen.told for seen in each.seen) for each in run.evaluated]


def test_a_number_stands_for_one_interval_of_the_alert_and_the_last_one_stays(tmp_path: Path) -> None:
    (outcome,) = play(
        tmp_path, steps('at: 0m, values: {failed: "2 3x1 2"}', "at: 25m, expect: {failing: normal}")
    )
    assert states(outcome, "failing") == ["normal", "firing", "firing", "normal", "normal", "normal"]


def test_the_interval_of_a_test_wins(tmp_path: Path) -> None:
    text = steps('at: 0m, values: {failed: "2x4 3"}', "at: 10m, expect: {failing: firing}", interval="1m")
    (outcome,) = play(tmp_path, text)
    assert states(outcome, "failing") == ["normal", "firing", "firing"]


def test_later_numbers_of_a_metric_replace_all_earlier_ones(tmp_path: Path) -> None:
    lines = [
        "at: 0m, values: {by_town: {DE: {Bonn: 5x9, Köln: 5x9}}}",
        "at: 5m, values: {by_town: {DE: {Bonn: 1}}}",
        "at: 5m, expect: {town: [{level: high, labels: {town: Köln}}, {level: critical, labels: {town: Köln}}]}",
        "at: 10m, expect: {town: normal}",
    ]
    assert wrong(play(tmp_path, steps(*lines))) == []


def test_pending_recovering_and_the_way_back(tmp_path: Path) -> None:
    text = steps('at: 0m, values: {failed: "4 3 3 2 1 1 1"}', "at: 35m, expect: {failing_long: normal}")
    (outcome,) = play(tmp_path, text)
    assert states(outcome, "failing_long") == [
        "pending", "pending", "firing", "firing", "recovering", "recovering", "normal", "normal",
    ]  # fmt: skip


def test_a_null_means_what_the_metric_says(tmp_path: Path) -> None:
    skips = steps('at: 0m, values: {mean: "10 null _"}', "at: 4m, expect: {cheap: firing (no_data)}")
    (outcome,) = play(tmp_path, skips)
    assert states(outcome, "cheap") == ["firing", "firing (no_data)", "firing (no_data)"]
    number = steps(
        'at: 0m, values: {mean_or_much: "10 null _", failed: 9}', "at: 10m, expect: {both: normal}"
    )
    (outcome,) = play(tmp_path, number)
    assert states(outcome, "both") == ["firing", "normal", "normal"]


def test_a_condition_that_has_no_number_leaves_the_others_to_speak(tmp_path: Path) -> None:
    lines = [
        'at: 0m, values: {mean: "null 10 null", failed: "9 0 0"}',
        "at: 0m, expect: {either: {is: firing, values: {failed: 9}, summary: '9 failed, mean [no value]'}}",
        "at: 5m, expect: {either: {is: firing, values: {mean: 10, failed: 0}}}",
        "at: 10m, expect: {either: normal}",
    ]
    found = wrong(play(tmp_path, steps(*lines)))
    assert len(found) <= 1  # the text of a number that is not there is the target's business
    assert all("says in its summary" in each and "9 failed, mean " in each for each in found)


def test_keep_holds_and_ok_forgets(tmp_path: Path) -> None:
    text = steps(
        'at: 0m, values: {failed: "9 _ 0 _ 9 error"}', "at: 25m, expect: {failing_kept: normal (error)}"
    )
    (outcome,) = play(tmp_path, text)
    assert states(outcome, "failing_kept") == [
        "firing", "firing (no_data)", "normal", "normal (no_data)", "firing", "normal (error)",
    ]  # fmt: skip


def test_a_key_that_vanishes_is_gone_at_the_second_evaluation_without_it(tmp_path: Path) -> None:
    text = steps('at: 0m, values: {by_customer: {a: "5 _", b: 1}}', "at: 15m, expect: {customer: normal}")
    (outcome,) = play(tmp_path, text)
    (run,) = outcome.runs["customer"]
    assert [[seen.name for seen in each.seen] for each in run.evaluated] == [
        ["customer=a", "customer=b"], ["customer=a", "customer=b"], ["customer=b"], ["customer=b"],
    ]  # fmt: skip


def test_only_the_worst_keys_are_kept_where_there_is_a_limit(tmp_path: Path) -> None:
    lines = [
        "at: 0m, values: {by_customer: {a: 2, b: 5, c: 3}}",
        "at: 0m, expect: {customer: [{labels: {customer: b}, value: 5}, {labels: {customer: c}, value: 3}]}",
    ]
    assert wrong(play(tmp_path, steps(*lines))) == []


def test_a_query_that_fails_for_one_key_fails(tmp_path: Path) -> None:
    lines = ["at: 0m, values: {by_customer: {a: 5, b: error}}", "at: 0m, expect: {customer: firing (error)}"]
    assert wrong(play(tmp_path, steps(*lines))) == []


@pytest.mark.parametrize("nothing", ["{}", "_", "{a: _}"])
def test_a_key_has_no_row_at_all(nothing: str, tmp_path: Path) -> None:
    lines = [
        "at: 0m, values: {by_customer: {a: 5}}",
        f"at: 5m, values: {{by_customer: {nothing}}}",
        "at: 5m, expect: {customer: [{is: normal (no_data), labels: {customer: a}}]}",
    ]
    assert wrong(play(tmp_path, steps(*lines))) == []


def test_an_environment_has_its_own_numbers_and_server(tmp_path: Path) -> None:
    lines = ["at: 0m, values: {failed: 4}", "at: 0m, expect: {failing: firing}"]
    (here,) = play(tmp_path, steps(*lines))
    (there,) = play(tmp_path, steps(*lines, environment="staging"))
    assert (here.passed, here.version) == (True, "12.3")
    assert (wrong((there,)), there.version) == (["test-failed: failing is normal at 0m, not firing"], "12.4")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (['at: 0m, values: {failed: "0 x10"}'], "test-values: cannot read 'x10' (write numbers such as 0x10 40x20; "),
        (["at: 0m, values: {faild: 1}"], "unknown-name: unknown metric 'faild' (did you mean 'failed'?)"),
        (["at: 0m, values: {failed: {a: 1}}"], "test-values: 'failed' is one number (its query has no key: write one series)"),
        (["at: 0m, values: {failed: [1, 2]}"], "test-values: expected a series"),
        (["at: 0m, values: {by_town: 3}"], "test-values: 'by_town' has a number for each country, town (write by_town: "),
        (["at: 0m, values: {by_town: {DE: 3}}"], "the key of 'by_town' is country, town: a map in a map for each (write "),
        (["at: 0m, values: {by_town: {DE: {Bonn: {a: 3}}}}"], "the key of 'by_town' is country, town: a map in a map"),
        (["at: 0m, values: {failed: 1, day: 1}"], "test-values: no alert that the test expects something of reads 'day'"),
        (["at: 5m, values: {failed: 1}"], "test-values: 'failing' reads 'failed': the test does not say its numbers at 0m"),
        (["at: 0m, values: {failed: 1}", "at: 0m, database: down"], "test-form: a test has numbers or a database, not both"),
        (["at: 0m, values: {failed: 1}", "at: 5m"], "test-form: the step does nothing (it has sql, rows, values, "),
        (["at: 5m, values: {failed: 1}", "at: 0m, values: {failed: 1}"], "test-order: steps stand in the order of their times"),
        (["at: 0m, values: {failed: 1}, expect: {failing: normal}", "at: 0m, values: {failed: 1}"],
         "test-order: what changes at a time stands before what is expected then"),
        (["at: 0m, values: {failed: 1}", "at: 5y, expect: {failing: normal}"], "'failing' would be evaluated over 50,000"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_played_are_refused(lines: list[str], told: str, tmp_path: Path) -> None:
    expecting = "at: 10m, expect: {failing: normal}"
    listed = [*lines, expecting] if "5y" not in lines[-1] else lines
    assert told in "\n".join(refused(tmp_path, steps(*listed)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (steps("at: 0m, values: {failed: 1}"), "test-form: the test expects nothing (add expect: "),
        ("  - {name: empty, steps: []}\n", "test-form: the test expects nothing"),
        (steps("at: 0m, expect: {failing: normal}") * 2, "test-form: another test is called 'a test', too"),
        (steps("at: 0m, values: {failed: 1}, expect: {failing: normal}", data="fixture"), "a test of numbers has no database"),
        (steps("at: 0m, expect: {failing: normal}", environment="stagin"), "unknown environment 'stagin' (did you mean"),
        (steps("at: 0m, expect: {failing: normal}", start="tomorrow"), "wrong-date: 'tomorrow' is no instant (write it as "),
        (steps("at: 0m, expect: {failing: normal}", start='"2026-10-25T02:30"'), "'2026-10-25T02:30' is twice or never"),
        (steps("at: 0m, expect: {failing: normal}", start='"2026-03-29T02:30"'), "'2026-03-29T02:30' is twice or never"),
        (steps("at: 0m, expect: {failing: normal}", data="some"), "wrong-value"),
        (steps("at: 0m, database: broken"), "wrong-value"),
        (steps("at: 0m, database: {other: down}, expect: {failing: normal}"), "unknown source 'other'"),
        (
            steps('at: 0m, values: {failed: "1 2", mean: 3}', "at: 0m, expect: {failing: normal, cheap: firing}"),
            "test-values: the test's alerts are evaluated at different intervals: say how long one number stands",
        ),
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_played_is_refused(text: str, told: str, tmp_path: Path) -> None:
    assert told in "\n".join(refused(tmp_path, text))


def test_a_version_that_is_not_simulated_is_told(tmp_path: Path) -> None:
    text = steps("at: 0m, values: {failed: 1}, expect: {failing: normal}", version='"11.6"')
    assert wrong(play(tmp_path, text)) == [
        "test-version: Grafana 11.6 is not simulated; the oldest that was recorded is 12.3"
    ]
