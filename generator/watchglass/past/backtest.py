"""An alert of a definition and a stretch of the past → what the alert would have done, or why that cannot be told."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from watchglass import naming
from watchglass.backtest.instants import Window
from watchglass.backtest.published import MovedRule, moved_rule
from watchglass.backtest.replay import Answers, Replay, replay
from watchglass.backtest.report import Basis, Variant
from watchglass.backtest.suggest import Suggestion, suggest
from watchglass.database.connection import CannotConnect, connect
from watchglass.database.embedded import Server, embedded_server
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.past import Past
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover
from watchglass.database.wire import ConnectionLost
from watchglass.definition.read import Definition
from watchglass.definition.service import Alert, Condition, Metric, Rule, Service, Source
from watchglass.evaluation import Answer, RuleError
from watchglass.past.asking import Asking, Instants
from watchglass.past.charts import charts_of, numbers_of
from watchglass.past.metrics import (
    Told,
    by_clock,
    by_points,
    by_readings,
    metrics_of,
    with_pasts,
    without_past,
)
from watchglass.past.points import NoPoints, ask_points
from watchglass.problems import Problem
from watchglass.sql import readings
from watchglass.validate.databases import Place, open_database
from watchglass.validate.place import problem_at

_LANES = 2
"""Sessions that share the instants of a query."""


class Refused(Exception):
    """A backtest that would not be honest, or cannot be made: the problems say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is asked of an alert.

    Args:
        name: what the variant is called; ``told`` says what is changed.
        most: how often it may fire at most; None asks for no suggestion.
    """

    name: str
    told: str
    window: Window
    most: int | None = None


class Backtests:
    """
    Replays alerts, until it is closed; a database is opened, or filled from its fixtures, once.

    Args:
        dsns: source → connection string; a source that is not there is filled from its fixtures.
    """

    def __init__(self, dsns: Mapping[str, str]) -> None:
        self._dsns = dsns
        self._stack = contextlib.ExitStack()
        self._server: Server | None = None
        self._open: dict[str, tuple[Past, ...]] = {}
        self._asking = Asking()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(self, definition: Definition, service: Service, alert: Alert, wish: Wish) -> Variant:
        """
        Replay an alert over the window.

        Raises:
            Refused: with the reasons.
            NoServer: a source has no connection string, and the embedded server cannot be had.
        """
        try:
            return self._run(definition, service, alert, wish)
        except (CannotConnect, ConnectionLost, InquiryRefused) as lost:
            problem = problem_at("database-unreachable", f"the database went away: {lost}", alert.at)
            raise Refused((problem,)) from None

    def _run(self, definition: Definition, service: Service, alert: Alert, wish: Wish) -> Variant:
        every = alert.every.seconds
        held = alert.for_.seconds + (alert.resolve.for_.seconds if alert.resolve.for_ else 0)
        instants = wish.window.evaluations(every, held + 2 * every)
        told = self._told(definition, service, alert, instants)
        read = with_pasts(alert, told)
        rules = [moved_rule(service, read, rule) for rule in read.rules]
        answers = [self._answers(definition, service, rule, told, instants) for rule in rules]
        version = service.environment.grafana_version
        replays = [
            self._replay(rule, version, wish.window, each) for rule, each in zip(rules, answers, strict=True)
        ]
        suggestions, unsuggested = _suggestions(service, rules, answers, version, wish)
        charts = {chart.metric: chart for rule, each in zip(rules, answers, strict=True)
                  for chart in charts_of(rule, each, wish.window)}  # fmt: skip
        return Variant(
            wish.name,
            wish.told,
            alert,
            tuple(replays),
            tuple(Basis(name, each.text) for name, each in told.items()),
            tuple(charts.values()),
            suggestions,
            unsuggested,
        )

    def _told(
        self, definition: Definition, service: Service, alert: Alert, instants: Instants
    ) -> dict[str, Told]:
        """Choose how the past of each metric is told: exactly where rows are only added, else by what is known of it."""
        metrics = metrics_of(alert)
        lost = [metric for metric in metrics if not metric.query.append_only and metric.history is None]
        if lost:
            raise Refused(tuple(without_past(alert, metric) for metric in lost))
        told: dict[str, Told] = {}
        for metric in metrics:
            first = 1 + sum(len(each.parameters) for each in told.values())
            if metric.query.append_only:
                told[metric.id] = by_clock(metric)
            else:
                told[metric.id] = self._of_history(definition, service, alert, metric, instants, first)
        return told

    def _of_history(
        self,
        definition: Definition,
        service: Service,
        alert: Alert,
        metric: Metric,
        instants: Instants,
        first: int,
    ) -> Told:
        history = metric.history
        assert history is not None, "a metric without a past is refused"
        past = self._lanes(definition, service, history.query.source)[0]
        if history.recording is not None:
            since = instants[0] - datetime.timedelta(seconds=2 * history.recording.every.seconds)
            return by_readings(service, metric, _recorded(past, service, metric, since, instants[-1]))
        try:
            return by_points(
                metric, ask_points(past.prover, service, alert, metric, instants[0], instants[-1]), first
            )
        except NoPoints as none:
            problem = problem_at(
                "backtest-readings", f"{metric.id}: {none.message}", metric.at, hint=none.hint
            )
            raise Refused((problem,)) from None

    def _answers(
        self,
        definition: Definition,
        service: Service,
        rule: MovedRule,
        told: Mapping[str, Told],
        instants: Instants,
    ) -> Answers:
        found: dict[str, list[Answer | None]] = {}
        problems: list[Problem] = []
        for query in rule.queries:
            lanes = self._lanes(definition, service, query.metric.query.source)
            answers = self._asking.answers(lanes, rule, query, told, instants)
            if isinstance(answers, tuple):
                problems += answers
            else:
                found[query.ref] = answers
        if problems:
            raise Refused(tuple(dict.fromkeys(problems)))
        return Answers(instants, found)

    def _replay(self, rule: MovedRule, version: str, window: Window, answers: Answers) -> Replay:
        try:
            return replay(rule, version, window, answers)
        except (RuleError, ValueError) as error:
            raise Refused(
                (problem_at("backtest-failed", f"{rule.alert.id}: {error}", rule.alert.at),)
            ) from None

    def _lanes(self, definition: Definition, service: Service, source: Source) -> tuple[Past, ...]:
        """Give sessions on a source's database, one for each part of the instants that are asked at the same time."""
        if source.id not in self._open:
            dsn = self._dsns.get(source.id)
            if dsn is None and self._server is None and source.schema is not None:
                self._server = self._stack.enter_context(embedded_server())
            opened = open_database(Place(definition, service, source, dsn, self._server), self._stack)
            if isinstance(opened, tuple):
                raise Refused(opened)
            same = dsn or opened.info.dsn
            beside = [self._stack.enter_context(connect(same)) for _ in range(_LANES - 1)]
            self._open[source.id] = tuple(
                Past(each, Prover(each, trusted=source.trusted)) for each in (opened, *beside)
            )
        return self._open[source.id]


