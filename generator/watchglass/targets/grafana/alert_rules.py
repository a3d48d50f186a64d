"""Alerts as Grafana's rules: queries of one number, the node that decides, labels, texts; grouped by interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note, Path, Statement
from watchglass.definition.hearing import subjects_of
from watchglass.definition.service import Alert, Rule, Service
from watchglass.durations import Duration
from watchglass.problems import Problem
from watchglass.targets.grafana import alert_texts, conditions
from watchglass.targets.grafana.alert_queries import build_queries, metrics_of, refs_of
from watchglass.targets.grafana.alert_texts import OURS, PanelPlace
from watchglass.targets.grafana.escalation import following
from watchglass.targets.grafana.rule import (
    GrafanaRule,
    as_api,
    as_file,
    duration,
    escaped,
    escaped_folder,
    file_pointer,
    present,
)
from watchglass.targets.grafana.rule_checks import MOST_MISSING, check_rule

RuleSettings = Mapping[tuple[str, ...], Mapping[str, Json]]
"""What tells a rule from others (``Subject.parts``) → its own notification settings."""

_STATES = {"alert": "Alerting", "ok": "OK", "keep": "KeepLast"}


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a service as artifacts."""

    artifacts: tuple[Artifact, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def build_rules(service: Service, panel_place: PanelPlace, settings: RuleSettings | None = None) -> Rules:
    """
    Make the rules of all alerts, in groups of one interval; each group in both written forms.

    Args:
        settings: who is told of a rule, where its own settings say it.
    """
    groups: dict[str, tuple[Duration, list[GrafanaRule]]] = {}
    notes: list[Note] = []
    problems = [
        Problem("grafana-rule", _made_elsewhere(name), service.at.span)
        for name in service.labels
        if name in OURS and service.alerts
    ]
    for alert in service.alerts.values():
        notes += _notes(alert)
        problems += _problems(alert)
        for made in _of_alert(service, alert, panel_place, settings or {}):
            problems += [_problem(alert, text) for text in check_rule(made)]
            groups.setdefault(duration(alert.every.seconds), (alert.every, []))[1].append(made)
    problems += _titles_twice(service)
    ordered = sorted(groups.values(), key=lambda group: group[0].seconds)
    artifacts = [each for every, rules in ordered for each in _group(service, every, rules)]
    living = frozenset(rule.uid for _, rules in ordered for rule in rules)
    return Rules((*artifacts, *_retired(service, living)), tuple(notes), tuple(problems))


def _of_alert(
    service: Service, alert: Alert, panel_place: PanelPlace, settings: RuleSettings
) -> Iterator[GrafanaRule]:
    """Make the rules of an alert, each before those that follow it."""
    first: dict[str, GrafanaRule] = {}
    for subject in subjects_of(service, alert):
        rule = subject.rule
        if subject.escalation is None:
            first[rule.id] = build_rule(service, alert, rule, panel_place)
        made = first[rule.id] if subject.escalation is None else following(service, subject, first[rule.id])
        yield replace(made, settings=settings.get(subject.parts, {}))


def folder_uid(service: Service) -> str:
    """Give the uid of the folder that holds a service's dashboards and rules."""
    return naming.uid(service.id, service.environment.suffix, "folder")


def title_of(alert: Alert, rule: Rule) -> str:
    """Give the title of a rule, which is the alert's name at Grafana."""
    return alert.title + (f" ({rule.level})" if rule.level else "")


def build_rule(service: Service, alert: Alert, rule: Rule, panel_place: PanelPlace) -> GrafanaRule:
    """Make one rule of an alert."""
    queries = build_queries(service, alert, rule)
    nodes = conditions.build(rule, alert.resolve, refs_of(alert, rule))
    statements = tuple(
        replace(query.statement, pointer=f"/data/{index}/model/rawSql") for index, query in enumerate(queries)
    )
    return GrafanaRule(
        naming.uid(service.id, service.environment.suffix, rule.id),
        title_of(alert, rule),
        conditions.DECIDES,
        (*(query.node for query in queries), *nodes.nodes),
        _STATES.get(alert.no_data, "NoData"),
        _STATES.get(alert.on_error, "Error"),
        alert.for_,
        alert.resolve.for_ or Duration(0, "s"),
        MOST_MISSING if alert.missing == "keep" else None,
        alert_texts.labels_of(service, alert, rule),
        alert_texts.annotations_of(service, alert, rule, panel_place),
        alert.paused is not None,
        _rule_origins(service, alert, rule, nodes, len(queries)),
        statements,
    )


def _rule_origins(
    service: Service, alert: Alert, rule: Rule, nodes: conditions.Nodes, queries: int
) -> dict[str, Path]:
    home = alert.at.path
    places: dict[str, Path] = {
        "/title": (*home, "title"),
        "/for": (*home, "for"),
        "/keep_firing_for": (*home, "resolve", "for"),
        "/noDataState": (*home, "no_data"),
        "/execErrState": (*home, "on_error"),
        "/isPaused": (*home, "paused"),
        "/missingSeriesEvalsToResolve": (*home, "missing"),
    }
    for index, metric in enumerate(metrics_of(alert, rule)):
        places[f"/data/{index}/model/rawSql"] = (*metric.query.at.path, "sql")
    for pointer, place in nodes.numbers.items():
        first, _, rest = pointer.partition("/")
        places[f"/data/{queries + int(first)}/{rest}"] = place
    return places | alert_texts.origins_of(service, alert, rule)


def _group(service: Service, every: Duration, rules: list[GrafanaRule]) -> tuple[Artifact, Artifact]:
    interval = duration(every.seconds)
    name = f"{naming.slug(service.id, service.environment.suffix)} every {interval}"
    file = {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": service.environment.grafana_organization,
                "name": escaped(name),
                "folder": escaped_folder(service.environment.grafana_folder),
                "interval": interval,
                "rules": [as_file(rule) for rule in rules],
            }
        ],
    }
    body = {
        "title": name,
        "folderUid": folder_uid(service),
        "interval": round(every.seconds),
        "rules": [as_api(rule, folder_uid(service), name) for rule in rules],
    }
    origins = {
        (index, pointer): path for index, rule in enumerate(rules) for pointer, path in present(rule).items()
    }
    in_file = {
        f"/groups/0/rules/{index}{file_pointer(pointer)}": path for (index, pointer), path in origins.items()
    }
    in_body = {f"/rules/{index}{pointer}": path for (index, pointer), path in origins.items()}
    return (
        Artifact("grafana", "alerting", name, _path(service, "alerting", interval), file, in_file),
        Artifact(
            "grafana",
            "alert-rules",
            name,
            _path(service, "alert-rules", interval),
            body,
            in_body,
            _statements(rules),
        ),
    )


