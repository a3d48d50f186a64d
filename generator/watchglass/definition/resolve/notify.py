"""Contacts and routes: who stands in whose place in this environment, hours by name, groups with all their lengths."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from watchglass.artifact import Path
from watchglass.definition import week
from watchglass.definition.model.contacts import (
    Contact as ContactPart,
)
from watchglass.definition.model.contacts import (
    EmailContact,
    OpsgenieContact,
    SlackContact,
    WebhookContact,
)
from watchglass.definition.model.later import EnvironmentPart
from watchglass.definition.model.notify import GroupPart, NotifyPart, RoutePart
from watchglass.definition.notification import (
    HOLD,
    NOBODY,
    Contact,
    Escalation,
    Grouping,
    Notification,
    Route,
)
from watchglass.definition.resolve.context import Context
from watchglass.definition.resolve.subscriptions import MAIL
from watchglass.definition.service import Alert, Hours
from watchglass.durations import Duration
from watchglass.references import is_reference

_DEFAULT = Grouping(("alert", "severity"), Duration(30, "s"), Duration(5, "m"), Duration(4, "h"))
_HOME: Path = ("notify",)


def resolve_notification(
    context: Context, hours: Mapping[str, Hours], environment: str, alerts: Mapping[str, Alert]
) -> Notification | None:
    """Resolve `notify`; None where the definition has none."""
    written = context.definition.model.notify
    if written is None:
        return None
    stand_ins = _stand_ins(context, environment)
    grouping = _grouping(context, written.group, _DEFAULT, (*_HOME, "group"))
    routes = tuple(_routes(context, written, hours, stand_ins, grouping))
    contacts = {name: _contact(context, name, part) for name, part in written.contacts.items()}
    _check_unused(context, written)
    told = {each for route in routes for each in (route.contact, route.otherwise)}
    told |= {step.contact for alert in alerts.values() for step in alert.escalate}
    used = {name: contact for name, contact in contacts.items() if name in told}
    return Notification(
        used, grouping, routes, written.publish, bool(written.policy_file), context.at(_HOME)
    )  # fmt: skip


def tell_on(
    context: Context, alerts: Mapping[str, Alert], hours: Mapping[str, Hours], environment: str
) -> dict[str, Alert]:
    """Give the alerts with their hours and with what follows them when they last."""
    stand_ins = _stand_ins(context, environment)
    made = {}
    for name, alert in alerts.items():
        part = context.definition.model.alerts[name]
        during = None
        if part.during is not None:
            during = _hours(context, part.during, hours, ("alerts", name, "during"))
        steps = tuple(_escalations(context, alert, stand_ins))
        made[name] = dataclasses.replace(alert, during=during, escalate=steps)
    return made


def _stand_ins(context: Context, environment: str) -> Mapping[str, str]:
    """Map contacts to who is told in their place here."""
    model = context.definition.model
    here = model.environments.get(environment, EnvironmentPart()).contacts
    contacts = model.notify.contacts if model.notify is not None else {}
    return {name: here.get(name, name) for name in contacts}


def _contact(context: Context, name: str, part: ContactPart) -> Contact:
    path = ("notify", "contacts", name)
    if name in (NOBODY, HOLD):
        context.report("contact-form", f"'{name}' is a word of routes, and no contact's name", path, key=True)
    for message in _lacks(part):
        context.report("contact-form", message, path, key=True)
    _check_addresses(context, part, path)
    settings = part.model_dump(by_alias=True, exclude_none=True, exclude={"type", "resolved"})
    kept = {key: value for key, value in settings.items() if value not in ([], {})}
    return Contact(name, part.type, kept, bool(part.resolved), context.at(path))


def _lacks(part: ContactPart) -> Iterable[str]:
    """Say which keys of a type exclude or need each other."""
    if isinstance(part, SlackContact):
        if (part.url is None) == (part.token is None):
            yield "Slack is told by the `url` of a webhook, or by a `token` and a `channel`"
        elif part.token is not None and part.channel is None:
            yield "a `token` of Slack needs the `channel` that it writes to"
    if isinstance(part, WebhookContact):
        if (part.username is None) != (part.password is None):
            yield "a webhook has a `username` and a `password`, or neither"
        if part.authorization_scheme is not None and part.authorization_credentials is None:
            yield "an `authorization_scheme` needs `authorization_credentials`"
        if part.password is not None and part.authorization_credentials is not None:
            yield "a webhook has a password or `authorization_credentials`, not both"
    if isinstance(part, OpsgenieContact):
        for each in part.responders:
            if sum(name is not None for name in (each.id, each.name, each.username)) != 1:
                yield "a responder has one of `id`, `name` and `username`"


def _check_addresses(context: Context, part: ContactPart, path: Path) -> None:
    """Report addresses that nothing can be sent to; one from the environment is not known here."""
    if isinstance(part, EmailContact):
        context.distinct(part.addresses, (*path, "addresses"))
        for index, address in enumerate(part.addresses):
            if not is_reference(address) and not MAIL.fullmatch(address):
                message = f"'{address}' is no mail address"
                context.report("contact-form", message, (*path, "addresses", index))
    if isinstance(part, WebhookContact):
        if not is_reference(part.url) and not part.url.startswith(("http://", "https://")):
            hint = "it begins with https://"
            context.report("contact-form", f"'{part.url}' is no address", (*path, "url"), hint=hint)
        if part.max_alerts is not None and part.max_alerts < 0:
            context.report("wrong-number", "at least 0 alerts, which is all of them", (*path, "max_alerts"))


def _check_unused(context: Context, written: NotifyPart) -> None:
    model = context.definition.model
    named = {each for route in written.routes for each in (route.contact, route.otherwise)}
    named |= {step.contact for alert in model.alerts.values() for step in alert.escalate}
    named |= {each for part in model.environments.values() for pair in part.contacts.items() for each in pair}
    if named - {None, NOBODY, HOLD} - written.contacts.keys():
        return  # a name that is written wrongly: it may be the one
    for name in written.contacts:
        if name not in named:
            message = f"nobody tells the contact '{name}' anything"
            context.report("contact-unused", message, ("notify", "contacts", name), key=True, level="warning")


def _routes(
    context: Context,
    written: NotifyPart,
    hours: Mapping[str, Hours],
    stand_ins: Mapping[str, str],
    grouping: Grouping,
) -> Iterable[Route]:
    for index, part in enumerate(written.routes):
        path = (*_HOME, "routes", index)
        if part.otherwise is not None and part.during is None:
            context.report(
                "route-form", "`otherwise` is what happens outside of `during`, which is missing", (*path, "otherwise")
            )  # fmt: skip
        during = _hours(context, part.during, hours, (*path, "during")) if part.during is not None else None
        yield Route(
            tuple(part.severity),
            tuple(part.service),
            tuple(part.alert),
            tuple(sorted(part.labels.items())),
            stand_ins.get(part.contact, NOBODY),
            during,
            _otherwise(part, stand_ins),
            _of_route(context, part, grouping, path),
            context.at(path),
        )


def _otherwise(part: RoutePart, stand_ins: Mapping[str, str]) -> str:
    if part.otherwise is None or part.otherwise == HOLD:
        return part.otherwise or ""
    return stand_ins.get(part.otherwise, NOBODY)


def _hours(context: Context, name: str, hours: Mapping[str, Hours], path: Path) -> Hours | None:
    """Look hours up; those that hold always are no limit, those that never hold are a mistake."""
    found = hours.get(name)
    if found is None:
        if name not in context.definition.model.hours:
            context.unknown("hours", name, context.definition.model.hours, path)
        return None
    if not found.bits:
        context.report("hours-form", f"the hours '{name}' never hold", path)
    return None if found.bits == week.ALWAYS else found


def _of_route(context: Context, part: RoutePart, grouping: Grouping, path: Path) -> Grouping:
    made = _grouping(context, part.group, grouping, (*path, "group"))
    if part.repeat is None:
        return made
    return _checked(context, dataclasses.replace(made, repeat=part.repeat), (*path, "repeat"))


def _grouping(context: Context, part: GroupPart | None, default: Grouping, path: Path) -> Grouping:
    if part is None:
        return default
    made = Grouping(
        tuple(dict.fromkeys(part.by)) if part.by is not None else default.by,
        part.wait or default.wait,
        part.interval or default.interval,
        part.repeat or default.repeat,
    )
    return _checked(context, made, path)


def _checked(context: Context, made: Grouping, path: Path) -> Grouping:
    if not made.by:
        context.report(
            "group-form", "`by` names at least one label; of all alerts in one group nobody sees which", path
        )
    for name, length in (("wait", made.wait), ("interval", made.interval), ("repeat", made.repeat)):
        whole = length.seconds == int(length.seconds)
        if not whole or (name != "wait" and not length.seconds):
            context.report("group-form", f"`{name}` is a length of whole seconds, {length} is none", path)
    if made.repeat.seconds < made.interval.seconds:
        message = f"a repeat after {made.repeat.words} cannot be kept: messages of a group leave every {made.interval.words}"
        context.report("group-form", message, path, hint="let `interval` be shorter, or `repeat` longer")
    return made


def _escalations(context: Context, alert: Alert, stand_ins: Mapping[str, str]) -> Iterable[Escalation]:
    seen: dict[tuple[float, str], int] = {}
    for index, part in enumerate(context.definition.model.alerts[alert.id].escalate):
        path: Path = ("alerts", alert.id, "escalate", index)
        if (part.contact is None) == (part.severity is None):
            context.report("escalation-form", "a step names a `contact` or a `severity`", path)
            continue
        if part.after.seconds <= 0 or part.after.seconds % 1:
            context.report(
                "escalation-form", f"a step comes after some whole seconds, {part.after} is none", (*path, "after")
            )  # fmt: skip
        if part.severity is not None and all(part.severity == rule.severity for rule in alert.rules):
            context.report(
                "escalation-form", f"the alert is of severity {part.severity} from its beginning", (*path, "severity")
            )  # fmt: skip
        known = (part.after.seconds, part.contact or part.severity or "")
        if known in seen:
            context.report(
                "escalation-form", "the same step stands here twice", path,
                related=[(("alerts", alert.id, "escalate", seen[known]), "the first one")],
            )  # fmt: skip
        seen[known] = index
        contact = stand_ins.get(part.contact, NOBODY) if part.contact is not None else ""
        yield Escalation(part.after, contact, part.severity or "", context.at(path))