def _recorded(
    past: Past, service: Service, metric: Metric, start: datetime.datetime, end: datetime.datetime
) -> tuple[datetime.datetime, ...]:
    """
    List the instants at which a metric was recorded.

    Raises:
        Refused: there are none, or they cannot be read.
    """
    sql = readings.instants_of(naming.slug(service.id, service.environment.suffix), metric.id)
    found: list[datetime.datetime] = []
    while True:
        after = found[-1] if found else start
        outcome = past.prover.run([Statement(sql, (after.isoformat(), end.isoformat()))])[0]
        if outcome.error is not None:
            message = f"{metric.id}: the readings cannot be read: PostgreSQL: {outcome.error.message}"
            hint = outcome.error.hint or "watchglass sample --ddl prints the SQL that makes the table"
            raise Refused((problem_at("backtest-readings", message, metric.at, hint=hint),))
        if not outcome.rows:
            break
        found += [row[0] for row in outcome.rows]
    if not found:
        message = f"{metric.id}: nothing was recorded from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
        raise Refused(
            (problem_at("backtest-readings", message, metric.at, hint="does watchglass sample run?"),)
        )
    return tuple(found)


def _suggestions(
    service: Service, rules: list[MovedRule], answers: list[Answers], version: str, wish: Wish
) -> tuple[dict[str, Suggestion], dict[str, str]]:
    found: dict[str, Suggestion] = {}
    without: dict[str, str] = {}
    for rule, each in zip(rules, answers, strict=True) if wish.most is not None else ():
        assert wish.most is not None, "asked for"
        made = _suggest(service, rule, each, version, wish.window, wish.most)
        if isinstance(made, str):
            without[rule.rule.id] = made
        else:
            found[rule.rule.id] = made
    return found, without


def _suggest(
    service: Service, rule: MovedRule, answers: Answers, version: str, window: Window, most: int
) -> Suggestion | str:
    conditions = rule.rule.conditions
    if len(conditions) != 1:
        return "its conditions are joined: no single threshold decides"
    comparison = conditions[0].comparison
    if comparison.operator == "outside":
        return "a pair has two thresholds"
    seen = numbers_of(answers.by_ref[rule.queries[0].ref])

    def count(number: float) -> int:
        moved = moved_rule(service, *_with_number(rule, conditions[0], number))
        return len(replay(moved, version, window, answers).firings)

    return suggest(comparison, seen, most, count) or "no threshold that was seen would have fired so seldom"


def _with_number(rule: MovedRule, condition: Condition, number: float) -> tuple[Alert, Rule]:
    """Give the alert and its rule with another number, where the way back is at the same level there, too."""
    level = condition.comparison.level

    def moved(each: Condition) -> Condition:
        same = each is condition or (
            level is not None and each.metric.id == condition.metric.id and each.comparison.level == level
        )
        return replace(each, comparison=replace(each.comparison, number=number)) if same else each

    back = rule.alert.resolve.condition
    resolve = replace(rule.alert.resolve, condition=moved(back) if back is not None else None)
    changed = replace(rule.rule, conditions=(moved(condition),))
    return replace(rule.alert, resolve=resolve), changed
