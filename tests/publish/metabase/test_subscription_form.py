"""Each cause of false drift of a subscription: what a server adds, leaves out or says in other words."""

from __future__ import annotations

from typing import Any

import pytest

from watchglass.publish.metabase import subscription_form

CHANNEL: dict[str, Any] = {
    "channel_type": "email",
    "enabled": True,
    "schedule_type": "daily",
    "schedule_hour": 9,
    "recipients": [{"email": "a@example.com"}, {"email": "b@example.com"}],
    "details": {},
}
CARD: dict[str, Any] = {
    "id": 7,
    "dashboard_card_id": 70,
    "include_csv": True,
    "include_xls": False,
}
OURS: dict[str, Any] = {
    "name": "Daily",
    "cards": [CARD],
    "channels": [CHANNEL],
    "skip_if_empty": False,
    "parameters": [{"id": "k", "value": ["b"]}],
}


def formed(raw: dict[str, Any], timezone: str = "UTC") -> dict[str, Any]:
    return subscription_form.form(raw, "overview", timezone, lambda card: card, str)


def channel(**changes: Any) -> dict[str, Any]:
    return OURS | {"channels": [CHANNEL | changes]}


USER = {"id": 3, "email": "b@example.com", "first_name": "B", "last_name": "B", "common_name": "B B"}


@pytest.mark.parametrize(
    "theirs",
    [
        OURS | {"id": 1, "entity_id": "x", "creator_id": 2, "collection_id": 4, "disable_links": None, "archived": None},
        OURS | {"cards": [CARD | {"name": "Now", "format_rows": True, "pivot_results": False}]},
        OURS | {"parameters": [{"id": "k", "value": ["b"], "default": None, "options": []}]},
        channel(id=5, schedule_day=None, schedule_frame=None, channel_id=None, pulse_id=1),
        channel(recipients=[USER, {"email": "a@example.com"}]),
        channel(details={"emails": ["a@example.com"], "include_pdf": False}),
    ],
    ids=["numbers", "defaults of cards", "empty parts", "empty hours", "users and their order", "details"],
)  # fmt: skip
def test_what_a_server_adds_is_no_difference(theirs: dict[str, Any]) -> None:
    assert formed(theirs) == formed(OURS)


@pytest.mark.parametrize(
    "theirs",
    [
        OURS | {"archived": True}, OURS | {"skip_if_empty": True}, OURS | {"cards": []}, OURS | {"parameters": []},
        OURS | {"cards": [CARD | {"format_rows": False}]},
        channel(enabled=False), channel(schedule_hour=10), channel(recipients=[USER]), channel(details={"attachment_only": True}),
    ],
    ids=["archived", "skips", "cards", "parameters", "raw rows", "off", "hour", "recipients", "attachment alone"],
)  # fmt: skip
def test_what_people_would_notice_is_a_difference(theirs: dict[str, Any]) -> None:
    assert formed(theirs) != formed(OURS)


def test_one_time_zone_has_one_name() -> None:
    assert formed(OURS, "GMT") == formed(OURS, "Etc/UTC") == formed(OURS)
    assert formed(OURS, "Europe/Berlin") != formed(OURS)


@pytest.mark.parametrize(
    ("properties", "zone"),
    [
        ({"report-timezone-long": "GMT"}, "UTC"),
        ({"report-timezone": "Asia/Tokyo", "system-timezone": "UTC"}, "Asia/Tokyo"),
        ({"report-timezone": None, "system-timezone": "America/Lima"}, "America/Lima"),
        ({}, ""),
    ],
)
def test_the_clock_of_a_server_is_the_one_that_it_reports_in(properties: dict[str, Any], zone: str) -> None:
    assert subscription_form.zone_of(properties) == zone


def test_what_is_sent_says_all_that_a_server_would_put_a_default_for() -> None:
    body = formed(channel(details={"channel": "#shop"}) | {"cards": [CARD | {"id": {"card": "o/n"}}]})
    sent = subscription_form.sent(body, 4, lambda key: 7, lambda key: 70, {"#shop": 5})
    assert sent.keys() == {"name", "dashboard_id", "cards", "channels", "skip_if_empty", "parameters"}
    (way,) = sent["channels"]
    assert (way["id"], way["enabled"], way["details"]) == (5, True, {"channel": "#shop"})
    assert sent["cards"][0]["dashboard_card_id"] == 70
