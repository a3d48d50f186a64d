"""A panel that shows a watched number over another stretch of time than its alert: two numbers under one name."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Dashboard, Metric, Panel
from watchglass.definition.telling import window
from watchglass.lint.subject import Finding, Subject, finding

_ONE_NUMBER = frozenset({"number", "gauge", "bar_gauge"})


def check(subject: Subject) -> Iterator[Finding]:
    """Find panels of one number whose window is not that of the alert on it."""
    watched = {
        condition.metric.id
        for alert in subject.service.alerts.values()
        for rule in alert.rules
        for condition in rule.conditions
        if condition.metric.query.template.uses_range
    }
    for board in subject.service.dashboards.values():
        for panel in board.panels:
            metric = panel.metric
            if metric is not None and metric.id in watched and panel.kind in _ONE_NUMBER:
                yield from _judge(board, panel, metric)


def _judge(board: Dashboard, panel: Panel, metric: Metric) -> Iterator[Finding]:
    alert, shown = window(None, None, metric.query), window(panel.range, board.range, metric.query)
    if alert.seconds == shown.seconds:
        return
    yield finding(
        "lint-other-window",
        f"'{panel.id}' shows '{metric.id}' over {shown.words}, its alert looks at {alert.words}",
        panel.at.span,
        panel.at.path,
        hint=f"give the panel range: {alert.grafana if alert.unit != 'mo' else alert.words}",
    )
