"""Two alerts on one condition: two messages on one event."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.hours import clocks, on_one_clock
from watchglass.definition.service import Alert, Rule
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.problems import Related


def check(subject: Subject) -> Iterator[Finding]:
    """Find alerts with the same condition; one that waits longer and speaks to others, or at other hours, is meant."""
    seen: dict[object, tuple[Alert, Rule]] = {}
    for alert in subject.service.alerts.values():
        for rule in alert.rules:
            key = _condition(alert, rule)
            first, other = seen.setdefault(key, (alert, rule))
            if first is alert or (first.for_ != alert.for_ and other.severity != rule.severity):
                continue
            if _never_together(first, alert):
                continue
            yield finding(
                "lint-same-alert",
                f"'{rule.id}' has the condition of '{other.id}'",
                alert.at.span,
                alert.at.path,
                hint="keep one of them; where one is to follow the other, give it another `for:` and severity",
                related=[Related(first.at.span, "the other one")],
            )


def _never_together(one: Alert, other: Alert) -> bool:
    """Tell whether the hours in which two alerts speak never meet."""
    hours, others = one.during, other.during
    if hours is None or others is None:
        return False
    zones = clocks((hours.timezone, others.timezone))
    return not any(on_one_clock(hours, before) & on_one_clock(others, before) for before in zones)


def _condition(alert: Alert, rule: Rule) -> object:
    parts = frozenset(
        (part.metric.id, part.comparison.operator, part.comparison.number, part.comparison.upper)
        for part in rule.conditions
    )
    return (
        rule.join,
        parts,
        tuple(sorted((name, tuple(sorted(values))) for name, values in alert.filters.items())),
    )
