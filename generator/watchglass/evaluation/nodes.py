"""One entry of a rule's ``data`` becomes a query or an expression."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, cast

from watchglass.evaluation.expressions.classic import Classic, Condition
from watchglass.evaluation.expressions.command import Command
from watchglass.evaluation.expressions.maths import Math
from watchglass.evaluation.expressions.reduce import REDUCERS, Mode, Reduce
from watchglass.evaluation.expressions.resample import DOWNSAMPLERS, UPSAMPLERS, Resample
from watchglass.evaluation.expressions.thresholds import Level, Threshold
from watchglass.evaluation.fields import RuleError, choice, entries, inner, is_number, numbers, quoted, text

_WINDOW = re.compile(r"(\d+)(ms|[smhdw])")
_WINDOWS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Query:
    """
    A query of a data source.

    Args:
        form: ``table`` or ``time_series``.
    """

    source: str
    form: str


def query_of(node: Mapping[str, Any]) -> Query:
    """Read a query; its text is none of the simulator's business."""
    form = inner(node, "model").get("format", "time_series")
    if form not in {"table", "time_series"}:
        raise RuleError(
            f"query '{text(node, 'refId')}' has format {form!r}; simulated are 'table' and 'time_series'"
        )
    return Query(text(node, "datasourceUid"), form)


def _seconds(span: Mapping[str, Any], key: str) -> timedelta:
    value = span.get(key, 0)
    if not is_number(value):
        raise RuleError(f"'relativeTimeRange.{key}' is {value!r}; it is a number of seconds")
    return timedelta(seconds=float(value))


def expression_of(node: Mapping[str, Any], is_condition: bool) -> Command:
    """
    Read an expression.

    Raises:
        RuleError: Grafana refuses it, or it is of a type that is not simulated.
    """
    ref, model = text(node, "refId"), inner(node, "model")
    kind = model.get("type")
    if kind not in {*_READERS, "resample"}:
        there = quoted([*_READERS, "resample"])
        raise RuleError(f"expression '{ref}' is of type {kind!r}; simulated are {there}")
    try:
        command = (
            _resample(model, inner(node, "relativeTimeRange"))
            if kind == "resample"
            else _READERS[kind](model)
        )
    except ValueError as error:
        raise RuleError(f"expression '{ref}': {error}") from None
    if isinstance(command, Threshold) and command.unload is not None and not is_condition:
        raise RuleError(
            f"expression '{ref}' has an unloadEvaluator, which only the rule's condition may have"
        )
    return command


def _math(model: Mapping[str, Any]) -> Command:
    return Math.read(text(model, "expression"))


def _threshold(model: Mapping[str, Any]) -> Command:
    source = text(model, "expression")
    if source.startswith("$"):
        raise RuleError(f"a threshold names its input without a dollar sign: '{source.strip('${}')}'")
    conditions = entries(model, "conditions")
    if len(conditions) != 1:
        raise RuleError("a threshold has exactly one condition")
    unload = conditions[0].get("unloadEvaluator")
    return Threshold(
        source,
        _level(conditions[0], "evaluator"),
        _level(conditions[0], "unloadEvaluator") if unload else None,
    )


def _level(condition: Mapping[str, Any], key: str) -> Level:
    evaluator = inner(condition, key)
    return Level.read(text(evaluator, "type"), numbers(evaluator, "params"))


def _reduce(model: Mapping[str, Any]) -> Command:
    settings = inner(model, "settings")
    mode = choice({"mode": settings.get("mode") or ""}, "mode", ("", "dropNN", "replaceNN"))
    replacement: Any = settings.get("replaceWithValue")
    if mode == "replaceNN" and not is_number(replacement):
        raise RuleError(f"'replaceWithValue' is {replacement!r}; mode replaceNN needs a number")
    return Reduce(
        source=text(model, "expression").removeprefix("$"),
        reducer=choice(model, "reducer", tuple(REDUCERS)),
        mode=cast("Mode", mode),
        replacement=float(replacement) if is_number(replacement) else 0.0,
    )


def _resample(model: Mapping[str, Any], span: Mapping[str, Any]) -> Command:
    window = text(model, "window")
    match = _WINDOW.fullmatch(window)
    if match is None or not int(match[1]):
        raise RuleError(f"'window' is '{window}'; write a length such as 30s or 5m")
    return Resample(
        source=text(model, "expression").removeprefix("$"),
        window=timedelta(seconds=int(match[1]) * _WINDOWS[match[2]]),
        since=_seconds(span, "from"),
        until=_seconds(span, "to"),
        down=choice(model, "downsampler", DOWNSAMPLERS),
        up=choice(model, "upsampler", UPSAMPLERS),
    )


def _classic(model: Mapping[str, Any]) -> Command:
    return Classic(tuple(_condition(each, index) for index, each in enumerate(entries(model, "conditions"))))


def _condition(condition: Mapping[str, Any], index: int) -> Condition:
    evaluator = inner(condition, "evaluator")
    sources = inner(condition, "query").get("params") or [""]
    if not isinstance(sources, list) or not isinstance(sources[0], str) or not sources[0]:
        raise RuleError(f"condition {index + 1} names no query")
    return Condition.read(
        source=sources[0],
        reducer=text(inner(condition, "reducer"), "type"),
        comparison=text(evaluator, "type"),
        params=numbers(evaluator, "params"),
        operator=_operator(condition, index),
    )


def _operator(condition: Mapping[str, Any], index: int) -> Literal["and", "or"]:
    """Give how a condition joins those before it; the first joins nothing, so anything goes there."""
    word = inner(condition, "operator").get("type", "and")
    if word in {"and", "or"} or index == 0:
        return "or" if word == "or" else "and"
    raise RuleError(f"condition {index + 1} is joined by {word!r}; simulated are 'and' and 'or'")


_READERS: dict[str, Callable[[Mapping[str, Any]], Command]] = {
    "math": _math,
    "threshold": _threshold,
    "reduce": _reduce,
    "classic_conditions": _classic,
}
