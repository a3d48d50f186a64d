"""Alerts on questions in one normal form: notifications from 0.54 on, pulses with a condition before."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from watchglass import quartz
from watchglass.artifact import Json
from watchglass.publish.metabase import normal
from watchglass.publish.metabase.alerts import on_the_wire
from watchglass.publish.metabase.subscription_form import SCHEDULE, channel_key, zone

_CHANNEL = "channel/"
_RAW, _USER = "notification-recipient/raw-value", "notification-recipient/user"


def card_of(raw: Mapping[str, Json]) -> Json:
    """Give the question that an alert is on: its number, or a reference in our files."""
    return raw["payload"]["card_id"] if "payload" in raw else (raw.get("card") or {}).get("id")


def rests(raw: Mapping[str, Json]) -> bool:
    """Tell whether an alert looks at nothing any more."""
    return not raw.get("active", True) if "payload" in raw else bool(raw.get("archived"))


def form(raw: Mapping[str, Json], card: str, timezone: str, asleep: Collection[int] = ()) -> dict[str, Json]:
    """
    Give an alert without what a server works out.

    Args:
        card: our id of its question; ``timezone``: on whose clock its hours are.
        asleep: numbers of alerts that rest only while their question is changed.
    """
    made = _of_notification(raw) if "payload" in raw else _of_pulse(raw)
    made |= {
        "card": {"card": card},
        "report_timezone": zone(timezone),
        "archived": rests(raw) and raw.get("id") not in asleep,
        "schedules": sorted(made["schedules"], key=repr),
        "channels": sorted(made["channels"], key=repr),
    }
    return normal.plain(made)  # type: ignore[no-any-return]


def _of_notification(raw: Mapping[str, Json]) -> dict[str, Json]:
    payload = raw["payload"]
    return {
        "condition": payload.get("send_condition") or "has_result",
        "once": bool(payload.get("send_once")),
        "schedules": [
            quartz.schedule(str(each.get("cron_schedule"))) for each in raw.get("subscriptions") or []
        ],
        "channels": [_handler(each) for each in raw.get("handlers") or []],
    }


def _handler(raw: Mapping[str, Json]) -> dict[str, Json]:
    """Give a handler as a pulse's channel: a channel of Slack is a recipient here, and a detail there."""
    kind = str(raw.get("channel_type")).removeprefix(_CHANNEL)
    people = sorted(_recipient(each) for each in raw.get("recipients") or [])
    if kind == "slack":
        return {"key": " ".join(people), "channel_type": kind, "recipients": []}
    key = kind if raw.get("channel_id") is None else f"{kind} {raw['channel_id']}"
    return {"key": key, "channel_type": kind, "recipients": people}


def _recipient(raw: Mapping[str, Json]) -> str:
    """Give whom a message goes to; a user whom the server knows by the address is the same as the address."""
    if raw.get("type") == _RAW:
        return str((raw.get("details") or {}).get("value"))
    if raw.get("type") == _USER:
        return str((raw.get("user") or {}).get("email") or f"user {raw.get('user_id')}")
    return f"{str(raw.get('type')).rpartition('/')[2]} {raw.get('permissions_group_id')}"


def _of_pulse(raw: Mapping[str, Json]) -> dict[str, Json]:
    goal = "goal_above" if raw.get("alert_above_goal") else "goal_below"
    channels = raw.get("channels") or []
    schedules = [
        {name: each[name] for name in SCHEDULE if each.get(name) not in (None, "")} for each in channels
    ]
    return {
        "condition": goal if raw.get("alert_condition") == "goal" else "has_result",
        "once": bool(raw.get("alert_first_only")),
        "schedules": [each for index, each in enumerate(schedules) if each not in schedules[:index]],
        "channels": [
            {
                "key": channel_key(each),
                "channel_type": each["channel_type"],
                "recipients": sorted(str(to.get("email")) for to in each.get("recipients") or []),
            }
            for each in channels
        ],
    }


def notification(body: Mapping[str, Json], card: int, raw: Mapping[str, Json] | None) -> dict[str, Json]:
    """
    Give an alert as a server takes it from 0.54 on: the whole of it, with the ids of what stays.

    Args:
        raw: what is there; None for a new one.
    """
    there = on_the_wire(raw) if raw is not None else {}
    old = {_handler(each)["key"]: each for each in there.get("handlers") or []}
    schedules = zip(
        _padded(there.get("subscriptions"), len(body["schedules"])), body["schedules"], strict=True
    )
    return there | {
        "payload_type": "notification/card",
        "active": True,
        "payload": {
            **there.get("payload", {}),
            "card_id": card,
            "send_condition": body["condition"],
            "send_once": body["once"],
        },
        "subscriptions": [
            {
                **kept,
                "type": "notification-subscription/cron",
                "cron_schedule": quartz.expression(each),
                "ui_display_type": "cron/builder",
            }
            for kept, each in schedules
        ],
        "handlers": [_sent_handler(each, old.get(each["key"], {})) for each in body["channels"]],
    }


def _padded(there: Json, length: int) -> list[dict[str, Json]]:
    kept = list(there or [])[:length]
    return [*kept, *({} for _ in range(length - len(kept)))]


def _sent_handler(each: Mapping[str, Json], old: Mapping[str, Json]) -> dict[str, Json]:
    known = {_recipient(to): to for to in old.get("recipients") or []}
    to = [each["key"]] if each["channel_type"] == "slack" else each["recipients"]
    return {
        **old,
        "channel_type": f"{_CHANNEL}{each['channel_type']}",
        "recipients": [known.get(one, {"type": _RAW, "details": {"value": one}}) for one in to],
    }


def pulse(body: Mapping[str, Json], card: int, raw: Mapping[str, Json] | None) -> dict[str, Json]:
    """Give an alert as a server takes it up to 0.53."""
    numbers = {channel_key(each): each["id"] for each in (raw or {}).get("channels") or []}
    (when,) = body["schedules"]
    channels = [
        {
            **({"id": numbers[each["key"]]} if each["key"] in numbers else {}),
            "channel_type": each["channel_type"],
            "enabled": True,
            **when,
            "recipients": [{"email": address} for address in each["recipients"]],
            "details": {"channel": each["key"]} if each["channel_type"] == "slack" else {},
        }
        for each in body["channels"]
    ]
    rows = body["condition"] == "has_result"
    return {
        "card": {"id": card, "include_csv": False, "include_xls": False, "dashboard_card_id": None},
        "alert_condition": "rows" if rows else "goal",
        "alert_first_only": body["once"],
        "alert_above_goal": None if rows else body["condition"] == "goal_above",
        "channels": channels,
    }
