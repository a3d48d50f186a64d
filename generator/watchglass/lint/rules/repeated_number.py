"""A number in an alert that is where a level begins: the same fact stands twice."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Condition
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.thresholds import plain_number


def check(subject: Subject) -> Iterator[Finding]:
    """Find conditions that repeat the number of a level of their metric."""
    for alert in subject.service.alerts.values():
        parts = [part for rule in alert.rules for part in rule.conditions]
        parts += [alert.resolve.condition] if alert.resolve.condition is not None else []
        for part in parts:
            level = _level(part)
            if level:
                number = plain_number(part.comparison.number)
                yield finding(
                    "lint-repeated-number",
                    f"{number} is where '{level}' begins: the number stands twice, and one of them will be forgotten",
                    part.at.span,
                    alert.at.path,
                    hint=f"write the level in place of the number: {level}",
                )


def _level(part: Condition) -> str:
    if part.comparison.level is not None or part.metric.thresholds is None:
        return ""
    steps = part.metric.thresholds.steps
    return next((step.level.name for step in steps if part.comparison.number in step.numbers), "")
