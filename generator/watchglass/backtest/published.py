"""A rule of an alert → the body that Grafana is given, and its queries with their clock in place of Grafana's range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from watchglass.artifact import Statement
from watchglass.definition.service import Alert, Metric, Rule, Service
from watchglass.sql.grafana import with_edges
from watchglass.targets.grafana.alert_queries import metrics_of
from watchglass.targets.grafana.alert_rules import build_rule, folder_uid
from watchglass.targets.grafana.rule import as_api
from watchglass.thresholds import plain_number


@dataclass(frozen=True, slots=True)
class MovedQuery:
    """
    A query of a rule.

    Args:
        sql: what Grafana sends, the edges of its range written as ``now()`` and what lies before it.
    """

    ref: str
    metric: Metric
    sql: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class MovedRule:
    """A rule as it is published, but for the columns that its messages show: they decide nothing."""

    alert: Alert
    rule: Rule
    body: Mapping[str, Any]
    queries: tuple[MovedQuery, ...]


def moved_rule(service: Service, alert: Alert, rule: Rule) -> MovedRule:
    """Make a rule ready for other instants than the present one."""
    plain = replace(alert, show=())
    built = build_rule(service, plain, rule, _nowhere)
    body = as_api(built, folder_uid(service), "backtest")
    # Expressions follow the queries.
    sent = zip(metrics_of(plain, rule), built.data, built.statements, strict=False)
    queries = tuple(
        MovedQuery(
            node["refId"], metric, by_clock(statement.sql.text, node["relativeTimeRange"]["from"]), statement
        )
        for metric, node, statement in sent
    )
    return MovedRule(alert, rule, body, queries)


def by_clock(sql: str, seconds: float) -> str:
    """Write the range's edges by the clock."""
    return with_edges(sql, f"(now() - INTERVAL '{plain_number(seconds)} seconds')", "now()")


def _nowhere(service: Service, metric: Metric) -> None:
    """Link to no panel: the rule is only tried."""
    del service, metric
