"""The state machine: an instance, and what an evaluation said of it, become the instance's next state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from watchglass.evaluation.instance import Instance, ends_after
from watchglass.evaluation.outcome import Result
from watchglass.evaluation.rule import Rule
from watchglass.evaluation.versions import Semantics


@dataclass(frozen=True, slots=True)
class Machine:
    """The rules by which the instances of one rule change."""

    rule: Rule
    interval: timedelta
    semantics: Semantics

    def advance(self, instance: Instance, result: Result, at: datetime) -> None:
        """Apply one result."""
        before = instance.state
        instance.take(result, at)
        if result.state == "Normal":
            self._normal(instance, at)
        elif result.state == "Alerting":
            self._alerting(instance, at)
        else:
            self._by_policy(instance, result, at)
        instance.reason = self._reason(instance, result)
        if before in {"Alerting", "Recovering"} and instance.state == "Normal":
            instance.resolved = at
        elif instance.state not in {"Normal", "Pending"}:
            instance.resolved = None

    def miss(self, instance: Instance, at: datetime) -> bool:
        """Note that an evaluation lacked an instance; tell whether it is gone by that."""
        if at - instance.evaluated >= self._stale_after(instance):
            if instance.state not in {"Normal", "Pending"}:
                instance.resolved = at
            instance.state, instance.reason = "Normal", "MissingSeries"
            instance.evaluated = instance.ends = at
            return True
        if instance.state == "Alerting":
            instance.ends = self._ends(at)
        return False

    def _stale_after(self, instance: Instance) -> timedelta:
        """Give how long an instance may be missing; one of "no data" or of an error goes at once."""
        own = instance.state in {"NoData", "Error"}
        if self.semantics.pending_for_all:
            own = own or (instance.state == "Pending" and instance.reason in {"NoData", "Error"})
        return self.interval * (1 if own else self.rule.missing)

    def _ends(self, at: datetime) -> datetime:
        return ends_after(at, self.interval)

    def _normal(self, instance: Instance, at: datetime) -> None:
        if instance.state == "Normal":
            return
        if instance.state == "Recovering" and at - instance.starts < self.rule.keep_firing:
            instance.ends = self._ends(at)
        elif instance.state == "Alerting" and self.rule.keep_firing:
            instance.enter("Recovering", at, self._ends(at))
        else:
            instance.enter("Normal", at, at)

    def _alerting(self, instance: Instance, at: datetime) -> None:
        if instance.state == "Alerting":
            instance.ends, instance.error = self._ends(at), None
        elif instance.state == "Pending":
            if self._waited(instance, at):
                instance.enter("Alerting", at, self._ends(at))
        elif instance.state != "Recovering" and self.rule.pending:
            instance.enter("Pending", at, self._ends(at))
        else:
            instance.enter("Alerting", at, self._ends(at))

    def _waited(self, instance: Instance, at: datetime) -> bool:
        return at - instance.starts >= self.rule.pending

    def _by_policy(self, instance: Instance, result: Result, at: datetime) -> None:
        policy = self.rule.on_error if result.state == "Error" else self.rule.no_data
        if policy == "Alerting":
            self._alerting(instance, at)
            if result.state == "Error":
                instance.error = result.error
        elif policy == "OK":
            self._normal(instance, at)
        elif policy == "KeepLast":
            self._keep_last(instance, at)
        else:
            self._of_its_own(instance, policy, result, at)

    def _keep_last(self, instance: Instance, at: datetime) -> None:
        if instance.state == "Alerting" or (instance.state == "Pending" and self._waited(instance, at)):
            self._alerting(instance, at)
        elif instance.state != "Pending":
            self._normal(instance, at)

    def _of_its_own(
        self, instance: Instance, state: Literal["NoData", "Error"], result: Result, at: datetime
    ) -> None:
        """Enter "no data" or error as a state; newer servers let it wait for the pending period first."""
        if instance.state == state:
            instance.ends = self._ends(at)
        elif not self._waits(instance, at):
            instance.enter(state, at, self._ends(at))
        elif instance.state != "Pending":
            instance.enter("Pending", at, self._ends(at))
        instance.error = result.error or instance.error

    def _waits(self, instance: Instance, at: datetime) -> bool:
        if not self.semantics.pending_for_all or not self.rule.pending:
            return False
        if instance.state == "Pending":
            return not self._waited(instance, at)
        return instance.state != "Recovering"

    def _reason(self, instance: Instance, result: Result) -> str:
        """Say why a state is not the result's own."""
        if result.state in {"Normal", "Alerting", instance.state}:
            return ""
        policy = self.rule.on_error if result.state == "Error" else self.rule.no_data
        return f"{result.state}, KeepLast" if policy == "KeepLast" else result.state
