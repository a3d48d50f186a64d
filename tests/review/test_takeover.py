"""What somebody changed at a server, as edits of the definition: numbers, titles, times; and what no line says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import DEFINITION, Publisher, shop_server
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.review.takeover import Edit, Takeover, edited, takeover

FILE_TEXT = DEFINITION.replace(
    "{metric: failed, as: number}", "{metric: failed, as: number, title: Failed ones}"
).replace("  overview:\n", "  overview:   # the board of the morning\n")


@pytest.fixture(scope="module")
def server() -> Iterator[GrafanaServer]:
    with shop_server() as running:
        yield running


def taken(
    server: GrafanaServer, folder: Path, *, board: Json = None, panel: Json = None, rule: Json = None
) -> tuple[Takeover, str]:
    """Publish, edit by hand, and take that over."""
    file = folder / "shop.yaml"
    file.write_text(FILE_TEXT, "utf-8")
    definition = read(file).definition
    assert definition is not None
    service = resolve(definition).service
    assert service is not None
    publisher = Publisher(server)
    publisher.apply(service, overwrite_drift=True)
    if board is not None or panel is not None:
        got = server.get("/api/dashboards/uid/shop-overview").json()
        body = got["dashboard"] | (board or {})
        body["panels"][2] |= panel or {}
        server.ask(
            "POST", "/api/dashboards/db", {"dashboard": body, "folderUid": "shop-folder", "overwrite": True}
        )
    if rule is not None:
        place = "/api/v1/provisioning/alert-rules/shop-few-orders"
        assert server.ask("PUT", place, server.get(place).json() | rule).status == 200
    found = takeover(publisher.plan(service).changes, definition)
    return found, edited(FILE_TEXT, found.edits)


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        ({"board": {"title": "Our shop"}}, "title: Overview", "title: Our shop"),
        ({"board": {"title": "Shop: now, {all}"}}, "title: Overview", 'title: "Shop: now, {all}"'),
        ({"panel": {"title": "10"}}, "title: Failed ones}", 'title: "10"}'),
        ({"rule": {"for": "30m"}}, "for: 10m", "for: 30m"),
        ({"rule": {"title": "No orders"}}, "title: Few orders", "title: No orders"),
    ],
    ids=["title", "title with marks", "a number as a text", "for", "title of a rule"],
)
def test_an_edit_of_one_value_is_an_edit_of_its_line(
    change: dict[str, Json], old: str, new: str, server: GrafanaServer, tmp_path: Path
) -> None:
    found, text = taken(server, tmp_path, **change)
    assert found.left == ()
    assert text == FILE_TEXT.replace(old, new)


def test_a_threshold_that_was_moved_in_the_ui_is_a_threshold(server: GrafanaServer, tmp_path: Path) -> None:
    steps = [
        {"color": "green", "value": None},
        {"color": "yellow", "value": 2},
        {"color": "red", "value": 7.5},
    ]
    got = {"defaults": {"thresholds": {"mode": "absolute", "steps": steps}}}
    file_config = _field_config(server, tmp_path)
    file_config["defaults"] |= got["defaults"]
    found, text = taken(server, tmp_path, panel={"fieldConfig": file_config})
    assert [edit.path for edit in found.edits] == [("metrics", "failed", "thresholds", "bad")]
    assert text == FILE_TEXT.replace("{watch: 2, bad: 5}", "{watch: 2, bad: 7.5}")


def _field_config(server: GrafanaServer, folder: Path) -> Json:
    taken(server, folder)
    return server.get("/api/dashboards/uid/shop-overview").json()["dashboard"]["panels"][2]["fieldConfig"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"board": {"description": "mine"}}, "it is made from it"),
        ({"rule": {"for": "1h30m"}}, "no form for this value"),
        ({"rule": {"labels": {"team": "x"}}}, "it is made from it"),
        ({"panel": {"type": "gauge"}}, "another kind of panel"),
    ],
    ids=["a text of ours", "a time of two units", "labels", "another kind"],
)
def test_what_no_line_says_is_named_with_the_reason(
    change: dict[str, Json], reason: str, server: GrafanaServer, tmp_path: Path
) -> None:
    found, text = taken(server, tmp_path, **change)
    assert any(reason in line for line in found.left), found
    assert text == FILE_TEXT


def test_an_edit_of_the_first_line_stands_behind_a_mark_of_the_byte_order(tmp_path: Path) -> None:
    text = f"\ufeff{FILE_TEXT.lstrip()}"
    file = tmp_path / "shop.yaml"
    file.write_text(text, "utf-8")
    definition = read(file).definition
    assert definition is not None
    place = definition.places.written["version",]
    assert edited(text, [Edit(("version",), place.value, "2")]) == text.replace(
        "version: 1\n", "version: 2\n"
    )


def test_nothing_was_changed(server: GrafanaServer, tmp_path: Path) -> None:
    found, text = taken(server, tmp_path)
    assert (found, text) == (Takeover((), ()), FILE_TEXT)
