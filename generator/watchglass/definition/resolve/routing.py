"""Routes against alerts: whom nobody hears of, at some hour of the week; routes that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from watchglass.artifact import Path
from watchglass.definition import week
from watchglass.definition.hearing import Match, Subject, matches, subjects
from watchglass.definition.hours import Hours, clocks, on_one_clock
from watchglass.definition.model.notify import GroupPart
from watchglass.definition.notification import HOLD, NOBODY, Notification, Route
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Service
from watchglass.durations import Duration
from watchglass.nearest import suggest

_PLAIN = ("alertname", "grafana_folder")


def check_routing(context: Context, service: Service) -> None:
    """Report what is not routed, and routes for nothing."""
    notification = service.notification
    if _has_unread_hours(context, service):
        return
    if notification is None:
        if context.definition.model.alerts and any(alert.escalate for alert in service.alerts.values()):
            _report_nobody(context, service)
        return
    listed = tuple(subjects(service))
    for subject in listed:
        _check_covered(context, notification, subject)
        _check_speaks(context, notification, subject)
    if context.definition.model.alerts.keys() - service.alerts.keys():
        return  # those that are wrong may be what a route is for
    reached = [_reach(notification.routes, subject) for subject in listed]
    for index, route in enumerate(notification.routes):
        if service.alerts.keys() >= set(route.alerts):  # an unknown one has its own problem
            _check_reached(context, route, [each[index] for each in reached])
    _check_labels(context, notification, listed)


def _has_unread_hours(context: Context, service: Service) -> bool:
    """Tell whether hours are missing or wrong, which has problems of its own: who hears when cannot be said."""
    model = context.definition.model
    routes = model.notify.routes if model.notify is not None else []
    named = [route.during for route in routes] + [alert.during for alert in model.alerts.values()]
    return any(name is not None and name not in service.hours for name in named)


def _report_nobody(context: Context, service: Service) -> None:
    for alert in service.alerts.values():
        if any(step.severity for step in alert.escalate):
            message = f"'{alert.id}' changes its severity, and no `notify:` says who hears of which"
            context.report("alert-unrouted", message, ("alerts", alert.id, "escalate"), key=True)


def _check_covered(context: Context, notification: Notification, subject: Subject) -> None:
    """Report the hours at which no route takes a subject."""
    if subject.escalation is not None and subject.escalation.contact:
        return
    open_ = 0
    for before in clocks(_zones(notification.routes, subject)):
        left = _week(subject.alert.during, before)
        for route, match in _for(notification.routes, subject):
            if match == "yes":
                left &= 0 if route.otherwise else ~_week(route.during, before)
        open_ |= left
    if not open_:
        return
    times = [week.told(*each) for each in week.stretches(open_)]
    when = times[0] if len(times) == 1 else f"{', '.join(times[:2])}{', …' if len(times) > 2 else ''}"
    place = subject.escalation.at.path if subject.escalation is not None else subject.alert.at.path
    context.report(
        "alert-unrouted",
        f"no route takes the alert {subject} {when}",
        place,
        key=subject.escalation is None,
        hint="add a route at the end of notify.routes; `contact: none` says that nobody is to hear of it",
        related=[(("notify", "routes"), "the routes")] if notification.routes else [],
    )


def _zones(routes: Iterable[Route], subject: Subject) -> Iterator[str]:
    if subject.alert.during is not None:
        yield subject.alert.during.timezone
    yield from (route.during.timezone for route, _ in _for(routes, subject) if route.during is not None)


def _for(routes: Iterable[Route], subject: Subject) -> Iterator[tuple[Route, Match]]:
    for route in routes:
        match = matches(route, subject)
        if match != "no":
            yield route, match


def _week(hours: Hours | None, before: dict[str, int]) -> int:
    return week.ALWAYS if hours is None else on_one_clock(hours, before)


def _reach(routes: Iterable[Route], subject: Subject) -> list[str]:
    """Say of each route whether a subject reaches it: ``yes``, ``shadowed``, or ``no`` where it is for others."""
    listed = list(routes)
    found = ["no" if matches(route, subject) == "no" else "shadowed" for route in listed]
    for before in clocks(_zones(listed, subject)):
        left = _week(subject.alert.during, before)
        for index, route in enumerate(listed):
            if found[index] == "no":
                continue
            inside = _week(route.during, before)
            if left if route.otherwise else left & inside:
                found[index] = "yes"
            if matches(route, subject) == "yes":
                left &= 0 if route.otherwise else ~inside
    return found


def _check_reached(context: Context, route: Route, reached: list[str]) -> None:
    if "yes" in reached:
        return
    if "shadowed" in reached:
        context.report(
            "route-unreached", "no alert comes to this route: earlier ones take all that it is for", route.at.path,
            hint="the first match wins; put the narrower route first",
        )  # fmt: skip
    else:
        context.report(
            "route-unreached", "no alert is what this route is for", route.at.path, level="warning"
        )


@dataclass(slots=True)
class _Speaking:
    """When a subject is told to somebody, and when it waits for that."""

    told: int = 0
    meant: bool = False
    """Whether a route that it comes to names somebody."""
    waits: bool = False
    interval: Duration | None = None
    """The longest time between two messages of the groups that tell it."""


def _speaking(routes: Iterable[Route], subject: Subject, before: dict[str, int]) -> _Speaking:
    found = _Speaking(waits=subject.alert.during is not None)
    left = _week(subject.alert.during, before)
    for route, match in _for(routes, subject):
        inside = _week(route.during, before)
        here = left & inside if route.contact != NOBODY else 0
        if route.otherwise not in ("", HOLD, NOBODY):
            here |= left & ~inside
        if route.otherwise == HOLD and route.contact != NOBODY:
            found.waits = found.waits or bool(left & ~inside)
        if here and (found.interval is None or route.grouping.interval.seconds > found.interval.seconds):
            found.interval = route.grouping.interval
        found.told |= here
        found.meant = found.meant or (bool(left) and route.contact != NOBODY)
        if match == "yes":
            left &= 0 if route.otherwise else ~inside
    return found


def _check_speaks(context: Context, notification: Notification, subject: Subject) -> None:
    """Report what waits for hours that never come, or that are too short for a message to leave in them."""
    if subject.escalation is not None and subject.escalation.contact:
        return
    place = subject.escalation.at.path if subject.escalation is not None else subject.alert.at.path
    for before in clocks(_zones(notification.routes, subject)):
        found = _speaking(notification.routes, subject, before)
        longest = max((length for _, length in week.stretches(found.told)), default=0)
        if found.waits and found.meant and not found.told:
            message = (
                f"nobody is ever told of the alert {subject}: the hours in which it may be told never meet"
            )
        elif found.waits and found.interval is not None and longest * 60 < found.interval.seconds:
            message = (
                f"the alert {subject} may be told {longest} minutes at a time, and messages leave every "
                f"{found.interval.words}: one may never leave"
            )
        else:
            continue
        context.report("route-form", message, place, key=subject.escalation is None)
        return


def _check_labels(context: Context, notification: Notification, listed: Iterable[Subject]) -> None:
    """Report labels that no alert has, in routes and in groups."""
    known = {name for subject in listed for name in (*subject.labels, *subject.open)} | {
        "service",
        "severity",
        "alert",
    }
    if not listed:
        return
    for route in notification.routes:
        for name, _ in route.labels:
            if name not in known:
                hint = suggest(name, known, "labels")
                context.report(
                    "unknown-name", f"no alert has a label '{name}'", (*route.at.path, "labels", name), key=True, hint=hint
                )  # fmt: skip
    for path, group in _groups(context):
        for index, name in enumerate((group.by or ()) if group is not None else ()):
            if name not in {*known, *_PLAIN}:
                hint = suggest(name, known, "labels")
                context.report(
                    "unknown-name", f"no alert has a label '{name}'", (*path, "by", index), hint=hint
                )


def _groups(context: Context) -> Iterator[tuple[Path, GroupPart | None]]:
    model = context.definition.model.notify
    if model is not None:
        yield ("notify", "group"), model.group
        for index, route in enumerate(model.routes):
            yield ("notify", "routes", index, "group"), route.group
