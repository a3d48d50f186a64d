"""What follows an alert that lasts: a rule of the same question that waits longer, and is routed in its own way."""

from __future__ import annotations

from dataclasses import replace

from watchglass import naming
from watchglass.definition.hearing import Subject, escalated
from watchglass.definition.service import Service
from watchglass.durations import Duration
from watchglass.targets.grafana import templates
from watchglass.targets.grafana.rule import GrafanaRule

_QUIET = "KeepLast"
"""In place of a message of its own about no data or an error, which would not wait: what fires goes on, nothing begins."""


def following(service: Service, subject: Subject, first: GrafanaRule) -> GrafanaRule:
    """Make the rule that follows another one."""
    step = subject.escalation
    assert step is not None, "only what follows has a step"
    to = step.contact or step.severity
    place = step.at.path
    added = {name: templates.go_text(value) for name, value in escalated(step).items()}
    return replace(
        first,
        uid=naming.uid(service.id, service.environment.suffix, *subject.parts),
        title=f"{first.title} ({to}, after {step.after})",
        no_data=_quiet(first.no_data, "NoData"),
        on_error=_quiet(first.on_error, "Error"),
        pending=Duration(round(first.pending.seconds + step.after.seconds), "s"),
        labels=dict(sorted({**first.labels, **added}.items())),
        origins={**first.origins, "/title": place, "/for": (*place, "after"), "/labels/severity": place},
        statements=(),
    )


def _quiet(state: str, own: str) -> str:
    return _QUIET if state == own else state
