"""Conditions: each number stands in one evaluator, and a server that reads the nodes does what the words say."""

from __future__ import annotations

import datetime
import itertools

import pytest

from tests.targets.grafana.rules import NOTHING, START, each, expressions, one, rule_of, simulated, states
from watchglass.targets.grafana.rule import GrafanaRule

NUMBERS = (-5.0, 0.0, 1.999, 2.0, 5.0, 5.999, 6.0, 8.0, 9.5, 10.0, 20.0, 29.999, 30.0, 30.001, 50.0, 51.0)


def state(rule: GrafanaRule, **given: float | None) -> str:
    (found,) = states(rule, {ref: one(value) for ref, value in given.items()})
    return found[""]


@pytest.mark.parametrize(
    ("when", "evaluator", "holds"),
    [
        ("bad", {"type": "gte", "params": [30]}, lambda x: x >= 30),
        ("above bad", {"type": "gt", "params": [30]}, lambda x: x > 30),
        ("at least bad", {"type": "gte", "params": [30]}, lambda x: x >= 30),
        ("below watch", {"type": "lt", "params": [10]}, lambda x: x < 10),
        ("at most 9.5", {"type": "lte", "params": [9.5]}, lambda x: x <= 9.5),
        ("above -1", {"type": "gt", "params": [-1]}, lambda x: x > -1),
    ],
)
def test_one_comparison_is_the_deciding_threshold(when: str, evaluator: object, holds: object) -> None:
    rule = rule_of(f"a: {{metric: drafts, when: {when}, severity: low}}")
    assert expressions(rule) == [
        {"refId": "C", "type": "threshold", "expression": "A", "conditions": [{"evaluator": evaluator}]}
    ]
    for number in NUMBERS:
        assert (state(rule, A=number) == "Alerting") == holds(number)  # type: ignore[operator]


def test_where_higher_is_better_a_level_is_reached_below_its_number() -> None:
    rule = rule_of("a: {metric: more, when: bad, severity: low}")
    assert expressions(rule)[0]["conditions"] == [{"evaluator": {"type": "lt", "params": [20.5]}}]


def test_a_pair_fires_exactly_outside_of_its_band() -> None:
    rule = rule_of("a: {metric: warmth, when: bad, severity: low}")
    for number in NUMBERS:
        assert (state(rule, A=number) == "Alerting") == (number < 0 or number >= 8)


def test_a_way_back_is_where_the_instance_unloads() -> None:
    rule = rule_of("a: {metric: drafts, when: above bad, severity: low, resolve: {when: below watch}}")
    (node,) = expressions(rule)
    assert node["conditions"] == [
        {
            "evaluator": {"type": "gt", "params": [30]},
            "unloadEvaluator": {"type": "lt", "params": [10]},
        }
    ]
    seen = states(rule, *({"A": one(value)} for value in (20, 31, 30, 10, 9.9, 10, 31)))
    assert [found[""] for found in seen] == [
        "Normal", "Alerting", "Alerting", "Alerting", "Normal", "Normal", "Alerting",
    ]  # fmt: skip


def test_a_pair_may_come_back_by_another_number() -> None:
    rule = rule_of(
        "a: {metric: warmth, when: bad, severity: low, resolve: {metric: drafts, when: below watch}}"
    )
    given = ((7, 20), (8, 20), (7, 20), (5, 10), (5, 9), (5, 20), (-1, 5), (5, 11))
    seen = states(rule, *({"A": one(warmth), "B": one(drafts)} for warmth, drafts in given))
    assert [found[""] for found in seen] == [
        "Normal", "Alerting", "Alerting", "Alerting", "Normal", "Normal", "Alerting", "Alerting",
    ]  # fmt: skip


@pytest.mark.parametrize("join", ["any", "all"])
def test_joined_conditions_hold_as_their_word_says(join: str) -> None:
    rule = rule_of(
        f"a: {{{join}: [{{metric: drafts, when: bad}}, {{metric: warmth, when: bad}}], severity: low}}"
    )
    for drafts, warmth in itertools.product((29, 30, 50), (-1, 0, 7.9, 8)):
        both = [drafts >= 30, warmth < 0 or warmth >= 8]
        assert (state(rule, A=drafts, B=warmth) == "Alerting") == (any(both) if join == "any" else all(both))


