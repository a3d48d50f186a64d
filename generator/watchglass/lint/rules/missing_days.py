"""A trend that is grouped by time: a day without rows is no point, and the line runs over it as if nothing were missing."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Query
from watchglass.definition.shown import OVER_TIME
from watchglass.lint.scope import Column, Scope
from watchglass.lint.statement import Statement
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, call

_CUTTING = frozenset({"date_trunc", "date_bin", "date"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find queries over time whose buckets come from the rows themselves."""
    for query, time in {(query.id, time): (query, time) for query, time in _over_time(subject)}.values():
        statement = subject.statement(query)
        value = statement.output(time) if statement is not None else None
        if statement is None or value is None or statement.has_buckets:
            continue
        if _grouped_by_time(statement, *_origin(value, statement.scope)):
            yield finding(
                "lint-missing-days",
                f"'{time}' is grouped from the rows: a stretch without rows is missing from the trend",
                statement.span(value),
                query.at.path,
                hint="begin with FROM {{ buckets('1 day') }} AS b(day) and join the rows to it",
            )


def _over_time(subject: Subject) -> Iterator[tuple[Query, str]]:
    for panel in subject.panels:
        if panel.kind in OVER_TIME and panel.query is not None and panel.time is not None:
            yield panel.query, panel.time
    for metric in subject.service.metrics.values():
        if metric.history is not None:
            yield metric.history.query, metric.history.time


def _origin(value: Syntax, scope: Scope) -> tuple[Syntax, Scope]:
    """Follow a column into the subquery that makes it."""
    while value.name == "ColumnRef":
        found = scope.look_up(value)
        if not isinstance(found, Column) or found.expression is None or found.scope is None:
            break
        value, scope = found.expression, found.scope
    return value, scope


def _grouped_by_time(statement: Statement, value: Syntax, scope: Scope) -> bool:
    if not scope.select.many("group_clause"):
        return False
    if statement.from_bucket(value) or call(value) in _CUTTING:
        return True
    if value.name == "FuncCall" and call(value) == "timezone":
        return any(_grouped_by_time(statement, part, scope) for part in value.many("args"))
    if value.name != "TypeCast":
        return False
    named, inner = value.one("type_name"), value.one("arg")
    is_date = named is not None and named.names("names")[-1:] == ("date",)
    return is_date or (inner is not None and _grouped_by_time(statement, inner, scope))
