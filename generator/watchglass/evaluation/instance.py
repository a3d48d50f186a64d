"""One alert instance while a simulation runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from watchglass.evaluation.identity import Texts
from watchglass.evaluation.outcome import Captured, Result
from watchglass.evaluation.run import NodeError
from watchglass.evaluation.values import Labels

State: TypeAlias = Literal["Normal", "Pending", "Alerting", "Recovering", "NoData", "Error"]

RESEND = timedelta(seconds=30)
"""How long an alert was last sent before it is sent again."""

_NO_NUMBER = -1.0


def ends_after(at: datetime, interval: timedelta) -> datetime:
    """Give the time until which an alert counts as firing when nothing more is heard of it."""
    return at + 4 * max(RESEND, interval)


@dataclass(slots=True)
class Instance:
    """
    An instance and its history, as far as Grafana keeps it.

    Args:
        labels: all of them: what makes the instance this one.
        series: the labels of the result that it was last made from.
        starts: since when it is in its state, mostly; the API's ``activeAt``.
        error: where the policy makes an alert or a state of it; it stays while the instance goes on waiting.
        values: refId → number; -1 where the last evaluation gave none.
    """

    labels: Labels
    series: Labels
    starts: datetime
    ends: datetime
    evaluated: datetime
    texts: Texts
    state: State = "Normal"
    reason: str = ""
    error: NodeError | None = None
    values: dict[str, float] = field(default_factory=dict)
    text: str = ""
    resolved: datetime | None = None
    sent: datetime | None = None

    def enter(self, state: State, at: datetime, ends: datetime) -> None:
        """Go to a state, from now on."""
        self.state, self.starts, self.ends, self.error = state, at, ends, None

    def take(self, result: Result, at: datetime) -> None:
        """Note what an evaluation said, before the state follows."""
        self.evaluated, self.text = at, result.text
        if result.state in {"NoData", "Error"}:
            self.values = dict.fromkeys(self.values, _NO_NUMBER)
        else:
            self.values = {ref: _value(each) for ref, each in result.values.items()}

    def inherit(self, other: Instance) -> None:
        """Go on from where the same instance was before this evaluation."""
        self.state, self.reason, self.error = other.state, other.reason, other.error
        self.values, self.text = other.values, other.text
        self.starts, self.ends = other.starts, other.ends
        self.resolved, self.sent = other.resolved, other.sent


def _value(captured: Captured) -> float:
    return float("nan") if captured.value is None else captured.value
