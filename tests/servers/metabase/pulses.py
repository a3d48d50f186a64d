"""`/api/pulse`: dashboards by mail. A PUT takes defaults for what it does not say; there is no deleting."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.people import shown_user
from tests.servers.metabase.refusals import failed_assertion, forbidden, invalid, message
from tests.servers.metabase.state import Json, Pulse, PulseCard, PulseChannel

_TYPES = ("email", "slack", "http")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FRAMES = ("first", "mid", "last")


def shown(call: Call, pulse: Pulse) -> Json:
    """Show a subscription."""
    board = call.state.dashboards.get(pulse.dashboard or 0)
    return {
        "id": pulse.id,
        "entity_id": pulse.entity_id,
        "name": pulse.name,
        "dashboard_id": pulse.dashboard,
        "collection_id": board.collection if board is not None else pulse.collection,
        "collection_position": None,
        "creator_id": pulse.creator,
        "creator": shown_user(call.state.users[pulse.creator]),
        "cards": [_card(call, each) for each in pulse.cards],
        "channels": [_channel(call, pulse, each) for each in pulse.channels],
        "skip_if_empty": pulse.skip_if_empty,
        "parameters": pulse.parameters,
        "archived": pulse.archived,
        "alert_condition": None,
        "disable_links": None if call.version.major <= 55 else False,
        "can_write": _may_write(call, pulse),
        "created_at": pulse.created,
        "updated_at": pulse.updated,
    }


def _card(call: Call, each: PulseCard) -> Json:
    card = call.state.cards[each.card]
    return {
        "id": card.id,
        "name": card.name,
        "description": card.description,
        "display": card.display,
        "collection_id": card.collection,
        "dashboard_card_id": each.dashcard,
        "parameter_mappings": None,
        **each.fields,
    }


def _channel(call: Call, pulse: Pulse, channel: PulseChannel) -> Json:
    people = [
        {
            key: shown_user(call.state.users[each])[key]
            for key in ("id", "email", "first_name", "last_name", "common_name")
        }
        for each in channel.users
    ]
    return channel.fields | {
        "id": channel.id,
        "entity_id": channel.entity_id,
        "pulse_id": pulse.id,
        "recipients": people + [{"email": each} for each in channel.emails],
        "created_at": pulse.created,
        "updated_at": pulse.updated,
    }


def _may_write(call: Call, pulse: Pulse) -> bool:
    return call.user.is_superuser or pulse.creator == call.user.id


def _sees(call: Call, pulse: Pulse) -> bool:
    return _may_write(call, pulse) or any(call.user.id in each.users for each in pulse.channels)


def listed(call: Call) -> Response:
    """`GET /api/pulse`: administrators see all, others their own; what is archived alone, or what is not."""
    board = call.number("dashboard_id")
    found = [
        each
        for each in call.state.pulses.values()
        if not each.alert
        and each.archived == call.flag("archived")
        and _sees(call, each)
        and board in (None, each.dashboard)
    ]
    return answer([shown(call, each) for each in found])


def get(call: Call) -> Response:
    """`GET /api/pulse/:id`."""
    return answer(shown(call, _named(call)))


def _named(call: Call) -> Pulse:
    name = call.parameters[0]
    pulse = call.state.pulses.get(int(name)) if name.isdecimal() else None
    if pulse is None or pulse.alert or not _sees(call, pulse):
        raise call.absent()
    return pulse


def create(call: Call) -> Response:
    """`POST /api/pulse`."""
    body, state = call.body, call.state
    _check(body)
    board = state.dashboards.get(body.get("dashboard_id") or 0)
    if body.get("dashboard_id") is not None:
        if board is None:
            raise call.absent()
        access.need_read(state, call.user, board)
    else:
        access.need_write(state, call.user, body.get("collection_id"))
    number = state.next_id("pulse")
    made = Pulse(
        number, state.entity_id(), body["name"], call.user.id, call.now, call.now,
        cards=[*_cards(call, body["cards"])],
        channels=[*channels(call, [], body["channels"])],
        dashboard=body.get("dashboard_id"),
        collection=body.get("collection_id"),
        skip_if_empty=bool(body.get("skip_if_empty")),
        parameters=_parameters(body),
    )  # fmt: skip
    state.pulses[number] = made
    return answer(shown(call, made))


def _check(body: Json) -> None:
    if not str(body.get("name") or "").strip():
        raise invalid(name="value must be a non-blank string.")
    for name in ("cards", "channels"):
        if not isinstance(body.get(name), list) or not body[name]:
            raise invalid(**{name: "value must be an array of maps, with at least one."})


def _parameters(body: Json) -> list[Json]:
    found = body.get("parameters") or []
    if not all(isinstance(each.get("id"), str) for each in found):
        raise invalid(parameters="each needs an id")
    return copy.deepcopy(found)


def _cards(call: Call, given: list[Json]) -> Iterator[PulseCard]:
    for each in given:
        card = call.state.cards.get(each.get("id", 0))
        if not isinstance(each.get("include_csv"), bool) or not isinstance(each.get("include_xls"), bool):
            raise invalid(cards="each needs include_csv and include_xls")
        if card is None:
            raise call.absent()
        access.need_read(call.state, call.user, card)
        fields = {
            "include_csv": each["include_csv"],
            "include_xls": each["include_xls"],
            "format_rows": each.get("format_rows", True),
            "pivot_results": each.get("pivot_results", False),
        }
        yield PulseCard(card.id, each.get("dashboard_card_id"), fields)


def channels(call: Call, before: list[PulseChannel], given: list[Json]) -> Iterator[PulseChannel]:
    """Read channels: those with an id of before stay, the others are new."""
    known = {each.id: each for each in before}
    for each in given:
        _check_schedule(each)
        users, emails = _recipients(call, each.get("recipients") or [])
        old = known.get(each.get("id", 0))
        fields = {
            "channel_type": each["channel_type"],
            "enabled": each["enabled"],
            "schedule_type": each["schedule_type"],
            "schedule_hour": each.get("schedule_hour"),
            "schedule_day": each.get("schedule_day"),
            "schedule_frame": each.get("schedule_frame"),
            "details": _details(call, each.get("details") or {}),
            "channel_id": each.get("channel_id"),
        }
        number = old.id if old else call.state.next_id("channel")
        entity = old.entity_id if old else call.state.entity_id()
        yield PulseChannel(number, entity, fields, users, emails)


def _details(call: Call, given: Json) -> Json:
    kept = {key: value for key, value in given.items() if key != "emails"}
    if not call.version.pdf:
        kept.pop("include_pdf", None)
    return kept


def _check_schedule(channel: Json) -> None:
    if channel.get("channel_type") not in _TYPES:
        raise invalid(channels="channel_type must be one of email, slack, http")
    if channel.get("enabled") is not True:
        raise failed_assertion("(boolean? enabled)")
    hour, day, frame = (channel.get(f"schedule_{name}") for name in ("hour", "day", "frame"))
    hourly = isinstance(hour, int) and 0 <= hour <= 23
    ok = {
        "hourly": True,
        "daily": hourly,
        "weekly": hourly and day in _DAYS,
        "monthly": hourly and frame in _FRAMES and (day in (None, *_DAYS) if frame != "mid" else day is None),
    }.get(str(channel.get("schedule_type")), False)
    if not ok:
        raise failed_assertion("(valid-schedule? schedule_type schedule_hour schedule_day schedule_frame)")


def _recipients(call: Call, given: list[Json]) -> tuple[list[int], list[str]]:
    users, emails = [], []
    for each in given:
        number: Any = each.get("id")
        if number is None:
            emails.append(str(each.get("email")))
        elif number not in call.state.users:
            raise call.absent()
        elif each.get("email", call.state.users[number].email) != call.state.users[number].email:
            raise forbidden()
        else:
            users.append(number)
    return users, emails


def update(call: Call) -> Response:
    """`PUT /api/pulse/:id`: ``archived`` and ``skip_if_empty`` are false where they are not said."""
    pulse, body = _named(call), call.body
    if not _may_write(call, pulse):
        raise forbidden()
    for name, value in (("dashboard_id", pulse.dashboard), ("collection_id", pulse.collection)):
        if body.get(name) is not None and body[name] != value and name == "dashboard_id":
            raise message(500, f"Assert failed: {name} cannot be changed")
    if body.get("name") is not None:
        pulse.name = body["name"]
    if "cards" in body:
        pulse.cards = [*_cards(call, body["cards"])]
    if "channels" in body:
        pulse.channels = [*channels(call, pulse.channels, body["channels"])]
    if "parameters" in body:
        pulse.parameters = _parameters(body)
    pulse.archived, pulse.skip_if_empty = bool(body.get("archived")), bool(body.get("skip_if_empty"))
    pulse.updated = call.now
    return answer(shown(call, pulse))


def form_input(call: Call) -> Response:
    """`GET /api/pulse/form_input`: which ways there are, and which are set up."""
    settings = call.state.settings
    slack = bool(settings.get("slack-token-valid?"))
    return answer({"channels": {
        "email": {"type": "email", "configured": bool(settings.get("email-configured?"))},
        "slack": {"type": "slack", "configured": slack, "fields": [{"name": "channel", "options": []}] if slack else []},
        "http": {"type": "http", "configured": False},
    }})  # fmt: skip


def send_test(call: Call) -> Response:
    """`POST /api/pulse/test`: sends at once, to everybody it names."""
    body = call.body
    _check(body)
    for channel in channels(call, [], body["channels"]):
        if channel.fields["channel_type"] == "email":
            to = [*channel.emails, *(call.state.users[each].email for each in channel.users)]
            call.state.mail(to, f"Pulse: {body['name']}")
    return answer({"ok": True})
