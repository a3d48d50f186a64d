"""An alert that speaks at once and is over at once, on a number of the moment: it comes and goes with every evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Alert, Metric
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import call, walk


def check(subject: Subject) -> Iterator[Finding]:
    """Find alerts without ``for`` and without a way back of their own, on a number of the moment."""
    for alert in subject.service.alerts.values():
        if alert.for_.seconds or alert.resolve.condition is not None or alert.resolve.for_ is not None:
            continue
        metrics = {part.metric.id: part.metric for rule in alert.rules for part in rule.conditions}
        if any(_of_the_moment(subject, metric) for metric in metrics.values()):
            yield _found(alert)


def _found(alert: Alert) -> Finding:
    return finding(
        "lint-flapping",
        f"'{alert.id}' fires at once and is over at once: around its number it comes and goes",
        alert.at.span,
        alert.at.path,
        hint=f"add for: {2 * alert.every.count}{alert.every.unit}, or resolve: {{when: …, for: …}} at a better level",
    )


def _of_the_moment(subject: Subject, metric: Metric) -> bool:
    """Tell whether a number may go up and down; the time since something only grows, and ends once."""
    statement = subject.statement(metric.query)
    if statement is None or statement.is_windowed:
        return False
    value = statement.output(metric.column.name)
    return value is not None and not any(call(node) == "now" for node in walk(value))
