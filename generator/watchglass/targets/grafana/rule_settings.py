"""Routes as notification settings of single rules, where one contact at most is ever told of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from watchglass.artifact import Json
from watchglass.definition import week
from watchglass.definition.hearing import Subject, matches
from watchglass.definition.hours import Hours
from watchglass.definition.notification import HOLD, NOBODY, Grouping, Notification
from watchglass.definition.service import Service
from watchglass.targets.grafana import contact_points, time_intervals
from watchglass.targets.grafana.rule import duration

_ALWAYS_THERE = ("grafana_folder", "alertname")
"""Labels by which Grafana groups the alerts of such rules, whatever is said."""


class Unsaid(Exception):
    """A rule's settings cannot say what the routes say; the text tells why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A rule's settings, and the time intervals that they name."""

    body: dict[str, Json]
    intervals: tuple[dict[str, Json], ...] = field(default=())


def build_settings(service: Service, notification: Notification, subject: Subject) -> Settings:
    """
    Make the settings of a rule.

    Raises:
        Unsaid: its routes tell several contacts, or depend on a label of each instance.
    """
    contact, grouping, during = _only(notification, subject)
    intervals: list[dict[str, Json]] = []
    body: dict[str, Json] = {}
    if contact == NOBODY:
        contact = _anybody(notification)
        intervals.append(time_intervals.build_always(service))
        body["mute_time_intervals"] = [intervals[-1]["name"]]
    elif during is not None:
        intervals.append(time_intervals.build_interval(service, during))
        body["active_time_intervals"] = [intervals[-1]["name"]]
    own = subject.alert.during
    if own is not None and "mute_time_intervals" not in body and own.bits != week.ALWAYS:
        intervals.append(time_intervals.build_interval(service, own, outside=True))
        body["mute_time_intervals"] = [intervals[-1]["name"]]
    return Settings(
        {"receiver": contact_points.name_of(service, contact), **_timing(grouping), **body}, tuple(intervals)
    )


def _only(notification: Notification, subject: Subject) -> tuple[str, Grouping, Hours | None]:
    if subject.escalation is not None and subject.escalation.contact:
        return subject.escalation.contact, notification.grouping, None
    for route in notification.routes:
        match = matches(route, subject)
        if match == "maybe":
            raise Unsaid("a route depends on a label that each instance has its own value of")
        if match == "yes":
            if route.during is not None and route.otherwise not in (HOLD, NOBODY):
                raise Unsaid("who is told depends on the hour")
            return route.contact, route.grouping, route.during
    raise Unsaid("no route takes it")


def _anybody(notification: Notification) -> str:
    """Name some contact: settings must have one, even where they are silent always."""
    if not notification.contacts:
        raise Unsaid("nobody is told of it, and there is no contact that the settings could name")
    return next(iter(notification.contacts))


def _timing(grouping: Grouping) -> dict[str, Json]:
    more = [name for name in grouping.by if name not in _ALWAYS_THERE]
    return {
        "group_by": [*_ALWAYS_THERE, *more],
        "group_wait": duration(grouping.wait.seconds),
        "group_interval": duration(grouping.interval.seconds),
        "repeat_interval": duration(grouping.repeat.seconds),
    }


def all_settings(
    service: Service, notification: Notification, subjects: Iterable[Subject]
) -> Iterator[tuple[Subject, Settings | Unsaid]]:
    """Make the settings of each rule, or say why there are none."""
    for subject in subjects:
        try:
            yield subject, build_settings(service, notification, subject)
        except Unsaid as why:
            yield subject, why
