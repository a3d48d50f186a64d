"""Conditions and targets in words: `high`, `above 30`, `better than elevated`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from watchglass.artifact import Path
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Column, Condition, Metric, Target
from watchglass.thresholds import Comparison, Operator, Thresholds, reaches

_FORM = re.compile(r"(?:(above|at least|below|at most)\s+)?(\S+)")
_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?")
_OPERATORS: Mapping[str, Operator] = {"above": "gt", "at least": "gte", "below": "lt", "at most": "lte"}
_HINT = "write a level, or above / at least / below / at most and a level or a number"


def comparison(
    context: Context, text: str, thresholds: Thresholds | None, metric: str, path: Path
) -> Comparison | None:
    """Read a condition's words."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        context.report("condition-form", f"cannot read the condition '{text}'", path, hint=_HINT)
        return None
    word, operand = match[1], match[2]
    if _NUMBER.fullmatch(operand):
        if word is None:
            context.report("condition-form", f"'{text}' does not say on which side", path, hint=_HINT)
            return None
        return Comparison(_OPERATORS[word], float(operand))
    if thresholds is None:
        message = f"'{metric}' has no thresholds, so '{operand}' is no number there"
        context.no_thresholds(metric, message, path, _HINT)
        return None
    steps = {step.level.name: step for step in thresholds.steps}
    step = context.find(f"level of '{metric}'", operand, steps, path)
    if step is None:
        return None
    if word is None:
        return reaches(thresholds, step)
    upper = _OPERATORS[word] in ("gt", "gte")
    number = step.high if upper else step.low
    if number is None:
        number = step.low if upper else step.high
    return Comparison(_OPERATORS[word], number if number is not None else 0.0, None, operand)


def condition(context: Context, metric: Metric, text: str, path: Path) -> Condition | None:
    """Read a condition over a metric."""
    made = comparison(context, text, metric.thresholds, metric.id, path)
    return Condition(metric, made, context.at(path)) if made is not None else None


def check_null(context: Context, conditions: Iterable[Condition], path: Path, reader: str = "alert") -> None:
    """Report each metric that may be NULL and does not say what that means to its reader, which stands at ``path``."""
    one = f"an {reader}" if reader == "alert" else f"a {reader}"
    for metric in {each.metric.id: each.metric for each in conditions}.values():
        stated = context.definition.model.metrics[
            metric.id
        ].when_null  # one that is wrong has its own problem
        if metric.column.nullable and stated is None:
            context.report(
                "null-unstated",
                f"'{metric.id}' may be NULL and {one} reads it: say what that means",
                ("metrics", metric.id),
                key=True,
                hint="add when_null: a number, a level, or skip",
                related=[(path, f"this {reader} reads it")],
            )


def shown_columns(context: Context, metric: Metric, names: list[str], path: Path) -> tuple[Column, ...]:
    """Find the columns that are shown beside a metric's number, each once; ``path`` is that of their list."""
    query = metric.query
    context.distinct(names, path)
    found = [
        context.find(f"column of '{query.id}'", name, query.columns, (*path, index))
        for index, name in enumerate(names)
    ]
    return tuple(column for column in found if column is not None)


def target(
    context: Context, text: str | None, thresholds: Thresholds | None, metric: str, path: Path
) -> Target | None:
    """Read what is aimed at: `better than <level>`, or a condition that is wished."""
    if text is None:
        return None
    text = text.strip()
    if not text.startswith("better than "):
        made = comparison(context, text, thresholds, metric, path)
        return Target(text, made) if made is not None else None
    if thresholds is None:
        context.no_thresholds(metric, f"'{metric}' has no thresholds", path)
        return None
    level = text.removeprefix("better than ").strip()
    step = context.find(
        f"level of '{metric}'", level, {step.level.name: step for step in thresholds.steps}, path
    )
    if step is None:
        return None
    if thresholds.better == "within":
        context.report(
            "condition-form", "a target of better: within is the good band itself; leave it out", path
        )
        return None
    number = step.high if step.high is not None else step.low
    return Target(
        text, Comparison("lt" if thresholds.better == "lower" else "gte", number or 0.0, None, level)
    )
