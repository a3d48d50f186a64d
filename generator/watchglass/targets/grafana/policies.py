"""Routes as a part of Grafana's policy tree in which at any instant exactly one contact speaks, or nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchglass.artifact import Json
from watchglass.definition import week
from watchglass.definition.hearing import ESCALATES_TO, Subject, matches
from watchglass.definition.hours import Hours
from watchglass.definition.notification import HOLD, NOBODY, Grouping, Notification, Route
from watchglass.definition.service import Service
from watchglass.targets.grafana import contact_points, time_intervals
from watchglass.targets.grafana.rule import duration

_LENGTHS = (("group_wait", "wait"), ("group_interval", "interval"), ("repeat_interval", "repeat"))
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


@dataclass(frozen=True, slots=True)
class Closed:
    """Hours in which a part of the tree is silent: hours, or all that lies outside of them."""

    hours: Hours
    outside: bool


@dataclass(frozen=True, slots=True)
class Tree:
    """
    Our part of the policy tree.

    Args:
        node: as the API takes it.
        intervals: the time intervals that it names.
    """

    node: dict[str, Json]
    intervals: tuple[dict[str, Json], ...]


def build_tree(service: Service, notification: Notification, subjects: Iterable[Subject]) -> Tree:
    """Make our part of the tree, for what the service's alerts can be."""
    builder = _Builder(service, notification)
    node = {
        "object_matchers": our_matchers(service),
        **builder.timing(notification.grouping, None),
        "routes": builder.by_hours(tuple(subjects)),
    }
    return Tree(node, tuple(builder.intervals.values()))


def our_matchers(service: Service) -> list[list[str]]:
    """Give the matchers by which our part is known: our service, in this environment."""
    environment = service.environment.id if service.environment.suffix else ""
    return [["environment", "=", environment], ["service", "=", service.id]]


class _Builder:
    """Makes nodes, and remembers the time intervals that they name."""

    def __init__(self, service: Service, notification: Notification) -> None:
        self._service, self._notification = service, notification
        self.intervals: dict[str, dict[str, Json]] = {}

    def by_hours(self, subjects: Sequence[Subject]) -> list[Json]:
        """Part the alerts that have hours of their own from the others."""
        nodes: list[Json] = []
        hours = {
            each.alert.during.id: each.alert.during for each in subjects if each.alert.during is not None
        }
        for name, during in hours.items():
            inside = [
                each for each in subjects if each.alert.during is not None and each.alert.during.id == name
            ]
            alerts = dict.fromkeys(each.alert.id for each in inside)
            nodes.append(
                {
                    "object_matchers": [_matcher("alert", tuple(alerts))],
                    "mute_time_intervals": [self._interval(during, outside=True)],
                    "routes": self.chain(self._notification.routes, (Closed(during, outside=True),), inside),
                }
            )
        always = [each for each in subjects if each.alert.during is None]
        return [*nodes, *(self.chain(self._notification.routes, (), always) if always else [])]

    def chain(
        self, routes: Sequence[Route], closed: tuple[Closed, ...], subjects: Sequence[Subject]
    ) -> list[Json]:
        """
        Make the nodes of routes in their order.

        A route that holds at some hours only is not left by an Alertmanager at the others: what follows it is written once more
        below it, silent in its hours.
        """
        nodes = self._to_contacts(closed, subjects)
        left = [each for each in subjects if not (each.escalation and each.escalation.contact)]
        for index, route in enumerate(routes):
            concerned = [each for each in left if matches(route, each) != "no"]
            if not concerned:
                continue
            nodes.append(self._node(route, routes[index + 1 :], closed, concerned))
            left = [each for each in left if matches(route, each) != "yes"]
        return nodes

    def _to_contacts(self, closed: tuple[Closed, ...], subjects: Sequence[Subject]) -> list[Json]:
        """Make the nodes of rules that follow another and go to one contact."""
        contacts = dict.fromkeys(
            each.escalation.contact for each in subjects if each.escalation and each.escalation.contact
        )
        grouping = self._notification.grouping
        return [
            {"object_matchers": [[ESCALATES_TO, "=", contact]], **self._leaf(contact, grouping, None, closed)}
            for contact in contacts
        ]

    def _node(
        self, route: Route, rest: Sequence[Route], closed: tuple[Closed, ...], subjects: Sequence[Subject]
    ) -> Json:
        matchers = _matchers(route)
        head: dict[str, Json] = {"object_matchers": matchers} if matchers else {}
        inside = self._leaf(route.contact, route.grouping, route.during, closed)
        if route.during is None or route.otherwise in (HOLD, NOBODY):
            return head | inside
        later = (*closed, Closed(route.during, outside=False))
        if route.otherwise:
            outside = [self._leaf(route.otherwise, route.grouping, None, later)]
        else:
            outside = self.chain(rest, later, subjects)
        return head | ({"routes": [inside | {"continue": True}, *outside]} if outside else inside)

    def _leaf(
        self, contact: str, grouping: Grouping, during: Hours | None, closed: tuple[Closed, ...]
    ) -> dict[str, Json]:
        """Make what tells a contact; nobody is told by what is silent always."""
        if contact == NOBODY:
            return {"mute_time_intervals": [self._always()]}
        made: dict[str, Json] = {"receiver": contact_points.name_of(self._service, contact)}
        made |= self.timing(grouping, self._notification.grouping)
        if during is not None:
            made["active_time_intervals"] = [self._interval(during)]
        muted = [self._interval(each.hours, outside=each.outside) for each in closed if _ever(each)]
        return made | ({"mute_time_intervals": list(dict.fromkeys(muted))} if muted else {})

    def timing(self, grouping: Grouping, above: Grouping | None) -> dict[str, Json]:
        """Write what a node's group has of its own."""
        made: dict[str, Json] = {}
        if above is None or grouping.by != above.by:
            made["group_by"] = list(grouping.by)
        for key, name in _LENGTHS:
            own = getattr(grouping, name).seconds
            if above is None or own != getattr(above, name).seconds:
                made[key] = duration(own)
        return made

    def _interval(self, hours: Hours, *, outside: bool = False) -> str:
        body = time_intervals.build_interval(self._service, hours, outside=outside)
        self.intervals[body["name"]] = body
        return str(body["name"])

    def _always(self) -> str:
        body = time_intervals.build_always(self._service)
        self.intervals[body["name"]] = body
        return str(body["name"])


def _ever(closed: Closed) -> bool:
    """Tell whether there is such a minute at all."""
    return bool(week.ALWAYS & ~closed.hours.bits) if closed.outside else bool(closed.hours.bits)


def _matchers(route: Route) -> list[list[str]]:
    pairs = (("severity", route.severities), ("service", route.services), ("alert", route.alerts))
    made = [_matcher(name, values) for name, values in pairs if values]
    return sorted([*made, *([name, "=", value] for name, value in route.labels)])


def _matcher(name: str, values: tuple[str, ...]) -> list[str]:
    """Match a label with any of some values; an Alertmanager anchors the expression."""
    if len(values) == 1:
        return [name, "=", values[0]]
    return [name, "=~", "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in values)]
