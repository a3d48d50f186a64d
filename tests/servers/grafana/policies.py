"""`/api/v1/provisioning/policies`: one tree, always replaced whole, read back in normal form."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana import durations
from tests.servers.grafana.call import Call
from tests.servers.grafana.contact_points import names
from tests.servers.grafana.fields import decode, duration, parsed, texts
from tests.servers.grafana.refusals import Refusal, bad_request, coded
from tests.servers.grafana.state import Json, State
from tests.servers.grafana.versions import Version
from tests.servers.messages import Response, answer

_NODE = {
    "receiver": str,
    "group_by": list,
    "group_wait": str,
    "group_interval": str,
    "repeat_interval": str,
    "object_matchers": list,
    "matchers": list,
    "mute_time_intervals": list,
    "active_time_intervals": list,
    "continue": bool,
    "routes": list,
}
_OPERATORS = ("=", "!=", "=~", "!~")
_TIMINGS = ("group_wait", "group_interval", "repeat_interval")
_INTERVALS = (("mute_time_intervals", "mute"), ("active_time_intervals", "active"))


def default(version: Version) -> Json:
    """Give the tree that nobody set."""
    return {"receiver": version.default_receiver, "group_by": ["grafana_folder", "alertname"]}


def get(call: Call) -> Response:
    """`GET …`."""
    provenance = call.state.policies_provenance
    return answer(call.state.policies | ({"provenance": provenance} if provenance else {}))


def put(call: Call) -> Response:
    """`PUT …`."""
    tree = _read(parsed(call.request))
    _checked(call.state, tree, is_root=True)
    checked_provenance(call.state.policies_provenance, call.provenance)
    call.state.policies, call.state.policies_provenance = tree, call.provenance
    return answer({"message": "policies updated"}, 202)


def delete(call: Call) -> Response:
    """`DELETE …`: back to the default."""
    call.state.policies, call.state.policies_provenance = default(call.version), ""
    return answer(call.state.policies, 202)


def checked_provenance(stored: str, given: str) -> None:
    """Refuse to take an object out of provisioning; other changes of provenance are free."""
    if stored and not given:
        text = f"cannot change provenance from '{stored}' to '{given}'"
        extra = {"CurrentProvenance": stored, "TargetProvenance": given}
        raise coded(403, "alerting.notifications.invalidProvenance", text, extra)


def _read(body: Any) -> Json:
    """Read a node's fields and bring them to normal form."""
    found = decode(body, _NODE)
    node: Json = {"receiver": found["receiver"]} if found.get("receiver") else {}
    for name in ("group_by", "matchers", "mute_time_intervals", "active_time_intervals"):
        if found.get(name):
            node[name] = texts(found[name])
    if found.get("object_matchers"):
        node["object_matchers"] = sorted(_matcher(each) for each in found["object_matchers"])
    if found.get("continue"):
        node["continue"] = True
    for name in _TIMINGS:
        if name in found:
            node[name] = durations.text_of(duration(found[name]))
    if found.get("routes"):
        node["routes"] = [_read(each) for each in found["routes"]]
    return node


def _matcher(body: Any) -> list[str]:
    parts = texts(body)
    if len(parts) != 3 or parts[1] not in _OPERATORS or not parts[0]:
        raise bad_request()
    name, operator, value = parts
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1]
    return [name, operator, value]


def _checked(state: State, node: Json, is_root: bool = False) -> None:
    if is_root:
        _checked_root(node)
    receiver = node.get("receiver")
    if receiver is not None and receiver not in names(state):
        raise _invalid(f"receiver '{receiver}' does not exist")
    _checked_node(node)
    for key, word in _INTERVALS:
        for name in node.get(key, ()):
            if name not in state.timings:
                raise _invalid(f"{word} time interval '{name}' does not exist")
    for child in node.get("routes", ()):
        _checked(state, child)


def _checked_root(node: Json) -> None:
    if "receiver" not in node:
        raise _invalid("root route must specify a default receiver")
    if {"object_matchers", "matchers"} & node.keys():
        raise _invalid("root route must not have any matchers")
    for key, word in _INTERVALS:
        if key in node:
            raise _invalid(f"root route must not have any {word} time intervals")


def _checked_node(node: Json) -> None:
    labels = node.get("group_by", [])
    if len(set(labels)) != len(labels):
        raise _invalid("duplicated label in group_by")
    if "..." in labels and len(labels) > 1:
        raise _invalid("cannot have wildcard group_by (`...`) and other labels at the same time")
    for name in _TIMINGS[1:]:
        if node.get(name) == "0s":
            raise _invalid(f"{name} cannot be zero")


def _invalid(what: str) -> Refusal:
    text = f"Invalid format of the submitted route: {what}. Correct the payload and try again."
    return coded(400, "alerting.notifications.routes.invalidFormat", text, {"Error": what})
