"""Contact points, policies, mute timings, templates: secrets, references, provenance, versions, bad input."""

from __future__ import annotations

from typing import Any

import pytest

from tests.servers.grafana import GrafanaServer, samples, templates
from tests.servers.grafana.state import Json
from tests.servers.messages import Response


def put_policies(server: GrafanaServer, *routes: Json, **root: Any) -> Response:
    receiver = server.state.version.default_receiver
    return server.ask("PUT", samples.POLICIES, {"receiver": receiver, "routes": list(routes), **root})


def settings(server: GrafanaServer, uid: str = "c") -> Json:
    found: Json = next(each for each in server.state.integrations if each.uid == uid).settings
    return found


def test_secrets_are_stored_and_never_shown(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact())
    hook = {"url": "http://x", "hmacConfig": {"secret": "s", "header": "h"}, "password": ""}
    made = server.ask(
        "POST", samples.CONTACTS, samples.contact("h") | {"type": "webhook", "settings": hook}
    ).json()
    assert made["settings"]["hmacConfig"] == {"header": "h", "secret": "[REDACTED]"}
    assert made["settings"]["password"] == ""
    text = server.get(samples.CONTACTS).body.decode()
    assert "xoxb" not in text
    assert settings(server)["token"] == "xoxb"


def test_a_redacted_secret_keeps_the_stored_one_and_leaving_it_out_removes_it(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact(url="https://hook"))
    target = f"{samples.CONTACTS}/c"
    server.ask("PUT", target, samples.contact(token="[REDACTED]", url="https://other"))
    assert settings(server) == {"recipient": "#ops", "token": "xoxb", "url": "https://other"}
    without = samples.contact(url="https://hook")
    del without["settings"]["token"]
    server.ask("PUT", target, without)
    assert "token" not in settings(server)


def test_a_redacted_secret_in_a_new_contact_point_becomes_the_secret(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact(token="[REDACTED]"))
    assert settings(server)["token"] == "[REDACTED]"


@pytest.mark.parametrize(
    ("change", "status", "text"),
    [
        ({"settings": None}, 500, "Internal Server Error"),
        ({"settings": {"recipient": "#x"}}, 400, "token must be specified"),
        ({"type": "pagerduty", "settings": {}}, 400, "could not find integration key property"),
        ({"type": "telegram", "settings": {"bottoken": "x"}}, 400, "could not find Chat Id"),
        ({"name": ""}, 400, "must have a name"),
        ({"uid": "a b"}, 400, "illegal characters"),
        ({"settings": "x"}, 400, "bad request data"),
    ],
)
def test_a_bad_contact_point_is_refused(server: GrafanaServer, change: Json, status: int, text: str) -> None:
    refused = server.ask("POST", samples.CONTACTS, samples.contact() | change)
    assert refused.status == status
    assert text in refused.json()["message"]


def test_a_name_that_is_there_gets_a_second_integration(server: GrafanaServer) -> None:
    for uid in ("a", "b"):
        assert server.ask("POST", samples.CONTACTS, samples.contact(uid)).status == 202
    found = server.get(f"{samples.CONTACTS}?name=ops").json()
    assert [(each["uid"], each["provenance"]) for each in found] == [("a", "api"), ("b", "api")]


def test_only_the_last_integration_of_a_name_in_use_is_kept(server: GrafanaServer) -> None:
    for uid in ("a", "b"):
        server.ask("POST", samples.CONTACTS, samples.contact(uid))
    put_policies(server, {"receiver": "ops"})
    statuses = [server.ask("DELETE", f"{samples.CONTACTS}/{uid}").status for uid in ("a", "b", "none")]
    assert statuses == [202, 409, 202]


def test_a_renamed_contact_point_takes_its_references_along(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact())
    put_policies(server, {"receiver": "ops"})
    server.ask("POST", samples.RULES, samples.rule(notification_settings={"receiver": "ops"}))
    server.ask("PUT", f"{samples.CONTACTS}/c", samples.contact(name="crew"))
    assert server.get(samples.POLICIES).json()["routes"] == [{"receiver": "crew"}]
    assert server.get(f"{samples.RULES}/r").json()["notification_settings"]["receiver"] == "crew"


