"""An alert on a number that no panel shows: who is woken has nothing to look at."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Metric, Panel
from watchglass.lint.subject import Finding, Subject, finding

_ALL_COLUMNS = ("table", "logs")


def check(subject: Subject) -> Iterator[Finding]:
    """Find alerts whose metrics no panel of any dashboard shows."""
    if not subject.panels:
        return
    written = (alert for alert in subject.service.alerts.values() if not alert.made_of)
    for alert in written:
        parts = {part.metric.id: part.metric for rule in alert.rules for part in rule.conditions}
        for metric in parts.values():
            if not any(_shows(panel, metric) for panel in subject.panels):
                yield finding(
                    "lint-unseen-level",
                    f"'{alert.id}' compares '{metric.id}', which no panel shows",
                    alert.at.span,
                    alert.at.path,
                    hint=f"add a panel, such as {{metric: {metric.id}, as: number}}",
                )


def _shows(panel: Panel, metric: Metric) -> bool:
    if panel.metric is not None:
        one, other = panel.metric, metric
        return one.id == other.id or (one.query.id, one.column.name, one.where) == (
            other.query.id, other.column.name, other.where,
        )  # fmt: skip
    if panel.query is None or panel.query.id not in _queries(metric):
        return False
    names = {*panel.y, panel.value, *panel.columns}
    everything = panel.kind in _ALL_COLUMNS and not panel.columns
    return everything or bool(names & _columns(metric))


def _queries(metric: Metric) -> set[str]:
    return {metric.query.id} | ({metric.history.query.id} if metric.history else set())


def _columns(metric: Metric) -> set[str]:
    return {metric.column.name} | ({metric.history.column} if metric.history else set())
