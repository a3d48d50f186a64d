"""Filters as variables: only those that a panel reads, chained ones narrowed by those that are there, values encoded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.targets.grafana.boards import HEAD, board_of, service_of
from watchglass.artifact import Json
from watchglass.targets.grafana.dashboards import build_dashboard


def variables(folder: Path, filters: str) -> dict[str, Json]:
    board = board_of(folder, "{metric: orders, as: gauge}", keys=f"    filters: {filters}\n")
    return {each["name"]: each for each in board.body["templating"]["list"]}


def test_a_board_has_the_variables_that_it_reads_and_their_parents(tmp_path: Path) -> None:
    assert list(variables(tmp_path, "[region, city, kind]")) == ["region", "city", "kind"]
    assert list(variables(tmp_path, "[kind]")) == ["kind"]
    assert variables(tmp_path, "[region]") == {}


DAYS_BY_REGION = HEAD.replace(
    "= b.day\n      GROUP BY", "= b.day\n      WHERE {{ matches('region', 'o.region') }} GROUP BY"
)


@pytest.mark.parametrize("panel", ["{metric: orders, as: number}", "{metric: orders, as: lines}"])
def test_what_a_history_reads_is_a_variable_where_it_is_drawn(panel: str, tmp_path: Path) -> None:
    board = board_of(tmp_path, panel, keys="    filters: [region]\n", head=DAYS_BY_REGION)
    assert [each["name"] for each in board.body["templating"]["list"]] == ["region"]
    assert "ARRAY[${region}]" in board.body["panels"][1]["targets"][0]["rawSql"]
    assert board.statements[0].variables == ("region",)


def test_what_a_panel_does_not_draw_makes_no_variable(tmp_path: Path) -> None:
    gauge = board_of(
        tmp_path, "{metric: orders, as: gauge}", keys="    filters: [region]\n", head=DAYS_BY_REGION
    )
    assert gauge.body["templating"]["list"] == []
    lines = board_of(tmp_path, "{metric: orders, as: lines}", keys="    filters: [city]\n")
    assert lines.body["templating"]["list"] == []
    assert lines.statements[0].variables == ()


def test_a_filter_that_nothing_reads_is_left_out_and_noted(tmp_path: Path) -> None:
    board = (
        "  board:\n    title: Board\n    filters: [kind, region]\n"
        "    rows: [{title: All, panels: [{metric: orders, as: gauge}]}]\n"
    )
    service = service_of(tmp_path, board)
    made, notes = build_dashboard(service, service.dashboards["board"])
    assert [each["name"] for each in made.body["templating"]["list"]] == ["kind"]
    assert [(note.object, note.message) for note in notes] == [
        ("board", "nothing on it reads the filter 'region', which is left out")
    ]


def test_what_an_annotation_reads_is_a_variable(tmp_path: Path) -> None:
    moved = (
        "  moved: {title: Moved, sql: \"SELECT at, town FROM moves WHERE {{ matches('region', 'region') }}\","
        " columns: {at: timestamp, town: text}}\n"
    )
    head = HEAD.replace("metrics:\n", f"{moved}metrics:\n")
    keys = "    filters: [region]\n    annotations: {moved: {query: moved, time: at, text: town}}\n"
    board = board_of(tmp_path, "{metric: orders, as: gauge}", keys=keys, head=head)
    assert [each["name"] for each in board.body["templating"]["list"]] == ["region"]
    assert "ARRAY[${region}]" in board.body["annotations"]["list"][1]["target"]["rawSql"]


def test_a_chained_variable_is_narrowed_by_a_parent_that_is_there(tmp_path: Path) -> None:
    assert "${region}" in variables(tmp_path, "[region, city]")["city"]["query"]
    assert "${region}" not in variables(tmp_path, "[city]")["city"]["query"]


def test_all_stands_for_no_choice(tmp_path: Path) -> None:
    city = variables(tmp_path, "[city]")["city"]
    assert (city["includeAll"], city["allValue"]) == (True, "NULL")
    assert city["current"] == {"text": ["All"], "value": ["$__all"]}


def read_back(query: str) -> list[tuple[str, str]]:
    """Read a list of options as Grafana 12 does (scenes, CustomVariable)."""
    found = []
    for text in re.findall(r"(?:\\,|[^,])+", query):
        match = re.search(r"^\s*(.+)\s:\s(.+)$", text.replace("\\,", ","))
        assert match is not None
        found.append((match[1].strip(), match[2].strip()))
    return found


def test_an_option_that_looks_like_a_list_is_one_option(tmp_path: Path) -> None:
    values = {"a : b": "A : B", "c:\\": "C", " d ": "D", "g h, i": "F"}
    listed = json.dumps(values)
    head = HEAD.replace('{a: "A, or b", "x$y": Dollar}, default: [x$y]', f"{listed}, default: ['a : b']")
    board = board_of(tmp_path, "{metric: orders, as: gauge}", keys="    filters: [kind]\n", head=head)
    (kind,) = board.body["templating"]["list"]
    encoded = ["a%20:%20b", "c:%5C", "%20d%20", "g%20h,%20i"]
    assert read_back(kind["query"]) == list(zip(values.values(), encoded, strict=True))
    assert kind["current"] == {"text": "A : B", "value": "a%20:%20b"}


def test_options_are_written_as_grafana_reads_them_back(tmp_path: Path) -> None:
    kind = variables(tmp_path, "[kind]")["kind"]
    assert kind["query"] == "A\\, or b : a,Dollar : x%24y"
    assert kind["current"] == {"text": "Dollar", "value": "x%24y"}
    assert kind["type"] == "custom"
