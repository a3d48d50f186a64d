"""What a simulation gives after each evaluation: the rule, its instances, and what is sent of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watchglass.evaluation.identity import Texts
from watchglass.evaluation.instance import Instance, State
from watchglass.evaluation.sending import Sent
from watchglass.evaluation.summary import Health, RuleState, value_text
from watchglass.evaluation.values import Labels


@dataclass(frozen=True, slots=True)
class InstanceState:
    """
    One alert instance.

    Args:
        labels: all of them, the built-in ones, too.
        series: those that the query gave.
        active_at: since when it is in its state; Grafana's ``StartsAt`` and ``activeAt``.
        ends_at: until when it counts as firing where nothing more is sent.
        values: refId → number; -1 where the last evaluation had none for a node that had one before.
        value: the condition's number as the state API writes it, empty where the instance is neither on nor waiting.
        texts: the annotations, not yet written.
    """

    labels: Labels
    series: Labels
    state: State
    reason: str
    active_at: datetime
    ends_at: datetime
    resolved_at: datetime | None
    values: Mapping[str, float]
    value: str
    texts: Texts

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations, as people read them."""
        return self.texts.written()

    @property
    def shown(self) -> str:
        """The state with its reason, as the state API writes it: ``Normal (NoData)``."""
        return f"{self.state} ({self.reason})" if self.reason and self.reason != self.state else self.state


@dataclass(frozen=True, slots=True)
class Evaluation:
    """
    One evaluation.

    Args:
        states: the rule's state; two where a server names one of them by chance, the graver one first.
        healths: the rule's health, with the same reserve.
        error: the error that the state API shows; an error whose policy is OK or KeepLast is not shown there.
        failure: why this evaluation failed, whatever the policy makes of it.
        instances: those that are there afterwards, by their labels.
        gone: those that were missing long enough and are dropped now.
        sent: what goes to the Alertmanager now.
    """

    at: datetime
    states: tuple[RuleState, ...]
    healths: tuple[Health, ...]
    error: str
    failure: str
    instances: tuple[InstanceState, ...]
    gone: tuple[InstanceState, ...]
    sent: tuple[Sent, ...]

    @property
    def state(self) -> RuleState:
        """The rule's state."""
        return self.states[0]

    @property
    def health(self) -> Health:
        """The rule's health."""
        return self.healths[0]


def snapshot(instance: Instance, condition: str) -> InstanceState:
    """Keep an instance as it is now."""
    return InstanceState(
        labels=instance.labels,
        series=instance.series,
        state=instance.state,
        reason=instance.reason,
        active_at=instance.starts,
        ends_at=instance.ends,
        resolved_at=instance.resolved,
        values=instance.values,
        value=value_text(instance.state, condition, instance.values, instance.text),
        texts=instance.texts,
    )
