"""The answers of a rule's queries → what a picture draws of each metric: its numbers, levels and limits."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence

from watchglass.backtest.instants import Window
from watchglass.backtest.published import MovedRule
from watchglass.backtest.replay import Answers
from watchglass.backtest.report import Chart
from watchglass.backtest.stretches import Key
from watchglass.definition.telling import unit_word
from watchglass.evaluation import Answer, Table


def charts_of(rule: MovedRule, answers: Answers, window: Window) -> tuple[Chart, ...]:
    """Make a chart of each metric that a rule reads."""
    found = []
    for query in rule.queries:
        metric = query.metric
        limits = [
            number
            for each in rule.rule.conditions
            if each.metric.id == metric.id
            for number in (each.comparison.number, each.comparison.upper)
            if number is not None
        ]
        bands = metric.thresholds.bands() if metric.thresholds is not None else ()
        lines = _lines(answers.instants, answers.by_ref[query.ref], window)
        found.append(Chart(metric.id, metric.title, unit_word(metric.unit), bands, tuple(limits), lines))
    return tuple(found)


def numbers_of(answers: Sequence[Answer | None]) -> tuple[float, ...]:
    """List all numbers that a query gave."""
    return tuple(number for answer in answers for _, number in rows_of(answer) if number is not None)


def rows_of(answer: Answer | None) -> Iterator[tuple[Key, float | None]]:
    """Give the numbers of an answer with their labels; NaN is none."""
    if not isinstance(answer, Table):
        return
    at = next((i for i, column in enumerate(answer.columns) if column.kind == "number"), None)
    if at is None:
        return
    texts = [(i, column.name) for i, column in enumerate(answer.columns) if column.kind == "text"]
    for row in answer.rows:
        value = row[at]
        number = float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
        yield tuple(sorted((name, str(row[i] or "")) for i, name in texts)), number


def _lines(
    instants: Sequence[datetime.datetime], answers: Sequence[Answer | None], window: Window
) -> Mapping[Key, tuple[tuple[datetime.datetime, float | None], ...]]:
    inside = [
        (at, dict(rows_of(answer)))
        for at, answer in zip(instants, answers, strict=True)
        if at >= window.start
    ]
    keys = dict.fromkeys(key for _, rows in inside for key in rows)
    return {key: tuple((at, rows.get(key)) for at, rows in inside) for key in sorted(keys)}
