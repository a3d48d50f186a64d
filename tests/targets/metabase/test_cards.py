"""Questions: Metabase checks nothing that is written into a card, so each key is held against what it reads."""

from __future__ import annotations

import json
import math
import uuid
from pathlib import Path

import pytest

from tests.targets.metabase.bodies import COLUMN_SETTINGS, HEAD, SETTINGS, all_artifacts, service_of
from watchglass.artifact import Artifact, Json
from watchglass.definition.telling import describe_panel
from watchglass.targets.metabase.render import render

RECORDED = Path(__file__).parents[4] / "shared/contracts/metabase-recorded"
OPERATORS = {
    "=", "!=", "<", ">", "<=", ">=", "is-null", "not-null", "contains", "does-not-contain", "starts-with", "ends-with",
    "is-true", "is-false",
}  # fmt: skip


STACKED = "its levels are not drawn: they judge single numbers, and stacked ones are read as their sum"


def notes_of(folder: Path, panel: str) -> list[str]:
    notes = render(service_of(folder)).notes
    return [note.message for note in notes if note.object == f"board/{panel}"]


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> list[Artifact]:
    return [each for each in all_artifacts(tmp_path_factory.mktemp("cards")) if each.kind == "cards"]


@pytest.fixture(scope="module")
def board(cards: list[Artifact]) -> dict[str, Json]:
    return {card.id.removeprefix("board/"): card.body for card in cards if card.id.startswith("board/")}


def test_a_card_has_settings_that_its_display_reads_and_no_other(cards: list[Artifact]) -> None:
    for card in cards:
        known = SETTINGS[card.body["display"]] | {"column_settings"}
        assert card.body["visualization_settings"].keys() <= known, card.id


def test_columns_are_named_as_metabase_looks_them_up(cards: list[Artifact]) -> None:
    for card in cards:
        for key, settings in card.body["visualization_settings"].get("column_settings", {}).items():
            kind, name = json.loads(key)
            assert kind == "name"
            assert key == json.dumps(["name", name], separators=(",", ":"), ensure_ascii=False)
            assert settings.keys() <= COLUMN_SETTINGS, card.id
            assert settings.get("number_style", "decimal") in ("decimal", "percent", "scientific", "currency")


def test_segments_are_finite_and_touch_each_other(cards: list[Artifact]) -> None:
    found = 0
    for card in cards:
        settings = card.body["visualization_settings"]
        for key in settings.keys() & {"gauge.segments", "scalar.segments"}:
            ends = [(segment["min"], segment["max"]) for segment in settings[key]]
            assert ends
            assert all(math.isfinite(number) for pair in ends for number in pair)
            assert all(low < high for low, high in ends)
            assert [high for _, high in ends[:-1]] == [low for low, _ in ends[1:]]
            assert all(segment.keys() == {"min", "max", "color", "label"} for segment in settings[key])
            found += 1
    assert found > 8


def test_every_gauge_says_its_segments(cards: list[Artifact]) -> None:
    gauges = [card for card in cards if card.body["display"] == "gauge"]
    assert gauges
    assert all(card.body["visualization_settings"]["gauge.segments"] for card in gauges)


def test_rules_of_cells_have_one_of_two_forms(cards: list[Artifact]) -> None:
    for card in cards:
        for rule in card.body["visualization_settings"].get("table.column_formatting", ()):
            assert rule["columns"]
            if rule["type"] == "single":
                assert rule.keys() == {"columns", "type", "operator", "value", "color", "highlight_row"}
                assert rule["operator"] in OPERATORS
            else:
                assert rule.keys() == {
                    "columns", "type", "colors", "min_type", "min_value", "max_type", "max_value",
                }  # fmt: skip


def test_a_table_is_never_turned_by_itself(cards: list[Artifact]) -> None:
    tables = [card for card in cards if card.body["display"] == "table"]
    assert tables
    assert all("table.pivot" in card.body["visualization_settings"] for card in tables)


def test_settings_name_columns_that_the_statement_gives(cards: list[Artifact]) -> None:
    for card in cards:
        settings = card.body["visualization_settings"]
        named = [
            *settings.get("graph.dimensions", ()),
            *settings.get("graph.metrics", ()),
            *(column["name"] for column in settings.get("table.columns", ())),
            *(
                settings[key]
                for key in ("scalar.field", "progress.value", "pie.dimension", "pie.metric")
                if key in settings
            ),
        ]
        assert all(named), card.id
        for name in named:
            assert name in card.body["dataset_query"]["native"]["query"], (card.id, name)


