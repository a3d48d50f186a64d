"""Two metrics over one number with other thresholds: green on one board, red on the other."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.definition.service import Metric
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.problems import Related


def check(subject: Subject) -> Iterator[Finding]:
    """Find metrics over the same column and row whose levels differ."""
    seen: dict[object, Metric] = {}
    for metric in subject.service.metrics.values():
        if metric.thresholds is None:
            continue
        number = (metric.query.id, metric.column.name, metric.where, metric.pick)
        first = seen.setdefault(number, metric)
        if first.thresholds != metric.thresholds:
            yield finding(
                "lint-two-axes",
                f"'{metric.id}' is the number of '{first.id}', with other thresholds",
                metric.at.span,
                metric.at.path,
                hint="keep one metric; an alert may name a number of its own",
                related=[Related(first.at.span, "the other one")],
            )
