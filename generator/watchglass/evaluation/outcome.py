"""The values of a rule's condition become results: one alert instance each, or one error, or one "no data" a source."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from watchglass.evaluation.expressions.classic import Classic, Match
from watchglass.evaluation.go_numbers import shortest
from watchglass.evaluation.rule import Rule
from watchglass.evaluation.run import NodeError, Run, empty_queries
from watchglass.evaluation.values import (
    NO_LABELS,
    Labels,
    NoData,
    Number,
    Scalar,
    Series,
    Value,
    contains,
    frozen,
    key_of,
    labels_of,
    told,
)

ResultState: TypeAlias = Literal["Normal", "Alerting", "NoData", "Error"]


@dataclass(frozen=True, slots=True)
class Captured:
    """A node's number for a result, under the number's own labels."""

    labels: Labels
    value: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """
    What one evaluation says of one instance.

    Args:
        labels: the series' labels, before the rule's and the built-in ones are added.
        values: refId → number; a classic condition's matches count ``C0``, ``C1``.
        text: Grafana's ``__value_string__``.
        sample: the number of the one data source query that gave any, the text elsewhere: a template's ``$value``.
    """

    state: ResultState
    labels: Labels = field(default_factory=lambda: NO_LABELS)
    error: NodeError | None = None
    values: Mapping[str, Captured] = field(default_factory=dict)
    text: str = ""
    sample: float | str = ""


def results(rule: Rule, made: Run) -> tuple[Result, ...]:
    """List what an evaluation gave; it is never nothing."""
    error = made.errors.get(rule.condition)
    if error is not None:
        return (Result("Error", error=error),)
    empty = empty_queries(rule, made)
    if empty:
        return tuple(_empty(source, refs) for source, refs in empty.items())
    values = made.values[rule.condition]
    if not values:
        return (Result("NoData"),)
    captures = _captures(rule, made)
    found = tuple(_result(rule, made, value, captures) for value in values)
    return _unique(found)


def _empty(source: str, refs: list[str]) -> Result:
    return Result("NoData", frozen([("datasource_uid", source), ("ref_id", ",".join(refs))]))


def _result(rule: Rule, made: Run, value: Value, captures: Mapping[str, list[Captured]]) -> Result:
    if isinstance(value, NoData):
        return Result("NoData")
    if isinstance(value, Series):
        return Result("Error", error=_malformed(rule.condition, _TIME_SERIES))
    command = rule.commands.get(rule.condition)
    if isinstance(command, Classic):
        return _classic(rule.condition, value, command.matches(made.values))
    values = _values_for(value, captures)
    text = ", ".join(
        f"[ var='{ref}' labels={{{told(each.labels)}}} value={_number(each.value)} ]"
        for ref, each in values.items()
    )
    return Result(
        _state(value), labels_of(value), values=values, text=text, sample=_sample(rule, values, text)
    )


_TIME_SERIES = "looks like time series data, only reduced data can be alerted on."


def _malformed(ref: str, reason: str) -> NodeError:
    return NodeError(
        ref, "expression", f"invalid format of evaluation results for the alert definition {ref}: {reason}"
    )


def _state(value: Number | Scalar) -> ResultState:
    """Judge a number: a null is "no data", zero is normal, all else fires, NaN too."""
    if value.value is None:
        return "NoData"
    return "Normal" if value.value == 0 else "Alerting"


def _classic(ref: str, value: Number | Scalar, matches: tuple[Match, ...]) -> Result:
    values = {f"{ref}{index}": Captured(match.labels, match.value) for index, match in enumerate(matches)}
    text = ", ".join(
        f"[ var='{ref}{index}' metric='{match.name}' labels={{{told(match.labels)}}} value={_number(match.value)} ]"
        for index, match in enumerate(matches)
    )
    return Result(_state(value), values=values, text=text, sample=text)


def _captures(rule: Rule, made: Run) -> dict[str, list[Captured]]:
    """List the numbers of all nodes, by refId; series are none."""
    return {
        ref: [
            Captured(labels_of(value), value.value)
            for value in made.values.get(ref, ())
            if isinstance(value, (Number, Scalar))
        ]
        for ref in sorted([*rule.queries, *rule.commands])
    }


def _values_for(value: Value, captures: Mapping[str, list[Captured]]) -> dict[str, Captured]:
    """
    Give each node's number for one instance: of the same labels, or else of more or fewer.

    Of several that fit, Grafana takes one at random; here it is the last.
    """
    labels, found = labels_of(value), {}
    for ref, candidates in captures.items():
        exact = [each for each in candidates if each.labels == labels]
        near = exact or [
            each for each in candidates if contains(labels, each.labels) or contains(each.labels, labels)
        ]
        if near:
            found[ref] = near[-1]
    return found


def _sample(rule: Rule, values: Mapping[str, Captured], text: str) -> float | str:
    given = [each.value for ref, each in values.items() if ref in rule.queries]
    if len(given) != 1:
        return text
    return math.nan if given[0] is None else given[0]


def _number(value: float | None) -> str:
    return "null" if value is None else shortest(value)


def _unique(found: tuple[Result, ...]) -> tuple[Result, ...]:
    """Two results of the same labels make one error of the whole evaluation."""
    seen = set()
    for result in found:
        key = key_of(result.labels)
        if key in seen:
            reason = "frame cannot uniquely be identified by its labels: has duplicate results with labels "
            return (Result("Error", result.labels, _malformed("", f"{reason}{{{told(result.labels)}}}")),)
        seen.add(key)
    return found
