"""Alert rules: normal form, groups written whole, provenance, exports, lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.servers.grafana import GrafanaServer, durations, samples, yaml_text
from tests.servers.grafana.state import Json
from tests.servers.messages import Response


def post(server: GrafanaServer, uid: str = "r", **more: Any) -> Response:
    return server.ask("POST", samples.RULES, samples.rule(uid, **more))


def put_group(
    server: GrafanaServer, *rules: Json, interval: int = 60, target: str = samples.GROUP
) -> Response:
    return server.ask("PUT", target, {"interval": interval, "rules": list(rules)})


def names(server: GrafanaServer, target: str = samples.GROUP) -> list[str]:
    return [each["uid"] for each in server.get(target).json().get("rules", [])]


def one(server: GrafanaServer, uid: str = "r") -> Json:
    found: Json = server.get(f"{samples.RULES}/{uid}").json()
    return found


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("60s", "1m"),
        ("90s", "1m30s"),
        ("24h", "1d"),
        ("4d", "4d"),
        ("14d", "2w"),
        ("365d", "1y"),
        ("0", "0s"),
    ],
)
def test_durations_come_back_in_normal_form(server: GrafanaServer, text: str, normal: str) -> None:
    post(server, **{"for": text})
    assert one(server)["for"] == normal


@pytest.mark.parametrize("text", ["", "soon", "5", "-5m", "1m2h", "5m "])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert durations.milliseconds(text) is None


def test_a_model_gets_an_interval_and_a_number_of_points_and_sorted_keys(server: GrafanaServer) -> None:
    post(server)
    model = one(server)["data"][1]["model"]
    assert list(model.items()) == [
        ("expression", "A"),
        ("intervalMs", 1000),
        ("maxDataPoints", 43200),
        ("refId", "C"),
        ("type", "threshold"),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"for": 5}, "bad request data"),
        ({"labels": {"a": 1}}, "bad request data"),
        ({"title": ""}, "invalid alert rule: title is empty"),
        ({"execErrState": "nodata"}, "invalid alert rule: unknown Error state option nodata"),
        ({"folderUID": "none"}, "invalid alert rule: folder does not exist"),
        ({"labels": {"__grafana_receiver__": "x"}}, "__grafana_receiver__ cannot be defined"),
        ({"missingSeriesEvalsToResolve": 0}, "missing_series_evals_to_resolve"),
        ({"annotations": {"__dashboardUid__": "d"}}, "both annotations"),
        ({"annotations": {"__dashboardUid__": "d", "__panelId__": "x"}}, "must be a number"),
        ({"notification_settings": {"receiver": "none"}}, "receiver none does not exist"),
        ({"data": [{"refId": "A", "datasourceUid": "pg", "model": {}}]}, "invalid relative time range"),
        ({"uid": "a b"}, "UID contains invalid characters"),
    ],
)
def test_a_bad_rule_is_refused(server: GrafanaServer, change: Json, message: str) -> None:
    refused = server.ask("POST", samples.RULES, samples.rule() | change)
    assert refused.status == 400
    assert message in refused.json()["message"]
    assert server.get(samples.RULES).json() == []


def test_a_rule_takes_the_interval_of_its_group(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a"), interval=120)
    post(server, "b")
    assert server.get(samples.GROUP).json()["interval"] == 120
    post(server, "c", ruleGroup="other")
    assert server.get(samples.GROUP.replace("groups/g", "groups/other")).json()["interval"] == 60


def test_the_order_of_a_group_is_that_of_its_list(server: GrafanaServer) -> None:
    put_group(server, samples.rule("b"), samples.rule("a"), samples.rule("c"))
    assert names(server) == ["b", "a", "c"]
    server.ask("PUT", f"{samples.RULES}/c", samples.rule("c"))
    assert names(server) == ["c", "b", "a"]


def test_a_rule_that_a_group_does_not_list_is_deleted(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a"), samples.rule("b"))
    put_group(server, samples.rule("b"))
    assert names(server) == ["b"]
    assert server.get(f"{samples.RULES}/a").status == 404


@pytest.mark.parametrize("rules", [{"rules": []}, {"rules": None}, {}], ids=["empty", "null", "absent"])
def test_a_group_without_rules_only_sets_the_interval(server: GrafanaServer, rules: Json) -> None:
    put_group(server, samples.rule("a"))
    assert server.ask("PUT", samples.GROUP, {"interval": 300, **rules}).status == 200
    assert names(server) == ["a"]
    assert server.get(samples.GROUP).json()["interval"] == 300


def test_a_rule_of_another_group_or_folder_is_moved(server: GrafanaServer) -> None:
    server.ask("POST", "/api/folders", samples.folder("other"))
    put_group(server, samples.rule("a"), samples.rule("b"))
    target = "/api/v1/provisioning/folder/other/rule-groups/h%2Fi"
    put_group(server, samples.rule("b"), target=target)
    assert (names(server), names(server, target)) == (["a"], ["b"])
    assert (one(server, "b")["folderUID"], one(server, "b")["ruleGroup"]) == ("other", "h/i")


def test_a_group_keeps_what_is_left_empty_and_replaces_what_is_left_out(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a", labels={"x": "y"}, title="T"))
    put_group(server, {"uid": "a", "for": "1m"})
    kept = one(server, "a")
    assert (kept["title"], kept["condition"], len(kept["data"])) == ("T", "C", 2)
    assert "labels" not in kept


def test_a_group_is_all_or_nothing(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a"))
    before = server.content()
    refused = put_group(server, samples.rule("b"), samples.rule("a", title="x" * 191))
    assert refused.json()["message"].startswith(
        "failed to update alert rules: invalid alert rule: name length"
    )
    assert put_group(server, samples.rule("b"), samples.rule("b")).status == 400
    assert server.content() == before


def test_a_group_answers_with_the_request_and_makes_uids_in_silence(server: GrafanaServer) -> None:
    body = samples.rule("", title="T")
    said = put_group(server, body).json()["rules"][0]
    assert (said["uid"], said["id"], said["updated"]) == ("", 0, "0001-01-01T00:00:00Z")
    assert len(names(server)[0]) == 14


def test_a_group_deleted_is_gone_and_then_not_found(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a"))
    assert [server.ask("DELETE", samples.GROUP).status for _ in range(2)] == [204, 404]


def test_rules_move_into_a_folder_that_is_not_there_before_12_4(old: GrafanaServer) -> None:
    target = samples.GROUP.replace("/f/", "/nowhere/")
    assert put_group(old, samples.rule("a"), target=target).status == 200
    assert one(old, "a")["folderUID"] == "nowhere"
    assert old.get(f"{samples.RULES}/export").status == 500
    editor = {"authorization": f"Bearer {old.editor_token}"}
    assert old.ask("PUT", target, {"interval": 60, "rules": [samples.rule()]}, editor).status == 403


def test_a_group_needs_its_folder_in_12_4(new: GrafanaServer) -> None:
    target = samples.GROUP.replace("/f/", "/nowhere/")
    assert put_group(new, samples.rule("a"), target=target).status == 400


def test_a_rule_that_the_api_made_is_not_taken_out_of_provisioning_alone_but_with_its_group(
    server: GrafanaServer,
) -> None:
    post(server)
    target = f"{samples.RULES}/r"
    assert server.ask("PUT", target, samples.rule(), samples.UNMARKED).status == 500
    assert server.ask("DELETE", target, None, samples.UNMARKED).status == 409
    body = {"interval": 60, "rules": [samples.rule()]}
    assert server.ask("PUT", samples.GROUP, body, samples.UNMARKED).status == 200
    assert "provenance" not in one(server)
    assert server.ask("PUT", target, samples.rule()).json()["provenance"] == "api"


def test_a_rule_of_a_file_is_nobody_elses(server: GrafanaServer) -> None:
    put_group(server, samples.rule())
    server.provision_rule("r")
    statuses = (
        server.ask("PUT", f"{samples.RULES}/r", samples.rule()).status,
        server.ask("DELETE", f"{samples.RULES}/r").status,
        put_group(server, samples.rule("other")).status,
        server.ask("DELETE", samples.GROUP).status,
    )
    assert statuses == (500, 409, 409, 409)


def test_deleting_a_rule_that_is_not_there_is_done(server: GrafanaServer) -> None:
    assert server.ask("DELETE", f"{samples.RULES}/none").status == 204
    assert server.ask("PUT", f"{samples.RULES}/none", samples.rule()).status == 404


def test_the_same_group_again_raises_the_version_unless_it_came_in_normal_form(server: GrafanaServer) -> None:
    def version() -> int:
        rules = server.get("/api/ruler/grafana/api/v1/rules").json()["Folder"][0]["rules"]
        return int(rules[0]["grafana_alert"]["version"])

    put_group(server, samples.rule("a"))
    put_group(server, samples.rule("a"))
    assert version() == 2
    normal = {key: value for key, value in one(server, "a").items() if key != "updated"}
    put_group(server, normal)
    assert version() == 2


def test_the_ruler_names_groups_by_the_path_of_their_folder(server: GrafanaServer) -> None:
    server.ask("POST", "/api/folders", samples.folder("inner", "a/b", "f"))
    put_group(server, samples.rule("a"), interval=90, target=samples.GROUP.replace("/f/", "/inner/"))
    found = server.get("/api/ruler/grafana/api/v1/rules").json()
    assert list(found) == [r"Folder/a\/b"]
    assert found[r"Folder/a\/b"][0]["interval"] == "1m30s"
    rule = found[r"Folder/a\/b"][0]["rules"][0]["grafana_alert"]
    assert (rule["uid"], rule["provenance"], rule["intervalSeconds"]) == ("a", "api", 90)


def test_states_can_be_asked_for_one_group(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a"))
    put_group(server, samples.rule("b"), target=samples.GROUP.replace("groups/g", "groups/h"))
    base = "/api/prometheus/grafana/api/v1/rules"
    groups = server.get(f"{base}?rule_group=h&folder_uid=f").json()["data"]["groups"]
    assert [rule["uid"] for group in groups for rule in group["rules"]] == ["b"]


def test_an_export_holds_what_was_asked_for_and_doubles_dollars(server: GrafanaServer) -> None:
    put_group(server, samples.rule("a", title="$5", labels={"l": "$x"}, annotations={"n": "$y"}))
    put_group(server, samples.rule("b"), target=samples.GROUP.replace("groups/g", "groups/h"))
    found = server.get(f"{samples.RULES}/export?format=json&ruleUid=a").json()["groups"]
    assert [group["name"] for group in found] == ["g"]
    rule = found[0]["rules"][0]
    assert (rule["title"], rule["labels"], rule["annotations"]) == ("$$5", {"l": "$$x"}, {"n": "$y"})
    assert len(server.get(f"{samples.RULES}/export?format=json").json()["groups"]) == 2
    assert (
        server.get(f"{samples.RULES}/export?format=json&folderUid=f&group=h").json()["groups"][0]["name"]
        == "h"
    )
    assert server.get(f"{samples.GROUP}/export").content_type == "text/yaml"
    assert server.get(f"{samples.RULES}/a/export").status == 200
    assert server.get(f"{samples.RULES}/export?folderUid=none").status == 404


TEXTS = [
    "plain",
    "1",
    "true",
    "",
    " x",
    "a: b",
    "# c",
    "it's",
    "two\nlines",
    'q"',
    "{{ x }}",
    "null",
    "\t",
    "ä",
]


@pytest.mark.parametrize("text", TEXTS)
def test_yaml_reads_back_as_it_was(text: str) -> None:
    import yaml

    value = {"a": [{"b": [text, [1, None]], text or "k": {"c": text}}], "e": [], "m": {}}
    assert yaml.safe_load(yaml_text.written(value)) == value


def test_a_rule_with_notification_settings_keeps_its_contact_point_and_hours(server: GrafanaServer) -> None:
    server.ask("POST", samples.CONTACTS, samples.contact())
    server.ask("POST", samples.TIMINGS, samples.timing())
    settings = {"receiver": "ops", "group_wait": "60s", "active_time_intervals": ["hours"], "group_by": []}
    post(server, notification_settings=settings)
    assert one(server)["notification_settings"] == {
        "receiver": "ops",
        "group_wait": "1m",
        "active_time_intervals": ["hours"],
    }
    used = server.ask("DELETE", f"{samples.CONTACTS}/c").json()["messageId"]
    assert used == "alerting.notifications.contact-points.used-by-rule"
    extra = server.ask("DELETE", f"{samples.TIMINGS}/hours").json()["extra"]
    assert extra == {"UsedByRules": [{"OrgID": 1, "UID": "r"}]}


def test_bodies_are_json_to_the_last_character(server: GrafanaServer) -> None:
    post(server, title="Größe 🙂")
    assert json.loads(server.get(samples.RULES).body)[0]["title"] == "Größe 🙂"