def _path(service: Service, kind: str, interval: str) -> str:
    return naming.path(service.id, service.environment.suffix, "grafana", kind, f"every-{interval}", "json")


def _statements(rules: Iterable[GrafanaRule]) -> tuple[Statement, ...]:
    return tuple(
        replace(statement, pointer=f"/rules/{index}{statement.pointer}")
        for index, rule in enumerate(rules)
        for statement in rule.statements
    )


def _retired(service: Service, living: frozenset[str]) -> tuple[Artifact, ...]:
    """Name the rules that are to go: one that only leaves a file stays at Grafana."""
    gone = [*service.retired, *service.moved]
    levels = ["", *(level.name for level in service.levels)]
    suffix = service.environment.suffix
    uids = dict.fromkeys(naming.uid(service.id, suffix, name, level) for name in gone for level in levels)
    listed = [uid for uid in uids if uid not in living]
    if not listed:
        return ()
    organization = service.environment.grafana_organization
    body = {"apiVersion": 1, "deleteRules": [{"orgId": organization, "uid": uid} for uid in listed]}
    path = naming.path(service.id, suffix, "grafana", "alerting", "retired", "json")
    return (Artifact("grafana", "alerting", "retired", path, body, {"/deleteRules": ("retired",)}),)


def _notes(alert: Alert) -> list[Note]:
    found = []
    back = alert.resolve.condition
    if back is not None and alert.for_.seconds > 0:
        found.append(
            "the way back holds the pending state too: after one value that fires, values up to the way back keep the "
            f"clock of {alert.for_.words} running, and it starts firing without a second such value"
        )
    for key, chosen in (("no_data", alert.no_data), ("on_error", alert.on_error)):
        if chosen == "notify":
            found.append(
                f"{key}: notify sends a message of its own, and resolves what fires at the second such evaluation"
            )
    if alert.missing == "keep":
        found.append(
            f"missing: keep keeps a key that vanished for {MOST_MISSING} evaluations, the most that Grafana stores"
        )
    return [Note("grafana", alert.id, text, alert.at.span, code="grafana-semantics") for text in found]


def _problems(alert: Alert) -> list[Problem]:
    found = [_problem(alert, _made_elsewhere(name)) for name in alert.labels if name in OURS]
    if alert.missing == "alert":
        message = f"{alert.id}: Grafana cannot fire because a key vanished"
        hint = "use missing: keep or resolve, or an alert on the count of keys"
        found.append(Problem("grafana-missing-alert", message, alert.at.span, hint=hint))
    return found


def _made_elsewhere(label: str) -> str:
    return f"the label '{label}' is made from what the definition says elsewhere"


def _problem(alert: Alert, text: str) -> Problem:
    return Problem("grafana-rule", f"{alert.id}: {text}", alert.at.span)


def _titles_twice(service: Service) -> list[Problem]:
    """Report rules of one title: Grafana takes them, and in a message nobody could tell them apart."""
    titled = [(title_of(alert, rule), alert) for alert in service.alerts.values() for rule in alert.rules]
    first: dict[str, int] = {}
    return [
        _problem(alert, f"another alert has the title '{title}', too")
        for index, (title, alert) in enumerate(titled)
        if first.setdefault(title, index) != index
    ]
