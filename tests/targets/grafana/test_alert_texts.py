"""Texts and labels of rules: what a person reads with numbers, without data, after a failure, and with hostile text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.targets.grafana.rules import NOTHING, START, each, one, rule_of, service_of, simulated
from watchglass.evaluation import Answer, Failure, numbers
from watchglass.targets.grafana.alert_texts import labels_of
from watchglass.targets.grafana.rule import GrafanaRule
from watchglass.targets.grafana.templates import go_text


def said(rule: GrafanaRule, answers: Mapping[str, Answer], name: str = "summary") -> list[str]:
    found = simulated(rule).step(START, answers)
    return [instance.annotations[name] for instance in found.instances]


def summary(metric: str, text: str) -> GrafanaRule:
    return rule_of(f"a: {{metric: {metric}, when: above 1, severity: low, summary: '{text}'}}")


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("drafts", 42, "42 %"),
        ("drafts", 42.6, "43 %"),
        ("warmth", 21.456, "21.46 °C"),
        ("share", 0.25, "25%"),
        ("share", float("inf"), "+Inf%"),
        ("late", -3, "-3"),
    ],
)
def test_a_number_is_said_with_its_unit(metric: str, value: float, text: str) -> None:
    answer = each(x=value) if metric == "late" else one(value)
    assert said(summary(metric, "is {{ value }}!"), {"A": answer}) == [f"is {text}!"]


def test_a_threshold_of_a_ratio_is_said_as_the_value_is() -> None:
    rule = rule_of(
        "a: {metric: share, when: above 0.15, severity: low, summary: '{{ value }}, limit {{ threshold }}'}"
    )
    assert said(rule, {"A": one(0.25)}) == ["25%, limit 15%"]


@pytest.mark.parametrize("answer", [NOTHING, Failure("no such table"), one(None)])
def test_a_text_is_readable_where_there_is_no_number(answer: Answer) -> None:
    rule = summary("drafts", "{{ value }} of {{ threshold }} ({{ level }}) for {{ values.drafts }}")
    assert said(rule, {"A": answer}) == ["no value of 1 % (no value) for no value"]


def test_a_text_about_labels_is_readable_where_there_is_no_row() -> None:
    rule = rule_of(
        "a: {metric: late, when: bad, severity: low, show: [last], summary: '{{ labels.town }}, {{ labels.last }}'}"
    )
    shown = numbers([({"town": "x", "last": "2026-03-02 09:00"}, 1)])
    assert said(rule, {"A": each(x=6), "S": shown}) == ["x, 2026-03-02 09:00"]
    assert said(rule, {"A": each(x=6), "S": numbers([({"town": "", "last": ""}, 1)])}) == ["x, -"]
    assert said(rule, {"A": NOTHING, "S": numbers([({"town": "", "last": ""}, 1)])}) == ["-, -"]


@pytest.mark.parametrize(
    ("value", "level"),
    [(-1, "bad"), (0, "watch"), (1.99, "watch"), (2, "good"), (5.9, "good"), (6, "watch"), (8, "bad")],
)
def test_the_level_is_that_of_the_panel(value: float, level: str) -> None:
    assert said(summary("warmth", "{{ level }}"), {"A": one(value)}) == [level]


def test_a_joined_text_says_each_number() -> None:
    rule = rule_of(
        "a: {any: [{metric: drafts, when: bad}, {metric: warmth, when: bad}], severity: low,"
        " summary: '{{ values.warmth }}, {{ values.drafts }}, {{ threshold }}'}"
    )
    assert said(rule, {"A": one(31), "B": one(4)}) == ["4.00 °C, 31 %, 30 % or 0 °C to 8 °C"]
    assert said(rule, {"A": one(31), "B": one(None)}) == ["no value, 31 %, 30 % or 0 °C to 8 °C"]


HOSTILE = [
    "100% $5 ${HOME} $HOME $$ $values.A.Value",
    "`backtick` \\ \\n \" ' </script>",
    "{ {{ value }} }",
    "}} {",
    "$labels.x {{ value }}{",
    "ends in {",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_neutral_word_arrives_as_it_is_written(text: str) -> None:
    rule = summary("drafts", text.replace("'", "''"))
    assert said(rule, {"A": one(7)}) == [text.replace("{{ value }}", "7 %")]


@pytest.mark.parametrize(
    "text", ["{{ $values.A }}", "{", "{{", "{{{", "{{{{{ end }}", "a }} {{/* x */}} b", *HOSTILE]
)
@pytest.mark.parametrize("behind", ["", "{{ with $values.A }}!{{ end }}"])
def test_a_quoted_text_comes_out_letter_for_letter(text: str, behind: str) -> None:
    from watchglass.evaluation.texts.template import Alert, Template

    template = Template.read(go_text(text) + behind)
    assert template.render(Alert({}, {}, "")) == text


def test_titles_and_labels_of_a_definition_are_text() -> None:
    service = service_of(
        "a: {title: 'x {{ y }} $z', metric: drafts, when: bad, severity: low, labels: {note: '{{ $labels.a }}'}}"
    )
    (alert,) = service.alerts.values()
    assert labels_of(service, alert, alert.rules[0])["note"] == '{{ "{{" }} $labels.a }}'


def test_a_rule_carries_what_routes_it() -> None:
    more = "environments:\n  production: {default: true}\n  staging: {}\n"
    service = service_of(
        "a: {metric: drafts, severity: {bad: medium, broken: critical}, labels: {team: x}}", more, "staging"
    )
    (alert,) = service.alerts.values()
    assert labels_of(service, alert, alert.rules[1]) == {
        "alert": "a",
        "environment": "staging",
        "level": "broken",
        "owner": "us",
        "service": "shop",
        "severity": "critical",
        "team": "x",
    }


def test_a_rule_says_its_levels_its_runbook_and_its_panel() -> None:
    rule = rule_of(
        "a: {metric: drafts, when: bad, severity: low, respond_within: 4h, description: 'More {{ value }}',"
        " runbook: {impact: Slow., actions: [Look., '{{ x }}'], prevention: [Sleep.], url: 'https://x/?a=$b'}}"
    )
    assert (
        rule.annotations["levels"]
        == "Drafts: good below 10 %, watch from 10 %, bad from 30 %, broken from 50 %"
    )
    assert rule.annotations["respond_within"] == "4 hours"
    assert rule.annotations["runbook_url"] == "https://x/?a=$b"
    assert (rule.annotations["__dashboardUid__"], rule.annotations["__panelId__"]) == ("shop-board", "17")
    (text,) = said(rule, {"A": one(1)}, "runbook")
    assert text == "Impact: Slow.\n1. Look.\n2. {{ x }}\nPrevention: Sleep."
    assert said(rule, {"A": one(1)}, "description") == ["More 1 %"]
