"""Boards: what Grafana's own classes know of them, layout, ids, ranges, links, annotations, texts that stay texts."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard as PublishedDashboard

from tests.targets.grafana.boards import HEAD, SHOP, all_panels, board_of, panel_of, service_of
from watchglass.artifact import Artifact, Json
from watchglass.pipeline import compile_definition
from watchglass.targets.grafana.dashboards import build_dashboard, panel_place
from watchglass.targets.grafana.panels import literal

DEFINITIONS = sorted(
    [*SHOP.parents[1].glob("*/definition.yaml"), *Path(__file__).parents[3].glob("definitions/*.yaml")]
)


def boards(definition: Path) -> list[Artifact]:
    compiled = compile_definition(definition)
    return [each for each in compiled.artifacts if (each.target, each.kind) == ("grafana", "dashboards")]


def shop() -> Json:
    return boards(SHOP)[0].body


def lost(ours: Json, theirs: Json, at: str = "") -> Iterator[str]:
    """List what a body holds and another does not, or holds otherwise."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            if not isinstance(theirs, dict) or key not in theirs:
                yield f"{at}/{key}"
            else:
                yield from lost(value, theirs[key], f"{at}/{key}")
    elif isinstance(ours, list):
        if not isinstance(theirs, list) or len(ours) != len(theirs):
            yield at
        else:
            for index, (left, right) in enumerate(zip(ours, theirs, strict=True)):
                yield from lost(left, right, f"{at}/{index}")
    elif ours != theirs:
        yield at


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda path: path.parent.name + "-" + path.stem)
def test_grafanas_own_classes_know_all_that_a_board_holds(definition: Path) -> None:
    plugins.register_default_plugins()
    for board in boards(definition):
        read = json.loads(JSONEncoder().encode(PublishedDashboard.from_json(board.body)))
        unknown = [
            # The classes know the target of Grafana's own annotations only; a SQL query's is in the contract sheet, 2.
            place
            for place in lost(board.body, read)
            if not (place.startswith("/annotations/list/") and "/target/" in place)
        ]
        assert unknown == []


def test_a_key_that_grafana_does_not_know_would_be_found() -> None:
    plugins.register_default_plugins()
    body = shop()
    body["panels"][1]["fieldConfig"]["defaults"]["tresholds"] = {}
    read = json.loads(JSONEncoder().encode(PublishedDashboard.from_json(body)))
    assert "/panels/1/fieldConfig/defaults/tresholds" in list(lost(body, read))


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda path: path.parent.name + "-" + path.stem)
def test_panels_lie_on_the_grid_and_on_no_other(definition: Path) -> None:
    for board in boards(definition):
        taken: set[tuple[int, int]] = set()
        for panel in (each for each in board.body["panels"]):
            place = panel["gridPos"]
            assert 0 <= place["x"] <= place["x"] + place["w"] <= 24
            cells = set(
                itertools.product(
                    range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
                )
            )
            assert not cells & taken
            taken |= cells


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda path: path.parent.name + "-" + path.stem)
def test_every_panel_has_a_number_a_title_a_description_and_each_number_a_unit(definition: Path) -> None:
    for board in boards(definition):
        numbers = [panel["id"] for panel in all_panels(board.body)]
        numbers += [panel["id"] for panel in board.body["panels"] if panel["type"] == "row"]
        assert len(set(numbers)) == len(numbers)
        for panel in all_panels(board.body):
            assert panel["title"].strip()
            assert panel["description"].strip()
            if panel["type"] in ("stat", "gauge", "bargauge", "timeseries", "barchart", "piechart"):
                assert panel["fieldConfig"]["defaults"]["unit"]


def test_a_panel_that_is_put_in_moves_nobodys_number(tmp_path: Path) -> None:
    before = board_of(tmp_path, "{metric: orders, as: number}, {query: towns, as: table}")
    after = board_of(
        tmp_path, "{metric: total, as: number}, {metric: orders, as: number}, {query: towns, as: table}"
    )
    kept = {panel["title"]: panel["id"] for panel in all_panels(before.body)}
    now = {panel["title"]: panel["id"] for panel in all_panels(after.body)}
    assert kept.items() <= now.items()


def test_a_folded_row_holds_its_panels_and_an_open_one_stands_before_them(tmp_path: Path) -> None:
    rows = """  board:
    title: Board
    rows:
      - {title: Open, panels: [{metric: orders, as: number}]}
      - {title: Folded, collapsed: true, panels: [{query: towns, as: table}]}
"""
    service = service_of(tmp_path, rows)
    body = build_dashboard(service, service.dashboards["board"])[0].body
    assert [panel["type"] for panel in body["panels"]] == ["row", "stat", "row"]
    assert body["panels"][0]["panels"] == []
    assert [panel["type"] for panel in body["panels"][2]["panels"]] == ["table"]


def test_a_board_belongs_to_its_service_and_nobody_edits_it(tmp_path: Path) -> None:
    body = board_of(tmp_path, "{metric: orders, as: number}").body
    assert body["tags"] == ["watchglass", "watchglass:shop"]
    assert (body["uid"], body["editable"], body["timezone"]) == ("shop-board", False, "Europe/Berlin")
    assert board_of(tmp_path, "{metric: orders, as: number}", keys="    editable: true\n").body["editable"]


