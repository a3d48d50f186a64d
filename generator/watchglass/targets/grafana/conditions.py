"""Conditions as Grafana's expression nodes: thresholds with a way back, joins, and both at once in one number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json, Path
from watchglass.definition.service import Condition, Resolve, Rule
from watchglass.thresholds import Operator, whole

EXPRESSIONS = "__expr__"
DECIDES = "C"
"""The node that decides."""

BOTH = "E"
"""The node that says with one number whether a joined condition fires and whether it is back."""

_BACK = "T0"


@dataclass(frozen=True, slots=True)
class Nodes:
    """
    The expressions of a rule.

    Args:
        numbers: pointer within the nodes, such as ``0/model/conditions/0/evaluator/params/0`` → the number's place in the
            definition.
    """

    nodes: tuple[Json, ...]
    numbers: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class _Step:
    """One comparison with one number: of a pair there are two."""

    ref: str
    query: str
    operator: Operator
    number: float
    place: Path


def build(rule: Rule, resolve: Resolve, refs: Mapping[str, str]) -> Nodes:
    """
    Make the nodes that decide.

    A number that is missing in one of several queries (NULL, NaN for Grafana) meets no threshold, and so cannot swallow
    what the others say: a comparison in a math node would.

    Args:
        refs: metric → refId of its query.
    """
    back = resolve.condition
    steps = [_steps(each, f"T{index}", refs) for index, each in enumerate(rule.conditions, 1)]
    if len(steps) == 1 and len(steps[0]) == 1 and _simple(back, rule.conditions[0]):
        return _single(steps[0][0], _steps(back, _BACK, refs) if back is not None else ())
    fires = _any_of(_any_of(f"${step.ref}" for step in each) for each in steps)
    if rule.join == "all":
        fires = " && ".join(_grouped(_any_of(f"${step.ref}" for step in each)) for each in steps)
    flat = [step for each in steps for step in each]
    if back is None:
        return _nodes(flat, [_math(DECIDES, fires)])
    # One number says both: 2 and more fires, 0 is back, 1 is neither (grafana-conditions.json, shapes "way back").
    ways = _steps(back, _BACK, refs)
    still = _grouped(_any_of(f"${step.ref}" for step in ways)) if len(ways) > 1 else f"${ways[0].ref}"
    both = f"2 * ({fires}) + ({still} == 0)"
    unload = {"type": "lt", "params": [0.5]}
    return _nodes(
        [*flat, *ways],
        [_math(BOTH, both), _threshold(DECIDES, BOTH, {"type": "gt", "params": [1.5]}, unload)],
    )


def number_place(condition: Condition, index: int | None = None) -> Path:
    """
    Give the place of a condition's number: where the level's number stands, else the condition's own words.

    Args:
        index: which number of a level's pair.
    """
    level = condition.comparison.level
    spans = condition.metric.step_spans
    if level is None or level not in spans:
        return condition.at.path
    return spans[level] if index is None else (*spans[level], index)


def _simple(back: Condition | None, first: Condition) -> bool:
    return back is None or (back.metric.id == first.metric.id and back.comparison.operator != "outside")


def _steps(condition: Condition, ref: str, refs: Mapping[str, str]) -> tuple[_Step, ...]:
    comparison, query = condition.comparison, refs[condition.metric.id]
    if comparison.operator != "outside":
        place = number_place(condition, _side(condition))
        return (_Step(ref, query, comparison.operator, comparison.number, place),)
    assert comparison.upper is not None, "a pair has two numbers"
    return (
        _Step(f"{ref}low", query, "lt", comparison.number, number_place(condition, 0)),
        _Step(f"{ref}high", query, "gte", comparison.upper, number_place(condition, 1)),
    )


def _side(condition: Condition) -> int | None:
    """Tell which number of a pair a one-sided comparison with a level of ``better: within`` takes."""
    thresholds, comparison = condition.metric.thresholds, condition.comparison
    if thresholds is None or thresholds.better != "within" or comparison.level is None:
        return None
    step = thresholds.step(comparison.level)
    return 1 if step is not None and comparison.number == step.high else 0


def _single(step: _Step, back: tuple[_Step, ...]) -> Nodes:
    unload = _evaluator(back[0]) if back else None
    numbers = {"0/model/conditions/0/evaluator/params/0": step.place}
    if back:
        numbers["0/model/conditions/0/unloadEvaluator/params/0"] = back[0].place
    return Nodes((_threshold(DECIDES, step.query, _evaluator(step), unload),), numbers)


def _nodes(steps: Iterable[_Step], last: list[Json]) -> Nodes:
    listed = list(steps)
    numbers = {
        f"{index}/model/conditions/0/evaluator/params/0": step.place for index, step in enumerate(listed)
    }
    return Nodes((*(_threshold(step.ref, step.query, _evaluator(step)) for step in listed), *last), numbers)


def _threshold(ref: str, of: str, evaluator: Json, unload: Json | None = None) -> Json:
    conditions = {"evaluator": evaluator} | ({"unloadEvaluator": unload} if unload is not None else {})
    return _node(ref, {"type": "threshold", "expression": of, "conditions": [conditions]})


def _evaluator(of: _Step) -> Json:
    return {"type": of.operator, "params": [whole(of.number)]}


def _math(ref: str, expression: str) -> Json:
    return _node(ref, {"type": "math", "expression": expression})


def _node(ref: str, model: Json) -> Json:
    return {
        "refId": ref,
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": EXPRESSIONS,
        "model": {"refId": ref, **model},
    }


def _any_of(parts: Iterable[str]) -> str:
    return " || ".join(parts)


def _grouped(text: str) -> str:
    return f"({text})" if " " in text else text
