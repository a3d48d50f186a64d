"""Names in routes, escalations, mails and environments: contacts, hours, boards and alerts that must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from watchglass.artifact import Path
from watchglass.definition.notification import HOLD, NOBODY
from watchglass.definition.resolve.context import Context


def check_references(context: Context, alerts: Iterable[str]) -> None:
    """
    Report every name in them that nothing has.

    Args:
        alerts: those that are made of other lines, too.
    """
    for kind, name, among, path in _named(context, frozenset(alerts)):
        known = list(among)
        if name not in known:
            context.unknown(kind, name, known, path)
    _check_environments(context)


def _check_environments(context: Context) -> None:
    model = context.definition.model
    contacts = model.notify.contacts if model.notify is not None else {}
    for environment, part in model.environments.items():
        path: Path = ("environments", environment)
        for name in part.sources:
            context.find("source", name, model.sources, (*path, "sources", name), key=True)
        for name in part.contacts:
            context.find("contact", name, contacts, (*path, "contacts", name), key=True)


def _named(context: Context, alerts: Iterable[str]) -> Iterator[tuple[str, str, Iterable[str], Path]]:
    """Give each name: of what kind, among which, and where."""
    model = context.definition.model
    yield from _of_notify(context, alerts)
    for name, subscription in model.subscriptions.items():
        path: Path = ("subscriptions", name)
        if subscription.dashboard is not None:
            yield "dashboard", subscription.dashboard, model.dashboards, (*path, "dashboard")
        if subscription.metric is not None:
            yield "metric", subscription.metric, model.metrics, (*path, "metric")


def _of_notify(context: Context, alerts: Iterable[str]) -> Iterator[tuple[str, str, Iterable[str], Path]]:
    model = context.definition.model
    contacts = (*model.notify.contacts, NOBODY) if model.notify else (NOBODY,)
    for index, route in enumerate(model.notify.routes if model.notify else ()):
        path: Path = ("notify", "routes", index)
        yield "contact", route.contact, contacts, (*path, "contact")
        if route.otherwise is not None:
            yield "contact", route.otherwise, (*contacts, HOLD), (*path, "otherwise")
        if route.during is not None:
            yield "hours", route.during, model.hours, (*path, "during")
        for place, alert in enumerate(route.alert):
            yield "alert", alert, {*model.alerts, *alerts}, (*path, "alert", place)
    for name, alert_part in model.alerts.items():
        for index, step in enumerate(alert_part.escalate):
            if step.contact is not None:
                yield "contact", step.contact, contacts, ("alerts", name, "escalate", index, "contact")
    for name, environment in model.environments.items():
        for contact, other in environment.contacts.items():
            yield "contact", other, contacts, ("environments", name, "contacts", contact)
