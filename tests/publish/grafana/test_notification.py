"""Publishing who is told: found again, strangers' routes kept, secrets sent and never shown, edits told, all taken back."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.grafana.shop import ENVIRONMENT, Publisher, actions, shop_server
from tests.publish.grafana.told import PER_RULE, told_service
from tests.servers.faults import error
from tests.servers.grafana.server import GrafanaServer
from watchglass.artifact import Json
from watchglass.definition.service import Service
from watchglass.publish.grafana import time_intervals
from watchglass.references import Unset
from watchglass.review import plan_report

POLICIES = "/api/v1/provisioning/policies"
POINTS = "/api/v1/provisioning/contact-points"
FOREIGN = {
    "receiver": "grafana-default-email",
    "group_by": ["alertname"],
    "repeat_interval": "12h",
    "routes": [
        {"object_matchers": [["team", "=", "ops"]], "continue": True},
        {"object_matchers": [["service", "=", "other"]], "group_wait": "45s"},
        {"object_matchers": [["note", "=", '""quoted""']]},
        {"object_matchers": [["severity", "=~", "high|critical"]]},
    ],
}


@pytest.fixture(params=["12.3", "12.4"])
def server(request: pytest.FixtureRequest) -> Iterator[GrafanaServer]:
    with shop_server(request.param) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    return told_service(tmp_path)


def tree(server: GrafanaServer) -> Json:
    return server.get(POLICIES).json()


def put_tree(server: GrafanaServer, body: Json, *, editable: bool = True) -> None:
    receiver = {"receiver": tree(server)["receiver"]}
    headers = {"X-Disable-Provenance": "true"} if editable else {}
    assert server.ask("PUT", POLICIES, body | receiver, headers=headers).status == 202


def points(server: GrafanaServer) -> dict[str, Json]:
    return {each["name"]: each for each in server.get(POINTS).json() if each["name"].startswith("shop: ")}


def written(server: GrafanaServer) -> list[str]:
    return [record.line[0] for record in server.requests if record.line[0] != "GET"]


def test_what_is_published_is_found_again_and_written_once(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    first = publisher.apply(shop)
    assert first.complete, first.error
    assert [change.noun for change in first.done][:6] == [
        "folder",
        "time interval",
        "message templates",
        *["contact point"] * 3,
    ]
    server.forget()
    assert set(actions(publisher.plan(shop)).values()) == {"keep"}
    assert publisher.apply(shop).done == ()
    assert written(server) == []
    assert len(server.requests) <= 40


def test_rules_of_their_own_settings_leave_the_tree_alone(server: GrafanaServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    before = tree(server)
    per_rule = told_service(tmp_path, PER_RULE)
    assert publisher.apply(per_rule).complete
    assert set(actions(publisher.plan(per_rule)).values()) == {"keep"}
    assert tree(server) == before
    rule = server.get("/api/v1/provisioning/alert-rules/shop-fewer-orders").json()
    assert rule["notification_settings"]["receiver"] == "shop: chat"
    assert rule["notification_settings"]["active_time_intervals"] == ["shop: business"]


def test_secrets_arrive_and_are_shown_nowhere(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    said = plan_report.text(publisher.plan(shop))
    publisher.apply(shop)
    held = {each.name: each.settings for each in server.state.integrations}
    assert held["shop: chat"]["url"] == ENVIRONMENT["CHAT"]
    assert held["shop: pager"]["integrationKey"] == ENVIRONMENT["PAGER"]
    assert held["shop: chat"]["recipient"] == "#shop"
    for value in ENVIRONMENT.values():
        assert value not in said
        assert value not in json.dumps(server.get(POINTS).json())
        assert all(
            value not in json.dumps(each.settings.get("watchglass")) for each in server.state.integrations
        )


def test_no_frame_of_a_failed_write_shows_a_secret(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    pager = ENVIRONMENT["PAGER"].encode()
    server.inject(error(status=400), when=lambda request: pager in request.body)
    failed = publisher.apply(shop).error
    assert failed is not None
    frames = [frame for frame, _ in traceback.walk_tb(failed.__traceback__)]
    assert any("sent" in frame.f_locals for frame in frames)
    assert [
        frame.f_code.co_name
        for frame in frames
        if any(value in repr(frame.f_locals) for value in ENVIRONMENT.values())
    ] == []


def test_a_new_secret_is_sent_and_an_old_one_is_not(server: GrafanaServer, shop: Service) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    publisher.environment["CHAT"] = "https://hooks.example.com/new"
    plan = publisher.plan(shop)
    assert [(change.title, change.action) for change in plan.writes] == [("shop: chat", "update")]
    assert "hooks.example.com" not in plan_report.text(plan)
    assert publisher.apply(shop).complete
    assert {each.name: each.settings for each in server.state.integrations}["shop: chat"]["url"].endswith(
        "/new"
    )
    assert publisher.plan(shop).writes == ()


def test_a_secret_that_is_not_set_is_told_before_anything_is_sent(
    server: GrafanaServer, shop: Service
) -> None:
    publisher = Publisher(server)
    del publisher.environment["PAGER"]
    with pytest.raises(Unset, match=r"\$\{env:PAGER\} is not set"):
        publisher.apply(shop)
    assert written(server) == []


def test_strangers_routes_stay_as_they_are_and_ours_stands_before_what_would_take_its_alerts(
    server: GrafanaServer, shop: Service
) -> None:
    put_tree(server, FOREIGN)
    before = tree(server)
    publisher = Publisher(server)
    assert publisher.apply(shop).complete
    after = tree(server)
    assert [each.get("object_matchers", [[""]])[0][0] for each in after["routes"]] == [
        "team",
        "service",
        "environment",
        "note",
        "severity",
    ]
    assert [each for each in after["routes"] if each["object_matchers"][0][0] != "environment"] == before[
        "routes"
    ]
    assert {key: value for key, value in after.items() if key != "routes"} == {
        key: value for key, value in before.items() if key != "routes"
    }
    assert publisher.plan(shop).writes == ()
    assert publisher.apply(shop, destroy=True, prune=True).complete
    assert tree(server) == before


def test_a_tree_that_people_edit_stays_editable_and_a_provisioned_one_provisioned(
    server: GrafanaServer, shop: Service
) -> None:
    Publisher(server).apply(shop)
    assert "provenance" not in tree(server)
    put_tree(server, FOREIGN, editable=False)
    Publisher(server).apply(shop)
    assert tree(server)["provenance"] == "api"


def test_a_tree_from_a_file_is_refused(server: GrafanaServer, shop: Service) -> None:
    server.state.policies_provenance = "file"
    plan = Publisher(server).plan(shop)
    (conflict,) = plan.conflicts
    assert "comes from a file" in conflict.reason


def test_a_route_that_somebody_puts_before_ours_is_told_and_mended(
    server: GrafanaServer, shop: Service
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    now = tree(server)
    put_tree(server, {**now, "routes": [{"object_matchers": [["severity", "=", "low"]]}, *now["routes"]]})
    (conflict,) = publisher.plan(shop).conflicts
    assert conflict.noun == "routes"
    assert publisher.apply(shop, overwrite_drift=True).complete
    assert [each["object_matchers"][0][0] for each in tree(server)["routes"]] == ["environment", "severity"]
    assert publisher.plan(shop).writes == ()


def test_two_services_share_a_tree_without_a_fight(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    other = told_service(tmp_path, {"id: shop,": "id: bakery,"})
    publisher = Publisher(server)
    for each in (shop, other):
        assert publisher.apply(each).complete
    for each in (shop, other):
        assert publisher.plan(each).writes == ()
    assert publisher.apply(shop, destroy=True, prune=True).complete
    assert publisher.plan(other).writes == ()


def test_edits_of_each_kind_are_told_and_kept_until_they_are_taken_back(
    server: GrafanaServer, shop: Service
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    point = points(server)["shop: boss"]
    edited = point | {"settings": point["settings"] | {"addresses": "other@example.com"}}
    assert server.ask("PUT", f"{POINTS}/{point['uid']}", edited).status == 202
    interval = server.get("/api/v1/provisioning/mute-timings/shop%3A%20business").json()
    interval["time_intervals"][0]["times"][0]["end_time"] = "19:00"
    assert server.ask("PUT", "/api/v1/provisioning/mute-timings/shop%3A%20business", interval).status == 202
    template = server.get("/api/v1/provisioning/templates/shop%3A%20messages").json()
    template["template"] = template["template"].replace("FIRING", "Fire")
    assert server.ask("PUT", "/api/v1/provisioning/templates/shop%3A%20messages", template).status == 202
    now = tree(server)
    now["routes"][0]["routes"][0]["repeat_interval"] = "1h"
    put_tree(server, now)
    plan = publisher.plan(shop)
    assert sorted(change.noun for change in plan.conflicts) == [
        "contact point",
        "message templates",
        "routes",
        "time interval",
    ]
    assert all(change.drifted for change in plan.conflicts)
    assert publisher.apply(shop, overwrite_drift=True).complete
    assert publisher.plan(shop).writes == ()


def test_a_stranger_of_our_name_stands_in_the_way(server: GrafanaServer, shop: Service) -> None:
    theirs = {
        "uid": "theirs",
        "name": "shop: boss",
        "type": "email",
        "settings": {"addresses": "x@example.com"},
    }
    assert server.ask("POST", POINTS, theirs).status == 202
    conflicts = {change.title: change.reason for change in Publisher(server).plan(shop).conflicts}
    assert "another contact point is called 'shop: boss'" in conflicts["shop: boss"]


def test_a_strangers_interval_of_our_name_is_left_alone_until_it_is_adopted(
    server: GrafanaServer, shop: Service
) -> None:
    theirs = {"name": "shop: business", "time_intervals": [{"weekdays": ["sunday"]}]}
    assert server.ask("POST", "/api/v1/provisioning/mute-timings", theirs).status == 201
    publisher = Publisher(server)
    (conflict,) = publisher.plan(shop).conflicts
    assert conflict.noun == "time interval"
    done = publisher.apply(shop, adopt=frozenset({"time-intervals/shop: business"}))
    assert done.complete, done.error
    assert publisher.plan(shop).writes == ()


def test_a_contact_that_goes_leaves_the_routes_first(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    changed = told_service(
        tmp_path,
        {
            "    - {contact: pager}": "    - {contact: boss}",
            '    pager: {type: pagerduty, integration_key: "${env:PAGER}"}\n': "",
        },
    )
    done = publisher.apply(changed, prune=True)
    assert done.complete, done.error
    assert set(points(server)) == {"shop: chat", "shop: boss"}
    assert publisher.plan(changed).writes == ()


def test_from_the_tree_to_rules_of_their_own_and_back(
    server: GrafanaServer, shop: Service, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    per_rule = told_service(tmp_path, PER_RULE)
    assert publisher.apply(per_rule, prune=True, allow_large=True).complete
    assert "routes" not in tree(server)
    assert publisher.apply(told_service(tmp_path), prune=True, allow_large=True).complete
    assert publisher.plan(shop).writes == ()


@pytest.mark.parametrize("total", ["0000000000000000", "ffffffffffffffff", "0123456789abcdef"])
def test_a_member_that_never_holds_keeps_a_digest(total: str) -> None:
    member = time_intervals.mark(total)
    assert all(each["start_time"] < each["end_time"] for each in member["times"])
    assert time_intervals._sum(member) == total[:15]  # noqa: SLF001
