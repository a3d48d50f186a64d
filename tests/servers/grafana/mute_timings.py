"""`/api/v1/provisioning/mute-timings`: named times, guarded by a version where one is sent."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana import time_intervals
from tests.servers.grafana.alert_rules import no_content
from tests.servers.grafana.call import Call
from tests.servers.grafana.contact_points import nodes
from tests.servers.grafana.policies import checked_provenance
from tests.servers.grafana.refusals import bad_request, coded
from tests.servers.grafana.state import Named, State
from tests.servers.messages import Response, answer

_FIELDS = {"name": str, "time_intervals": list, "version": str}
_CODE = "alerting.notifications.time-intervals"
_USES = ("mute_time_intervals", "active_time_intervals")


def _shown(timing: Named) -> dict[str, Any]:
    body = {"name": timing.name, "time_intervals": timing.content, "version": timing.version}
    return body | ({"provenance": timing.provenance} if timing.provenance else {})


def listed(call: Call) -> Response:
    """`GET …`."""
    return answer([_shown(call.state.timings[name]) for name in sorted(call.state.timings)])


def get(call: Call) -> Response:
    """`GET …/{name}`."""
    return answer(_shown(_find(call)))


def _find(call: Call) -> Named:
    timing = call.state.timings.get(call.parameters[0])
    if timing is None:
        raise coded(404, f"{_CODE}.notFound", "Time interval not found.")
    return timing


def create(call: Call) -> Response:
    """`POST …`."""
    timing, _ = _read(call)
    if timing.name in call.state.timings:
        text = "Time interval with this name already exists. Use a different name or update existing one."
        raise coded(400, f"{_CODE}.nameExists", text)
    call.state.timings[timing.name] = timing
    return answer(_shown(timing), 201)


def _read(call: Call) -> tuple[Named, str]:
    body = call.body(_FIELDS)
    if not body.get("name"):
        raise bad_request()
    content = [time_intervals.read(each) for each in body.get("time_intervals", [])]
    return Named(body["name"], content, call.provenance), body.get("version", "")


def update(call: Call) -> Response:
    """`PUT …/{name}`."""
    timing, version = _read(call)
    stored = _find(call)
    if timing.name != stored.name:
        raise bad_request()
    checked_version(stored, version)
    checked_provenance(stored.provenance, timing.provenance)
    call.state.timings[timing.name] = timing
    return answer(_shown(timing), 202)


def checked_version(stored: Named, version: str) -> None:
    """Refuse a write that was meant for another version."""
    if version and version != stored.version:
        text = "Provided version does not match the current one. Fetch the newest version and try again."
        raise coded(409, "alerting.notifications.conflict", text)


def delete(call: Call) -> Response:
    """`DELETE …/{name}?version`: 204 also for one that is not there; refused where it is in use."""
    stored = call.state.timings.get(call.parameters[0])
    if stored is not None:
        _checked_unused(call.state, stored.name)
        checked_version(stored, call.one("version"))
        checked_provenance(stored.provenance, call.provenance)
        del call.state.timings[stored.name]
    return no_content()


def _checked_unused(state: State, name: str) -> None:
    extra: dict[str, Any] = {}
    if any(name in node.get(use, ()) for node in nodes(state.policies) for use in _USES):
        extra["UsedByRoutes"] = True
    rules = [
        {"OrgID": 1, "UID": rule.uid}
        for rule in state.rules.values()
        for settings in [rule.form["notification_settings"] or {}]
        if any(name in settings.get(use, ()) for use in _USES)
    ]
    if rules:
        extra["UsedByRules"] = rules
    if extra:
        raise coded(409, f"{_CODE}.used", "Conflict", extra)
