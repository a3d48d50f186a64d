"""Questions: what a POST takes and forgets, what a PUT leaves and clears, what it costs, where archived ones are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.metabase.conftest import Made
from tests.servers.metabase.samples import alert, card, native, place, posted, put
from tests.servers.metabase.server import MetabaseServer


def test_two_posts_make_two_cards(server: MetabaseServer) -> None:
    one, two = posted(server, "/api/card", card()), posted(server, "/api/card", card())
    assert one["id"] != two["id"]
    assert one["name"] == two["name"]


def test_an_entity_id_is_taken_and_forgotten(server: MetabaseServer) -> None:
    made = posted(server, "/api/card", card(entity_id="ABCDEFGHIJKLMNOPQRSTU"))
    assert made["entity_id"] != "ABCDEFGHIJKLMNOPQRSTU"
    assert server.get(f"/api/card/{made['entity_id']}")["id"] == made["id"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"description": ""}, 400), ({"name": " "}, 400), ({"display": ""}, 400), ({"dataset_query": None}, 400),
        ({"dataset_query": {}}, 500), ({"visualization_settings": None}, 400), ({"type": "chart"}, 400),
        ({"collection_id": 99}, 404), ({"nonsense": 1}, 200), ({"display": "nonsense"}, 200),
        ({"dataset_query": native("SELEC nonsense")}, 200), ({"description": None}, 200),
    ],
)  # fmt: skip
def test_what_a_post_refuses(server: MetabaseServer, change: dict[str, Any], status: int) -> None:
    assert server.ask("POST", "/api/card", card(**change)).status == status


def test_null_clears_some_keys_and_leaves_the_others(server: MetabaseServer) -> None:
    number = posted(server, "/api/card", card(description="Text", collection_position=1))["id"]
    got = put(
        server, f"/api/card/{number}", {"description": None, "collection_position": None, "display": None}
    )
    assert (got["description"], got["collection_position"], got["display"]) == (None, None, "scalar")


def test_a_put_takes_no_entity_id_for_a_collection(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})
    made = posted(server, "/api/card", card(collection_id=home["entity_id"]))
    assert made["collection_id"] == home["id"]
    answer = server.ask("PUT", f"/api/card/{made['id']}", {"collection_id": home["entity_id"]})
    assert answer.status == 400


def test_a_model_is_a_table(server: MetabaseServer) -> None:
    assert posted(server, "/api/card", card(type="model"))["display"] == "table"


def test_an_archived_card_lies_in_the_trash_and_comes_back_to_its_place(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    number = posted(server, "/api/card", card(collection_id=home))["id"]
    trash = server.get("/api/collection/trash")["id"]
    assert put(server, f"/api/card/{number}", {"archived": True})["collection_id"] == trash
    assert [each["id"] for each in server.get("/api/collection/trash/items")["data"]] == [number]
    assert server.get("/api/card") == []
    assert [each["id"] for each in server.get("/api/card?f=archived")] == [number]
    assert put(server, f"/api/card/{number}", {"archived": False})["collection_id"] == home


def test_a_card_whose_place_is_in_the_trash_does_not_come_back_to_it(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    number = posted(server, "/api/card", card(collection_id=home))["id"]
    put(server, f"/api/card/{number}", {"archived": True})
    put(server, f"/api/collection/{home}", {"archived": True})
    assert server.ask("PUT", f"/api/card/{number}", {"archived": False}).status == 400
    assert (
        put(server, f"/api/card/{number}", {"archived": False, "collection_id": None})["collection_id"]
        is None
    )


def test_deleting_a_card_takes_it_off_its_dashboards(server: MetabaseServer) -> None:
    number = posted(server, "/api/card", card())["id"]
    board = posted(server, "/api/dashboard", {"name": "Board"})["id"]
    put(server, f"/api/dashboard/{board}", {"dashcards": [place(-1, number)], "tabs": []})
    assert [each["id"] for each in server.get(f"/api/card/{number}/dashboards")] == [board]
    assert server.ask("DELETE", f"/api/card/{number}").status == 204
    assert server.get(f"/api/dashboard/{board}")["dashcards"] == []


def test_a_copy_has_the_description_of_its_original(server: MetabaseServer) -> None:
    number = posted(server, "/api/card", card(description="Text"))["id"]
    copy = posted(server, f"/api/card/{number}/copy", None)
    assert copy["description"] == "Text"
    assert copy["id"] != number


GOAL = {"graph.metrics": ["n"], "graph.goal_value": 5}


@pytest.mark.parametrize(
    ("display", "settings", "edit", "left"),
    [
        ("table", {}, {"display": "line"}, 0), ("table", {}, {"display": "scalar"}, 1), ("line", GOAL, {"display": "bar"}, 1),
        ("line", GOAL, {"display": "table"}, 0), ("progress", {"progress.goal": 1}, {"display": "line"}, 0),
        ("line", GOAL, {"visualization_settings": {}}, 0),
        ("line", GOAL, {"visualization_settings": GOAL | {"graph.goal_value": 6}}, 1),
        ("line", GOAL, {"visualization_settings": GOAL | {"graph.dimensions": ["a", "b"]}}, 0),
        ("line", GOAL, {"name": "Other"}, 1), ("line", GOAL, {"archived": True}, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["0.53", "0.54"])
def test_an_edit_of_a_card_may_cost_its_alerts(
    made: Made, version: str, display: str, settings: Any, edit: dict[str, Any], left: int
) -> None:
    server = made(version)
    server.configure_mail()
    number = posted(server, "/api/card", card(display=display, visualization_settings=settings))["id"]
    if version == "0.53":
        channel = {
            "channel_type": "email",
            "enabled": True,
            "schedule_type": "hourly",
            "recipients": [{"email": "a@b.c"}],
        }
        posted(
            server, "/api/alert", {"card": {"id": number}, "alert_condition": "rows", "channels": [channel]}
        )
    else:
        posted(server, "/api/notification", alert(number))
    mails = len(server.mails)
    put(server, f"/api/card/{number}", edit)
    assert len(server.get("/api/alert" if version == "0.53" else "/api/notification")) == left
    assert len(server.mails) - mails == 1 - left


def test_a_sleeping_alert_survives_an_edit_that_costs_the_others(server: MetabaseServer) -> None:
    number = posted(server, "/api/card", card(display="table"))["id"]
    sleeping = posted(server, "/api/notification", alert(number))
    put(server, f"/api/notification/{sleeping['id']}", sleeping | {"active": False})
    put(server, f"/api/card/{number}", {"display": "line"})
    assert server.get("/api/notification") == []
    assert [each["id"] for each in server.get("/api/notification?include_inactive=true")] == [sleeping["id"]]


@pytest.mark.parametrize(("version", "status"), [("0.57", 202), ("0.58", 500)])
def test_a_failed_query_has_the_status_of_its_version(version: str, status: int) -> None:
    def ask(sql: str) -> list[dict[str, Any]]:
        if "nonsense" in sql:
            raise ValueError('ERROR: relation "nonsense" does not exist')
        return [{"n": 1}]

    server = MetabaseServer(version, ask)
    server.add_database("main")
    good = server.ask("POST", "/api/dataset", native("SELECT 1 AS n"))
    assert (good.status, good.json()["status"], good.json()["data"]["rows"]) == (202, "completed", [[1]])
    bad = server.ask("POST", "/api/dataset", native("SELECT * FROM nonsense"))
    assert (bad.status, bad.json()["status"]) == (status, "failed")
