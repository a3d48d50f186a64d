"""Dashboards: a POST takes little, a PUT replaces whole lists; collections: names twice, defaults that take back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.metabase.samples import card, place, posted, pulse, put
from tests.servers.metabase.server import MetabaseServer


@pytest.fixture
def board(server: MetabaseServer) -> str:
    """A dashboard with the one card that there is."""
    number = posted(server, "/api/card", card())["id"]
    path = f"/api/dashboard/{posted(server, '/api/dashboard', {'name': 'Board'})['id']}"
    put(server, path, {"dashcards": [place(-1, number), place(-2, None, 3)], "tabs": []})
    return path


def ids(body: Any) -> list[int]:
    return sorted(each["id"] for each in body["dashcards"])


def test_a_post_takes_neither_cards_nor_width(server: MetabaseServer) -> None:
    body = {
        "name": "Board",
        "dashcards": [place(-1, None)],
        "tabs": [{"id": -1, "name": "T"}],
        "width": "full",
    }
    made = posted(server, "/api/dashboard", body)
    assert (made["dashcards"], made["tabs"], made["width"]) == ([], [], "fixed")


def test_a_known_id_stays_another_is_new_and_what_is_missing_goes(server: MetabaseServer, board: str) -> None:
    first, second = ids(server.get(board))
    got = put(server, board, {"dashcards": [place(first, None), place(99, None, 5)], "tabs": []})
    assert first in ids(got)
    assert second not in ids(got)
    assert 99 not in ids(got)
    assert len(got["dashcards"]) == 2


def test_without_the_key_the_cards_stay(server: MetabaseServer, board: str) -> None:
    before = ids(server.get(board))
    assert ids(put(server, board, {"name": "Other"})) == before


def test_cards_without_tabs_delete_the_tabs(server: MetabaseServer, board: str) -> None:
    tabs = [{"id": -1, "name": "One"}, {"id": -2, "name": "Two"}]
    cards = [place(-1, None, dashboard_tab_id=-1), place(-2, None, dashboard_tab_id=-2)]
    got = put(server, board, {"dashcards": cards, "tabs": tabs})
    assert [each["name"] for each in got["tabs"]] == ["One", "Two"]
    assert {each["dashboard_tab_id"] for each in got["dashcards"]} == {each["id"] for each in got["tabs"]}
    assert put(server, board, {"dashcards": [place(-1, None)]})["tabs"] == []


@pytest.mark.parametrize(
    ("cards", "tabs", "status"),
    [
        ([place(-1, None), place(-1, None)], [], 400),
        ([place(-1, None)], [{"id": -1, "name": "One"}, {"id": -2, "name": "Two"}], 400),
        ([{"id": -1, "card_id": None, "row": 0, "col": 0}], [], 400),
        ([place(-1, 99)], [], 404),
        ([place(-1, None, dashboard_tab_id=5)], [], 400),
    ],
    ids=["an id twice", "no tab among two", "no size", "no such card", "no such tab"],
)
def test_what_a_put_refuses_changes_nothing(
    server: MetabaseServer, board: str, cards: Any, tabs: Any, status: int
) -> None:
    before = server.content()
    assert server.ask("PUT", board, {"dashcards": cards, "tabs": tabs}).status == status
    assert server.content() == before


def test_an_archived_card_is_not_placed(server: MetabaseServer, board: str) -> None:
    number = posted(server, "/api/card", card("Other"))["id"]
    put(server, f"/api/card/{number}", {"archived": True})
    answer = server.ask("PUT", board, {"dashcards": [place(-1, number)], "tabs": []})
    assert answer.status == 404


def test_an_archived_dashboard_takes_no_cards_until_it_is_back(server: MetabaseServer, board: str) -> None:
    put(server, board, {"archived": True})
    lists: dict[str, Any] = {"dashcards": [], "tabs": []}
    assert server.ask("PUT", board, lists | {"archived": False}).status == 400
    put(server, board, {"archived": False})
    assert put(server, board, lists)["dashcards"] == []


def test_new_ids_cost_a_subscription_its_attachments(server: MetabaseServer, board: str) -> None:
    number = next(each for each in server.get(board)["dashcards"] if each["card_id"])
    made = posted(server, "/api/pulse", pulse(number["card_id"], int(board.rpartition("/")[2]), number["id"]))
    assert len(made["cards"]) == 1
    put(server, board, {"dashcards": [place(-1, number["card_id"])], "tabs": []})
    assert server.get(f"/api/pulse/{made['id']}")["cards"] == []


def test_a_parameter_that_goes_ends_the_subscriptions_that_use_it(server: MetabaseServer, board: str) -> None:
    server.configure_mail()
    put(server, board, {"parameters": [{"id": "p", "name": "P", "slug": "p", "type": "string/="}]})
    number = next(each for each in server.get(board)["dashcards"] if each["card_id"])["card_id"]
    body = pulse(number, int(board.rpartition("/")[2]), parameters=[{"id": "p", "value": "x"}])
    made = posted(server, "/api/pulse", body)
    put(server, board, {"parameters": []})
    assert server.get(f"/api/pulse/{made['id']}")["archived"]
    assert [each.to for each in server.mails] == [("boss@example.com",)]


def test_two_collections_may_have_one_name(server: MetabaseServer) -> None:
    one, two = (posted(server, "/api/collection", {"name": "Shop"}) for _ in range(2))
    assert one["id"] != two["id"]
    assert [each["name"] for each in server.get("/api/collection/tree")].count("Shop") == 2


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "Shop", "description": ""}])
def test_what_a_new_collection_must_not_be(server: MetabaseServer, body: dict[str, str]) -> None:
    assert server.ask("POST", "/api/collection", body).status == 400


def test_a_collection_takes_along_what_it_holds_and_any_put_takes_it_back(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    below = posted(server, "/api/collection", {"name": "Below", "parent_id": home})["id"]
    number = posted(server, "/api/card", card(collection_id=below))["id"]
    put(server, f"/api/collection/{home}", {"archived": True})
    assert server.get(f"/api/card/{number}")["archived"]
    assert [each["id"] for each in server.get("/api/collection/trash/items")["data"]] == [home]
    assert [each["id"] for each in server.get(f"/api/collection/{below}/items?archived=true")["data"]] == [
        number
    ]
    put(server, f"/api/collection/{home}", {"description": "Text"})
    assert not server.get(f"/api/card/{number}")["archived"]


def test_a_collection_is_moved_with_what_is_below(server: MetabaseServer) -> None:
    one, two, three = (posted(server, "/api/collection", {"name": name})["id"] for name in "abc")
    put(server, f"/api/collection/{three}", {"parent_id": two})
    put(server, f"/api/collection/{two}", {"parent_id": one})
    assert server.get(f"/api/collection/{three}")["location"] == f"/{one}/{two}/"
    assert server.ask("PUT", f"/api/collection/{one}", {"parent_id": three}).status == 400


def test_items_come_in_pages_where_both_numbers_are_given(server: MetabaseServer) -> None:
    home = posted(server, "/api/collection", {"name": "Shop"})["id"]
    for name in "abcde":
        posted(server, "/api/card", card(name, collection_id=home))
    path = f"/api/collection/{home}/items?models=card"
    assert [each["name"] for each in server.get(f"{path}&limit=2&offset=2")["data"]] == ["c", "d"]
    assert len(server.get(f"{path}&limit=2")["data"]) == 5
    latest = server.get(f"{path}&sort_column=last_edited_at&sort_direction=desc&limit=1&offset=0")
    assert [each["name"] for each in latest["data"]] == ["e"]
    assert latest["total"] == 5
    assert server.get(f"/api/collection/{home}/items?models=dashboard")["data"] == []


def test_the_search_is_behind(server: MetabaseServer) -> None:
    posted(server, "/api/card", card("Orders"))
    assert server.get("/api/search?q=orders&models=card")["data"] == []
    server.index()
    assert [each["name"] for each in server.get("/api/search?q=orders&models=card")["data"]] == ["Orders"]