def test_tags_have_ids_of_their_own_that_are_uuids(cards: list[Artifact]) -> None:
    seen: set[str] = set()
    for card in cards:
        for name, tag in card.body["dataset_query"]["native"]["template-tags"].items():
            assert str(uuid.UUID(tag["id"])) == tag["id"]
            assert tag["id"] not in seen
            seen.add(tag["id"])
            assert tag["name"] == name
            assert tag["type"] in ("text", "number", "date", "boolean", "dimension")
            assert (tag["type"] == "dimension") == ("dimension" in tag and "widget-type" in tag)
            assert f"{{{{{name}}}}}" in card.body["dataset_query"]["native"]["query"]
    assert seen


def test_a_cards_parameters_are_its_tags(cards: list[Artifact]) -> None:
    for card in cards:
        tags = card.body["dataset_query"]["native"]["template-tags"]
        parameters = {parameter["slug"]: parameter for parameter in card.body["parameters"]}
        assert parameters.keys() == tags.keys()
        for name, parameter in parameters.items():
            kind = "dimension" if tags[name]["type"] == "dimension" else "variable"
            assert parameter["id"] == tags[name]["id"]
            assert parameter["target"] == [kind, ["template-tag", name]]


def test_what_may_not_be_empty_is_not(cards: list[Artifact]) -> None:
    for card in cards:
        body = card.body
        assert body["name"].strip()
        assert body["description"].strip()
        assert body["type"] == "question"
        assert body["dataset_query"]["type"] == "native"
        assert body["dataset_query"]["native"]["query"].strip()
        assert body.keys() <= {
            "name", "description", "type", "display", "collection_id", "dataset_query", "parameters",
            "visualization_settings",
        }  # fmt: skip


def test_questions_of_a_collection_have_names_of_their_own(cards: list[Artifact]) -> None:
    names = [(card.body["collection_id"]["collection"], card.body["name"]) for card in cards]
    assert len(set(names)) == len(names)


def test_a_description_says_the_levels_and_ends_with_the_mark(tmp_path: Path, board: dict[str, Json]) -> None:
    service = service_of(tmp_path)
    panels = {panel.id: panel for panel in service.dashboards["board"].panels}
    for panel_id, body in board.items():
        said, _, mark = body["description"].rpartition("\n\n")
        assert said == describe_panel(panels[panel_id])
        assert mark == f"watchglass:shop:card:board/{panel_id}"
    assert "watch from 10" in board["n1"]["description"]


@pytest.mark.parametrize(
    ("panel", "display"),
    [
        ("n1", "scalar"), ("g1", "gauge"), ("g4", "gauge"), ("g5", "scalar"), ("b1", "progress"), ("b2", "progress"),
        ("b3", "scalar"), ("b4", "row"), ("l1", "line"), ("l2", "area"), ("l3", "bar"), ("l4", "area"),
        ("c1", "row"), ("c2", "bar"), ("h1", "bar"), ("h2", "table"), ("t1", "table"), ("p1", "pie"), ("s1", "table"),
        ("o1", "table"),
    ],
)  # fmt: skip
def test_a_kind_is_shown_as_what_is_nearest(board: dict[str, Json], panel: str, display: str) -> None:
    assert board[panel]["display"] == display


def test_what_is_shown_otherwise_is_noted(tmp_path: Path) -> None:
    noted = {note.object.removeprefix("board/") for note in render(service_of(tmp_path)).notes}
    assert {"g5", "b3", "b4", "h1", "h2", "s1", "o1", "a1"} <= noted


def test_the_numbers_of_a_curve_are_hidden_and_that_is_noted(tmp_path: Path) -> None:
    columns = "{town: text, trend: {type: json, sparkline: true}}"
    query = f"  curves: {{sql: \"SELECT 'x' AS town, '[1]'::json AS trend\", columns: {columns}}}\n"
    head = HEAD.replace("metrics:\n", f"{query}metrics:\n", 1)
    made = render(service_of(tmp_path, "- {id: t, query: curves, as: table}", head))
    (card,) = [each for each in made.artifacts if each.kind == "cards"]
    columns = card.body["visualization_settings"]["table.columns"]
    assert columns == [{"name": "town", "enabled": True}, {"name": "trend", "enabled": False}]
    assert made.notes[0].message == "no curves in cells: the column 'trend' is hidden"


