"""Filters as variables: only those that a panel reads, chained ones narrowed by those that are there, values encoded."""

from __future__ import annotations

from pathlib import Path

from tests.targets.grafana.boards import board_of
from watchglass.artifact import Json


def variables(folder: Path, filters: str) -> dict[str, Json]:
    board = board_of(folder, "{metric: orders, as: gauge}", keys=f"    filters: {filters}\n")
    return {each["name"]: each for each in board.body["templating"]["list"]}


def test_a_board_has_the_variables_that_it_reads_and_their_parents(tmp_path: Path) -> None:
    assert list(variables(tmp_path, "[region, city, kind]")) == ["region", "city", "kind"]
    assert list(variables(tmp_path, "[kind]")) == ["kind"]
    assert variables(tmp_path, "[region]") == {}


def test_a_chained_variable_is_narrowed_by_a_parent_that_is_there(tmp_path: Path) -> None:
    assert "${region}" in variables(tmp_path, "[region, city]")["city"]["query"]
    assert "${region}" not in variables(tmp_path, "[city]")["city"]["query"]


def test_all_stands_for_no_choice(tmp_path: Path) -> None:
    city = variables(tmp_path, "[city]")["city"]
    assert (city["includeAll"], city["allValue"]) == (True, "NULL")
    assert city["current"] == {"text": ["All"], "value": ["$__all"]}


def test_options_are_written_as_grafana_reads_them_back(tmp_path: Path) -> None:
    kind = variables(tmp_path, "[kind]")["kind"]
    assert kind["query"] == "A\\, or b : a,Dollar : x%24y"
    assert kind["current"] == {"text": "Dollar", "value": "x%24y"}
    assert kind["type"] == "custom"
