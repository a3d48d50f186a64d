"""Labels and annotations as Grafana renders them, and what is not simulated as a clear error."""

from __future__ import annotations

import math

import pytest

from watchglass.evaluation.texts.functions import Reading, Readings
from watchglass.evaluation.texts.template import Alert, Template
from watchglass.evaluation.texts.tokens import TextError


def alert(value: float | None = 42.56, **labels: str) -> Alert:
    """An alert of query A, and of S with a label that is not the alert's; None: no data."""
    if value is None:
        return Alert(labels, Readings(), "")
    shown = Reading({**labels, "name": "Ada"}, 1.0)
    return Alert(labels, Readings(A=Reading(labels, value), S=shown), value)


def rendered(template: str, value: float | None = 42.56, **labels: str) -> str:
    return Template.read(template).render(alert(value, **labels))


VALUE = '{{ with $values.A }}{{ printf "%.1f" .Value }} %{{ else }}no value{{ end }}'
LABEL = '{{ with index $labels "org" }}{{ . }}{{ else }}-{{ end }}'
SHOWN = '{{ with $values.S }}{{ with index .Labels "name" }}{{ . }}{{ else }}-{{ end }}{{ else }}-{{ end }}'
LEVEL = (
    "{{ with $values.A }}{{ if lt .Value 10.0 }}good{{ else if lt .Value 25.0 }}warning"
    "{{ else }}critical{{ end }}{{ else }}no value{{ end }}"
)


@pytest.mark.parametrize(
    ("template", "text", "empty"),
    [(VALUE, "42.6 %", "no value"), (LABEL, "a", "-"), (SHOWN, "Ada", "-"), (LEVEL, "critical", "no value")],
    ids=["value", "label", "shown", "level"],
)
def test_what_we_generate_reads_well_with_data_and_without(template: str, text: str, empty: str) -> None:
    assert rendered(template, org="a") == text
    assert rendered(template, None) == empty


@pytest.mark.parametrize(
    ("value", "word"), [(9.99, "good"), (10, "warning"), (24.9, "warning"), (25, "critical")]
)
def test_each_level_has_its_branch(value: float, word: str) -> None:
    assert rendered(LEVEL, float(value)) == word


def test_nan_is_less_than_nothing_and_greater_than_all() -> None:
    assert rendered(LEVEL, math.nan) == "critical"
    assert rendered("{{ if gt $values.A.Value 1.0 }}more{{ end }}", math.nan) == "more"
    assert rendered("{{ if ge $values.A.Value 1.0 }}more{{ end }}", math.nan) == "more"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("plain } text", "plain } text"),
        ("{{ $values.A }} {{ $values.A.Value }} {{ $value }}", "42.56 42.56 42.56"),
        ("{{ $labels }} {{ $labels.org }} {{ $labels.nope }}", "a=1, org=x x [no value]"),
        ("{{ $values }}", "map[A:42.56 S:1]"),
        ("{{ .Labels.org }} {{ .Value }} {{ (index $values \"A\").Value }}", "x 42.56 42.56"),
        ('{{ "{{" }} {{ `}}` }} {{ "a\\"b" }}', '{{ }} a"b'),
        ("a {{- 1 -}} b", "a1b"),
        ("a{{/* not said */}}b", "ab"),
        ("{{ $values.A.Value | printf \"%.0f\" }}", "43"),
        ('{{ printf "%s is %v, %d, %.2f%%" $labels.org $values.A 3 $values.A.Value }}', "x is 42.56, 3, 42.56%"),
        ('{{ printf "%.1f" 3 }} {{ printf "%d" 1.5 }} {{ printf "%s" }}', "%!f(int=3) %!d(float64=1.5) %!s(MISSING)"),
        ('{{ printf "x" 1 }}', "x%!(EXTRA int=1)"),
        ('{{ printf "%g %e %.3s" 1234567.0 0.5 "abcd" }}', "1.234567e+06 5.000000e-01 abc"),
        ('{{ and $labels.org "y" }} {{ or $labels.nope "y" }} {{ not $labels.nope }}', "y y true"),
        ('{{ eq $labels.org "a" "x" }} {{ ne $labels.org "x" }} {{ eq $labels.nope "x" }}', "true false false"),
        ("{{ if and (gt 2 1) (le 1.0 1.0) }}yes{{ end }}", "yes"),
        ("{{ with $labels.org }}{{ . }}{{ else with $labels.a }}{{ . }}{{ end }}", "x"),
        ("{{ with $labels.nope }}{{ . }}{{ else with $labels.a }}{{ . }}{{ end }}", "1"),
        ("{{ humanize 1234567.0 }} {{ humanize 0.00123 }} {{ humanize 0.0 }}", "1.235M 1.23m 0"),
        ("{{ humanizePercentage 0.12345 }}", "12.35%"),
    ],
)  # fmt: skip
def test_a_template_is_written_as_go_writes_it(template: str, text: str) -> None:
    assert Template.read(template).render(alert(org="x", a="1")) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (0.00042, "420us"), (0.5, "500ms"), (1.5, "1.5s"), (59.99999, "60s"), (61, "1m 1s"),
        (3661, "1h 1m 1s"), (90061.5, "1d 1h 1m 1s"), (-90, "-1m 30s"), (math.nan, "NaN"), (math.inf, "+Inf"),
    ],
)  # fmt: skip
def test_a_duration_reads_as_prometheus_writes_it(seconds: float, text: str) -> None:
    assert rendered("{{ humanizeDuration $values.A.Value }}", float(seconds)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999.0, "999999"),
        (1e6, "1e+06"),
        (1234567.5, "1.2345675e+06"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (-0.5, "-0.5"),
    ],
)
def test_a_bare_number_of_a_million_and_more_gets_an_exponent(value: float, text: str) -> None:
    assert rendered("{{ $values.A.Value }}", value) == text
    assert "e" not in rendered("{{ $values.A }}", value)


