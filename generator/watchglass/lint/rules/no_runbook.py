"""An alert without a runbook: who is woken by it has to find out alone what to do."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.lint.subject import Finding, Subject, finding


def check(subject: Subject) -> Iterator[Finding]:
    """Find alerts that say nothing on what to do."""
    for alert in subject.service.alerts.values():
        book = alert.runbook
        if book is None or not (book.impact or book.actions or book.file or book.url):
            yield finding(
                "lint-no-runbook",
                f"'{alert.id}' has no runbook",
                alert.at.span,
                alert.at.path,
                hint="add runbook: {impact: …, actions: […]}, or a file or url",
            )
