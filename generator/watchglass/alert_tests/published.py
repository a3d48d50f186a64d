"""Artifacts become the rules of alerts exactly as Grafana is given them, each query with its metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from watchglass import naming
from watchglass.artifact import Artifact, Statement
from watchglass.definition.hearing import escalations, parts_of
from watchglass.definition.service import Alert, Metric, Rule, Service
from watchglass.targets.grafana.alert_queries import SHOWN, metrics_of, refs_of, shown_metric


@dataclass(frozen=True, slots=True)
class PublishedQuery:
    """
    A query of a rule.

    Args:
        metric: whose numbers it gives; for `SHOWN` whose rows a message shows.
        window: how many seconds before the evaluation its time range begins.
    """

    ref: str
    metric: Metric
    statement: Statement
    window: float


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """
    A rule of an alert, or one that follows it when it lasts: what the definition says, and the body that Grafana gets.

    Args:
        after: length of the escalation that it is, such as ``4h``; empty for the alert's own rule.
    """

    alert: Alert
    rule: Rule
    body: Mapping[str, Any]
    queries: tuple[PublishedQuery, ...]
    after: str = ""

    @property
    def interval(self) -> float:
        """Seconds from one evaluation to the next."""
        return self.alert.every.seconds

    @property
    def refs(self) -> Mapping[str, str]:
        """Metric → refId of its query."""
        return refs_of(self.alert, self.rule)

    @property
    def first(self) -> Metric:
        """The metric whose number is the alert's value."""
        return self.rule.conditions[0].metric


def published_rules(service: Service, artifacts: Iterable[Artifact]) -> dict[str, tuple[PublishedRule, ...]]:
    """Give the rules of each alert, in the definition's order, each before its escalations."""
    bodies = {uid: found for artifact in artifacts for uid, found in _bodies(artifact)}
    return {
        alert.id: tuple(made for rule in alert.rules for made in _rules(service, alert, rule, bodies))
        for alert in service.alerts.values()
    }


def _rules(
    service: Service,
    alert: Alert,
    rule: Rule,
    bodies: Mapping[str, tuple[Mapping[str, Any], dict[int, Statement]]],
) -> Iterator[PublishedRule]:
    own = _rule(service, alert, rule, bodies)
    yield own
    for step in escalations(alert, rule):
        uid = naming.uid(service.id, service.environment.suffix, *parts_of(rule, step))
        yield replace(own, body=bodies[uid][0], after=str(step.after))


def _bodies(artifact: Artifact) -> Iterator[tuple[str, tuple[Mapping[str, Any], dict[int, Statement]]]]:
    """Give each rule of a group by its uid, with the statements of its queries by their places."""
    if (artifact.target, artifact.kind) != ("grafana", "alert-rules"):
        return
    for index, body in enumerate(artifact.body["rules"]):
        head = f"/rules/{index}/data/"
        statements = {
            int(statement.pointer.removeprefix(head).partition("/")[0]): statement
            for statement in artifact.statements
            if statement.pointer.startswith(head)
        }
        yield body["uid"], (body, statements)


def _rule(
    service: Service,
    alert: Alert,
    rule: Rule,
    bodies: Mapping[str, tuple[Mapping[str, Any], dict[int, Statement]]],
) -> PublishedRule:
    body, statements = bodies[naming.uid(service.id, service.environment.suffix, rule.id)]
    refs = refs_of(alert, rule)
    of_refs = {refs[metric.id]: metric for metric in metrics_of(alert, rule)}
    queries = []
    for place, statement in sorted(statements.items()):
        node = body["data"][place]
        ref = node["refId"]
        metric = shown_metric(rule) if ref == SHOWN else of_refs[ref]
        queries.append(PublishedQuery(ref, metric, statement, node["relativeTimeRange"]["from"]))
    return PublishedRule(alert, rule, body, tuple(queries))
