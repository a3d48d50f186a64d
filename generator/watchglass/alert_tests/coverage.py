"""
Which ways of each alert no test has looked at: it fires, comes back, waits, has no data, its query fails.

A way counts where an expectation was met there: an evaluation that nobody looked at proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from watchglass.alert_tests.judging import looked_at, whole_of
from watchglass.alert_tests.outcome import Evaluated, PlayedTest, RuleRun, Seen
from watchglass.alert_tests.published import PublishedRule
from watchglass.definition.hearing import escalations
from watchglass.definition.service import Alert, Metric, Service
from watchglass.definition.telling import nothing_of
from watchglass.problems import Span

_HELD_BACK = "held by the way back"
_OF_ITSELF = {"heartbeat": "query fails", "watchdog": "fires"}
"""The one way that an alert has which is made of a line: its source gives a number, and always the same, or nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Branch:
    """One way of one rule."""

    alert: str
    level: str
    name: str

    @property
    def told(self) -> str:
        """In words: ``stock_low (critical): fires``."""
        return f"{self.alert}{f' ({self.level})' if self.level else ''}: {self.name}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All ways of all alerts, and those that tests looked at."""

    every: tuple[Branch, ...]
    reached: frozenset[Branch]
    places: Mapping[str, Span]
    """Alert → where it stands."""

    @property
    def missing(self) -> tuple[Branch, ...]:
        """Those that no test looked at, in the definition's order."""
        return tuple(branch for branch in self.every if branch not in self.reached)


def coverage_of(service: Service, outcomes: Iterable[PlayedTest]) -> Coverage:
    """Count what the tests of a definition looked at."""
    every = tuple(branch for alert in service.alerts.values() for branch in branches_of(alert))
    reached = frozenset(branch for outcome in outcomes for branch in _reached(outcome))
    places = {alert.id: alert.at.span for alert in service.alerts.values()}
    return Coverage(every, reached & frozenset(every), places)


def branches_of(alert: Alert) -> Iterator[Branch]:
    """List the ways of an alert, for each of its rules."""
    if alert.made_of:
        yield Branch(alert.id, "", _OF_ITSELF[alert.made_of])
        return
    for rule in alert.rules:
        names = ["fires", "comes back"]
        names += ["pending"] if alert.for_.seconds else []
        names += ["recovering"] if alert.resolve.for_ is not None and alert.resolve.for_.seconds else []
        names += [_HELD_BACK] if alert.resolve.condition is not None else []
        metrics = [each.metric for each in rule.conditions]
        always = all(not metric.keyed and _has_default(metric) for metric in metrics)
        names += [] if always else ["no data"]
        names += ["query fails"]
        names += ["a key vanishes"] if alert.keyed else []
        names += dict.fromkeys(_escalates(str(step.after)) for step in escalations(alert, rule))
        for name in names:
            yield Branch(alert.id, rule.level, name)


def _escalates(after: str) -> str:
    return f"escalates after {after}"


def _has_default(metric: Metric) -> bool:
    nothing = nothing_of(metric)
    return nothing is not None and nothing.value is not None


def _reached(outcome: PlayedTest) -> Iterator[Branch]:
    for seconds, expectation in outcome.held:
        runs = outcome.runs[expectation.alert]
        for evaluated in looked_at(seconds, expectation, runs):
            run = next(each for each in runs if each.rule is evaluated.rule)
            looked = _looked_at(evaluated, expectation.whole is not None)
            names = list(_names(run, evaluated, looked))
            if expectation.after:
                names = [_escalates(expectation.after)] if "fires" in names else []
            for name in names:
                yield Branch(evaluated.rule.alert.id, evaluated.rule.rule.level, name)


def _looked_at(evaluated: Evaluated, as_a_whole: bool) -> tuple[Seen, ...]:
    return whole_of(evaluated.seen) if as_a_whole else evaluated.seen


def _names(run: RuleRun, evaluated: Evaluated, looked: tuple[Seen, ...]) -> Iterator[str]:
    before = [each for each in run.evaluated if each.seconds < evaluated.seconds]
    fired = {one.name for each in before for one in each.seen if one.state == "firing" and not one.reason}
    for seen in looked:
        by_value = not seen.reason
        if seen.state == "firing" and by_value:
            yield "fires"
            if not _holds(evaluated.rule, seen.values):
                yield _HELD_BACK
        if seen.state in {"pending", "recovering"} and by_value:
            yield seen.state
        if seen.state == "normal" and by_value and seen.name in fired:
            yield "comes back"
        if seen.reason == "error" or seen.state == "error":
            yield "query fails"
        if seen.reason == "no_data" or seen.state == "no_data":
            yield "no data"
    there = {one.name for one in evaluated.seen}
    keyed = {one.name for each in before for one in each.seen if _has_key(one)}
    if keyed - there:
        yield "a key vanishes"
        if fired - there:
            yield "comes back"


def _has_key(seen: Seen) -> bool:
    """Tell an instance of a key from those that Grafana makes for no data and errors."""
    keys = [each.metric.query.key for each in seen.rule.rule.conditions if each.metric.keyed]
    return bool(keys) and set(keys[0]) <= seen.instance.series.keys()


def _holds(rule: PublishedRule, values: Mapping[str, float]) -> bool:
    """Tell whether the condition itself holds for numbers."""
    found = [
        each.metric.id in values and each.comparison.holds(values[each.metric.id])
        for each in rule.rule.conditions
    ]
    return all(found) if rule.rule.join == "all" else any(found)
