"""Subscriptions and alerts: defaults taken again, ids that count, mails that go out, and which version has which."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.metabase.conftest import Made
from tests.servers.metabase.samples import alert, card, posted, pulse, put
from tests.servers.metabase.server import MetabaseServer


@pytest.fixture
def question(server: MetabaseServer) -> int:
    """A card."""
    server.configure_mail()
    return int(posted(server, "/api/card", card())["id"])


def test_a_changed_alert_tells_those_who_come_and_go(server: MetabaseServer, question: int) -> None:
    made = posted(server, "/api/notification", alert(question))
    assert [each.to for each in server.mails] == [("oncall@example.com",)]
    made["handlers"][0]["recipients"][0]["details"] = {"value": "night@example.com"}
    put(server, f"/api/notification/{made['id']}", made)
    assert {each.to for each in server.mails} == {("oncall@example.com",), ("night@example.com",)}
    assert len(server.mails) == 3


def test_an_alert_without_its_id_is_another_one(server: MetabaseServer, question: int) -> None:
    made = posted(server, "/api/notification", alert(question))
    put(server, f"/api/notification/{made['id']}", alert(question))
    assert [each["id"] for each in server.get("/api/notification")] != [made["id"]]


def test_an_alert_keeps_the_ids_that_are_sent_and_its_payload(server: MetabaseServer, question: int) -> None:
    made = posted(server, "/api/notification", alert(question))
    again = put(server, f"/api/notification/{made['id']}", made)
    assert again["handlers"] == made["handlers"]
    assert server.ask("PUT", f"/api/notification/{made['id']}", made | {"payload_id": 99}).status == 400


@pytest.mark.parametrize(
    ("version", "path", "status"),
    [
        ("0.53", "/api/notification", 404), ("0.54", "/api/notification", 200), ("0.53", "/api/alert", 200),
        ("0.54", "/api/alert", 404),
    ],
)  # fmt: skip
def test_which_version_takes_which_alert(made: Made, version: str, path: str, status: int) -> None:
    server = made(version)
    number = posted(server, "/api/card", card())["id"]
    channel = {
        "channel_type": "slack",
        "enabled": True,
        "schedule_type": "hourly",
        "details": {"channel": "#a"},
    }
    old = {"card": {"id": number}, "alert_condition": "rows", "channels": [channel]}
    assert server.ask("POST", path, old if path == "/api/alert" else alert(number)).status == status


def test_a_subscription_takes_its_defaults_again(server: MetabaseServer, question: int) -> None:
    board = posted(server, "/api/dashboard", {"name": "Board"})["id"]
    made = posted(server, "/api/pulse", pulse(question, board, skip_if_empty=True))
    path = f"/api/pulse/{made['id']}"
    assert put(server, path, {"archived": True})["skip_if_empty"] is False
    assert server.get("/api/pulse") == []
    assert not put(server, path, {"name": "Other"})["archived"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"cards": []}, 400), ({"channels": []}, 400), ({"name": ""}, 400), ({"parameters": [{"value": 1}]}, 400),
        ({"channels": [{"channel_type": "email", "schedule_type": "hourly"}]}, 500),
        ({"channels": [{"channel_type": "email", "enabled": True, "schedule_type": "daily"}]}, 500),
        ({"channels": [{"channel_type": "email", "enabled": True, "schedule_type": "hourly", "recipients": [{"id": 99}]}]}, 404),
    ],
)  # fmt: skip
def test_what_a_subscription_must_not_be(
    server: MetabaseServer, question: int, change: dict[str, Any], status: int
) -> None:
    board = posted(server, "/api/dashboard", {"name": "Board"})["id"]
    assert server.ask("POST", "/api/pulse", pulse(question, board) | change).status == status


@pytest.mark.parametrize(("version", "kept"), [("0.62", False), ("0.63", True)])
def test_a_pdf_is_attached_from_63_on(made: Made, version: str, kept: bool) -> None:
    server = made(version)
    number = posted(server, "/api/card", card())["id"]
    board = posted(server, "/api/dashboard", {"name": "Board"})["id"]
    body = pulse(number, board)
    body["channels"][0]["details"] = {"include_pdf": True}
    assert ("include_pdf" in posted(server, "/api/pulse", body)["channels"][0]["details"]) == kept


def test_without_a_mail_server_everything_is_taken_and_nothing_goes_out(made: Made) -> None:
    server = made("0.58")
    number = posted(server, "/api/card", card())["id"]
    posted(server, "/api/notification", alert(number))
    assert server.mails == ()
    assert server.get("/api/pulse/form_input")["channels"]["email"]["configured"] is False
