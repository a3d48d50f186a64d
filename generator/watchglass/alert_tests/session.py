"""One run over the tests of definitions: rules compiled for each environment, databases shared by tests that begin alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from watchglass.alert_tests.asking import Refusal
from watchglass.alert_tests.judging import judge
from watchglass.alert_tests.outcome import PlayedTest, RuleRun, clock
from watchglass.alert_tests.published import PublishedRule, published_rules
from watchglass.alert_tests.timeline import Stage, play
from watchglass.alert_tests.worlds import NoWorld, Worlds
from watchglass.artifact import Artifact
from watchglass.definition.alert_tests import AlertTest
from watchglass.definition.read import Definition
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.evaluation import semantics
from watchglass.problems import Problem, arrange
from watchglass.targets import render_target

Progress = Callable[[PlayedTest], None]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A definition in one environment; it is held so that nothing else gets its identity."""

    definition: Definition
    service: Service
    rules: dict[str, tuple[PublishedRule, ...]]


@dataclass(slots=True)
class AlertTestSession:
    """
    Runs tests, until it is closed.

    Args:
        version: of Grafana, in place of what tests and environments say.
        worlds: where the databases of tests are made; closed with the session.
    """

    version: str = ""
    worlds: Worlds = field(default_factory=Worlds)
    _ready: dict[tuple[int, str], _Ready] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop the databases, if there are any."""
        self.worlds.close()

    def run_all(
        self,
        definition: Definition,
        service: Service,
        artifacts: Sequence[Artifact],
        tests: Iterable[AlertTest],
        progress: Progress | None = None,
    ) -> tuple[PlayedTest, ...]:
        """
        Run tests of a definition; those that begin alike one after the other, and given in their own order.

        Raises:
            NoServer: a test needs a database, and the embedded server cannot be had.
        """
        listed = list(tests)
        found: dict[str, PlayedTest] = {}
        for test in sorted(listed, key=lambda each: (each.start, each.with_data)):
            found[test.name] = self.run(definition, service, artifacts, test)
            if progress is not None:
                progress(found[test.name])
        return tuple(found[test.name] for test in listed)

    def run(
        self, definition: Definition, service: Service, artifacts: Sequence[Artifact], test: AlertTest
    ) -> PlayedTest:
        """
        Run one test.

        Raises:
            NoServer: as above.
        """
        began = time.monotonic()
        ready = self._in_environment(definition, service, artifacts, test)
        if isinstance(ready, tuple):
            return PlayedTest(test, "", {}, ready)
        version = self.version or test.version or ready.service.environment.grafana_version
        unknown = _unknown_version(version)
        if unknown:
            at = definition.span((*test.at.path[:-1], "version")) if test.version else test.at.span
            return PlayedTest(test, version, {}, (Problem("test-version", unknown, at),))
        meant = {(each.alert, each.after) for step in test.steps for each in step.expect}
        rules = [
            rule
            for alert in test.alerts
            for rule in ready.rules[alert]
            if not rule.after or (alert, rule.after) in meant
        ]
        try:
            runs, problems = play(Stage(definition, ready.service, test, rules, version), self.worlds)
        except NoWorld as error:
            return PlayedTest(test, version, {}, error.problems)
        return _judged(definition, test, version, runs, problems, time.monotonic() - began)

    def _in_environment(
        self, definition: Definition, service: Service, artifacts: Sequence[Artifact], test: AlertTest
    ) -> _Ready | tuple[Problem, ...]:
        wanted = test.environment or service.environment.id
        key = (id(definition), wanted)
        if key not in self._ready:
            if wanted != service.environment.id:
                resolved = resolve(definition, wanted)
                if resolved.service is None:
                    return resolved.problems
                service = resolved.service
                rendering = render_target("grafana", service)
                if any(problem.level == "error" for problem in rendering.problems):
                    return rendering.problems
                artifacts = rendering.artifacts
            self._ready[key] = _Ready(definition, service, published_rules(service, artifacts))
        return self._ready[key]


def _unknown_version(version: str) -> str:
    try:
        semantics(version)
    except ValueError as error:
        return str(error)
    return ""


def _judged(
    definition: Definition,
    test: AlertTest,
    version: str,
    runs: dict[str, tuple[RuleRun, ...]],
    problems: Iterable[Problem],
    elapsed: float,
) -> PlayedTest:
    listed = [*problems, *_unexpected(test, runs)]
    if any(problem.code == "test-sql" for problem in listed):
        return PlayedTest(test, version, runs, arrange(listed), elapsed=elapsed)
    judged = judge(test, runs)
    listed += [
        Problem("test-failed", miss.message, definition.span(miss.path), hint=miss.hint)
        for miss in judged.misses
    ]
    return PlayedTest(test, version, runs, arrange(listed), judged.misses, judged.held, elapsed)


def _unexpected(test: AlertTest, runs: dict[str, tuple[RuleRun, ...]]) -> list[Problem]:
    """Report queries that PostgreSQL refused where the test expects no error of their alert."""
    expected = {
        each.alert
        for step in test.steps
        for each in step.expect
        for wish in each.wishes
        if "error" in (wish.state, wish.reason)
    }
    found: dict[tuple[str, str], Problem] = {}
    for alert, listed in runs.items():
        for run in listed if alert not in expected else ():
            for evaluated in run.evaluated:
                for refusal in evaluated.refusals:
                    found.setdefault(
                        (run.rule.rule.id, refusal.ref), _refused(run, evaluated.seconds, refusal)
                    )
    return list(found.values())


def _refused(run: RuleRun, seconds: float, refusal: Refusal) -> Problem:
    name = f"{run.rule.rule.id}/{refusal.ref}"
    message = f"the query of {name} fails at {clock(seconds)}, and no error is expected: {refusal.message}"
    return Problem("test-query", message, refusal.span, hint=refusal.hint)
