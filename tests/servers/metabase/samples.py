"""Bodies that tests send, and the recorded answers that shapes are held against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.servers.metabase.server import MetabaseServer

RECORDED = Path(__file__).parents[4] / "shared/contracts/metabase-recorded"
GENERATIONS = [("0.50", "mbql4"), ("0.57", "mbql5")]
SQL = "SELECT count(*) AS orders FROM orders"


def recorded(generation: str, path: str) -> Any:
    """Read a recorded answer; skip where there are none."""
    file = RECORDED / generation / "api" / f"{path}.json"
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDED}")
    return json.loads(file.read_text("utf-8"))


def tag(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """Give a template tag."""
    return {
        "id": f"00000000-0000-0000-0000-{name:0>12}",
        "name": name,
        "display-name": name.title(),
        "type": kind,
    } | more


def card(name: str = "Orders", **more: Any) -> dict[str, Any]:
    """Give a question's body."""
    return {
        "name": name,
        "display": "scalar",
        "visualization_settings": {},
        "dataset_query": native(),
        "collection_id": None,
    } | more


def native(sql: str = SQL, **tags: Any) -> dict[str, Any]:
    """Give a native query, as older versions write it."""
    return {"type": "native", "database": 1, "native": {"query": sql, "template-tags": tags}}


def place(number: int, card_id: int | None, row: int = 0, **more: Any) -> dict[str, Any]:
    """Give a card's place on a dashboard."""
    return {"id": number, "card_id": card_id, "row": row, "col": 0, "size_x": 6, "size_y": 3} | more


def posted(server: MetabaseServer, path: str, body: Any) -> Any:
    """Make something, and give what was answered."""
    answer = server.ask("POST", path, body)
    assert answer.status == 200, answer.body
    return answer.json()


def put(server: MetabaseServer, path: str, body: Any) -> Any:
    """Change something, and give what was answered."""
    answer = server.ask("PUT", path, body)
    assert answer.status == 200, answer.body
    return answer.json()


def alert(card_id: int, condition: str = "has_result") -> dict[str, Any]:
    """Give an alert of the newer kind."""
    to = {"type": "notification-recipient/raw-value", "details": {"value": "oncall@example.com"}}
    return {
        "payload_type": "notification/card",
        "payload": {"card_id": card_id, "send_condition": condition},
        "subscriptions": [{"type": "notification-subscription/cron", "cron_schedule": "0 0 9 ? * * *"}],
        "handlers": [{"channel_type": "channel/email", "recipients": [to]}],
    }


def pulse(card_id: int, board: int, dashcard: int | None = None, **more: Any) -> dict[str, Any]:
    """Give a subscription."""
    channel = {
        "channel_type": "email",
        "enabled": True,
        "schedule_type": "daily",
        "schedule_hour": 9,
        "recipients": [{"email": "boss@example.com"}],
    }
    attached = {"id": card_id, "include_csv": True, "include_xls": False, "dashboard_card_id": dashcard}
    return {"name": "Daily", "dashboard_id": board, "cards": [attached], "channels": [channel]} | more
