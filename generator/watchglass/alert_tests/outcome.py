"""What came of a test: every evaluation of its rules, and each expectation that was not met."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.alert_tests.asking import Refusal
from watchglass.alert_tests.published import PublishedRule
from watchglass.artifact import Path
from watchglass.definition.alert_tests import AlertTest, Expectation, Reason, State, told_state
from watchglass.evaluation import Evaluation, InstanceState
from watchglass.problems import Problem

_STATES: Mapping[str, State] = {
    "Normal": "normal",
    "Pending": "pending",
    "Alerting": "firing",
    "Recovering": "recovering",
    "NoData": "no_data",
    "Error": "error",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An instance of an alert after an evaluation, in the words of the definition."""

    rule: PublishedRule
    instance: InstanceState

    @property
    def state(self) -> State:
        """Its state."""
        return _STATES[self.instance.state]

    @property
    def reason(self) -> Reason:
        """Why it is in that state, where its numbers are not why."""
        if self.instance.reason.startswith("NoData"):
            return "no_data"
        return "error" if self.instance.reason.startswith("Error") else ""

    @property
    def told(self) -> str:
        """State and reason: ``firing (error)``."""
        return told_state(self.state, self.reason)

    @property
    def values(self) -> Mapping[str, float]:
        """Metric → number; none where there is no data, or the query failed."""
        if self.reason or self.state in {"no_data", "error"}:
            return {}
        refs = self.rule.refs
        found = {metric: self.instance.values.get(ref) for metric, ref in refs.items()}
        return {
            metric: value for metric, value in found.items() if value is not None and not math.isnan(value)
        }

    @property
    def value(self) -> float | None:
        """The number of the first metric."""
        return self.values.get(self.rule.first.id)

    @property
    def name(self) -> str:
        """
        What tells it from the rule's other instances.

        Its key, the level where there is a rule a level, the length of an escalation, and the query where it is one that
        Grafana makes of no data or an error.
        """
        labels = {name: text for name, text in self.instance.series.items() if name != "datasource_uid"}
        labels |= {name: self.instance.labels[name] for name in ("ref_id",) if name in self.instance.labels}
        level = [f"level={self.rule.rule.level}"] if self.rule.rule.level else []
        level += [f"after {self.rule.after}"] if self.rule.after else []
        return ", ".join([*level, *(f"{name}={text}" for name, text in sorted(labels.items()))])


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation of a rule, at a time of the test."""

    rule: PublishedRule
    seconds: float
    evaluation: Evaluation
    refusals: tuple[Refusal, ...] = ()
    gave: Mapping[str, str] = field(default_factory=dict)
    """RefId → what its query gave where that is no number: ``failed``, ``no rows``."""

    @property
    def seen(self) -> tuple[Seen, ...]:
        """The instances afterwards."""
        return tuple(Seen(self.rule, each) for each in self.evaluation.instances)


@dataclass(frozen=True, slots=True)
class RuleRun:
    """All evaluations of one rule in a test, by time."""

    rule: PublishedRule
    evaluated: tuple[Evaluated, ...]

    def after(self, seconds: float) -> Evaluated:
        """Give the last evaluation at or before a time."""
        return self.evaluated[min(int(seconds // self.rule.interval), len(self.evaluated) - 1)]


@dataclass(frozen=True, slots=True)
class Miss:
    """
    An expectation that was not met.

    Args:
        path: where in the definition what differs is written.
    """

    seconds: float
    expectation: Expectation
    path: Path
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PlayedTest:
    """
    A test that was run.

    Args:
        problems: what is wrong, by place; the misses among it.
        held: expectations that were met, with their times.
        elapsed: seconds that it took.
    """

    test: AlertTest
    version: str
    runs: Mapping[str, tuple[RuleRun, ...]]
    problems: tuple[Problem, ...]
    misses: tuple[Miss, ...] = ()
    held: tuple[tuple[float, Expectation], ...] = ()
    elapsed: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not any(problem.level == "error" for problem in self.problems)

    @property
    def evaluations(self) -> int:
        """How many evaluations there were."""
        return sum(len(run.evaluated) for runs in self.runs.values() for run in runs)


def clock(seconds: float) -> str:
    """
    Write a time of a test: ``0m``, ``90s``, ``15m``, ``2h30m``.

    >>> clock(0), clock(90), clock(9000)
    ('0m', '90s', '2h30m')
    """
    whole = round(seconds)
    if whole % 60:
        return f"{whole}s"
    hours, minutes = divmod(whole // 60, 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes or not hours else "")
