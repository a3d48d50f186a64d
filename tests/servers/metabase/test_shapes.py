"""The stand-in's answers have the keys of the recorded ones, in both generations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.metabase.conftest import Made
from tests.servers.metabase.samples import GENERATIONS, card, native, place, posted, put, recorded, tag
from tests.servers.metabase.server import MetabaseServer

BOTH = pytest.mark.parametrize(("version", "generation"), GENERATIONS)


def keys(body: Any) -> set[str]:
    return set(body)


@BOTH
def test_a_card(made: Made, version: str, generation: str) -> None:
    server = made(version)
    got = posted(server, "/api/card", card())
    assert keys(server.get(f"/api/card/{got['id']}")) == keys(recorded(generation, "card/29"))
    assert keys(server.get("/api/card")[0]) == keys(got)


@BOTH
def test_a_cards_query(made: Made, version: str, generation: str) -> None:
    got = posted(made(version), "/api/card", card())["dataset_query"]
    theirs = recorded(generation, "card/29")["dataset_query"]
    assert keys(got) == keys(theirs)
    stage = got["stages"][0] if "stages" in got else got["native"]
    assert keys(stage) == keys(theirs["stages"][0] if "stages" in theirs else theirs["native"])


@BOTH
def test_a_dashboard_with_its_cards(made: Made, version: str, generation: str) -> None:
    server = made(version)
    question = posted(server, "/api/card", card())
    board = posted(server, "/api/dashboard", {"name": "Board"})
    put(server, f"/api/dashboard/{board['id']}", {"dashcards": [place(-1, question["id"])], "tabs": []})
    got, theirs = server.get(f"/api/dashboard/{board['id']}"), recorded(generation, "dashboard/2")
    assert keys(got) == keys(theirs)
    assert keys(got["dashcards"][0]) == keys(theirs["dashcards"][0])
    assert keys(got["dashcards"][0]["card"]) == keys(theirs["dashcards"][0]["card"])


@BOTH
def test_the_list_of_collections(made: Made, version: str, generation: str) -> None:
    server = made(version)
    posted(server, "/api/collection", {"name": "Shop"})
    root, personal, ours = server.get("/api/collection")
    theirs = recorded(generation, "collection")
    assert [keys(root), keys(personal), keys(ours)] == [keys(each) for each in theirs]
    assert root["id"] == "root"


@BOTH
def test_the_list_of_databases(made: Made, version: str, generation: str) -> None:
    got = made(version).get("/api/database")
    assert keys(got["data"][0]) == keys(recorded(generation, "database")[0])


SQL = "SELECT 1 WHERE {{region}} AND {{city}}"
REFERENCE = ["field", 7, None]


@pytest.mark.parametrize("version", ["0.50", "0.56", "0.57", "0.58", "0.60", "0.61", "0.63"])
def test_a_query_comes_back_in_the_form_of_the_version(made: Made, version: str) -> None:
    tags = {"region": tag("region"), "city": tag("city", "dimension", dimension=REFERENCE)}
    got = posted(made(version), "/api/card", card(dataset_query=native(SQL, **tags)))["dataset_query"]
    major = int(version.split(".")[1])
    assert ("stages" in got) == (major >= 57)
    held = got["stages"][0]["template-tags"] if major >= 57 else got["native"]["template-tags"]
    assert isinstance(held, list) == (major >= 63)
    city = next(
        each for each in (held if isinstance(held, list) else held.values()) if each["name"] == "city"
    )
    assert (city["dimension"] == REFERENCE) == (major < 61)


def test_an_old_form_can_be_asked_for_where_one_card_is_read(server: MetabaseServer) -> None:
    number = posted(server, "/api/card", card())["id"]
    assert "stages" in server.get(f"/api/card/{number}")["dataset_query"]
    assert server.get(f"/api/card/{number}?legacy-mbql=true")["dataset_query"] == native()


@pytest.mark.parametrize(("version", "status"), [("0.57", 200), ("0.61", 200), ("0.62", 500)])
def test_a_reference_of_the_other_generation_makes_a_query_empty_or_is_refused(
    made: Made, version: str, status: int
) -> None:
    wrong = native(SQL, city=tag("city", "dimension", dimension=["field", {}, 7]))
    answer = made(version).ask("POST", "/api/card", card(dataset_query=wrong))
    assert answer.status == status
    if status == 200:
        assert "native" not in answer.json()["dataset_query"]["stages"][0]
