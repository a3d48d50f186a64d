"""An alert rule in the form of Grafana's HTTP API becomes a rule that can be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias, cast

from watchglass.evaluation.expressions.command import Command
from watchglass.evaluation.fields import RuleError, choice, entries, quoted, span, text, texts
from watchglass.evaluation.nodes import Query, expression_of, query_of
from watchglass.evaluation.order import ordered

NoDataPolicy: TypeAlias = Literal["NoData", "Alerting", "OK", "KeepLast"]
ErrorPolicy: TypeAlias = Literal["Error", "Alerting", "OK", "KeepLast"]

_NO_DATA = ("NoData", "Alerting", "OK", "KeepLast")
_ERROR = ("Error", "Alerting", "OK", "KeepLast")
_MISSING = 2
_EXPRESSIONS = {"__expr__", "-100"}
_OF_FILES = {
    "keepFiringFor": "keep_firing_for",
    "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule, checked.

    Args:
        queries: refId → query of a data source.
        commands: refId → expression, each after those that it needs.
        missing: evaluations without a series after which it is resolved.
        labels: the rule's own, as templates.
        annotations: templates, too.
    """

    uid: str
    title: str
    condition: str
    queries: Mapping[str, Query]
    commands: Mapping[str, Command]
    pending: timedelta
    keep_firing: timedelta
    no_data: NoDataPolicy
    on_error: ErrorPolicy
    missing: int
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def read_rule(rule: Mapping[str, Any]) -> Rule:
    """
    Read a rule.

    Args:
        rule: as ``GET /api/v1/provisioning/alert-rules/{uid}`` gives it.

    Raises:
        RuleError: Grafana would refuse it or could never evaluate it, or it holds what is not simulated.
    """
    _keys_of_files(rule)
    condition = text(rule, "condition")
    queries, commands = _nodes(rule, condition)
    if condition not in queries and condition not in commands:
        refs = quoted([*queries, *commands])
        raise RuleError(f"condition '{condition}' is none of the rule's queries and expressions: {refs}")
    return Rule(
        uid=text(rule, "uid", default=""),
        title=text(rule, "title", default=""),
        condition=condition,
        queries=queries,
        commands=commands,
        pending=span(rule, "for"),
        keep_firing=span(rule, "keep_firing_for"),
        no_data=cast("NoDataPolicy", choice(rule, "noDataState", _NO_DATA)),
        on_error=cast("ErrorPolicy", choice(rule, "execErrState", _ERROR)),
        missing=_missing(rule),
        labels=texts(rule, "labels"),
        annotations=texts(rule, "annotations"),
    )


def _keys_of_files(rule: Mapping[str, Any]) -> None:
    """Refuse two keys as a provisioning file names them; the API ignores those names in silence."""
    for wrong, right in _OF_FILES.items():
        if wrong in rule:
            raise RuleError(
                f"'{wrong}' is a provisioning file's name and the API ignores it; write '{right}'"
            )


def _missing(rule: Mapping[str, Any]) -> int:
    value = rule.get("missingSeriesEvalsToResolve")
    if value is None:
        return _MISSING
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RuleError(f"missingSeriesEvalsToResolve is {value!r}; it is a whole number from 1")
    return value


def _nodes(rule: Mapping[str, Any], condition: str) -> tuple[dict[str, Query], dict[str, Command]]:
    queries: dict[str, Query] = {}
    commands: dict[str, Command] = {}
    for node in entries(rule, "data"):
        ref = text(node, "refId")
        if ref in queries or ref in commands:
            raise RuleError(f"refId '{ref}' is used twice")
        if node.get("datasourceUid") in _EXPRESSIONS:
            commands[ref] = expression_of(node, is_condition=ref == condition)
        else:
            queries[ref] = query_of(node)
    return queries, ordered(commands, queries)
