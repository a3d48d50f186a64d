"""Boards of questions: a grid without overlaps, parameters that reach every card that reads them, texts as they are."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.targets.metabase.bodies import all_artifacts, service_of
from watchglass.artifact import Artifact, Json
from watchglass.targets.metabase.render import render

RECORDED = Path(__file__).parents[4] / "shared/contracts/metabase-recorded"


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> list[Artifact]:
    return list(all_artifacts(tmp_path_factory.mktemp("boards")))


@pytest.fixture(scope="module")
def boards(artifacts: list[Artifact]) -> list[Artifact]:
    return [each for each in artifacts if each.kind == "dashboards"]


def mine(boards: list[Artifact]) -> Json:
    return next(board.body for board in boards if board.id == "board")


def tags_of(artifacts: list[Artifact], service: str, card: str) -> Json:
    (found,) = [
        each
        for each in artifacts
        if each.kind == "cards" and each.id == card and each.path.startswith(f"{service}/")
    ]
    return found.body["dataset_query"]["native"]["template-tags"]


def cells(dashcard: Json) -> set[tuple[int, int]]:
    columns = range(dashcard["col"], dashcard["col"] + dashcard["size_x"])
    return set(itertools.product(columns, range(dashcard["row"], dashcard["row"] + dashcard["size_y"])))


def test_cards_stand_on_the_grid_and_never_on_each_other(boards: list[Artifact]) -> None:
    assert boards
    for board in boards:
        taken: set[tuple[int, int]] = set()
        for dashcard in board.body["dashcards"]:
            mine = cells(dashcard)
            assert mine
            assert not mine & taken, (board.id, dashcard["key"])
            assert all(0 <= column < 24 and row >= 0 for column, row in mine)
            taken |= mine


def test_a_board_has_the_keys_that_metabase_takes(boards: list[Artifact]) -> None:
    for board in boards:
        body = board.body
        assert body["name"].strip()
        assert body["description"].strip()
        assert body["width"] in ("fixed", "full")
        assert body["tabs"] == []
        assert body.keys() <= {
            "name", "description", "collection_id", "width", "auto_apply_filters", "parameters", "tabs", "dashcards",
        }  # fmt: skip
        for dashcard in body["dashcards"]:
            assert dashcard.keys() == {
                "key", "card_id", "col", "row", "size_x", "size_y", "series", "parameter_mappings",
                "visualization_settings",
            }  # fmt: skip


def test_keys_of_cards_tell_them_apart(boards: list[Artifact]) -> None:
    for board in boards:
        keys = [dashcard["key"] for dashcard in board.body["dashcards"]]
        assert len(set(keys)) == len(keys)


def test_a_parameter_reaches_every_card_that_reads_it(
    artifacts: list[Artifact], boards: list[Artifact]
) -> None:
    reached = 0
    for board in boards:
        parameters = {parameter["id"]: parameter["slug"] for parameter in board.body["parameters"]}
        assert len(parameters) == len(board.body["parameters"])
        for dashcard in board.body["dashcards"]:
            if dashcard["card_id"] is None:
                assert dashcard["parameter_mappings"] == []
                continue
            tags = tags_of(artifacts, board.path.split("/")[0], dashcard["card_id"]["card"])
            wanted = {name for name in tags if name in parameters.values()}
            mapped = {}
            for mapping in dashcard["parameter_mappings"]:
                kind, (word, name) = mapping["target"]
                assert mapping["card_id"] == dashcard["card_id"]
                assert word == "template-tag"
                assert (kind == "dimension") == (tags[name]["type"] == "dimension")
                mapped[name] = parameters[mapping["parameter_id"]]
            assert mapped == {name: name for name in wanted}
            reached += len(mapped)
    assert reached > 10


def test_a_parameter_is_read_by_some_card(boards: list[Artifact]) -> None:
    for board in boards:
        used = {
            mapping["parameter_id"]
            for dashcard in board.body["dashcards"]
            for mapping in dashcard["parameter_mappings"]
        }
        assert {parameter["id"] for parameter in board.body["parameters"]} == used


def test_filters_become_parameters_of_their_type(boards: list[Artifact]) -> None:
    region, city, kind, start, end = mine(boards)["parameters"]
    assert (region["type"], region["default"]) == ("string/=", ["N", "S"])
    assert (city["type"], city["default"]) == ("number/=", [7])
    assert city["filteringParameters"] == [region["id"]]
    assert (kind["type"], kind["default"], kind["values_source_type"]) == ("string/=", "a", "static-list")
    assert kind["values_source_config"] == {"values": [["a", "A, or b"], ["x$y", "Dollar"]]}
    assert [(each["slug"], each["type"]) for each in (start, end)] == [
        ("range_from", "date/single"),
        ("range_to", "date/single"),
    ]


def test_a_filter_that_no_card_reads_is_left_out_and_noted(tmp_path: Path) -> None:
    made = render(service_of(tmp_path, "- {id: n1, metric: orders, as: number}"))
    (board,) = [each.body for each in made.artifacts if each.kind == "dashboards"]
    city, *_ = board["parameters"]
    assert [each["slug"] for each in board["parameters"]] == ["city", "kind", "range_from", "range_to"]
    assert "filteringParameters" not in city
    assert [(note.object, note.message) for note in made.notes] == [
        ("board", "nothing on it reads the filter 'region', which is left out")
    ]


def test_texts_and_headings_are_cards_without_a_question(boards: list[Artifact]) -> None:
    heading, *cards = mine(boards)["dashcards"]
    assert heading["visualization_settings"]["virtual_card"]["display"] == "heading"
    assert heading["visualization_settings"]["text"] == "All"
    texts = {card["key"]: card["visualization_settings"] for card in cards if card["card_id"] is None}
    assert texts.keys() == {"a1", "x1"}
    assert "{{" not in texts["x1"]["text"]
    assert all(settings["virtual_card"]["display"] == "text" for settings in texts.values())


def test_a_board_has_its_cards_in_its_own_collection(artifacts: list[Artifact]) -> None:
    for collection in (each for each in artifacts if each.kind == "collections"):
        home = collection.path.split("/")[0]
        placed = {
            each.body["collection_id"]["collection"]
            for each in artifacts
            if each.kind in ("cards", "dashboards") and each.path.startswith(f"{home}/")
        }
        assert placed == {collection.body["name"]}
        assert collection.body["description"].strip()


@pytest.mark.parametrize("generation", ["mbql4", "mbql5"])
def test_a_recorded_board_has_every_key_that_is_sent(boards: list[Artifact], generation: str) -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers of Metabase are not beside this checkout")
    known = json.loads((RECORDED / generation / "api/dashboard/2.json").read_text("utf-8"))
    for board in boards:
        assert board.body.keys() <= known.keys()
        for dashcard in board.body["dashcards"]:
            assert dashcard.keys() - {"key"} <= known["dashcards"][0].keys()
