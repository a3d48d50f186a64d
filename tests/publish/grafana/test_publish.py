"""Publishing to a Grafana: what is there is found again, edits by hand are told, strangers stay as they are."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import Publisher, actions, service_of, shop_server
from tests.servers.faults import Meanwhile
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json
from watchglass.definition.service import Service
from watchglass.publish.errors import PublishError
from watchglass.review import plan_report


@pytest.fixture(params=["12.3", "12.4"])
def server(request: pytest.FixtureRequest) -> Iterator[GrafanaServer]:
    with shop_server(request.param) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    return service_of(tmp_path)


def written(server: GrafanaServer) -> list[str]:
    return [record.line[0] for record in server.requests if record.line[0] != "GET"]


def board(server: GrafanaServer, uid: str = "shop-overview") -> Json:
    return copy.deepcopy(server.get(f"/api/dashboards/uid/{uid}").json())


def edit_board(server: GrafanaServer, **changes: Json) -> None:
    got = board(server)
    body = got["dashboard"] | changes
    saved = server.ask(
        "POST",
        "/api/dashboards/db",
        {"dashboard": body, "folderUid": got["meta"]["folderUid"], "overwrite": True},
    )
    assert saved.status == 200


def test_what_is_published_is_found_again_and_written_once(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    first = publisher.apply(shop)
    assert first.complete
    assert {change.action for change in first.done} == {"create"}
    server.forget()
    assert set(actions(publisher.plan(shop)).values()) == {"keep"}
    assert publisher.apply(shop).done == ()
    assert written(server) == []


def test_a_changed_number_changes_its_places_and_is_said_by_its_name(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    changed = service_of(tmp_path, {"{watch: 20, bad: 10}": "{watch: 20, bad: 12}"})
    plan = publisher.plan(changed)
    assert actions(plan) == {
        "folder Shop": "keep",
        "dashboard Overview": "update",
        "dashboard Details": "keep",
        "rule group shop every 5m": "update",
        "rule group shop every 1m": "keep",
    }
    said = plan_report.text(plan)
    assert "orders.bad 10 → 12 in 1 panel" in said
    assert "orders.bad 10 → 12 in 1 rule" in said
    assert "alerts start anew, and what fires now is sent as resolved: Few orders" in said
    assert publisher.apply(changed).complete
    assert publisher.plan(changed).writes == ()


def test_fault_49_an_edit_in_the_ui_is_shown_and_kept_until_it_is_taken_back(
    server: GrafanaServer, shop: Service
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    edit_board(server, title="Mine now")
    plan = publisher.plan(shop)
    (conflict,) = plan.conflicts
    assert conflict.drifted
    assert "'Mine now' → 'Overview'" in plan_report.text(plan)
    publisher.apply(shop)
    assert board(server)["dashboard"]["title"] == "Mine now"
    assert publisher.apply(shop, overwrite_drift=True).complete
    assert board(server)["dashboard"]["title"] == "Overview"
    assert publisher.plan(shop).writes == ()


def test_fault_31_a_save_between_plan_and_apply_is_not_undone(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    changed = service_of(tmp_path, {"title: Overview": "title: Overview 2"})
    session = publisher.session(changed)
    live = session.look()
    plan = session.plan(live, publisher.plan(changed).wish)
    edit_board(server, description="somebody else's")
    done = session.apply(plan, live)
    assert done.failed is not None
    assert done.failed.title == "Overview 2"
    assert board(server)["dashboard"]["description"] == "somebody else's"


def test_fault_32_a_rule_that_changes_between_plan_and_apply_is_not_overwritten(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    changed = service_of(tmp_path, {"for: 10m": "for: 20m"})
    session = publisher.session(changed)
    live = session.look()
    plan = session.plan(live, publisher.plan(changed).wish)
    rule = server.get("/api/v1/provisioning/alert-rules/shop-few-orders").json()
    edited = server.ask("PUT", "/api/v1/provisioning/alert-rules/shop-few-orders", rule | {"for": "1h"})
    assert edited.status == 200
    done = session.apply(plan, live)
    assert done.failed is not None
    assert "changed while the plan was applied" in str(done.error)
    assert server.get("/api/v1/provisioning/alert-rules/shop-few-orders").json()["for"] == "1h"


def test_fault_32_a_foreign_rule_in_our_group_stops_us(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    rule = server.get("/api/v1/provisioning/alert-rules/shop-few-orders").json()
    foreign = rule | {"uid": "theirs", "title": "Theirs", "annotations": {"summary": "by hand"}}
    assert server.ask("POST", "/api/v1/provisioning/alert-rules", foreign).status == 201
    (conflict,) = publisher.plan(shop).conflicts
    assert conflict.drifted
    publisher.apply(shop)
    assert server.get("/api/v1/provisioning/alert-rules/theirs").status == 200


def test_fault_34_a_strangers_board_at_our_uid_is_left_alone_until_it_is_adopted(
    server: GrafanaServer, shop: Service
) -> None:
    theirs = {"uid": "shop-overview", "title": "Theirs", "tags": [], "panels": [], "schemaVersion": 42}
    server.ask("POST", "/api/dashboards/db", {"dashboard": theirs})
    publisher = Publisher(server)
    plan = publisher.plan(shop)
    assert [change.title for change in plan.conflicts] == ["Overview"]
    publisher.apply(shop)
    assert board(server)["dashboard"]["title"] == "Theirs"
    assert publisher.apply(shop, adopt=frozenset({"dashboards/shop-overview"})).complete
    assert board(server)["dashboard"]["title"] == "Overview"
    assert publisher.plan(shop).writes == ()


def test_what_no_definition_names_stays_until_it_is_pruned(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    without = """  details:
    title: Details
    rows: [{title: All, panels: [{query: now, as: table}]}]
