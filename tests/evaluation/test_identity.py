"""What makes one alert instance another: its labels, and which of two of one name wins."""

from __future__ import annotations

from tests.evaluation.builders import at, expression, query, rows, rule, run, told
from watchglass.evaluation import Simulation, numbers
from watchglass.evaluation.go_numbers import exponential, formatted, plain, shortest


def test_built_in_labels_win_over_the_rules_and_these_over_the_series() -> None:
    given = rule(labels={"alertname": "x", "s": "mine", "team": "db"})
    (evaluation,) = run(Simulation(given, 10, "12.3"), [rows(a=31)])
    labels = evaluation.instances[0].labels
    assert (labels["alertname"], labels["s"], labels["team"]) == ("High", "mine", "db")
    assert evaluation.instances[0].series == {"s": "a"}


def test_a_label_that_is_a_template_makes_another_instance_when_its_text_changes() -> None:
    given = rule(labels={"at": "{{ $values.A }}"})
    made = run(Simulation(given, 10, "12.3"), [rows(a=31), rows(a=32)])
    assert [each.labels["at"] for each in made[1].instances] == ["31", "32"]


def test_a_column_named_as_a_reserved_label_gets_another_name() -> None:
    answer = numbers([({"alertname": "x", "__alert_rule_uid__": "y"}, 31.0)])
    (evaluation,) = run(Simulation(rule(), 10, "12.3"), [answer])
    labels = evaluation.instances[0].labels
    assert (labels["alertname"], labels["alertname_user"], labels["alert_rule_uid"]) == ("High", "x", "y")


def test_two_series_that_the_rules_label_makes_one_follow_each_other() -> None:
    given = rule(labels={"s": "all"})
    (evaluation,) = run(Simulation(given, 10, "12.3"), [rows(a=31, b=1)])
    assert told(evaluation) == ["all: Normal"]


def test_a_value_is_the_number_of_every_node_whose_name_holds_the_conditions() -> None:
    data = [
        query("A"),
        expression("AC", "math", expression="$A * 2"),
        expression("C", "math", expression="$AC > 1"),
    ]
    (evaluation,) = run(Simulation(rule(data), 10, "12.3"), [rows(a=31)])
    assert evaluation.instances[0].value == "AC: 6.2e+01, C: 1e+00"


def test_a_number_of_other_labels_is_found_where_they_hold_the_instances() -> None:
    data = [query("A"), query("B"), expression("C", "math", expression="$A > $B")]
    evaluation = Simulation(rule(data), 10, "12.3").step(
        at(0), {"A": rows(a=31, b=1), "B": numbers([({}, 5.0)])}
    )
    assert evaluation.instances[0].values == {"A": 31, "B": 5, "C": 1}
    assert evaluation.instances[1].values == {"A": 1, "B": 5, "C": 0}


def test_numbers_are_written_as_go_writes_them() -> None:
    assert [exponential(value) for value in (1, 0, -1.0, 42.56, 1e21, 2.5e-7)] == [
        "1e+00", "0e+00", "-1e+00", "4.256e+01", "1e+21", "2.5e-07",
    ]  # fmt: skip
    assert [exponential(float(word)) for word in ("nan", "inf", "-inf")] == ["NaN", "+Inf", "-Inf"]
    assert [shortest(value) for value in (0.0, -0.0, 3.0, 1e6, 1e-5)] == ["0", "-0", "3", "1e+06", "1e-05"]
    assert [plain(value) for value in (1e21, 1e-7, float("nan"))] == [
        "1000000000000000000000",
        "0.0000001",
        "NaN",
    ]
    assert formatted(float("inf"), ".1f") == "+Inf"
