"""Each kind of panel: type, query format, levels as steps, ends of axes, names of series and rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.targets.grafana.boards import panel_of, service_of
from watchglass.artifact import Json
from watchglass.targets.grafana import fields
from watchglass.targets.grafana.dashboards import build_dashboard
from watchglass.thresholds import Level, Step, Thresholds


def steps_of(panel: Json) -> list[tuple[float | None, str]]:
    return [
        (step["value"], step["color"]) for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    ]


@pytest.mark.parametrize(
    ("panel", "kind", "shape"),
    [
        ("{metric: orders, as: number}", "stat", "time_series"),
        ("{metric: total, as: number}", "stat", "table"),
        ("{metric: orders, as: gauge}", "gauge", "table"),
        ("{metric: town_orders, as: bar_gauge}", "bargauge", "table"),
        ("{metric: orders, as: lines}", "timeseries", "time_series"),
        ("{query: days, as: area}", "timeseries", "time_series"),
        ("{query: days, as: bars, y: orders}", "timeseries", "time_series"),
        ("{query: towns, as: bar, x: town, y: orders}", "barchart", "table"),
        ("{query: towns, as: histogram, x: town, y: orders}", "barchart", "table"),
        ("{query: days, as: histogram, value: orders}", "histogram", "table"),
        ("{query: towns, as: heatmap, x: state, y: town, value: orders}", "table", "table"),
        ("{query: days, as: heatmap, value: orders}", "heatmap", "time_series"),
        ("{query: towns, as: table}", "table", "table"),
        ("{query: towns, as: pie, x: town, y: orders}", "piechart", "table"),
        ("{query: days, as: states, y: orders}", "state-timeline", "table"),
    ],
)
def test_a_kind_has_its_type_and_the_format_of_its_query(
    panel: str, kind: str, shape: str, tmp_path: Path
) -> None:
    made = panel_of(tmp_path, panel)
    assert (made["type"], made["targets"][0]["format"]) == (kind, shape)


def test_levels_are_steps_from_the_lowest_number_on(tmp_path: Path) -> None:
    gauge = panel_of(tmp_path, "{metric: orders, as: gauge}")
    assert steps_of(gauge) == [(None, "dark-red"), (1, "orange"), (10, "yellow"), (20, "green")]
    band = panel_of(tmp_path, "{metric: warmth, as: gauge}")
    assert steps_of(band) == [(None, "orange"), (0, "yellow"), (2, "green"), (6, "yellow"), (8, "orange")]


@pytest.mark.parametrize("better", ["lower", "higher", "within"])
@pytest.mark.parametrize("number", [-1.0, 0.0, 1.9, 2.0, 5.9, 6.0, 7.9, 8.0, 99.0])
def test_a_step_colours_a_number_as_its_level_says(better: str, number: float) -> None:
    levels = [Level("good", "green", 0), Level("watch", "yellow", 1), Level("bad", "red", 2)]
    steps = {
        "lower": (Step(levels[1], high=2), Step(levels[2], high=8)),
        "higher": (Step(levels[1], low=6), Step(levels[2], low=0)),
        "within": (Step(levels[1], 2, 6), Step(levels[2], 0, 8)),
    }[better]
    thresholds = Thresholds(better, levels[0], steps)  # type: ignore[arg-type]
    made = fields.steps(thresholds)
    reached = [step["color"] for step in made if step["value"] is None or number >= step["value"]]
    assert reached[-1] == thresholds.level_of(number).color


def test_a_number_without_levels_gets_no_red_from_grafana(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{metric: total, as: number}")
    assert steps_of(panel) == [(None, "blue")]
    assert panel["options"]["colorMode"] == "value"


def test_a_gauge_shows_all_its_levels_unless_its_ends_are_given(tmp_path: Path) -> None:
    usual = panel_of(tmp_path, "{metric: orders, as: gauge}")["fieldConfig"]["defaults"]
    assert (usual["min"], usual["max"]) == (0, 39)
    given = panel_of(tmp_path, "{metric: orders, as: gauge, min: 5, max: 100}")["fieldConfig"]["defaults"]
    assert (given["min"], given["max"]) == (5, 100)


def test_a_number_with_a_history_ends_its_curve_with_the_present(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{metric: orders, as: number}")
    sql = panel["targets"][0]["rawSql"]
    assert "UNION ALL\nSELECT ($__timeTo()::timestamptz), (SELECT COALESCE(" in sql
    assert panel["options"]["graphMode"] == "area"
    assert panel["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]


def test_a_chart_draws_its_levels_as_lines_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    every = panel_of(tmp_path, "{metric: orders, as: lines}")
    assert every["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    assert len(steps_of(every)) == 4
    one = panel_of(tmp_path, "{metric: orders, as: lines, level: bad}")
    assert steps_of(one) == [(None, "transparent"), (10, "orange")]
    none = panel_of(tmp_path, "{metric: total, as: number}")
    assert "custom" not in none["fieldConfig"]["defaults"]


@pytest.mark.parametrize("kind", ["lines", "bars"])
def test_levels_of_stacked_numbers_are_not_drawn_and_that_is_noted(kind: str, tmp_path: Path) -> None:
    panel = f"{{id: days, query: days, as: {kind}, stack: true}}"
    board = f"  board:\n    title: Board\n    rows: [{{title: All, panels: [{panel}]}}]\n"
    service = service_of(tmp_path, board)
    made, notes = build_dashboard(service, service.dashboards["board"])
    custom = made.body["panels"][1]["fieldConfig"]["defaults"]["custom"]
    assert custom["thresholdsStyle"] == {"mode": "off"}
    assert [note.message for note in notes] == [
        "its levels are not drawn: they judge single numbers, and stacked ones are read as their sum"
    ]


def test_series_carry_their_own_name_and_columns_their_title(tmp_path: Path) -> None:
    columns = panel_of(tmp_path, "{query: days, as: lines}")["fieldConfig"]
    named = {
        each["matcher"]["options"]: {prop["id"]: prop["value"] for prop in each["properties"]}
        for each in columns["overrides"]
    }
    assert named["orders"] == {"displayName": "Orders", "unit": "none"}
    assert named["total"] == {"displayName": "Total", "unit": "currencyEUR"}


def test_a_table_colours_cells_by_level_and_by_value(tmp_path: Path) -> None:
    overrides = panel_of(tmp_path, "{query: towns, as: table}")["fieldConfig"]["overrides"]
    cells = {
        each["matcher"]["options"]: {prop["id"]: prop["value"] for prop in each["properties"]}
        for each in overrides
    }
    assert cells["orders"]["thresholds"]["steps"][0] == {"color": "dark-red", "value": None}
    assert cells["orders"]["custom.cellOptions"]["type"] == "color-background"
    assert cells["state"]["mappings"] == [
        {
            "type": "value",
            "options": {
                "Open": {"text": "Open", "color": "green", "index": 0},
                "shut": {"color": "red", "index": 1},
            },
        }
    ]
    assert cells["town"] == {"displayName": "Town"}


def test_a_cell_draws_a_curve_of_an_array_that_came_as_text(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{query: curves, as: table}")
    (cell,) = [each for each in panel["fieldConfig"]["overrides"] if each["matcher"]["options"] == "trend"]
    properties = {prop["id"]: prop["value"] for prop in cell["properties"]}
    assert properties["custom.cellOptions"] == {"type": "sparkline", "hideValue": True}
    assert panel["transformations"] == [
        {
            "id": "convertFieldType",
            "options": {"fields": {}, "conversions": [{"targetField": "trend", "destinationType": "other"}]},
        }
    ]


def test_rows_of_a_keyed_metric_are_bars_by_name(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{metric: town_orders, as: bar_gauge}")
    assert panel["options"]["reduceOptions"]["values"] is True
    assert "displayName" not in panel["fieldConfig"]["defaults"]


def test_an_alert_list_shows_this_services_alerts(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{as: alerts, title: Alerts}")
    assert panel["options"]["alertInstanceLabelFilter"] == '{service="shop"}'
    assert "targets" not in panel


def test_a_filter_that_the_board_does_not_offer_is_unset(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{metric: orders, as: gauge}")
    assert "${city}" not in panel["targets"][0]["rawSql"]
    offered = panel_of(tmp_path, "{metric: orders, as: gauge}", keys="    filters: [city]\n")
    assert "${city}" in offered["targets"][0]["rawSql"]
