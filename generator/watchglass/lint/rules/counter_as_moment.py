"""A count that only grows, held against a fixed number: once the number is passed, the alert never ends."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Metric
from watchglass.lint.statement import Statement
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, bare, call, walk

_COUNTING = frozenset({"count", "sum"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find counts over all of an append-only query that are bad when high."""
    for metric in subject.service.metrics.values():
        statement = subject.statement(metric.query)
        value = statement.output(metric.column.name) if statement is not None else None
        if (
            statement is None
            or value is None
            or not _bad_when_high(subject, metric)
            or not metric.query.append_only
        ):
            continue
        if _counts_all(value) and not _looks_at_time(statement):
            yield finding(
                "lint-counter-as-moment",
                f"'{metric.id}' counts all that was ever added, and rows are only added: it passes any number for good",
                statement.span(value),
                metric.at.path,
                hint="count a stretch of time: WHERE {{ in_range('column') }}",
            )


def _bad_when_high(subject: Subject, metric: Metric) -> bool:
    if metric.thresholds is not None:
        return metric.thresholds.better == "lower"
    rules = [rule for alert in subject.service.alerts.values() for rule in alert.rules]
    return any(
        part.metric.id == metric.id and part.comparison.operator in ("gt", "gte")
        for rule in rules
        for part in rule.conditions
    )


def _counts_all(value: Syntax) -> bool:
    value = bare(value)
    return call(value) in _COUNTING and value.one("agg_filter") is None and value.one("over") is None


def _looks_at_time(statement: Statement) -> bool:
    scope = statement.scope
    nodes = list(walk(scope.select))
    if statement.is_windowed or len(statement.scopes) > 1 or scope.select.one("limit_count") is not None:
        return True
    return any(
        scope.type_of(node) in ("timestamptz", "timestamp", "date")
        for node in nodes
        if node.name != "ColumnRef"
    )
