"""Evaluations → when each instance waited, fired, had no data: stretches from one evaluation to another."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from watchglass.evaluation import Evaluation, InstanceState

State: TypeAlias = Literal["normal", "pending", "firing", "no data", "error"]
Key: TypeAlias = tuple[tuple[str, str], ...]
"""The labels of the series that an instance stands for."""

_STATES: dict[str, State] = {
    "Normal": "normal",
    "Pending": "pending",
    "Alerting": "firing",
    "Recovering": "firing",  # still on: nobody is told that it is over
    "NoData": "no data",
    "Error": "error",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    An instance in one state, over evaluations in a row.

    Args:
        end: the first evaluation that found it otherwise; None where the window ends before.
        evaluations: how many found it so.
        reason: ``NoData`` or ``Error`` where that is why it began to fire.
    """

    key: Key
    state: State
    begin: datetime.datetime
    end: datetime.datetime | None
    evaluations: int
    reason: str = ""

    def length(self, until: datetime.datetime) -> datetime.timedelta:
        """Give how long it lasted, at most until the window's end."""
        return (self.end or until) - self.begin


@dataclass(slots=True)
class _Open:
    state: State
    reason: str
    begin: datetime.datetime
    evaluations: int = 1


def states_of(evaluation: Evaluation) -> dict[Key, tuple[State, str]]:
    """Give the state of each instance that is not normal, with its reason."""
    found = {_key(each): (_STATES[each.state], _reason(each)) for each in evaluation.instances}
    return {key: state for key, state in found.items() if state[0] != "normal"}


def stretches(evaluations: Sequence[Evaluation]) -> tuple[Stretch, ...]:
    """List the stretches of all instances that were not normal, in the order of their beginning."""
    open_: dict[Key, _Open] = {}
    found: list[Stretch] = []
    for evaluation in evaluations:
        states = states_of(evaluation)
        over = [key for key, one in open_.items() if states.get(key, ("normal", ""))[0] != one.state]
        found += [_closed(key, open_.pop(key), evaluation.at) for key in over]
        for key, (state, reason) in states.items():
            if key in open_:
                open_[key].evaluations += 1
            else:
                open_[key] = _Open(state, reason, evaluation.at)
    found += [_closed(key, one, None) for key, one in open_.items()]
    return tuple(sorted(found, key=lambda each: (each.begin, each.key, each.state)))


def of_state(found: Iterable[Stretch], state: State) -> tuple[Stretch, ...]:
    """Pick the stretches of one state."""
    return tuple(each for each in found if each.state == state)


def _closed(key: Key, one: _Open, end: datetime.datetime | None) -> Stretch:
    return Stretch(key, one.state, one.begin, end, one.evaluations, one.reason)


def _key(instance: InstanceState) -> Key:
    """Give an instance's labels; those of "no data" and errors name a query, and are left out."""
    if instance.state in ("NoData", "Error"):
        return ()
    return tuple(sorted(instance.series.items()))


def _reason(instance: InstanceState) -> str:
    return instance.reason if instance.state == "Alerting" and instance.reason in ("NoData", "Error") else ""
