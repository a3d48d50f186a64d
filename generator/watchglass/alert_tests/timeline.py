"""A test, its rules and its database or numbers become every evaluation, step by step."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from watchglass.alert_tests.asking import Asked, ask
from watchglass.alert_tests.changes import apply
from watchglass.alert_tests.numbers import Numbers
from watchglass.alert_tests.outcome import Evaluated, RuleRun
from watchglass.alert_tests.published import PublishedRule
from watchglass.alert_tests.worlds import Worlds
from watchglass.database.moving import MovingDatabase
from watchglass.definition.alert_tests import AlertTest, Step
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.evaluation import Answer, Failure, Simulation, Table
from watchglass.problems import Problem

DOWN = Failure("the database is down (alert test)")

_NEVER = Asked(Failure("not run: a step of the test failed"))

Answers = dict[tuple[int, int], dict[str, Asked]]
"""(Number of a rule, number of its evaluation) → refId → what its query gave."""


@dataclass(frozen=True, slots=True)
class Stage:
    """
    What a test is played on.

    Args:
        rules: of the alerts that it expects something of.
        version: of Grafana.
    """

    definition: Definition
    service: Service
    test: AlertTest
    rules: Sequence[PublishedRule]
    version: str

    def instant(self, seconds: float) -> datetime.datetime:
        """Give an instant of the test."""
        return (self.test.start.astimezone(datetime.UTC)) + datetime.timedelta(seconds=seconds)

    def times(self, rule: PublishedRule) -> list[float]:
        """List the times at which a rule is evaluated: at the start, then once an interval."""
        return [index * rule.interval for index in range(int(self.test.end // rule.interval) + 1)]


def play(stage: Stage, worlds: Worlds) -> tuple[dict[str, tuple[RuleRun, ...]], tuple[Problem, ...]]:
    """
    Run a test.

    Returns:
        Alert → the runs of its rules, and what is to be said of the database.

    Raises:
        NoWorld: there is no database for it.
        NoServer: nor can there be one here.
    """
    answers, problems = (_by_numbers(stage), ()) if stage.test.by_numbers else _by_database(stage, worlds)
    runs: dict[str, tuple[RuleRun, ...]] = {}
    for number, rule in enumerate(stage.rules):
        run = _simulated(stage, rule, number, answers)
        runs[rule.alert.id] = (*runs.get(rule.alert.id, ()), run)
    return runs, problems


def _simulated(stage: Stage, rule: PublishedRule, number: int, answers: Answers) -> RuleRun:
    folder = stage.service.environment.grafana_folder
    simulation = Simulation(rule.body, rule.interval, stage.version, folder)
    evaluated = []
    for index, seconds in enumerate(stage.times(rule)):
        given = answers[number, index]
        evaluation = simulation.step(
            stage.instant(seconds), {ref: each.answer for ref, each in given.items()}
        )
        refusals = tuple(each.refusal for each in given.values() if each.refusal is not None)
        gave = {ref: _gave(each.answer) for ref, each in given.items()}
        told = {ref: text for ref, text in gave.items() if text}
        evaluated.append(Evaluated(rule, seconds, evaluation, refusals, told))
    return RuleRun(rule, tuple(evaluated))


def _gave(answer: Answer) -> str:
    if isinstance(answer, Failure):
        return "failed"
    return "no rows" if isinstance(answer, Table) and not answer.rows else ""


def _by_numbers(stage: Stage) -> Answers:
    numbers = Numbers(stage.test)
    return {
        (number, index): {ref: Asked(answer) for ref, answer in numbers.answers(rule, seconds).items()}
        for number, rule in enumerate(stage.rules)
        for index, seconds in enumerate(stage.times(rule))
    }


def _by_database(stage: Stage, worlds: Worlds) -> tuple[Answers, tuple[Problem, ...]]:
    """Play the steps on copies of the sources that the rules read; between two changes all is asked together."""
    problems: list[Problem] = []
    sources = dict.fromkeys(query.statement.source for rule in stage.rules for query in rule.queries)
    with contextlib.ExitStack() as stack:
        databases: dict[str, MovingDatabase] = {}
        for name in sources:
            made = worlds.database(stage.definition, stage.service, stage.service.sources[name], stage.test)
            databases[name], found = stack.enter_context(made)
            problems += found
        played = _Playing(stage, databases)
        for steps, end in _stretches(stage.test):
            if not played.enter(steps):
                break
            played.ask_until(steps[0].seconds, end)
        return played.complete(), (*problems, *played.problems)


def _stretches(test: AlertTest) -> list[tuple[list[Step], float]]:
    """Cut a test where something changes: the steps of one time, and when the next change comes."""
    times = sorted({0.0, *(step.seconds for step in test.steps if _changes(step))})
    return [
        ([step for step in test.steps if step.seconds == time] or [Step(time, ())], end)
        for time, end in pairwise([*times, float("inf")])
    ]


def _changes(step: Step) -> bool:
    return bool(step.sql or step.rows or step.databases)


@dataclass(slots=True)
class _Playing:
    stage: Stage
    databases: Mapping[str, MovingDatabase]
    problems: list[Problem] = field(default_factory=list)
    answers: Answers = field(default_factory=dict)
    down: set[str] = field(default_factory=set)

    def enter(self, steps: Sequence[Step]) -> bool:
        """Make the changes of a time; tell whether all could be made."""
        for step in steps:
            for source, up in step.databases.items():
                (self.down.discard if up else self.down.add)(source)
            instant = self.stage.instant(step.seconds)
            found = apply(self.stage.definition, step, instant, self.databases)
            self.problems += found
            if any(problem.level == "error" for problem in found):
                return False
        return True

    def ask_until(self, begin: float, end: float) -> None:
        """Ask for every evaluation of a stretch."""
        for number, rule in enumerate(self.stage.rules):
            times = {
                index: seconds
                for index, seconds in enumerate(self.stage.times(rule))
                if begin <= seconds < end
            }
            for query in rule.queries:
                instants = [self.stage.instant(seconds) for seconds in times.values()]
                source = query.statement.source
                asked = (
                    [Asked(DOWN)] * len(instants)
                    if source in self.down
                    else ask(self.databases[source], query, instants)
                )
                for index, each in zip(times, asked, strict=True):
                    self.answers.setdefault((number, index), {})[query.ref] = each

    def complete(self) -> Answers:
        """Give all answers; where a change failed, the rest of the test has none."""
        for number, rule in enumerate(self.stage.rules):
            for index in range(len(self.stage.times(rule))):
                self.answers.setdefault((number, index), {query.ref: _NEVER for query in rule.queries})
        return self.answers