@pytest.mark.parametrize(
    "template",
    [
        "{{ humanizeDuration $values.A.Value }}",
        "{{ lt $values.A.Value 1.0 }}",
        "{{ if lt 1 2.0 }}{{ end }}",
        "{{ $labels.org.nope }}",
        "{{ index $values.A.Value 1 }}",
        '{{ humanize "x" }}',
        "{{ not 1 2 }}",
        "{{ .Nope }}",
    ],
)
def test_a_template_that_fails_while_it_runs_reaches_people_raw(template: str) -> None:
    assert rendered(f"Rate {template}", None, org="a") == f"Rate {template}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ $x := 1 }}", "':= 1' is no part of a template that is simulated"),
        ("{{ range $labels }}{{ end }}", "'range' is not simulated"),
        ("{{ tableLink 1 }}", "'tableLink' is no function that is simulated"),
        ("{{ $unknown }}", "variable '$unknown' is not simulated"),
        ("{{ if 1 }}", "'if' has no end"),
        ("{{ if 1 }}a{{ else }}b", "'if' has no end after 'else'"),
        ("{{ if 1 }}a{{ else with 1 }}b{{ end }}", "'else with' does not go on from 'if'"),
        ("{{ end }}", "'end' closes nothing"),
        ("{{ if 1 }}{{ end 1 }}", "'end' stands alone"),
        ("{{ }}", "an action says nothing"),
        ("{{ (1 }}", "a bracket is not closed"),
        ("{{ 1 2 }}", "'2' is not what stands here"),
        ("{{ 1 | 2 }}", "'2' after '|' is no function"),
        ("{{ $values.A", "the action at character 1 has no end"),
        ('{{ printf "%5.1f" 1.0 }}', "'%5.1f' in a format is not simulated"),
        ('{{ printf "%x" 1 }}', "'%x' in a format is not simulated"),
        ("{{ lt 1 }}", "lt takes at least 2 argument(s)"),
        ('{{ "\\x41" }}', "has an escape that is not simulated"),
    ],
)
def test_what_is_not_simulated_is_a_clear_error(template: str, message: str) -> None:
    with pytest.raises(TextError) as caught:
        Template.read(template)
    assert message in str(caught.value)
