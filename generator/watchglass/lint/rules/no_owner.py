"""Alerts of a service that nobody owns."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find a service that has alerts and no owner."""
    service = subject.service
    if service.alerts and not service.owner.strip():
        yield finding(
            "lint-no-owner",
            "the service has alerts and no owner",
            service.at.span,
            service.at.path,
            hint="add owner: a team; every alert carries it as a label",
        )
