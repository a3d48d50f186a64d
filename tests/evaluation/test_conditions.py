"""Whole rules with each kind of expression as the condition or before it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.evaluation.builders import at, expression, query, row, rows, rule, run, threshold, told
from watchglass.evaluation import Answer, Evaluation, Point, RuleError, Series, Simulation


def evaluated(data: list[dict[str, Any]], answer: Answer, **keys: Any) -> Evaluation:
    (evaluation,) = run(Simulation(rule(data, **keys), 10, "12.3"), [answer])
    return evaluation


def minutes(*values: float | None) -> list[Series]:
    """A series with a point a minute, the last one now."""
    first = len(values) - 1
    return [
        Series(
            {"s": "a"}, tuple(Point(at(0) - timedelta(minutes=first - i), v) for i, v in enumerate(values))
        )
    ]


def conditions(*given: tuple[str, str, float]) -> dict[str, Any]:
    return expression(
        "C",
        "classic_conditions",
        conditions=[
            {
                "evaluator": {"type": kind, "params": [number]},
                "operator": {"type": "and"},
                "query": {"params": ["A"]},
                "reducer": {"type": reducer},
            }
            for reducer, kind, number in given
        ],
    )


def test_classic_conditions_are_one_instance_whose_value_lists_what_met_them() -> None:
    data = [query("A", "time_series"), conditions(("max", "gt", 2), ("avg", "gt", 1))]
    evaluation = evaluated(data, minutes(1, 5))
    assert told(evaluation) == ["-: Alerting"]
    assert evaluation.instances[0].value == "C0: 5e+00, C1: 3e+00"
    assert evaluation.instances[0].texts.result.text == (
        "[ var='C0' metric='' labels={s=a} value=5 ], [ var='C1' metric='' labels={s=a} value=3 ]"
    )


def test_classic_conditions_that_nothing_meets_are_normal() -> None:
    data = [query("A", "time_series"), conditions(("max", "gt", 9))]
    assert told(evaluated(data, minutes(1, 5))) == ["-: Normal"]


def test_a_series_is_resampled_over_the_expressions_own_time_range_and_reduced() -> None:
    resample = expression("B", "resample", expression="A", window="1m", downsampler="max", upsampler="pad")
    data = [
        query("A", "time_series"),
        resample | {"relativeTimeRange": {"from": 240, "to": 0}},
        expression("R", "reduce", expression="B", reducer="count"),
        threshold("C", "R", "gt", 4),
    ]
    evaluation = evaluated(data, minutes(1, 2))
    assert told(evaluation) == ["a: Alerting"]
    assert evaluation.instances[0].values == {"R": 5, "C": 1}


def test_a_resampling_without_a_range_fails_the_evaluation_without_naming_a_query() -> None:
    data = [
        query("A", "time_series"),
        expression("B", "resample", expression="A", window="1m", downsampler="max", upsampler="pad"),
        expression("C", "reduce", expression="B", reducer="last"),
    ]
    evaluation = evaluated(data, minutes(1, 2))
    assert told(evaluation) == ["-: Error"]
    assert evaluation.error == (
        "failed to execute expression [B]: the series cannot be sampled further; "
        "the time range is shorter than the interval"
    )


def test_a_way_through_reduce_math_and_threshold_keeps_every_number() -> None:
    data = [
        query("A", "time_series"),
        expression("B", "reduce", expression="A", reducer="last"),
        expression("D", "math", expression="$B * 2"),
        threshold("C", "D", "gt", 8),
    ]
    evaluation = evaluated(data, minutes(1, 5))
    assert evaluation.instances[0].values == {"B": 5, "C": 1, "D": 10}
    assert evaluation.instances[0].texts.result.sample == (
        "[ var='B' labels={s=a} value=5 ], [ var='C' labels={s=a} value=1 ], [ var='D' labels={s=a} value=10 ]"
    )


def test_a_series_that_reduces_to_nothing_leaves_no_instance_but_no_data() -> None:
    data = [
        query("A"),
        expression("B", "reduce", expression="A", reducer="last", settings={"mode": "dropNN"}),
        threshold("C", "B", "gt", 8),
    ]
    assert told(evaluated(data, row(None))) == ["-: NoData"]


def test_a_condition_that_is_a_constant_is_one_instance() -> None:
    assert told(evaluated([query("A"), expression("C", "math", expression="1 > 0")], rows(a=1))) == [
        "-: Alerting"
    ]


def test_a_condition_may_be_the_query_itself() -> None:
    assert told(evaluated([query("A")], rows(a=1, b=0), condition="A")) == ["a: Alerting", "b: Normal"]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"model": [1]}, r"'model' is \[1\]; it is an object"),
        ({"datasourceUid": ""}, "'datasourceUid' is ''"),
    ],
)
def test_a_query_that_is_not_well_formed_is_refused(part: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        evaluated([query("A") | part, threshold("C", "A", "gt", 1)], rows(a=2))
