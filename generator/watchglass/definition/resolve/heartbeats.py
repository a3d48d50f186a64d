"""`sources: {main: {heartbeat: high}}` and `service: {watchdog: low}` → alerts with their texts, as if they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watchglass.artifact import Path
from watchglass.definition.columns import At, Column, Source
from watchglass.definition.resolve.alerts import SCHEDULER
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import (
    Alert,
    Condition,
    MadeOf,
    Metric,
    NeutralText,
    Query,
    Resolve,
    Rule,
    Runbook,
)
from watchglass.durations import Duration
from watchglass.sql.pieces import SourceText, Template, Text
from watchglass.thresholds import Comparison

WATCHDOG = "watchdog"
_COLUMN = "answers"
_SQL = f"SELECT 1 AS {_COLUMN}"
_EVERY = Duration(1, "m")
_SILENT = Duration(2, "m")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an alert is made of."""

    id: str
    made_of: MadeOf
    path: Path
    source: Source
    severity: str
    every: Duration | None
    for_: Duration
    labels: Mapping[str, str]
    comparison: Comparison
    title: str
    summary: str
    description: str
    runbook: Runbook


def resolve_heartbeats(context: Context, sources: Mapping[str, Source]) -> dict[str, Alert]:
    """Make the alerts that sources and the service ask for by a line; an id that is taken is reported."""
    made = {}
    for plan in (*_heartbeats(context, sources), *_watchdog(context, sources)):
        if plan.id in context.definition.model.alerts:
            context.report(
                "id-collision", f"an alert is called '{plan.id}' already, as the one that this line makes", plan.path,
                key=True, hint="rename the alert", related=[(("alerts", plan.id), "it is here")],
            )  # fmt: skip
            continue
        _check_every(context, plan)
        made[plan.id] = _alert(plan, context.at(plan.path))
    return made


def _heartbeats(context: Context, sources: Mapping[str, Source]) -> Iterator[_Plan]:
    for name, part in context.definition.model.sources.items():
        if part.heartbeat is None:
            continue
        path: Path = ("sources", name, "heartbeat")
        if part.type != "postgres":
            message = f"a heartbeat asks a source of type postgres, '{name}' is of type {part.type}"
            context.report("heartbeat-source", message, path, key=True)
            continue
        silent = part.heartbeat.for_ or _SILENT
        title = part.title or f"Source {name}"
        yield _Plan(
            f"heartbeat-{name}", "heartbeat", path, sources[name], part.heartbeat.severity, part.heartbeat.every,
            silent, part.heartbeat.labels, Comparison("lt", 1), f"{title} does not answer",
            f"{title} does not answer Grafana",
            f"Grafana asked for `SELECT 1` and got no answer for {silent.words}. Until it has one, alerts of this source "
            "judge nothing.",
            _of_heartbeat(),
        )  # fmt: skip


def _watchdog(context: Context, sources: Mapping[str, Source]) -> Iterator[_Plan]:
    model = context.definition.model.service
    if model.watchdog is None:
        return
    path: Path = ("service", "watchdog")
    first = next((source for source in sources.values() if source.type == "postgres"), None)
    if first is None:
        message = "a watchdog needs a source of type postgres: Grafana evaluates no rule that asks nothing"
        context.report("heartbeat-source", message, path, key=True)
        return
    yield _Plan(
        WATCHDOG, "watchdog", path, first, model.watchdog.severity, model.watchdog.every, Duration(0, "s"),
        model.watchdog.labels, Comparison("gte", 1), f"{model.title}: Grafana is alive",
        "Grafana evaluates alerts and sends them; this one always fires",
        "This alert always fires, whether its source answers or not. It is for a receiver that raises an alarm when these "
        "messages stop: then Grafana, its alerting, or the way from it to the receiver is down.",
        _of_watchdog(),
    )  # fmt: skip


def _of_heartbeat() -> Runbook:
    return Runbook(
        "Panels of this source stay empty, and its alerts judge nothing.",
        (
            "Does the database run, and does it take connections?",
            "Does the data source pass its test at Grafana (Connections, Data sources, Save & test)?",
            "Were its password, address, certificate or a firewall changed?",
        ),
        (),
        "",
        "",
    )


def _of_watchdog() -> Runbook:
    return Runbook(
        "None while it fires. Once it is missing, no alert of this Grafana reaches anybody.",
        (
            "Where the messages stopped: does Grafana run (/api/health), and does it evaluate (state of this rule)?",
            "Can Grafana reach the receiver? Look for errors at the contact point.",
        ),
        (),
        "",
        "",
    )


def _check_every(context: Context, plan: _Plan) -> None:
    if plan.every is not None and (plan.every.seconds < SCHEDULER or plan.every.seconds % SCHEDULER):
        message = f"Grafana evaluates on multiples of {SCHEDULER} seconds, {plan.every} is none"
        context.report("alert-every", message, (*plan.path, "every"))


def _alert(plan: _Plan, at: At) -> Alert:
    condition = Condition(_metric(plan, at), plan.comparison, at)
    return Alert(
        plan.id,
        plan.title,
        _text(plan.description),
        _text(plan.summary),
        (Rule(plan.id, plan.severity, "one", (condition,)),),
        plan.for_,
        plan.every or _EVERY,
        Resolve(None, None),
        None,
        "alert",
        "alert",
        "resolve",
        (),
        None,
        dict(plan.labels),
        plan.runbook,
        None,
        at,
        made_of=plan.made_of,
    )


def _metric(plan: _Plan, at: At) -> Metric:
    column = Column(_COLUMN, "integer", "Answers", None, False, None, (), None, "", None, at)
    place = SourceText(at.span.file, at.path, "", ((at.span.line, at.span.column),), exact=False)
    query = Query(
        plan.id, plan.title, "", plan.source, Template((Text(_SQL),), place), (), {_COLUMN: column},
        None, None, None, False, at,
    )  # fmt: skip
    return Metric(plan.id, "Answers", "", query, column, (), None, None, None, None, None, None, None, at)


def _text(text: str) -> NeutralText:
    return NeutralText((("text", text),))