@pytest.mark.parametrize(
    ("keys", "panel", "board_from", "own"),
    [
        ("    range: 7d\n", "{metric: orders, as: gauge}", "now-7d", None),
        ("    range: 7d\n", "{metric: orders, as: gauge, range: 6 months}", "now-7d", "6M"),
        ("", "{metric: orders, as: gauge}", "now-1d", None),
        ("", "{query: days, as: lines}", "now-30d", None),
        ("    range: 7d\n", "{query: towns, as: table, range: 2d}", "now-7d", None),
    ],
    ids=["the board's", "the panel's own", "its only query's", "of another query", "a query without a range"],
)
def test_a_panels_own_range_wins_over_the_boards_and_that_over_the_querys(
    keys: str, panel: str, board_from: str, own: str | None, tmp_path: Path
) -> None:
    body = board_of(tmp_path, panel, keys=keys).body
    assert body["time"] == {"from": board_from, "to": "now"}
    assert body["panels"][1].get("timeFrom") == own


def test_where_the_board_names_no_range_each_query_keeps_its_own(tmp_path: Path) -> None:
    body = board_of(
        tmp_path, "{query: days, as: lines}, {query: days, as: bars}, {metric: total, as: number}"
    ).body
    assert body["time"]["from"] == "now-30d"
    assert [panel.get("timeFrom") for panel in all_panels(body)] == [None, None, "1d"]


@pytest.mark.parametrize(("key", "own"), [("", None), (", range: 12h", "12h")])
def test_the_range_of_a_number_is_that_of_its_curve(key: str, own: str | None, tmp_path: Path) -> None:
    present = HEAD.replace("WHERE {{ in_range('o.at') }} AND", "WHERE")
    panels = f"{{query: days, as: lines}}, {{metric: orders, as: number{key}}}"
    body = board_of(tmp_path, panels, head=present).body
    assert [panel.get("timeFrom") for panel in all_panels(body)] == [None, own]


def test_events_are_drawn_from_a_query_with_time_and_text() -> None:
    built_in, events = shop()["annotations"]["list"]
    assert built_in["builtIn"] == 1
    assert events["target"]["format"] == "table"
    assert events["target"]["rawSql"].startswith(
        'SELECT q."attempted_at" AS "time", q."message"::text AS "text"'
    )
    assert events["datasource"] == {"type": "grafana-postgresql-datasource", "uid": "shop-db"}


def test_every_statement_is_found_at_its_pointer() -> None:
    for board in boards(SHOP):
        for statement in board.statements:
            found = board.body
            for key in statement.pointer.strip("/").split("/"):
                found = found[int(key)] if isinstance(found, list) else found[key]
            assert found == statement.sql.text


def test_each_step_leads_to_the_line_of_its_number() -> None:
    board = boards(SHOP)[0]
    revenue = {
        pointer.rpartition("/")[2]: path[-1]
        for pointer, path in board.origins.items()
        if pointer.startswith("/panels/1/fieldConfig/defaults/thresholds")
    }
    assert revenue == {"1": "broken", "2": "bad", "3": "watch"}


def test_an_alert_leads_to_the_panel_that_shows_its_metric() -> None:
    service = compile_definition(SHOP).service
    assert service is not None
    uid, number = panel_place(service, service.metrics["refused"]) or ("", 0)
    shown = next(panel for panel in all_panels(shop()) if panel["id"] == number)
    assert (uid, shown["title"]) == ("juice-shop-overview", "Refused payments")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 $ for $region", "5 $ for $\u200bregion"),
        ("${region:raw} and [[region]]", "$\u200b{region:raw} and [\u200b[region]]"),
        ("$__from is read", "$\u200b__from is read"),
        ("$other and ${other} and [[other]]", "$other and ${other} and [[other]]"),
    ],
)
def test_a_text_that_looks_like_a_variable_stays_a_text(text: str, shown: str) -> None:
    assert literal(text, ["region"]) == shown


def test_a_link_leads_to_metabase_where_its_address_is_known(tmp_path: Path) -> None:
    text = """  board:
    title: My board
    publish: [grafana, metabase]
    rows: [{title: All, panels: [{metric: orders, as: number}]}]
environments:
  production: {default: true, metabase: {url: "https://metabase.example.com/", collection: Shop}}
"""
    service = service_of(tmp_path, text)
    (link,) = build_dashboard(service, service.dashboards["board"])[0].body["links"]
    assert link["url"] == "https://metabase.example.com/search?q=My%20board"


def test_the_runbook_of_an_alert_is_linked_where_its_metric_is_shown(tmp_path: Path) -> None:
    alerts = """alerts:
  low: {title: Few orders, metric: orders, when: bad, for: 10m, severity: high, runbook: {url: "https://wiki.example.com/low"}}
"""
    text = f"  board:\n    title: Board\n    rows: [{{title: All, panels: [{{metric: orders, as: gauge}}]}}]\n{alerts}"
    service = service_of(tmp_path, text)
    panel = build_dashboard(service, service.dashboards["board"])[0].body["panels"][1]
    assert panel["links"] == [
        {"title": "Runbook: Few orders", "url": "https://wiki.example.com/low", "targetBlank": True}
    ]


def test_nothing_that_old_versions_had_is_left(tmp_path: Path) -> None:
    panel = panel_of(tmp_path, "{metric: orders, as: gauge}")
    assert list(panel) == [
        "id", "type", "title", "description", "gridPos", "datasource", "targets", "fieldConfig", "options",
    ]  # fmt: skip
