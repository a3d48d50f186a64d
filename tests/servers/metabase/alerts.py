"""`/api/alert`: alerts up to 0.53, kept as pulses with a condition; read alone from 0.54 on."""

from __future__ import annotations

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.alert_loss import pulse_recipients
from tests.servers.metabase.call import Call
from tests.servers.metabase.pulses import channels
from tests.servers.metabase.pulses import shown as shown_pulse
from tests.servers.metabase.refusals import forbidden, invalid
from tests.servers.metabase.state import Json, Pulse, PulseCard

_FIELDS = ("alert_condition", "alert_first_only", "alert_above_goal")


def _shown(call: Call, pulse: Pulse) -> Json:
    body = shown_pulse(call, pulse)
    return body | pulse.alert | {"card": body["cards"][0], "name": None}


def listed(call: Call) -> Response:
    """`GET /api/alert?archived=`."""
    found = [
        each
        for each in call.state.pulses.values()
        if each.alert and each.archived == call.flag("archived") and _may_write(call, each)
    ]
    return answer([_shown(call, each) for each in found])


def _may_write(call: Call, pulse: Pulse) -> bool:
    return call.user.is_superuser or pulse.creator == call.user.id


def _named(call: Call) -> Pulse:
    name = call.parameters[0]
    found = call.state.pulses.get(int(name)) if name.isdecimal() else None
    if found is None or not found.alert:
        raise call.absent()
    if not _may_write(call, found):
        raise forbidden()
    return found


def get(call: Call) -> Response:
    """`GET /api/alert/:id`."""
    return answer(_shown(call, _named(call)))


def _need_writes(call: Call) -> None:
    if call.version.notifications:
        raise call.absent()


def create(call: Call) -> Response:
    """`POST /api/alert`."""
    _need_writes(call)
    body, state = call.body, call.state
    _check(body)
    card = state.cards.get(body["card"].get("id", 0))
    if card is None:
        raise call.absent()
    access.need_read(state, call.user, card)
    number = state.next_id("pulse")
    attached = {key: body["card"].get(key, False) for key in ("include_csv", "include_xls")}
    made = Pulse(
        number, state.entity_id(), None, call.user.id, call.now, call.now,
        cards=[PulseCard(card.id, None, attached)],
        channels=[*channels(call, [], body["channels"])],
        skip_if_empty=True,
        alert={name: body.get(name) for name in _FIELDS},
    )  # fmt: skip
    state.pulses[number] = made
    state.mail(pulse_recipients(state, made), "You set up an alert")
    return answer(_shown(call, made))


def _check(body: Json) -> None:
    if body.get("alert_condition") not in ("rows", "goal"):
        raise invalid(alert_condition="enum of rows, goal")
    if not isinstance(body.get("card"), dict) or not body.get("channels"):
        raise invalid(card="value must be a map", channels="value must be an array of maps")


def update(call: Call) -> Response:
    """`PUT /api/alert/:id`: what it says changes."""
    _need_writes(call)
    pulse, body, state = _named(call), call.body, call.state
    before = set(pulse_recipients(state, pulse)) if not pulse.archived else set()
    if "channels" in body:
        pulse.channels = [*channels(call, pulse.channels, body["channels"])]
    pulse.alert |= {name: body[name] for name in _FIELDS if body.get(name) is not None}
    pulse.archived = bool(body.get("archived", pulse.archived))
    pulse.updated = call.now
    after = set(pulse_recipients(state, pulse)) if not pulse.archived else set()
    state.mail(sorted(after - before), "You've been added to an alert")
    state.mail(sorted(before - after), "You've been unsubscribed from an alert")
    return answer(_shown(call, pulse))
