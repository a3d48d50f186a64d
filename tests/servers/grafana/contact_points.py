"""`/api/v1/provisioning/contact-points`: integrations, those of one name being one contact point."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import checked_uid
from tests.servers.grafana.integrations import KINDS, problem_of, redacted, revealed
from tests.servers.grafana.refusals import coded, internal, plain
from tests.servers.grafana.state import Integration, Json, State
from tests.servers.messages import Response, answer

_FIELDS = {"uid": str, "name": str, "type": str, "settings": dict, "disableResolveMessage": bool}
_CODE = "alerting.notifications.contact-points"
_STOCK = {
    "uid": "",
    "name": "email receiver",
    "type": "email",
    "settings": {"addresses": "<example@email.com>"},
    "disableResolveMessage": False,
}


def names(state: State) -> set[str]:
    """Give the names that policies and rules may use."""
    return {each.name for each in state.integrations} | {state.version.default_receiver}


def listed(call: Call) -> Response:
    """`GET …`: by name, secrets redacted."""
    stock = [_STOCK] if call.version.shows_default_receiver else []
    found = [*stock, *(_shown(each) | _provenance(each) for each in call.state.integrations)]
    wanted = call.request.query.get("name")
    kept = [each for each in found if wanted is None or each["name"] in wanted]
    return answer(sorted(kept, key=lambda each: str(each["name"])))


def _shown(integration: Integration) -> dict[str, Any]:
    return {
        "uid": integration.uid,
        "name": integration.name,
        "type": integration.type,
        "settings": redacted(integration.type, integration.settings),
        "disableResolveMessage": integration.disable_resolve,
    }


def _provenance(integration: Integration) -> dict[str, Any]:
    return {"provenance": integration.provenance} if integration.provenance else {}


def create(call: Call) -> Response:
    """`POST …`: a name that is there gets one more integration."""
    body = call.body(_FIELDS)
    if "settings" not in body:
        raise internal()
    integration = _read(call, body)
    holder = next((each for each in call.state.integrations if each.uid == integration.uid), None)
    if holder is not None:
        text = f"Receiver configuration with UID '{holder.uid}' already exists in contact point '{holder.name}'. "
        text += "Please use unique identifiers for receivers across all contact points."
        raise coded(409, f"{_CODE}.uidInUse", text, {"Name": holder.name, "UID": holder.uid})
    call.state.integrations.append(integration)
    return answer(_shown(integration), 202)


def _read(call: Call, body: Json) -> Integration:
    uid, name = body.get("uid") or call.state.random_text(), body.get("name", "")
    kind, settings = body.get("type", "").lower(), body.get("settings", {})
    if kind not in KINDS:
        raise plain(400, f"invalid object specification: unknown integration type: {body.get('type', '')}")
    checked_uid(uid)
    if not name:
        raise plain(400, "invalid object specification: receiver must have a name")
    problem = problem_of(kind, settings)
    if problem:
        what = f'failed to validate integration "{name}" (UID {uid}) of type "{kind}": {problem}'
        raise plain(400, f"invalid object specification: {what}")
    return Integration(uid, name, kind, settings, body.get("disableResolveMessage", False), call.provenance)


def update(call: Call) -> Response:
    """`PUT …/{uid}`: replaces all but secrets that are sent redacted."""
    body = call.body(_FIELDS)
    uid = call.parameters[0]
    stored = next((each for each in call.state.integrations if each.uid == uid), None)
    if stored is None:
        raise plain(404, f"contact point with uid '{uid}' not found")
    kind, settings = body.get("type", "").lower(), body.get("settings", {})
    if kind in KINDS:
        settings = revealed(kind, settings, stored.settings)
    sent = _read(call, body | {"uid": uid, "settings": settings})
    if stored.provenance not in {"", call.provenance}:
        raise internal()
    if stored.name != sent.name and not _mates(call.state, stored):
        _rename(call.state, stored.name, sent.name)
    call.state.integrations[call.state.integrations.index(stored)] = sent
    return answer({"message": "contactpoint updated"}, 202)


def _mates(state: State, integration: Integration) -> list[Integration]:
    return [each for each in state.integrations if each.name == integration.name and each is not integration]


def _rename(state: State, old: str, new: str) -> None:
    for node in nodes(state.policies):
        if node.get("receiver") == old:
            node["receiver"] = new
    for rule in state.rules.values():
        settings = rule.form["notification_settings"]
        if settings is not None and settings["receiver"] == old:
            rule.form = {**rule.form, "notification_settings": {**settings, "receiver": new}}


def nodes(policy: Json) -> Iterator[Json]:
    """Give a policy and all below it."""
    yield policy
    for child in policy.get("routes", ()):
        yield from nodes(child)


def delete(call: Call) -> Response:
    """`DELETE …/{uid}`: 202 also for one that is not there; refused for the last one of a name in use."""
    state = call.state
    stored = next((each for each in state.integrations if each.uid == call.parameters[0]), None)
    if stored is not None:
        if not _mates(state, stored):
            _checked_unused(state, stored.name)
        state.integrations.remove(stored)
    return answer({"message": "contactpoint deleted"}, 202)


def _checked_unused(state: State, name: str) -> None:
    if any(node.get("receiver") == name for node in nodes(state.policies)):
        text = "Contact point is currently referenced by a notification policy."
        raise coded(409, f"{_CODE}.referenced", text)
    settings = (rule.form["notification_settings"] for rule in state.rules.values())
    if any(each is not None and each["receiver"] == name for each in settings):
        text = "Contact point is currently used in the notification settings of one or many alert rules."
        raise coded(409, f"{_CODE}.used-by-rule", text)
