"""Metrics by mail while a condition holds, as Metabase's alerts on a question: a chart with the goal, or rows that break it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from watchglass import naming, quartz
from watchglass.artifact import Artifact, Json, Statement
from watchglass.definition.notification import MetricSubscription, Recurrence
from watchglass.definition.service import Column, Dashboard, Metric, Panel, Service
from watchglass.definition.telling import describe_metric, nothing_of, value_item, window
from watchglass.sql import alert_wrap
from watchglass.sql.alert_wrap import VALUE, Keyed, free_name
from watchglass.sql.metabase import MetabaseDialect
from watchglass.sql.pieces import Piece
from watchglass.sql.render import render
from watchglass.sql.wrap import Item
from watchglass.targets.metabase.cards import question
from watchglass.targets.metabase.formatting import table_settings
from watchglass.targets.metabase.origins import cell_origins
from watchglass.targets.metabase.visualization import Look

NOTIFICATIONS_SINCE = 54
"""The first version (0.54) whose alerts are notifications; before, they are pulses with a condition."""

_CONDITIONS = {"gte": "goal_above", "lt": "goal_below"}
"""How a goal is compared: from it on, or below it; nothing else can be said."""


_SAID_SINCE = {
    "/handlers": "to",
    "/subscriptions": "at",
    "/payload/send_condition": "when",
    "/payload/send_once": "once",
}
_SAID_BEFORE = {"/channels": "to", "/alert_condition": "when", "/alert_first_only": "once"}
"""Pointer in a body, of a notification and of a pulse → key of the subscription that says it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel as a question, which may carry a goal."""

    board: Dashboard
    panel: Panel
    card: Artifact


def build_alert(
    service: Service, subscription: MetricSubscription, drawn: Iterable[Drawn], taken: Iterable[str]
) -> tuple[Artifact, ...]:
    """
    Make the alert of a subscription, after the question of its own that it needs where no chart carries its goal.

    Args:
        drawn: the questions of panels, in the order of the boards; ``taken``: the names of questions.
    """
    carrying = next((each for each in drawn if _carries(each, subscription)), None)
    if carrying is not None:
        condition = _CONDITIONS[subscription.condition.comparison.operator]
        return (_alert(service, subscription, carrying.card.id, condition),)
    name = subscription.title
    if name in set(taken):
        name = f"{name} ({subscription.id})"
    return (
        _question(service, subscription, name),
        _alert(service, subscription, subscription.id, "has_result"),
    )


def _carries(drawn: Drawn, subscription: MetricSubscription) -> bool:
    """Tell whether a chart compares the same numbers with the same goal: any row that meets it counts."""
    panel, condition = drawn.panel, subscription.condition
    metric, settings = condition.metric, drawn.card.body["visualization_settings"]
    goal = {
        "progress": settings.get("progress.goal"),
        "bar": settings.get("graph.goal_value") if panel.kind == "bar" else None,
    }.get(drawn.card.body["display"])
    whole = panel.limit is None and len(panel.y) <= 1 and panel.series is None
    same_rows = (
        panel.metric is not None
        and panel.metric.id == metric.id
        and not metric.query.template.filters
        and _same_range(drawn, metric)
        and (not metric.keyed or metric.when_null is None or metric.when_null.kind == "skip")
    )
    same_goal = condition.comparison.operator in _CONDITIONS and goal == condition.comparison.number
    return whole and same_rows and same_goal


def _same_range(drawn: Drawn, metric: Metric) -> bool:
    if not metric.query.template.uses_range:
        return True
    own = window(drawn.panel.range, drawn.board.range, metric.query)
    return own == window(None, None, metric.query)


def _question(service: Service, subscription: MetricSubscription, name: str) -> Artifact:
    """Make the question that has rows while the condition holds, with every filter unset, as in an alert's query."""
    metric, key = subscription.condition.metric, subscription.id
    query = metric.query
    columns, value = _columns(subscription)
    dialect = MetabaseDialect(
        service.timezone, service.filters, window(None, None, query), fixed=True, unset=True
    )
    found = _values(service, subscription, value)
    sql = render(alert_wrap.breaches(found, subscription.condition.comparison, value), dialect)
    settings = table_settings(columns)
    told = f"{describe_metric(metric)}\n\nHas rows while a mail is due.".lstrip()
    seen = Look("table", settings)
    body = question(service, key, name, told, query.source.metabase_database, asked=(sql.text, {}), seen=seen)
    home = subscription.at.path
    origins = {
        "/name": (*home, "title"),
        "/dataset_query/native/query": (*home, "when"),
        **cell_origins(columns, settings),
    }
    statement = Statement(
        "metabase",
        "card",
        key,
        sql,
        "/dataset_query/native/query",
        subscription.at.span,
        range=dialect.range,
        key=query.key if metric.keyed else (),
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )
    path = naming.path(service.id, service.environment.suffix, "metabase", "cards", naming.slug(key), "json")
    return Artifact("metabase", "cards", key, path, body, origins, (statement,))