"""
    less = service_of(tmp_path, {without: ""})
    assert actions(publisher.plan(less))["dashboard Details"] == "orphan"
    publisher.apply(less)
    assert server.get("/api/dashboards/uid/shop-details").status == 200
    assert publisher.apply(less, prune=True).complete
    assert server.get("/api/dashboards/uid/shop-details").status == 404


def test_an_alert_that_no_definition_names_ends_with_its_group_only_where_that_is_said(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    line = "  many_failed: {title: Many failed, metric: failed, when: bad, for: 5m, severity: high}\n"
    less = service_of(tmp_path, {line: ""})
    (conflict,) = publisher.plan(less).conflicts
    assert conflict.noun == "rule group"
    assert "Many failed; --prune ends it" in conflict.reason
    publisher.apply(less)
    assert "shop-many-failed" in server.state.rules
    named = frozenset({"shop-many-failed"})
    assert publisher.plan(less, gone=frozenset({"shop-many"})).conflicts == ()
    assert publisher.plan(less, prune=True).conflicts == ()
    assert publisher.apply(less, gone=named).complete
    assert "shop-many-failed" not in server.state.rules
    assert publisher.plan(less).writes == ()


def test_an_alert_that_moves_to_another_group_ends_nothing(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    moved = service_of(
        tmp_path, {"when: bad, for: 5m, severity: high}": "when: bad, for: 5m, every: 1m, severity: high}"}
    )
    assert publisher.plan(moved).conflicts == ()
    assert publisher.apply(moved).complete
    assert publisher.plan(moved).writes == ()


def test_destroying_removes_what_is_ours_and_nothing_else(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    before = server.content()
    publisher.apply(shop)
    assert publisher.apply(shop, destroy=True, prune=True).complete
    after = server.content()
    assert after["dashboards"] == before["dashboards"]
    assert after["rules"] == before["rules"]
    assert after["folders"] == before["folders"]
    assert publisher.plan(shop, destroy=True, prune=True).changes == ()
    assert after["sources"] == before["sources"]


def test_fault_35_a_folder_that_holds_something_foreign_stays(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    theirs = {"uid": "theirs", "title": "Theirs", "tags": [], "panels": [], "schemaVersion": 42}
    server.ask("POST", "/api/dashboards/db", {"dashboard": theirs, "folderUid": "shop-folder"})
    done = publisher.apply(shop, destroy=True, prune=True)
    assert done.complete
    assert server.get("/api/dashboards/uid/theirs").status == 200
    assert server.get("/api/folders/shop-folder").status == 200


def test_fault_35_a_folder_with_a_rule_of_others_stays(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    rule = server.get("/api/v1/provisioning/alert-rules/shop-some-failed").json()
    theirs = rule | {"uid": "theirs", "title": "Theirs", "ruleGroup": "theirs", "annotations": {}}
    assert server.ask("POST", "/api/v1/provisioning/alert-rules", theirs).status == 201
    assert publisher.apply(shop, destroy=True, prune=True).complete
    assert server.get("/api/v1/provisioning/alert-rules/theirs").status == 200
    assert server.get("/api/folders/shop-folder").status == 200


def test_fault_36_a_token_that_may_not_write_is_refused_before_the_first_write(
    server: GrafanaServer, shop: Service
) -> None:
    done = Publisher(server, server.viewer_token).apply(shop)
    assert done.failed is not None
    assert done.done == ()
    with pytest.raises(PublishError, match="401"):
        Publisher(server, "glsa_wrong").apply(shop)


def test_a_rule_group_that_goes_while_it_is_read_is_made_anew(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    group = "/api/v1/provisioning/folder/shop-folder/rule-groups/shop%20every%201m"
    server.inject(
        Meanwhile(lambda: server.ask("DELETE", group)), when=lambda request: request.path.endswith("/export")
    )
    assert [(change.action, change.title) for change in publisher.plan(shop).writes] == [
        ("create", "shop every 1m")
    ]


def test_many_boards_are_read_in_few_requests(server: GrafanaServer, shop: Service, tmp_path: Path) -> None:
    more = "".join(
        f"  b{number}: {{title: Board {number}, rows: [{{title: All, panels: [{{query: now, as: table}}]}}]}}\n"
        for number in range(40)
    )
    many = service_of(tmp_path, {"dashboards:\n": f"dashboards:\n{more}"})
    publisher = Publisher(server)
    publisher.apply(many)
    server.forget()
    assert publisher.plan(many).writes == ()
    assert len(server.requests) <= 20
