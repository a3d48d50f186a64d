"""The state of every instance, evaluation by evaluation: pending, keep firing, policies, missing series, versions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.evaluation.builders import (
    FAILED,
    INTERVAL,
    at,
    course,
    expression,
    query,
    row,
    rows,
    rule,
    run,
    simulated,
    threshold,
    told,
)
from watchglass.evaluation import Answer, Number, Simulation, numbers
from watchglass.evaluation.values import Series

LOW, HIGH, EMPTY = rows(a=1), rows(a=31), rows()


def test_without_for_an_instance_fires_at_once_and_clears_at_once() -> None:
    assert course(simulated([LOW, HIGH, LOW]), "a") == ["Normal", "Alerting", "Normal"]


def test_for_needs_at_least_two_evaluations() -> None:
    assert course(simulated([HIGH, HIGH, HIGH], pending="1s"), "a") == ["Pending", "Alerting", "Alerting"]


def test_one_normal_evaluation_starts_the_pending_period_anew() -> None:
    steps = [HIGH, HIGH, LOW, HIGH, HIGH, HIGH]
    assert course(simulated(steps, pending="20s"), "a") == [
        "Pending", "Pending", "Normal", "Pending", "Pending", "Alerting",
    ]  # fmt: skip


def test_active_at_is_the_start_of_the_state_and_ends_at_lies_four_delays_ahead() -> None:
    second = simulated([HIGH, HIGH, HIGH], pending="10s")[2].instances[0]
    assert (second.active_at, second.ends_at) == (at(1), at(2) + timedelta(minutes=2))


def test_ends_at_grows_with_an_interval_over_half_a_minute() -> None:
    simulation = Simulation(rule(), 60, "12.3")
    assert simulation.step(at(0), {"A": HIGH}).instances[0].ends_at == at(0) + timedelta(minutes=4)


def test_keep_firing_recovers_for_its_length_and_then_clears() -> None:
    made = simulated([HIGH, LOW, LOW, LOW], keep_firing_for="20s")
    assert course(made, "a") == ["Alerting", "Recovering", "Recovering", "Normal"]
    assert [each.state for each in made] == ["firing", "recovering", "recovering", "inactive"]
    assert made[3].instances[0].resolved_at == at(3)


def test_a_recovering_instance_fires_again_without_for() -> None:
    steps = [HIGH, HIGH, LOW, HIGH]
    assert course(simulated(steps, pending="10s", keep_firing_for="1m"), "a") == [
        "Pending", "Alerting", "Recovering", "Alerting",
    ]  # fmt: skip


def test_a_null_of_a_table_fires_a_threshold_of_not_equal_alone() -> None:
    null = rows(a=None)
    data = [query("A"), threshold("C", "A", "ne", 30)]
    assert course(simulated([null]), "a") == ["Normal"]
    assert course(simulated([null], data=data), "a") == ["Alerting"]


def test_nan_as_the_condition_itself_fires() -> None:
    data = [query("A"), expression("C", "math", expression="$A > 30")]
    (evaluation,) = simulated([rows(a=None)], data=data)
    assert told(evaluation) == ["a: Alerting"]
    assert evaluation.instances[0].value == "NaN"


def test_equal_labels_twice_fail_the_whole_evaluation() -> None:
    twice = numbers([({"s": "a"}, 31), ({"s": "a"}, 32), ({"s": "b"}, 33)])
    (evaluation,) = simulated([twice])
    assert told(evaluation) == ["a: Error"]
    assert evaluation.error.endswith(
        "frame cannot uniquely be identified by its labels: has duplicate results with labels {s=a}"
    )


WAY_BACK = [query("A"), threshold("C", "A", "gt", 30, unload=("lt", 20))]


def test_a_way_back_holds_a_firing_instance_between_the_levels() -> None:
    steps = [rows(a=31), rows(a=25), rows(a=20), rows(a=19), rows(a=25)]
    assert course(simulated(steps, data=WAY_BACK), "a") == [
        "Alerting",
        "Alerting",
        "Alerting",
        "Normal",
        "Normal",
    ]


def test_a_way_back_holds_pending_too_so_that_one_spike_may_fire() -> None:
    steps = [rows(a=31), rows(a=25), rows(a=25), rows(a=25)]
    assert course(simulated(steps, data=WAY_BACK, pending="20s"), "a") == [
        "Pending", "Pending", "Alerting", "Alerting",
    ]  # fmt: skip


def test_a_recovering_instance_is_not_held() -> None:
    steps = [rows(a=31), rows(a=19), rows(a=25)]
    assert course(simulated(steps, data=WAY_BACK, keep_firing_for="1m"), "a")[1:] == [
        "Recovering",
        "Recovering",
    ]


def test_an_instance_that_fires_for_lack_of_data_is_not_held() -> None:
    steps = [rows(a=31), EMPTY, rows(a=25)]
    made = simulated(steps, data=WAY_BACK, noDataState="Alerting")
    assert course(made, "a") == ["Alerting", "Alerting (NoData)", "Normal"]


def test_no_data_is_an_instance_of_its_own_and_resolves_the_others_at_the_second_evaluation() -> None:
    made = simulated([HIGH, EMPTY, EMPTY, HIGH])
    assert [told(each) for each in made] == [
        ["a: Alerting"],
        ["A: NoData", "a: Alerting"],
        ["A: NoData"],
        ["a: Alerting"],
    ]
    assert [each.health for each in made] == ["ok", "nodata", "nodata", "ok"]
    assert [(each.labels["s"], each.reason, each.resolved_at) for each in made[2].gone] == [
        ("a", "MissingSeries", at(2))
    ]


def test_an_error_is_an_instance_of_its_own_and_resolves_the_others_at_the_second_evaluation() -> None:
    made = simulated([HIGH, FAILED, FAILED, HIGH])
    assert [told(each) for each in made] == [
        ["a: Alerting"],
        ["A: Error", "a: Alerting"],
        ["A: Error"],
        ["a: Alerting"],
    ]
    assert (
        made[1].error
        == "[sse.dataQueryError] failed to execute query [A]: db query error: pq: division by zero"
    )
    assert made[1].instances[0].annotations == {"Error": made[1].error}


@pytest.mark.parametrize(("answer", "word"), [(EMPTY, "NoData"), (FAILED, "Error")], ids=["no data", "error"])
def test_on_12_3_no_data_and_errors_do_not_wait_and_on_12_4_they_do(answer: Answer, word: str) -> None:
    steps = [LOW, answer, answer, answer]
    assert course(simulated(steps, "12.3", pending="20s"), "A") == ["gone", word, word, word]
    assert course(simulated(steps, "12.4", pending="20s"), "A") == ["gone", *[f"Pending ({word})"] * 2, word]


def test_on_12_4_waiting_goes_on_from_no_data_to_an_error_and_starts_anew_from_a_state_of_its_own() -> None:
    steps = [LOW, EMPTY, FAILED, FAILED, EMPTY]
    assert course(simulated(steps, "12.4", pending="20s"), "A")[1:] == [
        "Pending (NoData)", "Pending (Error)", "Error", "Pending (NoData)",
    ]  # fmt: skip


def test_on_12_4_an_instance_that_waits_for_lack_of_data_goes_with_the_first_row() -> None:
    made = simulated([LOW, EMPTY, LOW], "12.4", pending="1m", missingSeriesEvalsToResolve=5)
    assert course(made, "A") == ["gone", "Pending (NoData)", "gone"]


@pytest.mark.parametrize("version", ["12.3", "12.4"])
def test_with_policy_alerting_every_instance_waits_and_fires(version: str) -> None:
    made = simulated([LOW, EMPTY, EMPTY, LOW], version, noDataState="Alerting", pending="10s")
    assert course(made, "a") == ["Normal", "Pending (NoData)", "Alerting (NoData)", "Normal"]
    assert course(made, "A") == ["gone"] * 4
    assert made[2].health == "ok"


def test_with_policy_alerting_an_error_is_the_rules_health() -> None:
    made = simulated([LOW, FAILED, HIGH], execErrState="Alerting")
    assert course(made, "a") == ["Normal", "Alerting (Error)", "Alerting"]
    assert [each.health for each in made] == ["ok", "error", "ok"]
    assert made[1].instances[0].annotations["ref_id"] == "A"


def test_with_policy_ok_every_instance_is_normal() -> None:
    made = simulated([HIGH, EMPTY, FAILED], noDataState="OK", execErrState="OK")
    assert course(made, "a") == ["Alerting", "Normal (NoData)", "Normal (Error)"]
    assert made[2].health == "ok"
    assert made[2].failure.startswith("[sse.dataQueryError]")


def test_with_policy_keep_last_the_state_stays() -> None:
    made = simulated([rows(a=31, b=1), EMPTY, FAILED], noDataState="KeepLast", execErrState="KeepLast")
    assert [told(each) for each in made[1:]] == [
        ["a: Alerting (NoData, KeepLast)", "b: Normal (NoData, KeepLast)"],
        ["a: Alerting (Error, KeepLast)", "b: Normal (Error, KeepLast)"],
    ]
    assert made[1].instances[0].value == "-1e+00"


def test_keep_last_lets_a_pending_instance_wait_and_fires_it_when_for_has_passed() -> None:
    steps = [HIGH, EMPTY, EMPTY, EMPTY]
    assert course(simulated(steps, noDataState="KeepLast", pending="20s"), "a") == [
        "Pending", "Pending (NoData, KeepLast)", "Alerting (NoData, KeepLast)", "Alerting (NoData, KeepLast)",
    ]  # fmt: skip


def test_keep_last_does_not_keep_recovering() -> None:
    steps = [HIGH, LOW, EMPTY, EMPTY]
    assert course(simulated(steps, noDataState="KeepLast", keep_firing_for="20s"), "a") == [
        "Alerting", "Recovering", "Recovering (NoData, KeepLast)", "Normal (NoData, KeepLast)",
    ]  # fmt: skip


@pytest.mark.parametrize("policy", ["Alerting", "OK", "KeepLast"])
def test_a_policy_without_instances_makes_one_of_the_empty_query(policy: str) -> None:
    (evaluation,) = simulated([EMPTY], noDataState=policy)
    assert {name: evaluation.instances[0].labels[name] for name in ("ref_id", "datasource_uid")} == {
        "ref_id": "A",
        "datasource_uid": "pg",
    }


def test_one_empty_query_of_two_is_no_data_of_the_rule_even_where_the_condition_ignores_it() -> None:
    data = [query("A"), query("B"), query("D", source="other"), threshold("C", "A", "gt", 30)]
    evaluation = Simulation(rule(data), INTERVAL, "12.3").step(at(0), {"A": HIGH, "B": EMPTY, "D": FAILED})
    assert told(evaluation) == ["D: NoData", "B: NoData"]


def test_one_null_series_of_several_is_handled_alone() -> None:
    data = [query("A", "time_series"), expression("C", "reduce", expression="A", reducer="last")]
    both = [Series({"s": "a"}, ()), Series({"s": "b"}, ())]
    evaluations = run(
        Simulation(rule(data, noDataState="Alerting"), INTERVAL, "12.3"),
        [[Number({"s": "a"}, None), Number({"s": "b"}, 0.0)], both],
    )
    assert told(evaluations[0]) == ["a: Alerting (NoData)", "b: Normal"]
    assert (
        evaluations[0].instances[0].value
        == "[ var='A' labels={s=a} value=null ], [ var='C' labels={s=a} value=null ]"
    )
    assert told(evaluations[1]) == ["a: Alerting", "b: Alerting"]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_missing_series_is_resolved_after_as_many_evaluations_as_the_rule_says(count: int) -> None:
    steps = [rows(a=31, b=1), *[rows(b=1)] * 5]
    made = simulated(steps, missingSeriesEvalsToResolve=count)
    assert course(made, "a") == ["Alerting"] * count + ["gone"] * (6 - count)
    assert [len(each.gone) for each in made].index(1) == count


def test_a_missing_firing_series_is_held_open_until_it_goes() -> None:
    made = simulated([rows(a=31, b=1), rows(b=1)], missingSeriesEvalsToResolve=3)
    assert made[1].instances[0].ends_at == at(1) + timedelta(minutes=2)


def test_a_pending_series_that_was_away_goes_on_waiting_from_where_it_was() -> None:
    steps = [rows(a=31, b=1), rows(b=1), rows(a=31, b=1)]
    assert course(simulated(steps, pending="20s"), "a") == ["Pending", "Pending", "Alerting"]


def test_the_rules_state_is_the_gravest_of_its_instances() -> None:
    assert simulated([rows(a=31, b=1)])[0].state == "firing"
    made = simulated([rows(a=31), rows(a=1, b=31)], keep_firing_for="1m")
    assert [each.state for each in made] == ["firing", "firing"]


def test_of_pending_and_recovering_a_server_names_one_by_chance() -> None:
    made = simulated([rows(a=31), rows(a=31), rows(a=1, b=31)], keep_firing_for="1m", pending="10s")
    assert made[2].states == ("recovering", "pending")
    assert made[2].state == "recovering"


def test_an_error_of_one_instance_and_no_data_of_another_are_both_health() -> None:
    steps = [LOW, FAILED, EMPTY]
    made = simulated(steps, execErrState="Alerting", missingSeriesEvalsToResolve=3)
    assert made[2].healths == ("error", "nodata")


def test_a_number_without_labels_turns_into_an_error_of_its_own_and_back() -> None:
    made = simulated([row(31), FAILED, row(31)])
    assert [told(each) for each in made] == [["-: Alerting"], ["-: Alerting", "A: Error"], ["-: Alerting"]]


@pytest.mark.parametrize("answers", [{}, {"A": HIGH, "B": HIGH}, {"B": HIGH}])
def test_answers_that_do_not_fit_the_queries_are_refused(answers: dict[str, Answer]) -> None:
    with pytest.raises(ValueError, match="the rule asks A"):
        Simulation(rule(), INTERVAL, "12.3").step(at(0), answers)


def test_time_that_goes_backwards_or_an_interval_of_nothing_is_refused() -> None:
    simulation = Simulation(rule(), INTERVAL, "12.3")
    simulation.step(at(1), {"A": HIGH})
    with pytest.raises(ValueError, match="follows one at"):
        simulation.step(at(1), {"A": HIGH})
    with pytest.raises(ValueError, match="an interval of 0 seconds is none"):
        Simulation(rule(), 0, "12.3")
