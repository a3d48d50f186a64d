"""A policy tree of an Alertmanager: which of its nodes an alert comes to, and who is told at an instant."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchglass.evaluation import time_intervals

Intervals = Mapping[str, Sequence[Mapping[str, Any]]]
"""Name of a time interval → its members."""

_INHERITED = ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")


@dataclass(frozen=True, slots=True)
class Reached:
    """
    A node that an alert comes to, with what it has of those above it.

    Args:
        place: which child, and which of its children, and so on: what tells the node from all others.
    """

    place: tuple[int, ...]
    receiver: str
    group_by: tuple[str, ...]
    group_wait: str
    group_interval: str
    repeat_interval: str
    active: tuple[str, ...]
    mute: tuple[str, ...]

    def speaks(self, intervals: Intervals, instant: datetime.datetime) -> bool:
        """Tell whether messages leave at an instant: no mute interval holds, and one of the active ones, if there are any."""
        if any(time_intervals.holds(intervals[name], instant) for name in self.mute):
            return False
        return not self.active or any(time_intervals.holds(intervals[name], instant) for name in self.active)


def reached(tree: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[Reached, ...]:
    """List the nodes that an alert comes to: the first child that matches, more where it says `continue`; else the node."""
    return tuple(_reached(tree, labels, {}, ()))


def _reached(
    node: Mapping[str, Any], labels: Mapping[str, str], above: Mapping[str, Any], place: tuple[int, ...]
) -> Iterator[Reached]:
    if not all(_matches(matcher, labels) for matcher in node.get("object_matchers") or ()):
        return
    own = {**above, **{key: node[key] for key in _INHERITED if node.get(key)}}
    found = False
    for index, child in enumerate(node.get("routes") or ()):
        below = list(_reached(child, labels, own, (*place, index)))
        found = found or bool(below)
        yield from below
        if below and not child.get("continue"):
            return
    if not found:
        yield Reached(
            place,
            own.get("receiver", ""),
            tuple(own.get("group_by") or ()),
            own.get("group_wait", "30s"),
            own.get("group_interval", "5m"),
            own.get("repeat_interval", "4h"),
            tuple(node.get("active_time_intervals") or ()),
            tuple(node.get("mute_time_intervals") or ()),
        )


def _matches(matcher: Sequence[str], labels: Mapping[str, str]) -> bool:
    """Compare a label with a matcher; one that is missing is an empty one, an expression is for the whole of it."""
    name, sign, value = matcher
    given = labels.get(name, "")
    same = given == value if sign in ("=", "!=") else re.fullmatch(value, given) is not None
    return same == (sign in ("=", "=~"))


def told(
    tree: Mapping[str, Any], intervals: Intervals, labels: Mapping[str, str], instant: datetime.datetime
) -> tuple[str, ...]:
    """List who is told of an alert at an instant, in the order of the tree."""
    return tuple(each.receiver for each in reached(tree, labels) if each.speaks(intervals, instant))
