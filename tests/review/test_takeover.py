"""What somebody changed at a server, as edits of the definition: numbers, titles, times; and what no line says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import DEFINITION, Publisher, shop_server
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json
from watchglass.definition.read import Definition, read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.publish.compare import Difference
from watchglass.publish.plan import Change
from watchglass.publish.resource import Key
from watchglass.review.edits import Edit, edited
from watchglass.review.takeover import Takeover, explained, takeover, unsaid

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


@pytest.mark.parametrize(
    "change",
    [
        {"annotations": {"summary": "Hardly any: {{ $values.A }}"}},
        {"annotations": {"runbook": "Do nothing"}},
        {"annotations": {"levels": "fine below 6"}},
        {"title": "Orders of {{ $labels.shop }}"},
        {"title": "Orders in ${shop}"},
    ],
    ids=["summary", "runbook", "levels", "a label in a title", "a variable in a title"],
)
def test_a_text_that_is_rendered_or_would_be_expanded_is_no_value_of_the_file(
    change: dict[str, Json], server: GrafanaServer, tmp_path: Path
) -> None:
    place = "/api/v1/provisioning/alert-rules/shop-few-orders"
    taken(server, tmp_path)
    rule = server.get(place).json()
    found, text = taken(
        server, tmp_path, rule=change | {"annotations": rule["annotations"] | change.get("annotations", {})}
    )
    assert (found.edits, text) == ((), FILE_TEXT)
    assert len(found.left) == 1


def test_what_was_taken_over_is_not_taken_a_second_time_before_the_apply(
    server: GrafanaServer, tmp_path: Path
) -> None:
    data = _rule_data(server, tmp_path, 12)
    _, text = taken(server, tmp_path, rule={"data": data})
    assert text == FILE_TEXT.replace("{watch: 20, bad: 10}", "{watch: 20, bad: 12}")
    again = _looked(server, tmp_path, text)
    assert again.edits == ()
    assert all("it is made from" in line for line in again.left)


def _rule_data(server: GrafanaServer, folder: Path, limit: int) -> Json:
    """Give the rule's queries with another threshold."""
    taken(server, folder)
    data = server.get("/api/v1/provisioning/alert-rules/shop-few-orders").json()["data"]
    data[-1]["model"]["conditions"][0]["evaluator"]["params"] = [limit]
    return data


def _read(folder: Path, text: str) -> tuple[Definition, Service]:
    definition = read(_written(folder, text)).definition
    assert definition is not None
    service = resolve(definition).service
    assert service is not None
    return definition, service


def _looked(server: GrafanaServer, folder: Path, text: str) -> Takeover:
    definition, service = _read(folder, text)
    return takeover(Publisher(server).plan(service).changes, definition)


def test_a_conflict_about_nothing_that_is_written_says_so(server: GrafanaServer, tmp_path: Path) -> None:
    _, text = taken(server, tmp_path, rule={"data": _rule_data(server, tmp_path, 12)})
    reasons = {}
    for name, each in (("before", FILE_TEXT), ("after", text)):
        definition, service = _read(tmp_path, each)
        (conflict,) = explained(Publisher(server).plan(service), definition).conflicts
        reasons[name] = conflict.reason
    assert "`watchglass adopt` takes that into the definition" in reasons["before"]
    assert "no value that is written in the definition differs now" in reasons["after"]


def _change(title: str, *, drifted: bool, differs: tuple[Json, Json] | None) -> Change:
    """Make what happens to an object that holds one threshold."""
    found = (Difference("/bad", *differs),) if differs else ()
    path = ("metrics", "failed", "thresholds", "bad")
    key = Key("grafana", "dashboards", title)
    return Change("update", key, "dashboard", title, found, {"/bad": path}, drifted=drifted)


@pytest.mark.parametrize(
    ("others", "edits", "left"),
    [
        ([], 1, 0),
        ([("other", False, None)], 1, 0),
        ([("other", False, (7, 5))], 0, 0),
        ([("other", True, None)], 0, 1),
        ([("other", True, None), ("third", False, None)], 1, 0),
        ([("other", True, (9, 5))], 0, 1),
    ],
    ids=[
        "alone", "our last apply says 5", "our last apply says 7: 5 is new in the definition",
        "another edited one says 5", "and our last apply, too", "another edited one says 9",
    ],
)  # fmt: skip
def test_a_value_of_our_last_apply_is_nobodys_edit(
    others: list[tuple[str, bool, tuple[Json, Json] | None]], edits: int, left: int, tmp_path: Path
) -> None:
    definition, _ = _read(tmp_path, FILE_TEXT)
    changes = [_change("one", drifted=True, differs=(7, 5))]
    changes += [_change(title, drifted=drifted, differs=differs) for title, drifted, differs in others]
    found = takeover(changes, definition)
    assert (len(found.edits), len(found.left)) == (edits, left)


STAGING = """
  staging:
    # kept apart
    sources: {main: {dsn: "${env:DSN}", grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {folder: Staging}
"""


