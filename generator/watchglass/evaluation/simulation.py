"""
A rule and the answers of its queries, evaluation by evaluation, become what Grafana makes of them.

>>> simulation = Simulation(rule, interval_seconds=60, version="12.3")
>>> evaluation = simulation.step(at, {"A": numbers([({"organization": "a"}, 42.0)])})
>>> evaluation.state, evaluation.instances[0].state
('firing', 'Alerting')
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from watchglass.evaluation.evaluated import Evaluation, snapshot
from watchglass.evaluation.expressions.command import Moment
from watchglass.evaluation.fields import text
from watchglass.evaluation.identity import Identity, Texts, error_texts
from watchglass.evaluation.instance import Instance
from watchglass.evaluation.machine import Machine
from watchglass.evaluation.outcome import Result, results
from watchglass.evaluation.results import Answer
from watchglass.evaluation.rule import Rule, read_rule
from watchglass.evaluation.run import run
from watchglass.evaluation.sending import Sent, needs_sending, posted
from watchglass.evaluation.summary import healths, rule_states
from watchglass.evaluation.values import Key, Labels, frozen, key_of
from watchglass.evaluation.versions import semantics


class Simulation:
    """One rule on a server; each step is one evaluation."""

    def __init__(
        self, rule: Mapping[str, Any], interval_seconds: float, version: str, folder: str = ""
    ) -> None:
        """
        Start with no instance at all, as after a change of the rule.

        Args:
            rule: as Grafana's HTTP API gives it.
            folder: the folder's full path, which alerts carry as label ``grafana_folder``.

        Raises:
            RuleError: the rule cannot be evaluated, or holds what is not simulated.
            ValueError: the version is not simulated, or the interval is no length of time.
        """
        if interval_seconds <= 0:
            raise ValueError(f"an interval of {interval_seconds} seconds is none")
        self.rule: Rule = read_rule(rule)
        self._interval = timedelta(seconds=interval_seconds)
        self._machine = Machine(self.rule, self._interval, semantics(version))
        self._identity = Identity.of(self.rule, _built_in(rule, self.rule, folder))
        self._instances: dict[Key, Instance] = {}
        self._last: datetime | None = None

    def step(self, at: datetime, answers: Mapping[str, Answer]) -> Evaluation:
        """
        Evaluate once.

        Args:
            at: the evaluation's time, later than the last one's.
            answers: refId → what that query gave.

        Raises:
            ValueError: an answer is missing or belongs to no query, or time goes backwards.
        """
        self._check(at, answers)
        made = run(self.rule, answers, Moment(at, self._loaded()))
        found = results(self.rule, made)
        self._apply(found, at)
        gone = self._without_missing(at)
        sent = self._send(gone, at)
        self._last = at
        return self._evaluation(at, found, gone, sent)

    def _check(self, at: datetime, answers: Mapping[str, Answer]) -> None:
        if answers.keys() != self.rule.queries.keys():
            wanted = ", ".join(self.rule.queries)
            raise ValueError(
                f"answers are given for {', '.join(answers) or 'no query'}; the rule asks {wanted}"
            )
        if self._last is not None and at <= self._last:
            raise ValueError(f"an evaluation at {at.isoformat()} follows one at {self._last.isoformat()}")

    def _loaded(self) -> frozenset[Key]:
        """List the series that a way back holds on to: on, or waiting, by their own doing."""
        return frozenset(
            key_of(instance.series)
            for instance in self._instances.values()
            if instance.state in {"Alerting", "Pending"} and not instance.reason
        )

    def _apply(self, found: tuple[Result, ...], at: datetime) -> None:
        if self._instances and self._for_all(found):
            told = _told_of(self.rule, found)
            for instance in self._instances.values():
                instance.texts = instance.texts.also(told)
                self._machine.advance(instance, found[0], at)
            return
        for result in found:
            instance = self._instance(result, at)
            self._machine.advance(instance, result, at)

    def _for_all(self, found: tuple[Result, ...]) -> bool:
        """Tell whether a policy turns what was found into something for every instance there is."""
        states = {result.state for result in found}
        if states == {"NoData"}:
            return self.rule.no_data != "NoData"
        return states == {"Error"} and self.rule.on_error != "Error"

    def _instance(self, result: Result, at: datetime) -> Instance:
        labels = self._identity.labels_for(result)
        key = key_of(labels)
        texts = Texts(self._identity, result, error_texts(self.rule, result))
        made = Instance(labels, result.labels, at, at, at, texts)
        if key in self._instances:
            made.inherit(self._instances[key])
        self._instances[key] = made
        return made

    def _without_missing(self, at: datetime) -> tuple[Instance, ...]:
        """Take out the instances that were missing long enough."""
        missing = [key for key, instance in self._instances.items() if instance.evaluated != at]
        gone = [key for key in missing if self._machine.miss(self._instances[key], at)]
        return tuple(self._instances.pop(key) for key in gone)

    def _send(self, gone: tuple[Instance, ...], at: datetime) -> tuple[Sent, ...]:
        due = [each for each in (*self._instances.values(), *gone) if needs_sending(each, at)]
        for instance in due:
            instance.sent = at
        return tuple(posted(instance, at) for instance in due)

    def _evaluation(
        self, at: datetime, found: tuple[Result, ...], gone: tuple[Instance, ...], sent: tuple[Sent, ...]
    ) -> Evaluation:
        condition = self.rule.condition
        there = [self._instances[key] for key in sorted(self._instances)]
        return Evaluation(
            at=at,
            states=rule_states(there),
            healths=healths(there),
            error=next((each.error.text for each in there if each.error is not None), ""),
            failure=next((each.error.text for each in found if each.error is not None), ""),
            instances=tuple(snapshot(each, condition) for each in there),
            gone=tuple(snapshot(each, condition) for each in gone),
            sent=sent,
        )


def _built_in(given: Mapping[str, Any], rule: Rule, folder: str) -> Labels:
    made = {"alertname": rule.title, "__alert_rule_uid__": rule.uid}
    made["__alert_rule_namespace_uid__"] = text(given, "folderUID", default="")
    if folder:
        made["grafana_folder"] = folder
    return frozen(made.items())


def _told_of(rule: Rule, found: tuple[Result, ...]) -> dict[str, str]:
    """Write what every instance is told where one policy decides for all: the error, or the empty queries."""
    if found[0].state == "Error":
        return error_texts(rule, found[0])
    sources = [each.labels for each in found if each.labels.keys() >= {"ref_id", "datasource_uid"}]
    return {
        "datasource_uid": ",".join(each["datasource_uid"] for each in sources),
        "ref_id": ",".join(each["ref_id"] for each in sources),
    }