def test_a_contact_point_of_the_api_is_not_changed_by_hand_but_deleted(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact())
    target = f"{samples.CONTACTS}/c"
    assert server.ask("PUT", target, samples.contact(), samples.UNMARKED).status == 500
    assert server.ask("PUT", f"{samples.CONTACTS}/none", samples.contact()).status == 404
    assert server.ask("DELETE", target, None, samples.UNMARKED).status == 202


def test_policies_come_back_in_normal_form(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact())
    route = {
        "receiver": "ops",
        "object_matchers": [["z", "=", '"quoted"'], ["a", "!~", "x|y"]],
        "group_wait": "60s",
        "continue": False,
        "group_by": [],
        "routes": [{"receiver": "", "matchers": ['l="v"'], "continue": True}],
    }
    put_policies(server, route, group_by=["..."])
    found = server.get(samples.POLICIES).json()
    assert found["provenance"] == "api"
    assert found["routes"] == [
        {
            "receiver": "ops",
            "object_matchers": [["a", "!~", "x|y"], ["z", "=", "quoted"]],
            "group_wait": "1m",
            "routes": [{"matchers": ['l="v"'], "continue": True}],
        }
    ]


@pytest.mark.parametrize(
    ("root", "text"),
    [
        ({"routes": [{"receiver": "none"}]}, "receiver 'none' does not exist"),
        ({"routes": [{"active_time_intervals": ["none"]}]}, "active time interval 'none' does not exist"),
        ({"receiver": ""}, "must specify a default receiver"),
        ({"object_matchers": [["a", "=", "b"]]}, "must not have any matchers"),
        ({"mute_time_intervals": ["x"]}, "must not have any mute time intervals"),
        ({"group_by": ["a", "a"]}, "duplicated label"),
        ({"group_by": ["...", "a"]}, "cannot have wildcard"),
        ({"repeat_interval": "0s"}, "cannot be zero"),
    ],
)
def test_a_bad_tree_is_refused_and_the_stored_one_stays(server: GrafanaServer, root: Json, text: str) -> None:
    before = server.get(samples.POLICIES).json()
    refused = put_policies(server, **root)
    assert refused.json()["messageId"] == "alerting.notifications.routes.invalidFormat"
    assert text in refused.json()["message"]
    assert server.get(samples.POLICIES).json() == before


@pytest.mark.parametrize(
    "root", [{"group_wait": "soon"}, {"routes": [{"object_matchers": [["a", "~", "b"]]}]}]
)
def test_a_malformed_tree_is_bad_request_data(server: GrafanaServer, root: Json) -> None:
    assert put_policies(server, **root).json() == {"message": "bad request data"}


def test_policies_are_not_taken_out_of_provisioning_but_reset(server: GrafanaServer) -> None:
    put_policies(server)
    body = {"receiver": server.state.version.default_receiver}
    refused = server.ask("PUT", samples.POLICIES, body, samples.UNMARKED)
    assert (refused.status, refused.json()["messageId"]) == (403, "alerting.notifications.invalidProvenance")
    server.ask("DELETE", samples.POLICIES)
    assert "provenance" not in server.get(samples.POLICIES).json()
    assert server.ask("PUT", samples.POLICIES, body, samples.UNMARKED).status == 202


@pytest.mark.parametrize(
    "interval",
    [
        {"weekdays": ["saturday:sunday"]},
        {"weekdays": ["funday"]},
        {"times": [{"start_time": "22:00", "end_time": "06:00"}]},
        {"times": [{"start_time": "9:00", "end_time": "10:00"}]},
        {"times": [{"start_time": "09:00", "end_time": "24:01"}]},
        {"days_of_month": ["0"]},
        {"days_of_month": ["-1:1"]},
        {"days_of_month": ["32"]},
        {"months": ["13"]},
        {"months": ["june:may"]},
        {"years": ["x"]},
        {"location": "Mars/Base"},
        {"weekdays": [1]},
    ],
)
def test_bad_times_are_bad_request_data(server: GrafanaServer, interval: Json) -> None:
    refused = server.ask("POST", samples.TIMINGS, samples.timing(**interval))
    assert (refused.status, refused.json()) == (400, {"message": "bad request data"})


