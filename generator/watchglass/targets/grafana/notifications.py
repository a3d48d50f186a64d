"""Who is told, as Grafana's objects: contact points, time intervals, message templates, our part of the policy tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note, Path
from watchglass.definition.hearing import Subject, subjects
from watchglass.definition.notification import HOLD, Notification
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.targets.grafana import contact_points
from watchglass.targets.grafana.messages import build_messages
from watchglass.targets.grafana.policies import build_tree
from watchglass.targets.grafana.rule import escaped
from watchglass.targets.grafana.rule_settings import Settings, all_settings

_DEFAULT_RECEIVERS = (((12, 4), "empty"), ((0,), "grafana-default-email"))
"""Version → the contact point that a server has by itself."""


@dataclass(frozen=True, slots=True)
class Notifications:
    """
    All that says who is told.

    Args:
        settings: what tells a rule from others (``Subject.parts``) → its own settings.
    """

    artifacts: tuple[Artifact, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    settings: Mapping[tuple[str, ...], Mapping[str, Json]] = field(default_factory=dict)


def build_notifications(service: Service) -> Notifications:
    """Make everything that `notify` asks for; nothing where there is none."""
    notification = service.notification
    if notification is None:
        return Notifications()
    listed = tuple(subjects(service))
    if notification.publish == "per_rule":
        return _per_rule(service, notification, listed)
    tree = build_tree(service, notification, listed)
    made = (*_common(service, notification, tree.intervals), _policies(service, tree.node))
    files = _policy_file(service, tree.node) if notification.whole_tree else ()
    return Notifications((*made, *files), tuple(_notes(service, notification)))


def _per_rule(service: Service, notification: Notification, listed: Sequence[Subject]) -> Notifications:
    settings: dict[tuple[str, ...], Mapping[str, Json]] = {}
    intervals: dict[str, dict[str, Json]] = {}
    problems: list[Problem] = []
    for subject, found in all_settings(service, notification, listed):
        if isinstance(found, Settings):
            settings[subject.parts] = found.body
            intervals |= {each["name"]: each for each in found.intervals}
        else:
            message = f"{subject.alert.id}: a rule's own settings cannot say its routes: {found}"
            hint = "publish: policies says it"
            problems.append(Problem("grafana-per-rule", message, subject.alert.at.span, hint=hint))
    artifacts = _common(service, notification, tuple(intervals.values()))
    return Notifications(artifacts, tuple(_notes(service, notification)), tuple(problems), settings)


def _common(
    service: Service, notification: Notification, intervals: Sequence[dict[str, Json]]
) -> tuple[Artifact, ...]:
    ordered = sorted(intervals, key=lambda each: str(each["name"]))
    points = [
        (contact, contact_points.build_contact_point(service, contact))
        for contact in notification.contacts.values()
    ]
    messages = build_messages(service)
    made = [
        _artifact(service, "time-intervals", each["name"], _short(each["name"]), each, {}) for each in ordered
    ]
    if points:
        made.append(_artifact(service, "message-templates", messages["name"], "messages", messages, {}))
    for contact, point in points:
        origins = contact_points.origins_of(contact)
        made.append(
            _artifact(service, "contact-points", point["uid"], naming.slug(contact.id), point, origins)
        )
    return (*made, *_file(service, [point for _, point in points], ordered, messages))


def _file(
    service: Service,
    points: Sequence[dict[str, Json]],
    intervals: Sequence[dict[str, Json]],
    messages: dict[str, Json],
) -> tuple[Artifact, ...]:
    """Write the same as one provisioning file; Grafana expands variables in contact points alone."""
    parts: dict[str, Json] = {}
    organization = service.environment.grafana_organization
    if points:
        parts["contactPoints"] = [contact_points.as_file(point, organization) for point in points]
        parts["templates"] = [{"orgId": organization, **messages}]
    if intervals:
        parts["muteTimes"] = [{"orgId": organization, **each} for each in intervals]
    if not parts:
        return ()
    return (_artifact(service, "alerting", "notification", "notification", {"apiVersion": 1, **parts}, {}),)


def _policies(service: Service, node: dict[str, Json]) -> Artifact:
    name = naming.owner_of(service.id, service.environment.suffix)
    return _artifact(service, "policies", name, "routes", node, {"/routes": ("notify", "routes")})


def _policy_file(service: Service, node: dict[str, Json]) -> tuple[Artifact, ...]:
    """Write a whole tree: what a file of this kind does not list is gone from the server."""
    version = tuple(int(part) for part in service.environment.grafana_version.split(".") if part.isdigit())
    receiver = next(name for least, name in _DEFAULT_RECEIVERS if version >= least)
    tree = {
        "orgId": service.environment.grafana_organization,
        "receiver": receiver,
        "group_by": ["grafana_folder", "alertname"],
        "routes": [as_file(node)],
    }
    body = {"apiVersion": 1, "policies": [tree]}
    return (
        _artifact(
            service, "alerting", "policies", "policies", body, {"/policies": ("notify", "policy_file")}
        ),
    )


def as_file(node: Mapping[str, Json]) -> dict[str, Json]:
    """Write a node as a provisioning file holds it."""
    made: dict[str, Json] = {}
    for name, value in node.items():
        if name == "routes":
            made[name] = [as_file(each) for each in value]
        elif name == "object_matchers":
            made[name] = [[label, sign, escaped(wire_value(text))] for label, sign, text in value]
        elif name == "receiver":
            made[name] = escaped(value)
        else:
            made[name] = value
    return made


def wire_value(text: str) -> str:
    """Write a matcher's value so that what a server strips off it, quotes around it, is not its own."""
    return f'"{text}"' if text[:1] == '"' or text[-1:] == '"' else text


def _artifact(
    service: Service, kind: str, identity: str, file: str, body: Json, origins: Mapping[str, Path]
) -> Artifact:
    path = naming.path(service.id, service.environment.suffix, "grafana", kind, file, "json")
    return Artifact("grafana", kind, identity, path, body, origins)


def _short(name: str) -> str:
    return naming.slug(name.partition(": ")[2])


def _notes(service: Service, notification: Notification) -> Iterable[Note]:
    for route in notification.routes:
        if route.otherwise == HOLD:
            message = (
                f"held messages are skipped and not kept: what still fires is told up to {route.grouping.interval.words} after "
                "the hours begin, and the end of what was over by then is told to nobody"
            )
            yield Note("grafana", "notify", message, route.at.span, code="grafana-semantics")
    for alert in service.alerts.values():
        if alert.during is not None:
            message = "outside of its hours messages are skipped and not kept, the end of what fired inside of them among them"
            yield Note("grafana", alert.id, message, alert.at.span, code="grafana-semantics")
    following = [alert for alert in service.alerts.values() if alert.escalate]
    if following:
        message = (
            "what follows an alert is a rule of its own that waits longer: its clock begins anew when the condition stops "
            "holding, even where the alert itself keeps firing"
        )
        names = ", ".join(alert.id for alert in following)
        yield Note("grafana", names, message, following[0].escalate[0].at.span, code="grafana-semantics")
    if notification.whole_tree:
        message = "the policy file replaces every route of the server, those of others among them"
        yield Note("grafana", "notify", message, notification.at.span, code="grafana-semantics")
