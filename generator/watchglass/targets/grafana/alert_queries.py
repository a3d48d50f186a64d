"""The queries of an alert's rule: one a metric, wrapped so that Grafana gets one number, and one for what a message shows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice

from watchglass.artifact import Json, Statement
from watchglass.definition.service import Alert, Metric, Rule, Service
from watchglass.definition.telling import nothing_of, value_item, window, worse_by_levels
from watchglass.durations import Duration
from watchglass.sql import alert_wrap
from watchglass.sql.alert_wrap import Keyed, Worse
from watchglass.sql.grafana import GrafanaDialect
from watchglass.sql.pieces import Piece
from watchglass.sql.render import render
from watchglass.sql.wrap import Item
from watchglass.targets.grafana.data_sources import source_of

SHOWN = "S"
"""The query whose labels carry what a message shows besides the key."""

_NO_RANGE_SECONDS = 600
"""What stands as the time range of a query that reads none: Grafana wants one."""

_LETTERS = "ABDFGHIJKLMNOPQR"


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """A query of a rule: its node in the rule, and the text for validation."""

    node: Json
    statement: Statement


def metrics_of(alert: Alert, rule: Rule) -> tuple[Metric, ...]:
    """List the metrics that a rule reads, that of the way back last."""
    found = {each.metric.id: each.metric for each in rule.conditions}
    back = alert.resolve.condition
    if back is not None:
        found.setdefault(back.metric.id, back.metric)
    return tuple(found.values())


def refs_of(alert: Alert, rule: Rule) -> dict[str, str]:
    """Name the query of each metric: metric → refId."""
    metrics = metrics_of(alert, rule)
    more = (f"Q{number}" for number in count(1))
    names = [*_LETTERS, *islice(more, max(0, len(metrics) - len(_LETTERS)))]
    return dict(zip((metric.id for metric in metrics), names, strict=False))


def shown_metric(rule: Rule) -> Metric:
    """Give the metric whose rows a message shows: the first with a key, else the first."""
    metrics = [each.metric for each in rule.conditions]
    return next((metric for metric in metrics if metric.keyed), metrics[0])


def build_queries(service: Service, alert: Alert, rule: Rule) -> tuple[AlertQuery, ...]:
    """Make all queries of a rule, in the order of their metrics; what a message shows comes last."""
    refs = refs_of(alert, rule)
    made = [
        _query(service, alert, rule, metric, refs[metric.id], _number(service, alert, rule, metric))
        for metric in metrics_of(alert, rule)
    ]
    if alert.show:
        metric = shown_metric(rule)
        made.append(_query(service, alert, rule, metric, SHOWN, _shown(service, alert, rule, metric)))
    return tuple(made)


def worse_of(metric: Metric, rule: Rule) -> Worse:
    """
    Tell which of two numbers of one key counts: the one that fires sooner.

    Conditions on both sides, and a metric that is only the way back, are judged by the metric's thresholds.
    """
    mine = [each.comparison for each in rule.conditions if each.metric.id == metric.id]
    sides = {each.operator[:2] for each in mine}
    if len(sides) == 1:
        return alert_wrap.worse_by(mine[0])
    if rule.join == "any" and sides == {"gt", "lt"}:
        lows = [each.number for each in mine if each.operator.startswith("lt")]
        highs = [each.number for each in mine if each.operator.startswith("gt")]
        return (max(lows), min(highs))
    return worse_by_levels(metric)


def always_a_row(rule: Rule, metric: Metric) -> bool:
    """
    Tell whether a number that is missing still has a row.

    One of several conditions leaves the others to speak; a way back is not reached.
    """
    nothing = nothing_of(metric)
    skipped = nothing is not None and nothing.skip and rule.join == "any"
    return skipped or all(each.metric.id != metric.id for each in rule.conditions)


def fires_alone(rule: Rule) -> bool:
    """Tell whether a number without a key fires beside others: without any key there is one row then, of empty labels."""
    return rule.join == "any" and any(not each.metric.keyed for each in rule.conditions)


def _range_of(alert: Alert, rule: Rule, metric: Metric) -> Duration | None:
    """Give the range that a query reads, of its own or, for the keys of others in its text, of theirs; None if it reads none."""
    others = [other for other in metrics_of(alert, rule) if other.keyed] if metric.keyed else []
    reading = [each.query for each in (metric, *others) if each.query.template.uses_range]
    return window(None, None, reading[0]) if reading else None


def _keyed(service: Service, metric: Metric, rule: Rule) -> Keyed:
    return Keyed(
        metric.query.template.pieces,
        value_item(metric),
        metric.query.key,
        worse_of(metric, rule),
        nothing_of(metric),
        service.timezone,
    )


def _number(service: Service, alert: Alert, rule: Rule, metric: Metric) -> tuple[Piece, ...]:
    if not metric.keyed:
        pieces, item = metric.query.template.pieces, value_item(metric)
        always = always_a_row(rule, metric)
        return alert_wrap.alert_value(
            pieces, item, metric.where, metric.pick, nothing_of(metric), service.timezone, always=always
        )
    keyed = _keyed(service, metric, rule)
    others = tuple(
        _keyed(service, other, rule)
        for other in metrics_of(alert, rule)
        if other.keyed and other.id != metric.id
    )
    alone = fires_alone(rule)
    if others or alone:
        return alert_wrap.joined_values(keyed, others, alert.limit, alone=alone)
    return alert_wrap.alert_values(keyed, alert.limit)


def _shown(service: Service, alert: Alert, rule: Rule, metric: Metric) -> tuple[Piece, ...]:
    show = tuple(
        Item(column.name, column.type, scale=column.scale)
        for column in alert.show
        if not (metric.keyed and column.name in metric.query.key)
    )
    if metric.keyed:
        return alert_wrap.shown_values(_keyed(service, metric, rule), show, alert.limit)
    pieces = metric.query.template.pieces
    return alert_wrap.shown_once(pieces, show, metric.where, metric.pick, service.timezone)


def _query(
    service: Service, alert: Alert, rule: Rule, metric: Metric, ref: str, pieces: tuple[Piece, ...]
) -> AlertQuery:
    query, length = metric.query, _range_of(alert, rule, metric)
    sql = render(pieces, GrafanaDialect(service.timezone, service.filters, alert.filters))
    seconds = round(length.seconds) if length is not None else _NO_RANGE_SECONDS
    node = {
        "refId": ref,
        "relativeTimeRange": {"from": max(seconds, 1), "to": 0},
        "datasourceUid": query.source.grafana_uid,
        "model": {
            "refId": ref,
            "datasource": source_of(query),
            "editorMode": "code",
            "format": "table",
            "intervalMs": 1000,
            "maxDataPoints": 43200,
            "rawQuery": True,
            "rawSql": sql.text,
        },
    }
    statement = Statement(
        "grafana",
        "alert",
        f"{rule.id}/{ref}",
        sql,
        "",
        alert.at.span,
        format="table",
        range=length or window(None, None, query),
        key=query.key if metric.keyed else (),
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )
    return AlertQuery(node, statement)
