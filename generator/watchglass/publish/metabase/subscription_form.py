"""
Subscriptions in one normal form, whether they come from our files or from a server, and as a server takes them.

Their hours are on the server's clock, so its time zone is a part of what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from watchglass.artifact import Json
from watchglass.publish.metabase import normal

_UTC = frozenset({"UTC", "GMT", "Z", "UCT", "Zulu", "Etc/UTC", "Etc/GMT", "Etc/UCT", "Etc/Zulu", "Universal"})
SCHEDULE = ("schedule_type", "schedule_hour", "schedule_day", "schedule_frame")
_DETAILS = ("channel", "include_pdf", "attachment_only")


def zone(name: str | None) -> str:
    """Give a time zone under one name: a server says GMT or Etc/UTC for UTC."""
    return "UTC" if name in _UTC else name or ""


def zone_of(properties: Mapping[str, Json]) -> str:
    """Read on whose clock a server sends; empty where it does not say."""
    said = ("report-timezone-long", "report-timezone", "system-timezone")
    return zone(next((str(properties[name]) for name in said if properties.get(name)), ""))


def form(
    raw: Mapping[str, Json],
    board: str,
    timezone: str,
    named: Callable[[Json], Json],
    placed: Callable[[Json], str],
) -> dict[str, Json]:
    """
    Give a subscription without what a server works out.

    Args:
        board: our id of its dashboard; ``timezone``: on whose clock its hours are.
        named: a question's number to what the definition calls it; ``placed``: likewise for its place on the dashboard.
    """
    cards = [_card(each, named, placed) for each in raw.get("cards") or []]
    channels = [_channel(each) for each in raw.get("channels") or []]
    parameters = [normal.filled(each) for each in raw.get("parameters") or []]
    made = {
        "name": raw["name"],
        "dashboard": board,
        "cards": sorted(cards, key=lambda each: str(each["key"])),
        "channels": sorted(channels, key=repr),
        "skip_if_empty": bool(raw.get("skip_if_empty")),
        "parameters": sorted(parameters, key=lambda each: str(each.get("id"))),
        "report_timezone": zone(timezone),
        "archived": bool(raw.get("archived")),
    }
    return normal.plain(made)  # type: ignore[no-any-return]


def _card(
    each: Mapping[str, Json], named: Callable[[Json], Json], placed: Callable[[Json], str]
) -> dict[str, Json]:
    made = {
        "key": placed(each.get("dashboard_card_id")),
        "card": named(each.get("id")),
        "include_csv": bool(each.get("include_csv")),
        "include_xls": bool(each.get("include_xls")),
    }
    if each.get("format_rows") is False:  # older servers do not say it
        made["format_rows"] = False
    if each.get("pivot_results"):
        made["pivot_results"] = True
    return made


def _channel(each: Mapping[str, Json]) -> dict[str, Json]:
    details = each.get("details") or {}
    made = {
        "key": channel_key(each),
        "channel_type": each["channel_type"],
        "recipients": sorted(str(to.get("email")) for to in each.get("recipients") or []),
        **{name: each[name] for name in SCHEDULE if each.get(name) not in (None, "")},
        **{name: details[name] for name in _DETAILS if details.get(name)},
    }
    return made if each.get("enabled") is not False else made | {"enabled": False}


def channel_key(raw: Mapping[str, Json]) -> str:
    """Name a channel as a server answered it: by its name at Slack, else by its type."""
    return str((raw.get("details") or {}).get("channel") or raw["channel_type"])


def sent(
    body: Mapping[str, Json],
    board: int,
    card: Callable[[str], int],
    place: Callable[[str], int],
    channels: Mapping[str, int],
) -> dict[str, Json]:
    """
    Give a subscription as a server takes it, with all that it would put a default in place of.

    Args:
        channels: numbers of the channels that stay, by key.
    """
    return {
        "name": body["name"],
        "dashboard_id": board,
        "cards": [
            {
                "id": card(each["card"]["card"]),
                "dashboard_card_id": place(each["key"]),
                "include_csv": each["include_csv"],
                "include_xls": each["include_xls"],
                "format_rows": True,
                "pivot_results": False,
            }
            for each in body["cards"]
        ],
        "channels": [_sent_channel(each, channels.get(each["key"])) for each in body["channels"]],
        "skip_if_empty": body["skip_if_empty"],
        "parameters": body["parameters"],
    }


def _sent_channel(each: Mapping[str, Json], number: int | None) -> dict[str, Json]:
    return {
        **({"id": number} if number is not None else {}),
        "channel_type": each["channel_type"],
        "enabled": True,
        **{name: each[name] for name in SCHEDULE if name in each},
        "recipients": [{"email": address} for address in each["recipients"]],
        "details": {name: each[name] for name in _DETAILS if name in each},
    }
