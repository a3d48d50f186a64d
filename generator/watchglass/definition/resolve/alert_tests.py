"""Alert tests: times, what changes, what is expected; every name is known and every step has its turn."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watchglass.artifact import Path
from watchglass.definition.alert_tests import AlertTest, Expectation, Given, Step
from watchglass.definition.model.alert_tests import StepPart, TestPart
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.expectations import metrics_of, read_expectations
from watchglass.definition.resolve.given import read_given, read_rows
from watchglass.definition.service import Alert, Metric, Source

_START = datetime.datetime(2026, 1, 5, 9)  # noqa: DTZ001  (the service's zone is put to it)
MOST_EVALUATIONS = 50_000
"""Of one alert in one test."""


@dataclass(frozen=True, slots=True)
class World:
    """What tests speak of."""

    timezone: str
    labels: Iterable[str]
    sources: Mapping[str, Source]
    metrics: Mapping[str, Metric]
    alerts: Mapping[str, Alert]


def resolve_tests(context: Context, world: World) -> tuple[AlertTest, ...]:
    """Resolve all tests."""
    first: dict[str, int] = {}
    tests = []
    for index, part in enumerate(context.definition.model.tests):
        path: Path = ("tests", index)
        other = first.setdefault(part.name, index)
        if other != index:
            context.report(
                "test-form",
                f"another test is called '{part.name}', too",
                (*path, "name"),
                related=[(("tests", other, "name"), "it stands here already")],
            )
        tests.append(_Test(context, world, part, path).resolve())
    return tuple(tests)


@dataclass(frozen=True, slots=True)
class _Test:
    context: Context
    world: World
    part: TestPart
    path: Path

    def resolve(self) -> AlertTest:
        """Resolve one test."""
        steps = tuple(
            self._step(part, (*self.path, "steps", index)) for index, part in enumerate(self.part.steps)
        )
        self._check_environment()
        self.context.some_time(self.part.interval, (*self.path, "interval"))
        self._check_order(steps)
        self._check_kind(steps)
        test = AlertTest(
            self.part.name,
            self._start(),
            self.part.environment or "",
            self.part.version or "",
            self.part.data == "fixture",
            self.part.interval.seconds if self.part.interval is not None else 0.0,
            steps,
            self.context.at((*self.path, "name")),
        )
        self._check_expected(test)
        return self._with_interval(test)

    def _report(self, message: str, path: Path, hint: str = "", *, key: bool = False) -> None:
        self.context.report("test-form", message, path, hint=hint, key=key)

    def _check_environment(self) -> None:
        if self.part.environment is not None:
            known = self.context.definition.model.environments
            self.context.find("environment", self.part.environment, known, (*self.path, "environment"))

    def _start(self) -> datetime.datetime:
        zone = ZoneInfo(self.world.timezone)
        if self.part.start is None:
            return _START.replace(tzinfo=zone)
        path = (*self.path, "start")
        try:
            start = datetime.datetime.fromisoformat(self.part.start)
        except ValueError:
            hint = "write it as 2026-03-02T08:00+01:00, or without an offset in the service's time zone"
            self.context.report("wrong-date", f"'{self.part.start}' is no instant", path, hint=hint)
            return _START.replace(tzinfo=zone)
        if start.tzinfo is not None:
            return start
        first, second = start.replace(tzinfo=zone), start.replace(tzinfo=zone, fold=1)
        if first.utcoffset() != second.utcoffset():
            message = f"'{self.part.start}' is twice or never in {self.world.timezone}: the clocks change"
            self.context.report("wrong-date", message, path, hint="say the offset, such as +01:00")
        return first

    def _step(self, part: StepPart, path: Path) -> Step:
        if part.model_fields_set == {"at"}:
            hint = "it has sql, rows, values, database or expect"
            self._report("the step does nothing", path, hint)
        return Step(
            part.at.seconds,
            path,
            (*path, "sql") if part.sql is not None else (),
            read_rows(self.context, part.rows or {}, (*path, "rows")),
            self._given(part, path),
            self._databases(part, path),
            self._expect(part, path),
        )

    def _given(self, part: StepPart, path: Path) -> tuple[Given, ...]:
        found = []
        for name, written in (part.values or {}).items():
            place = (*path, "values", name)
            known = self.context.definition.model.metrics
            if self.context.find("metric", name, known, place, key=True) and name in self.world.metrics:
                made = read_given(self.context, self.world.metrics[name], written, place)
                found += [made] if made is not None else []
        return tuple(found)

    def _databases(self, part: StepPart, path: Path) -> dict[str, bool]:
        if part.database is None:
            return {}
        if isinstance(part.database, str):
            return dict.fromkeys(self.world.sources, part.database == "up")
        place = (*path, "database")
        for name in part.database:
            self.context.find("source", name, self.world.sources, (*place, name), key=True)
        return {name: word == "up" for name, word in part.database.items()}

    def _expect(self, part: StepPart, path: Path) -> tuple[Expectation, ...]:
        found: list[Expectation] = []
        for name, written in (part.expect or {}).items():
            place = (*path, "expect", name)
            known = {**self.context.definition.model.alerts, **self.world.alerts}
            if self.context.find("alert", name, known, place, key=True) and name in self.world.alerts:
                alert = self.world.alerts[name]
                found += read_expectations(self.context, alert, self.world.labels, written, place)
        return tuple(found)

    def _check_order(self, steps: tuple[Step, ...]) -> None:
        """Refuse a step whose turn is not said by its place: times ascend, and what changes comes before what is expected."""
        expected = False
        for before, step in zip((None, *steps), steps, strict=False):
            changes = bool(step.sql or step.rows or step.given or step.databases)
            if before is not None and step.seconds < before.seconds:
                message = "steps stand in the order of their times"
                self.context.report("test-order", message, (*step.path, "at"))
            if before is None or step.seconds != before.seconds:
                expected = False
            if expected and changes:
                self.context.report(
                    "test-order",
                    "what changes at a time stands before what is expected then",
                    step.path,
                    hint="all changes of a time come first, then the evaluations, then what is expected",
                )
            expected = expected or bool(step.expect)

    def _check_kind(self, steps: tuple[Step, ...]) -> None:
        """Refuse a test of numbers that has a database, too, and one that expects nothing."""
        numbers = [step for step in steps if step.given]
        for step in steps if numbers else ():
            if step.sql or step.rows or step.databases:
                self._report(
                    "a test has numbers or a database, not both",
                    step.path,
                    "a query that fails is the word error in values; split the test in two",
                )
        if numbers and self.part.data is not None:
            self._report("a test of numbers has no database to fill", (*self.path, "data"))
        if not any(part.expect for part in self.part.steps):
            self._report("the test expects nothing", self.path, "add expect: {alert: firing} to a step")

    def _check_expected(self, test: AlertTest) -> None:
        """Judge the metrics of the alerts that the test looks at, and how long it lasts."""
        read: dict[str, str] = {}
        for alert_id in test.alerts:
            alert = self.world.alerts[alert_id]
            for metric in metrics_of(alert):
                read.setdefault(metric, alert_id)
            if test.end / alert.every.seconds > MOST_EVALUATIONS:
                message = f"'{alert_id}' would be evaluated over {MOST_EVALUATIONS:,} times"
                self._report(message, test.steps[-1].path)
        if test.by_numbers:
            self._check_given(test, read)

    def _check_given(self, test: AlertTest, read: Mapping[str, str]) -> None:
        start = {each.metric for step in test.steps if step.seconds == 0 for each in step.given}
        named = {name for part in self.part.steps for name in part.expect or ()}
        known = (
            bool(test.alerts) and named <= self.world.alerts.keys()
        )  # one that is wrong may read any metric
        for step in test.steps:
            for each in step.given:
                if each.metric not in read and known:
                    message = f"no alert that the test expects something of reads '{each.metric}'"
                    self.context.report("test-values", message, each.path, key=True)
        for metric, alert in read.items():
            if metric not in start:
                self.context.report(
                    "test-values",
                    f"'{alert}' reads '{metric}': the test does not say its numbers at 0m",
                    self.path,
                    hint=f"add it to the values of the first step, such as {metric}: 0",
                )

    def _with_interval(self, test: AlertTest) -> AlertTest:
        """Let a number stand for the alerts' own interval, where that is one and the same."""
        intervals = {self.world.alerts[each].every.seconds for each in test.alerts}
        if test.interval or not test.by_numbers or not intervals:
            return test
        long = [
            each
            for step in test.steps
            for each in step.given
            if any(len(series.cells) > 1 for series in each.series.values())
        ]
        if len(intervals) > 1 and long:
            self.context.report(
                "test-values",
                "the test's alerts are evaluated at different intervals: say how long one number stands",
                long[0].path,
                hint="add interval: 5m to the test",
            )
        return AlertTest(
            test.name,
            test.start,
            test.environment,
            test.version,
            test.with_data,
            min(intervals),
            test.steps,
            test.at,
        )