@pytest.mark.parametrize("back", ["{metric: drafts, when: below watch}", "{metric: share, when: below 1}"])
@pytest.mark.parametrize("join", ["any", "all"])
def test_a_joined_condition_comes_back_where_another_number_says(join: str, back: str) -> None:
    joined = f"{join}: [{{metric: drafts, when: bad}}, {{metric: warmth, when: above 8}}]"
    rule = rule_of(f"a: {{{joined}, severity: low, resolve: {back}}}")
    other = "share" in back
    fired = False
    simulation = simulated(rule)
    for minute, (drafts, warmth, share) in enumerate(
        itertools.product((5, 20, 40, 9, 31, 12), (7, 9, 8), (0, 2, 1))
    ):
        answers = {"A": one(drafts), "B": one(warmth)} | ({"D": one(share)} if other else {})
        holds = [drafts >= 30, warmth > 8]
        fires = any(holds) if join == "any" else all(holds)
        is_back = share < 1 if other else drafts < 10
        # As with one number: what holds fires, what fired goes on until the way back; back counts only where nothing fires.
        fired = fires or (fired and not is_back)
        (instance,) = simulation.step(START + datetime.timedelta(minutes=minute), answers).instances
        assert (instance.state == "Alerting") == fired, (drafts, warmth, share)


def test_the_way_back_has_the_recorded_shape() -> None:
    rule = rule_of(
        "a: {any: [{metric: drafts, when: bad}, {metric: warmth, when: above 8}], severity: low,"
        " resolve: {metric: drafts, when: below watch}}"
    )
    *thresholds, both, decides = expressions(rule)
    assert [(node["refId"], node["expression"]) for node in thresholds] == [
        ("T1", "A"),
        ("T2", "B"),
        ("T0", "A"),
    ]
    assert both == {"refId": "E", "type": "math", "expression": "2 * ($T1 || $T2) + ($T0 == 0)"}
    # grafana-conditions.json, "any of two with a way back at another level": 2 * (fires) + (not yet back), and this node.
    evaluators = {
        "evaluator": {"type": "gt", "params": [1.5]},
        "unloadEvaluator": {"type": "lt", "params": [0.5]},
    }
    assert decides == {"refId": "C", "type": "threshold", "expression": "E", "conditions": [evaluators]}


def test_a_number_that_is_missing_does_not_swallow_the_others() -> None:
    rule = rule_of("a: {any: [{metric: late, when: bad}, {metric: size, when: above 7}], severity: low}")
    (found,) = states(rule, {"A": each(a=6, b=None, c=1), "B": each(a=None, b=8, c=None)})
    assert found == {"town=a": "Alerting", "town=b": "Alerting", "town=c": "Normal"}


def test_a_way_back_without_a_number_is_not_reached() -> None:
    rule = rule_of("a: {metric: late, when: bad, severity: low, resolve: {metric: size, when: below 3}}")
    first = {"A": each(a=9, b=1), "B": each(a=9, b=1)}
    second = {"A": each(a=1, b=1), "B": each(a=None, b=None)}
    _, later = states(rule, first, second)
    assert later == {"town=a": "Alerting", "town=b": "Normal"}


def test_each_number_of_an_expression_knows_its_place() -> None:
    rule = rule_of("a: {any: [{metric: warmth, when: bad}, {metric: drafts, when: above 7}], severity: low}")
    numbers = {pointer: path for pointer, path in rule.origins.items() if "/params/" in pointer}
    assert numbers == {
        "/data/2/model/conditions/0/evaluator/params/0": ("metrics", "warmth", "thresholds", "bad", 0),
        "/data/3/model/conditions/0/evaluator/params/0": ("metrics", "warmth", "thresholds", "bad", 1),
        "/data/4/model/conditions/0/evaluator/params/0": ("alerts", "a", "any", 1, "when"),
    }


def test_one_sided_words_about_a_pair_take_the_number_of_their_side() -> None:
    rule = rule_of("a: {metric: warmth, when: above bad, severity: low, resolve: {when: below watch}}")
    assert rule.origins["/data/1/model/conditions/0/evaluator/params/0"][-1] == 1
    assert rule.origins["/data/1/model/conditions/0/unloadEvaluator/params/0"] == (
        "metrics", "warmth", "thresholds", "watch", 0,
    )  # fmt: skip


def test_no_rows_are_no_data_whatever_the_condition() -> None:
    rule = rule_of("a: {metric: drafts, when: bad, severity: low}")
    assert states(rule, {"A": NOTHING}) == [{"datasource_uid=main, ref_id=A": "Alerting"}]
