"""A metric without levels that a gauge shows or an alert compares: nothing says what is good."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find metrics without thresholds in gauges and alerts."""
    gauges = {
        panel.metric.id for panel in subject.panels if panel.kind == "gauge" and panel.metric is not None
    }
    for metric in subject.service.metrics.values():
        if metric.thresholds is not None:
            continue
        if metric.id in subject.alerted or metric.id in gauges:
            reader = "an alert compares it" if metric.id in subject.alerted else "a gauge shows it"
            yield finding(
                "lint-no-level",
                f"'{metric.id}' has no levels, and {reader}",
                metric.at.span,
                metric.at.path,
                hint="add better: and thresholds:, and let the alert name a level in place of a number",
            )
