"""From what was written to what is meant: names linked, defaults filled, SQL as pieces, all problems together."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from watchglass import naming
from watchglass.definition.read import Definition
from watchglass.definition.resolve.alert_tests import World, resolve_tests
from watchglass.definition.resolve.alerts import resolve_alerts
from watchglass.definition.resolve.axis import resolve_axes, resolve_levels
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.dashboards import resolve_dashboards
from watchglass.definition.resolve.environments import resolve_environment
from watchglass.definition.resolve.filters import resolve_filters
from watchglass.definition.resolve.heartbeats import resolve_heartbeats
from watchglass.definition.resolve.identity import check_identity
from watchglass.definition.resolve.metrics import resolve_metrics
from watchglass.definition.resolve.notify import resolve_notification, tell_on
from watchglass.definition.resolve.places import (
    resolve_constants,
    resolve_hours,
    resolve_sources,
    resolve_timezone,
)
from watchglass.definition.resolve.queries import resolve_queries, vocabulary
from watchglass.definition.resolve.recorded import Readings
from watchglass.definition.resolve.references import check_references
from watchglass.definition.resolve.routing import check_routing
from watchglass.definition.resolve.subscriptions import resolve_metric_subscriptions, resolve_subscriptions
from watchglass.definition.service import Service
from watchglass.problems import Problem, arrange, has_errors


@dataclass(frozen=True, slots=True)
class ResolveResult:
    """The service, None where a problem is an error, and all problems."""

    service: Service | None
    problems: tuple[Problem, ...]


def resolve(
    definition: Definition, environment: str | None = None, today: datetime.date | None = None
) -> ResolveResult:
    """
    Resolve a definition for one environment.

    Args:
        environment: its name; the default one where None.
        today: what pauses are compared with; they are not where None.
    """
    context = Context(definition)
    service = _service(context, environment, today)
    problems = arrange(context.problems)
    return ResolveResult(None if has_errors(problems) else service, problems)


def _service(context: Context, wanted: str | None, today: datetime.date | None) -> Service:
    model = context.definition.model
    timezone = resolve_timezone(context, model.service.timezone, ("service", "timezone"))
    environment = resolve_environment(context, wanted)
    levels = resolve_levels(context)
    sources = resolve_sources(context, environment.id)
    filters = resolve_filters(context)
    hours = resolve_hours(context, timezone)
    axes = resolve_axes(context, levels, environment.id)
    words = vocabulary(context, resolve_constants(context), filters, hours, axes)
    queries = resolve_queries(context, sources, words, axes)
    kept = Readings(naming.slug(model.service.id, environment.suffix), sources)
    metrics = resolve_metrics(context, queries, axes, levels, kept)
    alerts = resolve_alerts(context, metrics, filters, today)
    alerts = tell_on(context, alerts, hours, environment.id)
    alerts |= resolve_heartbeats(context, sources)
    dashboards = resolve_dashboards(context, metrics, queries, filters)
    check_identity(context, environment, alerts, dashboards)
    check_references(context, alerts)
    tests = resolve_tests(context, World(timezone, model.service.labels, sources, metrics, alerts))
    subscriptions = resolve_subscriptions(context, timezone, dashboards, filters)
    metric_subscriptions = resolve_metric_subscriptions(context, timezone, metrics)
    mails = environment.id not in model.environments or model.environments[environment.id].subscriptions
    service = Service(
        model.service.id,
        model.service.title,
        model.service.description,
        model.service.owner,
        timezone,
        dict(model.service.labels),
        environment,
        levels,
        sources,
        filters,
        hours,
        queries,
        metrics,
        alerts,
        dashboards,
        tuple(model.retired),
        dict(model.moved),
        tuple(context.unrendered),
        context.at(("service",)),
        str(context.definition.folder),
        dict(model.service.allow),
        tests=tests,
        notification=resolve_notification(context, hours, environment.id, alerts),
        subscriptions=subscriptions if mails else (),
        metric_subscriptions=metric_subscriptions if mails else (),
    )
    check_routing(context, service)
    return service
