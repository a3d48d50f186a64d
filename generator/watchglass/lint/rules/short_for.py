"""A ``for:`` shorter than two evaluations: one more look than none, at the moment that chance gives it."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find alerts that wait, but not for two evaluations."""
    for alert in subject.service.alerts.values():
        if 0 < alert.for_.seconds < 2 * alert.every.seconds:
            yield finding(
                "lint-short-for",
                f"`for: {alert.for_}` is shorter than two evaluations (every {alert.every})",
                subject.definition.span((*alert.at.path, "for")),
                alert.at.path,
                hint=f"wait for 2 × {alert.every} or more, or evaluate more often",
            )
