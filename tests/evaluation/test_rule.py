"""A rule's JSON is read whole, or refused with what is wrong and what to write instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.evaluation.builders import expression, query, rule, threshold
from watchglass.evaluation import RuleError, Simulation, read_rule, semantics
from watchglass.evaluation.lengths import length

A = query("A")


def last(source: str, operator: str = "and") -> dict[str, Any]:
    """A classic condition."""
    return {
        "evaluator": {"type": "gt", "params": [1]},
        "operator": {"type": operator},
        "query": {"params": [source]},
        "reducer": {"type": "last"},
    }


def test_what_a_rule_leaves_out_is_grafanas_default() -> None:
    read = read_rule(rule())
    assert (read.pending, read.keep_firing, read.missing) == (timedelta(), timedelta(), 2)


def test_lengths_counts_and_policies_are_read() -> None:
    read = read_rule(
        rule(pending="1m30s", keep_firing_for="1d", missingSeriesEvalsToResolve=5, noDataState="KeepLast")
    )
    assert (read.pending, read.keep_firing) == (timedelta(seconds=90), timedelta(days=1))
    assert (read.missing, read.no_data) == (5, "KeepLast")


def test_expressions_are_computed_after_what_they_need_wherever_they_stand() -> None:
    read = read_rule(
        rule(
            [
                threshold("C", "D", "gt", 1),
                expression("D", "math", expression="$B * 2"),
                A,
                expression("B", "reduce", expression="A", reducer="last"),
            ]
        )
    )
    assert list(read.commands) == ["B", "D", "C"]


def test_an_expressions_name_may_start_with_a_dollar_where_grafana_takes_it_off() -> None:
    read = read_rule(rule([A, expression("C", "reduce", expression="$A", reducer="last")]))
    assert read.commands["C"].needs == ("A",)


REFUSED: list[tuple[dict[str, Any], str]] = [
    (rule(condition=""), "'condition' is ''; it is a text that is not empty"),
    (rule(condition="Z"), "condition 'Z' is none of the rule's queries and expressions: 'A', 'C'"),
    (rule() | {"data": []}, "'data' is no list of objects with at least one in it"),
    (rule(noDataState="Ok"), "'noDataState' is 'Ok'; it is one of 'NoData', 'Alerting', 'OK', 'KeepLast'"),
    (
        rule(execErrState="NoData"),
        "'execErrState' is 'NoData'; it is one of 'Error', 'Alerting', 'OK', 'KeepLast'",
    ),
    (rule(pending="soon"), "'for' is 'soon'; write a length such as 5m or 1m30s"),
    (rule(pending=300), "'for' is 300; write a length such as 5m or 1m30s"),
    (rule(keepFiringFor="5m"), "'keepFiringFor' is a provisioning file's name and the API ignores it"),
    (rule(missing_series_evals_to_resolve=1), "write 'missingSeriesEvalsToResolve'"),
    (rule(missingSeriesEvalsToResolve=0), "missingSeriesEvalsToResolve is 0; it is a whole number from 1"),
    (rule(labels={"a": 1}), "'labels' is {'a': 1}; it is a map of texts"),
    (rule([A, A]), "refId 'A' is used twice"),
    (
        rule([query("A", form="logs"), threshold("C", "A", "gt", 1)]),
        "query 'A' has format 'logs'; simulated are",
    ),
    (
        rule([A, expression("C", "sql", expression="select 1")]),
        "expression 'C' is of type 'sql'; simulated are",
    ),
    (rule([A, expression("C", "math", expression="$A >")]), "expression 'C': 'the end' at character 5"),
    (
        rule([A, expression("C", "math", expression="$B")]),
        "expression 'C' needs 'B', which the rule does not have",
    ),
    (rule([A, expression("C", "math", expression="$C + $A")]), "need each other in a circle: C → C"),
    (rule([A, threshold("C", "$A", "gt", 1)]), "a threshold names its input without a dollar sign: 'A'"),
    (rule([A, threshold("C", "A", "above", 1)]), "expression 'C': 'above' is no comparison of a threshold"),
    (rule([A, threshold("C", "A", "within_range", 1)]), "'within_range' needs 2 parameter(s) and has 1"),
    (
        rule([A, threshold("B", "A", "gt", 2, unload=("lt", 1)), threshold("C", "B", "gt", 0)]),
        "expression 'B' has an unloadEvaluator, which only the rule's condition may have",
    ),
    (
        rule([A, expression("C", "threshold", expression="A", conditions=[{}, {}])]),
        "has exactly one condition",
    ),
    (
        rule([A, expression("C", "reduce", expression="A", reducer="avg")]),
        "'reducer' is 'avg'; it is one of 'sum'",
    ),
    (
        rule([A, expression("C", "reduce", expression="A", reducer="sum", settings={"mode": "replaceNN"})]),
        "'replaceWithValue' is None; mode replaceNN needs a number",
    ),
    (
        rule(
            [
                A,
                expression(
                    "C", "resample", expression="A", window="5 minutes", downsampler="sum", upsampler="pad"
                ),
            ]
        ),
        "'window' is '5 minutes'; write a length such as 30s or 5m",
    ),
    (
        rule(
            [A, threshold("B", "A", "gt", 1), expression("C", "classic_conditions", conditions=[last("B")])]
        ),
        "expression 'C' looks at 'B': classic conditions take queries, no expressions",
    ),
    (
        rule([A, expression("C", "classic_conditions", conditions=[last("A"), last("A", "logic-or")])]),
        "condition 2 is joined by 'logic-or'; simulated are 'and' and 'or'",
    ),
    (
        rule(annotations={"summary": "{{ query 1 }}"}),
        "annotation 'summary': 'query' is no function that is simulated",
    ),
    (rule(labels={"x": "{{ if }}"}), "label 'x': "),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=[str(index) for index in range(len(REFUSED))])
def test_a_rule_that_cannot_be_evaluated_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError) as caught:
        Simulation(given, 60, "12.3")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("version", "pending"),
    [("12.3", False), ("Grafana 12.3.4", False), ("12.4", True), ("v13.0.1", True), ("12.4.0-pre", True)],
)
def test_a_version_says_whether_for_holds_back_no_data(version: str, pending: bool) -> None:
    assert semantics(version).pending_for_all is pending


@pytest.mark.parametrize("version", ["", "12", "latest", "12.2.9", "9.5.0"])
def test_a_version_that_is_not_known_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match=r"is no version|is not simulated"):
        semantics(version)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0s", 0), ("90s", 90), ("1m30s", 90), ("1h0m5s", 3605), ("1w", 604_800), ("500ms", 0.5)],
)
def test_a_length_of_grafanas_is_read(text: str, seconds: float) -> None:
    assert length(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "m5", "5 m", "1.5h", "-5m"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no length of time"):
        length(text)
