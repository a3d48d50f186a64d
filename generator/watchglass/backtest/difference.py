"""Two replays of one alert → the stretches in which they find an instance in different states."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from watchglass.backtest.replay import Replay
from watchglass.backtest.stretches import Key, State, states_of


@dataclass(frozen=True, slots=True)
class Difference:
    """
    Evaluations in a row at which an instance is in one state now, and in another with the change.

    Args:
        first: the first of them, ``last`` the last.
    """

    key: Key
    first: datetime.datetime
    last: datetime.datetime
    evaluations: int
    now: State
    changed: State


def differences(now: Replay, changed: Replay) -> tuple[Difference, ...]:
    """
    Compare two replays at every instant at which one of them was evaluated; each stands as it was last found.

    An instant at which nothing is known of one of them counts as it was before.
    """
    found: list[Difference] = []
    open_: dict[Key, Difference] = {}
    for at, one, other in _merged(now, changed):
        states = {
            key: (one.get(key, "normal"), other.get(key, "normal"))
            for key in one.keys() | other.keys()
            if one.get(key, "normal") != other.get(key, "normal")
        }
        over = [key for key, each in open_.items() if states.get(key) != (each.now, each.changed)]
        found += [open_.pop(key) for key in over]
        for key, (before, after) in states.items():
            begun = open_.get(key)
            count = begun.evaluations + 1 if begun else 1
            open_[key] = Difference(key, begun.first if begun else at, at, count, before, after)
    return tuple(sorted((*found, *open_.values()), key=lambda each: (each.first, each.key)))


def _merged(
    now: Replay, changed: Replay
) -> Iterator[tuple[datetime.datetime, dict[Key, State], dict[Key, State]]]:
    sides = [
        {each.at: {key: state for key, (state, _) in states_of(each).items()} for each in side.evaluations}
        for side in (now, changed)
    ]
    last: list[dict[Key, State]] = [{}, {}]
    for at in sorted(sides[0].keys() | sides[1].keys()):
        last = [side.get(at, before) for side, before in zip(sides, last, strict=True)]
        yield at, last[0], last[1]
