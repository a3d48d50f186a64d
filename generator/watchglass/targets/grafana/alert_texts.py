"""Labels and annotations of an alert's rule: what routes it, and what the person on call reads."""

from __future__ import annotations

from collections.abc import Callable

from watchglass.artifact import Path
from watchglass.definition import hearing
from watchglass.definition.hearing import ESCALATES_TO, ESCALATION
from watchglass.definition.service import Alert, Metric, Rule, Runbook, Service
from watchglass.definition.telling import thresholds_in_words
from watchglass.targets.grafana import templates
from watchglass.targets.grafana.alert_queries import refs_of

PanelPlace = Callable[[Service, Metric], tuple[str, int] | None]
"""Where a metric is shown: a dashboard's uid and a panel's number."""

OURS = frozenset({"service", "alert", "severity", "owner", "level", "environment", ESCALATION, ESCALATES_TO})
"""Labels that every rule gets from what the definition says elsewhere."""


def labels_of(service: Service, alert: Alert, rule: Rule) -> dict[str, str]:
    """Give the labels of a rule, as templates."""
    return {name: templates.go_text(value) for name, value in hearing.labels_of(service, alert, rule).items()}


def annotations_of(service: Service, alert: Alert, rule: Rule, panel_place: PanelPlace) -> dict[str, str]:
    """Give the annotations of a rule, as templates; empty ones are left out."""
    refs = refs_of(alert, rule)
    keys = frozenset(name for each in rule.conditions if each.metric.keyed for name in each.metric.query.key)
    made = {
        "summary": templates.go_template(alert.summary, rule, refs, keys),
        "description": templates.go_template(alert.description, rule, refs, keys),
        "levels": _levels(rule),
        "respond_within": alert.respond_within.words if alert.respond_within else "",
    }
    if alert.runbook is not None:
        made["runbook_url"] = templates.go_text(alert.runbook.url)
        made["runbook"] = templates.go_text(runbook_text(alert.runbook))
    place = panel_place(service, rule.conditions[0].metric)
    if place is not None:
        made |= {"__dashboardUid__": place[0], "__panelId__": str(place[1])}
    return {name: text for name, text in made.items() if text}


def origins_of(service: Service, alert: Alert, rule: Rule) -> dict[str, Path]:
    """Map what is said and what routes to its places in the definition."""
    home = alert.at.path
    told = {each.metric.id: each.metric for each in rule.conditions if each.metric.thresholds}
    levels = (*next(iter(told.values())).at.path, "thresholds") if len(told) == 1 else home
    places: dict[str, Path] = {
        "/annotations/summary": (*home, "summary"),
        "/annotations/description": (*home, "description"),
        "/annotations/levels": levels,
        "/annotations/respond_within": (*home, "respond_within"),
        "/annotations/runbook": (*home, "runbook"),
        "/annotations/runbook_url": (*home, "runbook", "url"),
        "/labels/severity": (*home, "severity", rule.level) if rule.level else (*home, "severity"),
        "/labels/owner": ("service", "owner"),
    }
    places |= {f"/labels/{_token(name)}": ("service", "labels", name) for name in service.labels}
    return places | {f"/labels/{_token(name)}": (*home, "labels", name) for name in alert.labels}


def runbook_text(book: Runbook) -> str:
    """Write a runbook as lines: impact, numbered actions, prevention, or the text of its file."""
    lines = [f"Impact: {book.impact.strip()}"] if book.impact.strip() else []
    lines += [f"{index}. {action.strip()}" for index, action in enumerate(book.actions, 1)]
    lines += [f"Prevention: {each.strip()}" for each in book.prevention]
    return "\n".join([*lines, *([book.text.strip()] if book.text.strip() else [])])


def _levels(rule: Rule) -> str:
    told = {
        each.metric.title: thresholds_in_words(each.metric)
        for each in rule.conditions
        if each.metric.thresholds
    }
    return templates.go_text("; ".join(f"{title}: {levels}" for title, levels in told.items()))


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
