"""Which instances go to the Alertmanager after an evaluation, and what it is told."""

from __future__ import annotations

from datetime import timedelta

from tests.evaluation.builders import FAILED, at, rows, rule, run, simulated
from watchglass.evaluation import Evaluation, Simulation

LOW, HIGH, EMPTY = rows(a=1), rows(a=31), rows()


def sent(evaluations: list[Evaluation]) -> list[list[bool]]:
    """For each evaluation, whether what is sent fires."""
    return [[each.firing for each in evaluation.sent] for evaluation in evaluations]


def test_a_firing_instance_is_sent_at_once_and_again_after_thirty_seconds() -> None:
    assert sent(simulated([HIGH] * 5)) == [[True], [], [], [True], []]


def test_a_pending_instance_is_not_sent() -> None:
    assert sent(simulated([HIGH, HIGH], pending="10s")) == [[], [True]]


def test_a_recovering_instance_counts_as_firing() -> None:
    made = simulated([HIGH, LOW, LOW, LOW, LOW], keep_firing_for="30s")
    assert sent(made) == [[True], [], [], [True], [False]]


def test_a_resolved_instance_is_sent_at_once_and_again_for_a_quarter_of_an_hour() -> None:
    simulation = Simulation(rule(), 300, "12.3")
    steps = [HIGH, *[LOW] * 6]
    made = [simulation.step(at(index, 300), {"A": answer}) for index, answer in enumerate(steps)]
    assert sent(made) == [[True], [False], [False], [False], [False], [], []]
    assert made[1].sent[0].ends == at(1, 300)


def test_a_normal_instance_that_never_fired_is_not_sent() -> None:
    assert sent(simulated([LOW] * 3)) == [[], [], []]


def test_a_missing_series_is_resolved_once() -> None:
    made = simulated([rows(a=31, b=1), *[rows(b=1)] * 4])
    assert sent(made) == [[True], [], [False], [], []]
    assert (made[2].sent[0].labels["s"], made[2].sent[0].ends) == ("a", at(2))


def test_a_missing_series_that_was_pending_is_dropped_without_a_word() -> None:
    made = simulated([rows(a=31, b=1), rows(b=1), rows(b=1)], pending="5m")
    assert sent(made) == [[], [], []]
    assert [each.reason for each in made[2].gone] == ["MissingSeries"]


def test_no_data_and_errors_are_sent_under_names_of_grafanas_own() -> None:
    (empty,), (failed,) = simulated([EMPTY]), simulated([FAILED])
    first, second = empty.sent[0], failed.sent[0]
    assert (first.labels["alertname"], first.labels["rulename"]) == ("DatasourceNoData", "High")
    assert (second.labels["alertname"], second.labels["rulename"]) == ("DatasourceError", "High")
    assert second.annotations == {"Error": failed.error}


def test_an_error_that_ends_in_place_is_not_resolved_but_runs_out() -> None:
    twice = [*rows(a=31), *rows(a=32)]  # type: ignore[misc]
    made = run(Simulation(rule(), 10, "12.3"), [twice, LOW])
    assert sent(made) == [[True], []]
    assert made[1].instances[0].resolved_at is None


def test_empty_labels_and_annotations_and_the_folders_name_get_lost_on_the_way() -> None:
    given = rule(labels={"team": ""}, annotations={"summary": "", "runbook_url": "https://x"}, folderUID="f1")
    (evaluation,) = run(Simulation(given, 10, "12.3", folder="Ops / DB"), [HIGH])
    assert evaluation.sent[0].labels == {
        "__alert_rule_uid__": "r1",
        "alertname": "High",
        "grafana_folder": "Ops / DB",
        "s": "a",
    }
    assert evaluation.sent[0].annotations == {"runbook_url": "https://x"}
    assert evaluation.sent[0].starts == at(0)
    assert evaluation.sent[0].ends - at(0) == timedelta(minutes=2)
