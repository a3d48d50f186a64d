"""Alert tests, resolved: what changes at which time, and what each alert is expected to be then."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.columns import At
from watchglass.definition.series import Series

State = Literal["normal", "pending", "firing", "recovering", "no_data", "error"]
Reason = Literal["", "no_data", "error"]
"""Why a state is not that of the numbers: the alert's `no_data` or `on_error` made it."""

STATES: tuple[State, ...] = ("normal", "pending", "firing", "recovering", "no_data", "error")
REASONS: tuple[Reason, ...] = ("", "no_data", "error")


@dataclass(frozen=True, slots=True)
class Wish:
    """A state that is expected, with why it is that, and where it is written."""

    state: State
    reason: Reason
    path: Path

    @property
    def told(self) -> str:
        """As it is written: ``firing (error)``."""
        return told_state(self.state, self.reason)


def told_state(state: str, reason: str) -> str:
    """Write a state with why it is that: ``firing (error)``."""
    return f"{state} ({reason})" if reason else state


@dataclass(frozen=True, slots=True)
class WantedInstance:
    """
    An instance that is expected; what is None or empty is not looked at.

    Args:
        labels: those that it has, among others.
        values: metric → number; the alert's first metric is ``value``.
    """

    path: Path
    wish: Wish | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    value: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    summary: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """
    What an alert is expected to be at a time.

    Args:
        level: that of the one rule that is meant, where an alert has a rule a level; empty: all of them.
        after: length of the escalation whose rule is meant, such as ``4h``; empty: the alert's own rule.
        whole: the state of the alert as a whole; None where its instances are listed, or where there are to be none.
        instances: all that are not normal; those that are may stand among them.
        none: whether no instance is expected, not even a normal one.
    """

    alert: str
    path: Path
    level: str = ""
    after: str = ""
    whole: Wish | None = None
    instances: tuple[WantedInstance, ...] = ()
    none: bool = False

    @property
    def told(self) -> str:
        """In few words."""
        if self.whole is not None:
            return self.whole.told
        if self.none:
            return "none"
        words = [each.wish.told for each in self.instances if each.wish is not None]
        return ", ".join(words) or "an instance"

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """All states that are named."""
        listed = [each.wish for each in self.instances if each.wish is not None]
        return (self.whole,) if self.whole is not None else tuple(listed)


@dataclass(frozen=True, slots=True)
class Given:
    """
    The numbers of a metric from a step on.

    Args:
        series: key → numbers; the key is empty for a metric of one number, and for the query as a whole.
    """

    metric: str
    series: Mapping[tuple[str, ...], Series]
    path: Path


@dataclass(frozen=True, slots=True)
class Row:
    """A row to insert: column → SQL of its value."""

    table: str
    cells: Mapping[str, str]
    path: Path


@dataclass(frozen=True, slots=True)
class Step:
    """
    What happens at a time of a test.

    Args:
        seconds: after the test's start.
        sql: the path of a script for the test's database; empty where there is none.
        databases: source → whether it answers from now on.
    """

    seconds: float
    path: Path
    sql: Path = ()
    rows: tuple[Row, ...] = ()
    given: tuple[Given, ...] = ()
    databases: Mapping[str, bool] = field(default_factory=dict)
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertTest:
    """
    One alert test.

    Args:
        start: the instant of its first evaluations; a database's fixtures are run then.
        version: of Grafana; empty: the environment's.
        interval: seconds for which one number of a series stands.
        steps: by time.
    """

    name: str
    start: datetime.datetime
    environment: str
    version: str
    with_data: bool
    interval: float
    steps: tuple[Step, ...]
    at: At

    @property
    def end(self) -> float:
        """Seconds from the start to the last step."""
        return self.steps[-1].seconds if self.steps else 0.0

    @property
    def alerts(self) -> tuple[str, ...]:
        """The alerts that it expects something of."""
        return tuple(dict.fromkeys(each.alert for step in self.steps for each in step.expect))

    @property
    def by_numbers(self) -> bool:
        """Whether metrics are given numbers, so that no database is asked."""
        return any(step.given for step in self.steps)
