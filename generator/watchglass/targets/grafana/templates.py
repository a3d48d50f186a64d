"""Texts of alerts as Go templates that stay readable when there is no data or the query failed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from watchglass.definition.service import Metric, NeutralText, Rule
from watchglass.definition.telling import number_word, unit_word
from watchglass.targets.grafana.alert_queries import SHOWN
from watchglass.thresholds import Comparison, Thresholds

NO_VALUE = "no value"
"""What stands for a number when there is none: no data, or a failed query."""

_OPENING = re.compile(r"\{\{|\{$")


def go_text(text: str) -> str:
    """
    Write a text so that a Go template gives it back letter for letter, whatever stands behind it.

    A last brace alone would make the next action begin too early.
    """
    return _OPENING.sub(lambda match: f'{{{{ "{match[0]}" }}}}', text)


def go_template(text: NeutralText, rule: Rule, refs: Mapping[str, str], keys: frozenset[str]) -> str:
    """
    Write a neutral text as a Go template.

    Args:
        refs: metric → refId of its query.
        keys: columns that are labels of the alert; others come from the query of shown columns.
    """
    first = rule.conditions[0].metric
    made = []
    for kind, name in text.parts:
        if kind == "text":
            made.append(go_text(name))
        elif kind == "value":
            made.append(value(first, refs[first.id]))
        elif kind == "values":
            metric = next(each.metric for each in rule.conditions if each.metric.id == name)
            made.append(value(metric, refs[name]))
        elif kind == "threshold":
            made.append(go_text(threshold(rule)))
        elif kind == "level":
            made.append(level(first, refs[first.id]))
        else:
            made.append(_label(name) if name in keys else _shown(name))
    return "".join(made)


def value(metric: Metric, ref: str) -> str:
    """Write a metric's number with its unit."""
    return _with(f"$values.{ref}", _formatted(metric))


def _formatted(metric: Metric) -> str:
    unit = metric.unit.id if metric.unit is not None else ""
    if unit == "duration" or metric.column.type == "interval":
        return "{{ humanizeDuration .Value }}"
    if unit == "ratio":
        return "{{ humanizePercentage .Value }}"
    decimals = (
        metric.decimals if metric.decimals is not None else (0 if metric.column.type == "integer" else 1)
    )
    return f'{{{{ printf "%.{decimals}f" .Value }}}}{go_text(unit_word(metric.unit))}'


def _with(subject: str, then: str) -> str:
    """Say ``then`` of a query's number; a NaN, which nothing equals, is none."""
    none = f"{{{{ else }}}}{NO_VALUE}{{{{ end }}}}"
    return f"{{{{ with {subject} }}}}{{{{ if eq .Value .Value }}}}{then}{none}{none}"


def _label(name: str) -> str:
    return f"{{{{ with index $labels {_quoted(name)} }}}}{{{{ . }}}}{{{{ else }}}}-{{{{ end }}}}"


def _shown(name: str) -> str:
    inner = f"{{{{ with index .Labels {_quoted(name)} }}}}{{{{ . }}}}{{{{ else }}}}-{{{{ end }}}}"
    return f"{{{{ with $values.{SHOWN} }}}}{inner}{{{{ else }}}}-{{{{ end }}}}"


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def threshold(rule: Rule) -> str:
    """Say in words with what a rule compares."""
    words = {"any": " or ", "all": " and "}.get(rule.join, "")
    return words.join(
        _compared(each.comparison, number_word(each.metric.unit, each.metric.column.type))
        for each in rule.conditions
    )


def _compared(comparison: Comparison, say: Callable[[float], str]) -> str:
    low = say(comparison.number)
    return low if comparison.upper is None else f"{low} to {say(comparison.upper)}"


def level(metric: Metric, ref: str) -> str:
    """Write the name of the level that a metric's number is at."""
    if metric.thresholds is None:
        return NO_VALUE
    return _with(f"$values.{ref}", _chain(metric.thresholds))


def _chain(thresholds: Thresholds) -> str:
    bands = thresholds.bands()
    parts = []
    for index, band in enumerate(bands[:-1]):
        word = "if" if index == 0 else "else if"
        assert band.high is not None, "only the last band is open above"
        parts.append(f"{{{{ {word} lt .Value {float(band.high)!r} }}}}{go_text(band.level.name)}")
    return "".join([*parts, f"{{{{ else }}}}{go_text(bands[-1].level.name)}{{{{ end }}}}"])