@pytest.mark.parametrize(
    ("there", "made"),
    [
        ("", "    thresholds: {failed: {bad: 7}}\n"),
        (
            "    thresholds: {orders: {bad: 9}}   # fewer\n",
            "    thresholds: {failed: {bad: 7}, orders: {bad: 9}}   # fewer\n",
        ),
        ("    thresholds: {failed: {watch: 3}}\n", "    thresholds: {failed: {bad: 7, watch: 3}}\n"),
        (
            "    thresholds:\n      # fewer\n      orders: {bad: 9}\n",
            "    thresholds:\n      # fewer\n      failed: {bad: 7}\n      orders: {bad: 9}\n",
        ),
    ],
    ids=["no thresholds", "another metric's", "another level", "in lines"],
)
def test_a_threshold_of_another_environment_becomes_its_own(there: str, made: str, tmp_path: Path) -> None:
    text = FILE_TEXT + STAGING.lstrip("\n") + there
    definition, _ = _read(tmp_path, text)
    found = takeover([_change("one", drifted=True, differs=(7, 5))], definition, "staging")
    assert found.left == ()
    new = edited(text, found.edits)
    if there:
        assert new == text.replace(there, made)
    else:
        assert new == text.replace("    # kept apart\n", f"    # kept apart\n{made}")
    assert list(unsaid(found.edits, _read(tmp_path, new)[0])) == []


def test_what_another_environment_cannot_say_is_left_as_it_is_for_all(tmp_path: Path) -> None:
    text = FILE_TEXT + "  staging: {}\n"
    definition, _ = _read(tmp_path, text)
    title = Change(
        "update",
        Key("grafana", "dashboards", "overview"),
        "dashboard",
        "Overview",
        (Difference("/title", "Mine", "Overview"),),
        {"/title": ("dashboards", "overview", "title")},
        drifted=True,
    )
    found = takeover([title, _change("one", drifted=True, differs=(7, 5))], definition, "staging")
    assert found.edits == ()
    assert "`dashboards.overview.title` holds for every environment" in found.left[0]
    assert "environments: {staging: {thresholds: {failed: {bad: 7}}}}" in found.left[1]


def test_a_value_that_stands_for_two_is_not_edited(tmp_path: Path) -> None:
    text = FILE_TEXT.replace("{watch: 20, bad: 10}", "{watch: 20, bad: &ten 5}").replace(
        "{watch: 2, bad: 5}", "{watch: 2, bad: *ten}"
    )
    definition, _ = _read(tmp_path, text)
    found = takeover([_change("one", drifted=True, differs=(7, 5))], definition)
    assert found.edits == ()
    assert "are one value by an alias" in found.left[0]


def test_a_key_that_says_it_in_its_own_form_is_named(tmp_path: Path) -> None:
    text = FILE_TEXT + "".join(
        (
            'subscriptions:\n  daily: {dashboard: overview, at: {daily: "08:00"}, to: [a@shop.example.com]}\n',
            "notify:\n  contacts: {head: {type: email, addresses: [a@shop.example.com]}}\n",
        )
    )
    definition = read(_written(tmp_path, text)).definition
    assert definition is not None
    daily, head = ("subscriptions", "daily"), ("notify", "contacts", "head")
    change = Change(
        "update",
        Key("metabase", "subscriptions", "daily"),
        "subscription",
        "Overview",
        (
            Difference("/schedules/0/schedule_hour", 7, 8),
            Difference("/channels/0/recipients/1", "b@shop.example.com", None),
            Difference("/settings/addresses", "b@shop.example.com", "a@shop.example.com"),
        ),
        {
            "/schedules": (*daily, "at"),
            "/channels/0/recipients": (*daily, "to"),
            "/settings/addresses": (*head, "addresses"),
        },
        drifted=True,
    )
    found = takeover([change], definition)
    assert found.edits == ()
    assert (
        "subscriptions.daily.at (schedule_hour): 8 → 7: `subscriptions.daily.at` says this: edit it by hand"
        in found.left[0]
    )
    assert "`subscriptions.daily.to` says this: edit it by hand" in found.left[1]
    assert "`notify.contacts.head.addresses` says this: edit it by hand" in found.left[2]


def _written(folder: Path, text: str) -> Path:
    file = folder / "shop.yaml"
    file.write_text(text, "utf-8")
    return file


def test_an_edit_of_the_first_line_stands_behind_a_mark_of_the_byte_order(tmp_path: Path) -> None:
    text = f"\ufeff{FILE_TEXT.lstrip()}"
    file = tmp_path / "shop.yaml"
    file.write_text(text, "utf-8")
    definition = read(file).definition
    assert definition is not None
    place = definition.places.written["version",]
    assert edited(text, [Edit(("version",), place.value, "2", "1", ())]) == text.replace(
        "version: 1\n", "version: 2\n"
    )


def test_nothing_was_changed(server: GrafanaServer, tmp_path: Path) -> None:
    found, text = taken(server, tmp_path)
    assert (found, text) == (Takeover((), ()), FILE_TEXT)