def test_levels_stand_on_the_side_where_they_are_reached(board: dict[str, Json]) -> None:
    def bands(panel: str) -> list[tuple[float, str]]:
        return [
            (each["min"], each["label"]) for each in board[panel]["visualization_settings"]["gauge.segments"]
        ]

    assert bands("g1") == [(0, "good"), (10, "watch"), (20, "bad"), (50, "broken")]
    assert bands("g2") == [(0, "bad"), (100.5, "watch"), (900, "good")]
    assert [label for _, label in bands("g3")] == ["bad", "watch", "good", "watch", "bad"]
    assert bands("g6") == [(0, "good"), (10, "watch")]


def test_the_worst_rule_of_a_cell_stands_first(board: dict[str, Json]) -> None:
    rules = board["t1"]["visualization_settings"]["table.column_formatting"]
    told = [(rule["columns"][0], rule["operator"], rule["value"]) for rule in rules]
    assert [each for each in told if each[0] == "orders"] == [
        ("orders", ">=", 50), ("orders", ">=", 20), ("orders", ">=", 10),
    ]  # fmt: skip
    assert [each[1:] for each in told if each[0] == "wait"] == [(">=", 8), ("<", -1), (">=", 6), ("<", 2)]


def test_one_goal_line_is_that_of_the_panels_level(board: dict[str, Json]) -> None:
    settings = board["l1"]["visualization_settings"]
    assert (settings["graph.goal_value"], settings["graph.goal_label"]) == (20, "bad")
    assert settings["graph.show_goal"]


@pytest.mark.parametrize(
    ("panel", "notes"),
    [
        ("l2", [STACKED]),
        ("l4", ["Metabase stacks no lines: areas stand in their place", STACKED]),
        ("c3", [STACKED]),
    ],
)
def test_stacked_numbers_have_no_goal_line_which_would_be_read_against_their_sum(
    tmp_path: Path, board: dict[str, Json], panel: str, notes: list[str]
) -> None:
    settings = board[panel]["visualization_settings"]
    assert settings["stackable.stack_type"] == "stacked"
    assert not [key for key in settings if "goal" in key]
    assert notes_of(tmp_path, panel) == notes


@pytest.mark.parametrize(
    ("panel", "ends", "notes"),
    [
        ("l3", [False, 0, 100], 1),
        ("l5", [None, None, None], 0),
        ("l6", [None, None, None], 1),
        ("l7", [False, 0, 5], 0),
    ],
)
def test_an_axis_has_both_ends_or_none_which_metabase_would_end_at_100(
    tmp_path: Path, board: dict[str, Json], panel: str, ends: list[Json], notes: int
) -> None:
    settings = board[panel]["visualization_settings"]
    assert [settings.get(f"graph.y_axis.{end}") for end in ("auto_range", "min", "max")] == ends
    assert len(notes_of(tmp_path, panel)) == notes


@pytest.mark.parametrize(("panel", "chooses"), [("l3", True), ("c1", True), ("b4", False), ("h3", False)])
def test_one_line_for_all_levels_is_noted(
    tmp_path: Path, board: dict[str, Json], panel: str, chooses: bool
) -> None:
    assert board[panel]["visualization_settings"]["graph.goal_label"] == "broken"
    more = "; `level:` chooses another" if chooses else ""
    assert (
        notes_of(tmp_path, panel)[-1] == f"Metabase draws one goal line: 'broken' stands for all levels{more}"
    )


@pytest.mark.parametrize("generation", ["mbql4", "mbql5"])
def test_a_recorded_card_has_every_key_that_is_sent(cards: list[Artifact], generation: str) -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers of Metabase are not beside this checkout")
    known = json.loads((RECORDED / generation / "api/card/29.json").read_text("utf-8"))
    legacy = json.loads((RECORDED / "mbql4/api/card/29.json").read_text("utf-8"))["dataset_query"]
    for card in cards:
        assert card.body.keys() <= known.keys()
        assert card.body["dataset_query"].keys() == legacy.keys()
        assert card.body["dataset_query"]["native"].keys() == legacy["native"].keys()


def test_every_origin_is_a_place_in_its_card(cards: list[Artifact]) -> None:
    for card in cards:
        for pointer in card.origins:
            value = card.body
            for token in pointer[1:].split("/"):
                value = value[int(token)] if isinstance(value, list) else value[token]