def test_months_come_back_as_numbers_and_ranges_as_they_were(server: GrafanaServer) -> None:
    interval = {
        "months": ["January", "june:august"],
        "days_of_month": ["1:5", "-3:-1", "1:-1"],
        "years": ["2026"],
    }
    made = server.ask("POST", samples.TIMINGS, samples.timing(**interval)).json()["time_intervals"]
    assert made == [interval | {"months": ["1", "6:8"]}]


def test_a_timing_is_changed_by_its_version_or_without_one(server: GrafanaServer) -> None:
    first = server.ask("POST", samples.TIMINGS, samples.timing()).json()["version"]
    target = f"{samples.TIMINGS}/hours"
    second = server.ask("PUT", target, samples.timing(weekdays=["monday"]) | {"version": first})
    assert second.status == 202
    refused = server.ask("PUT", target, samples.timing() | {"version": first})
    assert refused.json()["messageId"] == "alerting.notifications.conflict"
    assert server.ask("DELETE", f"{target}?version={first}").status == 409
    assert server.ask("PUT", target, samples.timing()).json()["version"] == first
    assert server.ask("PUT", target, {"time_intervals": []}).status == 400
    assert server.ask("PUT", f"{samples.TIMINGS}/none", samples.timing("none")).status == 404
    assert [each["name"] for each in server.get(samples.TIMINGS).json()] == ["hours"]


def test_a_timing_in_use_stays(server: GrafanaServer) -> None:
    server.ask("POST", samples.TIMINGS, samples.timing())
    put_policies(server, {"active_time_intervals": ["hours"]})
    target = f"{samples.TIMINGS}/hours"
    assert server.ask("DELETE", target).json()["extra"] == {"UsedByRoutes": True}
    server.ask("DELETE", samples.POLICIES)
    assert server.ask("DELETE", target, None, samples.UNMARKED).status == 403
    assert [server.ask("DELETE", target).status for _ in range(2)] == [204, 204]
    assert server.get(target).status == 404


def test_a_template_without_a_definition_is_wrapped_in_one(server: GrafanaServer) -> None:
    assert server.get(samples.TEMPLATES).json() is None
    made = server.ask("PUT", f"{samples.TEMPLATES}/t", {"template": "one\ntwo\n"}).json()
    assert made["template"] == '{{ define "t" }}\n  one\n  two\n{{ end }}'
    assert server.get(f"{samples.TEMPLATES}/t").json() == made


def test_a_template_is_guarded_by_version_and_provenance_and_may_be_deleted_twice(
    server: GrafanaServer,
) -> None:
    target = f"{samples.TEMPLATES}/t"
    server.ask("PUT", target, {"template": "one"})
    assert server.ask("PUT", target, {"template": "two", "version": "stale"}).status == 409
    assert server.ask("PUT", target, {"template": "two"}, samples.UNMARKED).status == 403
    assert [server.ask("DELETE", target).status for _ in range(2)] == [204, 204]
    assert server.get(target).status == 404


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ if .A }}x{{ else }}y{{ end }}{{/* {{ */}}{{ `}}` }}", ""),
        ("a\n{{ .B", "2: unclosed action"),
        ("{{ end }}", "1: unexpected {{end}}"),
        ("{{ range .A }}", "1: unexpected EOF"),
        ("{{ }}", "1: missing value for command"),
    ],
)
def test_a_template_is_read_as_far_as_its_actions_and_blocks(text: str, problem: str) -> None:
    assert templates.problem_of(text) == problem


def test_each_version_has_its_own_default(old: GrafanaServer, new: GrafanaServer) -> None:
    for server, receiver, shown in ((old, "grafana-default-email", 1), (new, "empty", 0)):
        assert server.get(samples.POLICIES).json()["receiver"] == receiver
        assert len(server.get(samples.CONTACTS).json()) == shown
