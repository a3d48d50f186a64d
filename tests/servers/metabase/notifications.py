"""`/api/notification`: alerts since 0.54. A PUT is held against what is there, id by id; each change mails people."""

from __future__ import annotations

import copy
from typing import Any

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.alert_loss import recipients
from tests.servers.metabase.call import Call
from tests.servers.metabase.card_forms import bare
from tests.servers.metabase.people import no_content, shown_user
from tests.servers.metabase.refusals import forbidden, invalid, message
from tests.servers.metabase.state import Json, Notification

CARD = "notification/card"
_CONDITIONS = ("has_result", "goal_above", "goal_below")


def shown(call: Call, each: Notification) -> Json:
    """Show an alert, with its card and the people it goes to."""
    return {
        "id": each.id,
        "active": each.active,
        "payload_type": CARD,
        "payload_id": each.payload_id,
        "payload": {
            "id": each.payload_id,
            "card_id": each.card,
            "send_condition": each.condition,
            "send_once": each.once,
            "card": bare(call.state.cards[each.card], call.version)
            if each.card in call.state.cards
            else None,
            "created_at": each.created,
            "updated_at": each.updated,
        },
        "subscriptions": [dict(part) | {"notification_id": each.id} for part in each.subscriptions],
        "handlers": [_handler(call, each, part) for part in each.handlers],
        "creator_id": each.creator,
        "creator": shown_user(call.state.users[each.creator]),
        "created_at": each.created,
        "updated_at": each.updated,
    }


def _handler(call: Call, each: Notification, handler: Json) -> Json:
    people = [_recipient(call, part) for part in handler["recipients"]]
    return handler | {"notification_id": each.id, "recipients": people, "channel": None, "template_id": None}


def _recipient(call: Call, recipient: Json) -> Json:
    user = call.state.users.get(recipient.get("user_id") or 0)
    return recipient | ({"user": shown_user(user)} if user else {})


def _sees(call: Call, each: Notification) -> bool:
    if call.user.is_superuser or each.creator == call.user.id:
        return True
    return call.user.email in recipients(call.state, each)


def listed(call: Call) -> Response:
    """`GET /api/notification`: those that one may see; sleeping ones when asked for."""
    _need_version(call)
    card, creator = call.number("card_id"), call.number("creator_id")
    found = [
        each
        for each in call.state.notifications.values()
        if (each.active or call.flag("include_inactive"))
        and _sees(call, each)
        and card in (None, each.card)
        and creator in (None, each.creator)
    ]
    return answer([shown(call, each) for each in found])


def _need_version(call: Call) -> None:
    if not call.version.notifications:
        raise call.absent()


def _named(call: Call) -> Notification:
    _need_version(call)
    name = call.parameters[0]
    found = call.state.notifications.get(int(name)) if name.isdecimal() else None
    if found is None:
        raise call.absent()
    if not _sees(call, found):
        raise forbidden()
    return found


def get(call: Call) -> Response:
    """`GET /api/notification/:id`."""
    return answer(shown(call, _named(call)))


def create(call: Call) -> Response:
    """`POST /api/notification`: tells everybody whom it goes to."""
    _need_version(call)
    body, state = call.body, call.state
    _check(body)
    card = state.cards.get(body["payload"].get("card_id", 0))
    if card is None:
        raise call.absent()
    access.need_read(state, call.user, card)
    number = state.next_id("notification")
    made = Notification(
        number, state.next_id("payload"), card.id, body["payload"].get("send_condition", "has_result"),
        bool(body["payload"].get("send_once")), call.user.id, body.get("active", True), call.now, call.now,
        subscriptions=_parts(call, [], body.get("subscriptions"), "subscription"),
        handlers=_handlers(call, [], body.get("handlers")),
    )  # fmt: skip
    state.notifications[number] = made
    if made.active:
        state.mail(recipients(state, made), "You've been added to an alert")
    return answer(shown(call, made))


def _check(body: Json) -> None:
    payload = body.get("payload")
    if body.get("payload_type") != CARD or not isinstance(payload, dict):
        raise invalid(payload_type=f"must be {CARD}, with a payload")
    if payload.get("send_condition", "has_result") not in _CONDITIONS:
        raise invalid(payload="send_condition must be one of has_result, goal_above, goal_below")
    for each in body.get("subscriptions") or []:
        if each.get("type") != "notification-subscription/cron" or not each.get("cron_schedule"):
            raise invalid(subscriptions="each needs a type and a cron_schedule")
    for each in body.get("handlers") or []:
        if not str(each.get("channel_type", "")).startswith("channel/"):
            raise invalid(handlers="each needs a channel_type")


def _parts(call: Call, before: list[Json], given: Any, kind: str) -> list[Json]:
    known = {each["id"] for each in before}
    made = []
    for each in given or []:
        number = each.get("id") if each.get("id") in known else call.state.next_id(kind)
        kept = {
            key: value for key, value in each.items() if key not in ("user", "notification_id", "channel")
        }
        made.append(copy.deepcopy(kept) | {"id": number})
    return made


def _handlers(call: Call, before: list[Json], given: Any) -> list[Json]:
    known = {each["id"]: each for each in before}
    made = _parts(call, before, given, "handler")
    for each in made:
        old = known.get(each["id"], {}).get("recipients", [])
        each["recipients"] = _parts(call, old, each.get("recipients"), "recipient")
    return made


def update(call: Call) -> Response:
    """`PUT /api/notification/:id`: the whole object; without its id it is another one from then on."""
    each, body, state = _named(call), call.body, call.state
    if not (call.user.is_superuser or each.creator == call.user.id):
        raise forbidden()
    _check(body)
    if body.get("payload_id", each.payload_id) != each.payload_id:
        raise message(400, "payload_id is immutable")
    if body.get("creator_id", each.creator) != each.creator and not call.user.is_superuser:
        raise forbidden()
    before = set(recipients(state, each)) if each.active else set()
    del state.notifications[each.id]
    if body.get("id") != each.id:
        each.id = state.next_id("notification")
    _take(call, each, body)
    state.notifications[each.id] = each
    after = set(recipients(state, each)) if each.active else set()
    state.mail(sorted(after - before), "You've been added to an alert")
    state.mail(sorted(before - after), "You've been unsubscribed from an alert")
    return answer(shown(call, each))


def _take(call: Call, each: Notification, body: Json) -> None:
    payload = body["payload"]
    each.active = body.get("active", True)
    each.condition = payload.get("send_condition", "has_result")
    each.once = bool(payload.get("send_once"))
    each.creator = body.get("creator_id", each.creator)
    each.subscriptions = _parts(call, each.subscriptions, body.get("subscriptions"), "subscription")
    each.handlers = _handlers(call, each.handlers, body.get("handlers"))
    each.updated = call.now


def send(call: Call) -> Response:
    """`POST /api/notification/:id/send`: now, whatever its condition says."""
    each = _named(call)
    call.state.mail(recipients(call.state, each), "Alert")
    return no_content()


def unsubscribe(call: Call) -> Response:
    """`POST /api/notification/:id/unsubscribe`: for oneself."""
    each = _named(call)
    for handler in each.handlers:
        handler["recipients"] = [
            part for part in handler["recipients"] if part.get("user_id") != call.user.id
        ]
    return no_content()
