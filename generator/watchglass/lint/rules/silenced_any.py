"""A number of an ``any:`` that may have no row: where no data is healthy, it silences the conditions that hold."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Alert, Condition, Metric, Rule
from watchglass.lint.scope import Scope
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, call, walk

_SILENT = ("ok", "keep")
_AGGREGATES = frozenset(
    {
        "avg",
        "bool_and",
        "bool_or",
        "count",
        "every",
        "max",
        "min",
        "mode",
        "percentile_cont",
        "percentile_disc",
        "sum",
    }
)


def check(subject: Subject) -> Iterator[Finding]:
    """Find joined numbers without which Grafana takes the whole alert for one without data, and that for no alarm."""
    for alert in subject.service.alerts.values():
        for rule in alert.rules:
            if rule.join == "any" and alert.no_data in _SILENT:
                yield from _judge(subject, alert, rule)


def _judge(subject: Subject, alert: Alert, rule: Rule) -> Iterator[Finding]:
    first = {part.metric.id: part for part in reversed(rule.conditions)}
    for part in first.values() if len(first) > 1 else ():
        if part.metric.when_null is None and _may_lack_a_row(subject, part.metric):
            yield _found(subject, alert, part)


def _found(subject: Subject, alert: Alert, part: Condition) -> Finding:
    what = "healthy" if alert.no_data == "ok" else "no change"
    return finding(
        "lint-silenced-any",
        f"where '{part.metric.id}' has no row, Grafana has no data for the whole of '{alert.id}', which is {what} by "
        f"`no_data: {alert.no_data}`: a condition beside it that holds is not heard",
        subject.definition.span((*part.at.path[:-1], "metric")),
        alert.at.path,
        hint=f"add when_null: skip (or a number) to '{part.metric.id}', or no_data: alert",
    )


def _may_lack_a_row(subject: Subject, metric: Metric) -> bool:
    """Tell whether the one row of a metric may be missing; one a key is joined with those of all keys."""
    if metric.keyed:
        return False
    statement = subject.statement(metric.query)
    chosen = bool(metric.where) or metric.pick is not None
    return chosen or (statement is not None and _may_be_empty(statement.scope))


def _may_be_empty(scope: Scope) -> bool:
    """Tell whether a SELECT over tables gives a row only for rows that it finds; of anything else nothing is said."""
    select = scope.select
    if scope.set_operation or not any(item.table is not None for item in scope.items):
        return False
    if any(select.many(part) for part in ("group_clause", "having_clause")):
        return True
    return not any(
        _aggregates(node)
        for target in select.many("target_list")
        for node in walk(target, into_selects=False)
    )


def _aggregates(node: Syntax) -> bool:
    return call(node) in _AGGREGATES and node.one("over") is None
