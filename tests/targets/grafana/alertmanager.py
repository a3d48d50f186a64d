"""When an Alertmanager sends: groups, their first wait, their steps, what is muted, what is new, what is repeated."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from watchglass.evaluation.policies import Intervals, Reached, reached

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Stretch(NamedTuple):
    """An alert that fires from one instant to another."""

    labels: Mapping[str, str]
    start: datetime.datetime
    end: datetime.datetime


class Sent(NamedTuple):
    """A message: when, to whom, and how many alerts of it fire."""

    at: datetime.datetime
    receiver: str
    firing: int
    resolved: int


@dataclass(slots=True)
class _Group:
    """
    Alerts of one node with the same labels to group by.

    Args:
        told: alerts that the last message named as firing, and when it left.
    """

    node: Reached
    alerts: dict[int, Stretch] = field(default_factory=dict)
    next_flush: datetime.datetime | None = None
    told: frozenset[int] = frozenset()
    told_at: datetime.datetime | None = None


def length(text: str) -> datetime.timedelta:
    """Read a length of time such as ``1h30m``."""
    total, number = 0, ""
    for character in text:
        if character.isdigit():
            number += character
        else:
            total, number = total + int(number) * _UNITS[character], ""
    return datetime.timedelta(seconds=total)


def sent(
    tree: Mapping[str, Any], intervals: Intervals, stretches: Sequence[Stretch], until: datetime.datetime
) -> list[Sent]:
    """
    List the messages that leave.

    A group begins with its first alert, flushes after `group_wait` and then at every `group_interval`; a muted flush sends
    nothing and forgets what has ended (Alertmanager's ``dispatch.go``, ``notify.go``).
    """
    return sorted(
        message for group in _groups(tree, stretches) for message in _messages(group, intervals, until)
    )


def _groups(tree: Mapping[str, Any], stretches: Sequence[Stretch]) -> list[_Group]:
    found: dict[tuple[object, ...], _Group] = {}
    for number, stretch in enumerate(stretches):
        for node in reached(tree, stretch.labels):
            key = (node.place, *(stretch.labels.get(name, "") for name in node.group_by))
            found.setdefault(key, _Group(node)).alerts[number] = stretch
    return list(found.values())


def _messages(group: _Group, intervals: Intervals, until: datetime.datetime) -> Iterator[Sent]:
    waiting = dict(group.alerts)
    flush = min(each.start for each in waiting.values()) + length(group.node.group_wait)
    known: dict[int, Stretch] = {}
    while flush < until:
        known |= {number: each for number, each in waiting.items() if each.start <= flush}
        waiting = {number: each for number, each in waiting.items() if number not in known}
        firing = frozenset(number for number, each in known.items() if each.end > flush)
        ended = frozenset(known) - firing
        if group.node.speaks(intervals, flush):
            message = _message(group, flush, firing, ended)
            if message is not None:
                yield message
        known = {number: each for number, each in known.items() if number in firing}
        if not known:
            if not waiting:
                return
            flush = min(each.start for each in waiting.values()) + length(group.node.group_wait)
        else:
            flush += length(group.node.group_interval)


def _message(
    group: _Group, flush: datetime.datetime, firing: frozenset[int], ended: frozenset[int]
) -> Sent | None:
    """Send what is new, the end of what was told, and a repeat when its time has come."""
    news = bool(firing - group.told)
    over = bool(group.told) and bool(ended & group.told)
    due = (
        group.told_at is not None
        and bool(firing)
        and flush - group.told_at > length(group.node.repeat_interval)
    )
    if not (news or over or due):
        return None
    message = Sent(flush, group.node.receiver, len(firing), len(ended & group.told) if over else 0)
    group.told, group.told_at = firing, flush
    return message