def _values(service: Service, subscription: MetricSubscription, value: str) -> tuple[Piece, ...]:
    """Select the metric's numbers as an alert's query does; ``value`` names their column."""
    metric = subscription.condition.metric
    pieces, item, nothing = metric.query.template.pieces, value_item(metric), nothing_of(metric)
    if not metric.keyed:
        return alert_wrap.alert_value(pieces, item, metric.where, metric.pick, nothing, service.timezone)
    worse = alert_wrap.worse_by(subscription.condition.comparison)
    keyed = Keyed(pieces, item, metric.query.key, worse, nothing, service.timezone)
    if not subscription.show:
        return alert_wrap.alert_values(keyed)
    show = tuple(
        Item(each.name, each.type, scale=each.scale)
        for each in subscription.show
        if each.name not in keyed.key
    )
    return alert_wrap.shown_numbers(keyed, show, value)


def _columns(subscription: MetricSubscription) -> tuple[tuple[tuple[str, Column], ...], str]:
    """Give what the rows hold: the key's texts, the number with the metric's unit and levels, what is shown; and its name."""
    metric = subscription.condition.metric
    key = metric.query.key if metric.keyed else ()
    show = tuple(each for each in subscription.show if each.name not in key)
    number = replace(
        metric.column,
        title=metric.title,
        unit=metric.unit,
        decimals=metric.decimals,
        thresholds=metric.thresholds,
        step_spans=metric.step_spans,
    )
    value = free_name(VALUE, (*key, *(each.name for each in show)))
    labels = ((name, replace(metric.query.columns[name], type="text", unit=None)) for name in key)
    return (*labels, (value, number), *((each.name, each) for each in show)), value


def _alert(service: Service, subscription: MetricSubscription, card: str, condition: str) -> Artifact:
    """
    Make an alert's body; its question is named, publishing puts the number in its place.

    Three keys are no part of Metabase's: ``key`` is our id, ``name`` the subscription's title (an alert has none),
    ``report_timezone`` the zone on whose clock the server has to be.
    """
    ours = {"key": subscription.id, "name": subscription.title, "report_timezone": subscription.timezone}
    newer = service.environment.metabase_version >= NOTIFICATIONS_SINCE
    body = ours | (_notification if newer else _legacy)(subscription, card, condition)
    name = naming.slug(subscription.id)
    path = naming.path(service.id, service.environment.suffix, "metabase", "alerts", name, "json")
    home = subscription.at.path
    said = _SAID_SINCE if newer else _SAID_BEFORE
    origins = {"/name": (*home, "title")} | {pointer: (*home, key) for pointer, key in said.items()}
    return Artifact("metabase", "alerts", subscription.id, path, body, origins)


def _notification(subscription: MetricSubscription, card: str, condition: str) -> dict[str, Json]:
    when = {
        "type": "notification-subscription/cron",
        "cron_schedule": quartz.expression(schedule(subscription.at_times)),
        "ui_display_type": "cron/builder",
    }
    mails, channels = _parted(subscription.to)
    handlers = [("channel/email", mails)] if mails else []
    handlers += [("channel/slack", [each]) for each in channels]
    return {
        "payload_type": "notification/card",
        "active": True,
        "payload": {
            "card_id": {"card": card},
            "send_condition": condition,
            "send_once": subscription.once,
        },
        "subscriptions": [when],
        "handlers": [
            {
                "channel_type": kind,
                "recipients": [
                    {"type": "notification-recipient/raw-value", "details": {"value": each}} for each in to
                ],
            }
            for kind, to in handlers
        ],
    }


def _legacy(subscription: MetricSubscription, card: str, condition: str) -> dict[str, Json]:
    return {
        "card": {"id": {"card": card}, "include_csv": False, "include_xls": False, "dashboard_card_id": None},
        "alert_condition": "rows" if condition == "has_result" else "goal",
        "alert_first_only": subscription.once,
        "alert_above_goal": None if condition == "has_result" else condition == "goal_above",
        "channels": channels(subscription.to, subscription.at_times, {}),
        "archived": False,
    }


def _parted(to: Iterable[str]) -> tuple[list[str], list[str]]:
    """Part addresses from channels of Slack."""
    listed = list(to)
    return [each for each in listed if not each.startswith("#")], [
        each for each in listed if each.startswith("#")
    ]


def channels(to: Iterable[str], at: Recurrence, details: dict[str, Json]) -> list[Json]:
    """
    Make the channels of a pulse: one for all addresses, and one for each channel of Slack.

    Args:
        details: what every channel is told besides.
    """
    mails, slack = _parted(to)
    made: list[tuple[str, list[Json], dict[str, Json]]] = []
    if mails:
        made.append(("email", [{"email": each} for each in mails], details))
    made += [("slack", [], {"channel": each} | details) for each in slack]
    when = schedule(at)
    return [
        {"channel_type": kind, "enabled": True, **when, "recipients": people, "details": more}
        for kind, people, more in made
    ]


def schedule(at: Recurrence) -> dict[str, Json]:
    """Give when a channel of a pulse sends."""
    more: Mapping[str, Json] = {
        "schedule_hour": at.hour,
        "schedule_day": at.day,
        "schedule_frame": at.frame,
    }
    return {"schedule_type": at.kind} | {key: value for key, value in more.items() if value not in (None, "")}
