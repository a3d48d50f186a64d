"""What Grafana refuses, or takes and should not, is refused before it is sent."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from tests.targets.grafana.rules import rule_of, rules_of
from watchglass.durations import Duration
from watchglass.targets.grafana.rule import GrafanaRule
from watchglass.targets.grafana.rule_checks import check_rule, template_problem

ALERT = (
    "a: {any: [{metric: late, when: bad}, {metric: drafts, when: bad}], severity: low,"
    " resolve: {metric: late, when: below 2}}"
)


def sound() -> GrafanaRule:
    return rule_of(ALERT)


def with_data(change: Any) -> GrafanaRule:
    rule = sound()
    data = copy.deepcopy(list(rule.data))
    change(data)
    return replace(rule, data=tuple(data))


def test_a_sound_rule_has_no_problem() -> None:
    assert check_rule(sound()) == ()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"uid": "x" * 41}, "the uid"),
        ({"uid": "a.b"}, "the uid"),
        ({"title": " "}, "the title"),
        ({"title": "ä" * 96}, "the title"),
        ({"labels": {"__grafana_receiver__": "x"}}, "Grafana's own"),
        ({"labels": {"alertname": "x"}}, "Grafana's own"),
        ({"labels": {"a-b": "x"}}, "no name"),
        ({"labels": {"a": ""}}, "is empty"),
        ({"labels": {"town": "x"}}, "would hide it"),
        ({"labels": {"a": "{{ x"}}, "not closed"),
        ({"annotations": {"summary": "{{ if .X }}"}}, "not ended"),
        ({"annotations": {"__panelId__": "1"}}, "both or neither"),
        ({"annotations": {"__panelId__": "x", "__dashboardUid__": "d"}}, "a number"),
        ({"condition": "Z"}, "names no query"),
        ({"no_data": "Error"}, "no state"),
        ({"on_error": "NoData"}, "no state"),
        ({"pending": Duration(-1, "s")}, "negative"),
        ({"missing": 0}, "1 to"),
        ({"missing": 40_000}, "1 to"),
    ],
)
def test_a_part_that_is_wrong_is_told(change: dict[str, Any], text: str) -> None:
    assert any(text in told for told in check_rule(replace(sound(), **change)))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda data: data[0].update(refId="B"), "same refId"),
        (lambda data: data[0].update(datasourceUid=""), "no data source"),
        (lambda data: data[0]["model"].update(format="time_series"), "table format"),
        (lambda data: data[0]["model"].update(rawSql=" "), "table format"),
        (lambda data: data[0]["relativeTimeRange"].update({"from": 0}), "no time range"),
        (lambda data: data[0]["relativeTimeRange"].update({"from": 1.5}), "no time range"),
        (lambda data: data[-1]["model"].update(expression="$E"), "without '$'"),
        (lambda data: data[-1]["model"].update(expression="X"), "not there"),
        (lambda data: data[-2]["model"].update(expression="$X && $T1"), "not there"),
        (lambda data: data[-2]["model"].update(expression="$C && $T1"), "in a circle"),
    ],
)
def test_a_node_that_is_wrong_is_told(change: Any, text: str) -> None:
    assert any(text in told for told in check_rule(with_data(change)))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plain }} text", ""),
        ("{{ with $values.A }}x{{ else }}y{{ end }}", ""),
        ("{{ if lt .Value 1.0 }}a{{ else if lt .Value 2.0 }}b{{ else }}c{{ end }}", ""),
        ("{{ end }}", "'end' without a block"),
        ("{{ else }}", "'else' without a block"),
        ("{{ range .X }}", "a block is not ended"),
        ("{{ .X", "'{{' is not closed"),
    ],
)
def test_blocks_of_a_template_are_counted(text: str, problem: str) -> None:
    assert template_problem(text) == problem


def test_labels_that_are_made_elsewhere_and_titles_that_are_taken_are_told() -> None:
    found = rules_of(
        "a: {title: T, metric: drafts, when: bad, severity: low, labels: {severity: high}}\n"
        "b: {title: T, metric: drafts, when: bad, severity: low, missing: alert}"
    ).problems
    assert [(problem.code, problem.message) for problem in found] == [
        ("grafana-rule", "a: the label 'severity' is made from what the definition says elsewhere"),
        ("grafana-missing-alert", "b: Grafana cannot fire because a key vanished"),
        ("grafana-rule", "b: another alert has the title 'T', too"),
    ]


@pytest.mark.parametrize("key", ["severity", "alertname", "time"])
def test_a_key_that_grafana_or_the_rule_would_hide_is_told(key: str) -> None:
    rule = rule_of("a: {metric: late, when: bad, severity: low}")
    statements = tuple(replace(statement, key=(key,)) for statement in rule.statements)
    assert any(f"'{key}'" in text for text in check_rule(replace(rule, statements=statements)))
