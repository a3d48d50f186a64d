"""Who hears of an alert at an instant, by the routes of the definition: the meaning that every target's form must keep."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from watchglass.definition.hours import Hours
from watchglass.definition.notification import HOLD, NOBODY, Escalation, Notification, Route
from watchglass.definition.service import Alert, Rule, Service

Match = Literal["yes", "no", "maybe"]
"""``maybe``: it depends on a label that each instance of the alert has its own value of."""

ESCALATION = "escalation"
"""The label of a rule that follows another: after how long."""
ESCALATES_TO = "escalates_to"
"""The label of a rule that follows another and goes to one contact, whatever the routes say."""


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What is routed: a rule of an alert, or one that follows it when it lasts.

    Args:
        labels: those that routes see; of a label in ``open`` every instance has its own value, or none.
    """

    alert: Alert
    rule: Rule
    escalation: Escalation | None
    labels: Mapping[str, str]
    open: frozenset[str]

    @property
    def severity(self) -> str:
        """The severity by which it is routed."""
        return self.labels["severity"]

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells its rule from all others of the service; the uid is made of it."""
        return parts_of(self.rule, self.escalation)

    def __str__(self) -> str:
        after = f", after {self.escalation.after.words}" if self.escalation else ""
        return f"'{self.rule.id}' (severity {self.severity}{after})"


@dataclass(frozen=True, slots=True)
class Hearing:
    """
    Who hears.

    Args:
        kind: ``told``: a contact; ``nobody``: a route to `none`; ``held``: the contact, when the route's hours begin; ``muted``:
            the alert itself does not speak now; ``unrouted``: no route matches.
        contact: of what is told or held.
    """

    kind: Literal["told", "nobody", "held", "muted", "unrouted"]
    contact: str = ""
    route: Route | None = None


def labels_of(service: Service, alert: Alert, rule: Rule) -> dict[str, str]:
    """Give the labels of a rule that the definition states; empty ones are left out."""
    made = {
        **service.labels,
        **alert.labels,
        "service": service.id,
        "alert": alert.id,
        "severity": rule.severity,
        "owner": service.owner,
        "level": rule.level,
        "environment": service.environment.id if service.environment.suffix else "",
    }
    return {name: value for name, value in sorted(made.items()) if value}


def subjects(service: Service) -> Iterator[Subject]:
    """List all that is routed, each rule before those that follow it."""
    for alert in service.alerts.values():
        yield from subjects_of(service, alert)


def subjects_of(service: Service, alert: Alert) -> Iterator[Subject]:
    """List the rules of an alert, each before those that follow it."""
    for rule in alert.rules:
        labels = labels_of(service, alert, rule)
        keys = (name for each in rule.conditions if each.metric.keyed for name in each.metric.query.key)
        own = frozenset(keys) - labels.keys()
        yield Subject(alert, rule, None, labels, own)
        for step in escalations(alert, rule):
            yield Subject(alert, rule, step, labels | escalated(step), own)


def escalations(alert: Alert, rule: Rule) -> Iterator[Escalation]:
    """List what follows a rule; a severity that it has already, and a contact that is nobody here, tell nobody more."""
    for step in alert.escalate:
        if step.contact != NOBODY and step.severity != rule.severity:
            yield step


def parts_of(rule: Rule, step: Escalation | None) -> tuple[str, ...]:
    """Give what tells a rule, or what follows it, from all others of the service."""
    return (rule.id,) if step is None else (rule.id, f"after {step.after}", step.contact or step.severity)


def escalated(step: Escalation) -> dict[str, str]:
    """Give the labels by which what follows is told from the rule itself."""
    after = {ESCALATION: str(step.after)}
    return after | ({ESCALATES_TO: step.contact} if step.contact else {"severity": step.severity})


def matches(route: Route, subject: Subject) -> Match:
    """Tell whether a route is for a subject, hours apart."""
    if subject.escalation is not None and subject.escalation.contact:
        return "no"
    wanted = dict(route.labels)
    if any(
        name not in subject.open and subject.labels.get(name, "") != value for name, value in wanted.items()
    ):
        return "no"
    if not _fixed(route, subject.labels):
        return "no"
    return "maybe" if wanted.keys() & subject.open else "yes"


def _fixed(route: Route, labels: Mapping[str, str]) -> bool:
    pairs = (("severity", route.severities), ("service", route.services), ("alert", route.alerts))
    return all(not wanted or labels.get(name, "") in wanted for name, wanted in pairs)


def hears(
    notification: Notification,
    labels: Mapping[str, str],
    instant: datetime.datetime,
    during: Hours | None = None,
) -> Hearing:
    """
    Say who hears of an alert.

    Args:
        labels: all that it carries, those of its instance included.
        during: the alert's own hours.
    """
    if during is not None and not during.hold(instant):
        return Hearing("muted")
    if labels.get(ESCALATES_TO):
        return Hearing("told", labels[ESCALATES_TO])
    for route in notification.routes:
        if not _fixed(route, labels) or any(labels.get(name, "") != value for name, value in route.labels):
            continue
        if route.during is None or route.during.hold(instant):
            return _told(route.contact, route)
        if route.otherwise == HOLD:
            return (
                Hearing("nobody", route=route)
                if route.contact == NOBODY
                else Hearing("held", route.contact, route)
            )
        if route.otherwise:
            return _told(route.otherwise, route)
    return Hearing("unrouted")


def _told(contact: str, route: Route) -> Hearing:
    return Hearing("nobody", route=route) if contact == NOBODY else Hearing("told", contact, route)
