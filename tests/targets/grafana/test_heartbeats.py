"""Alerts that a line makes: their rules, their texts, their names."""

from __future__ import annotations

import pytest

from tests.targets.grafana.rules import DASHBOARD, HEAD, files, service_of
from watchglass.artifact import Json
from watchglass.targets.grafana.alert_rules import build_rules

SOURCE = "sources: {main: {type: postgres}}"
SERVICE = "timezone: Europe/Berlin}"


def rules_of(source: str = "", service: str = "", alerts: str = "") -> dict[str, Json]:
    """Give the rules by uid, of a definition whose source and service have more keys."""
    head = HEAD.replace(SOURCE, f"sources: {{main: {{type: postgres{source}}}}}")
    head = head.replace(SERVICE, f"timezone: Europe/Berlin{service}}}")
    made = build_rules(service_of(alerts, head=head), lambda _service, _metric: DASHBOARD)
    assert made.problems == ()
    return {rule["uid"]: rule for artifact in files(made, "alert-rules") for rule in artifact.body["rules"]}


def test_a_heartbeat_asks_its_source_and_fires_when_there_is_no_answer() -> None:
    rule = rules_of(", heartbeat: bad")["shop-heartbeat-main"]
    assert (rule["noDataState"], rule["execErrState"], rule["for"]) == ("Alerting", "Alerting", "2m")
    assert "SELECT 1 AS answers" in rule["data"][0]["model"]["rawSql"]
    assert rule["data"][0]["datasourceUid"] == "main"
    assert rule["labels"] == {
        "alert": "heartbeat-main",
        "owner": "us",
        "service": "shop",
        "severity": "bad",
    }


def test_its_texts_name_the_source_and_the_time() -> None:
    rule = rules_of(", title: Orders, heartbeat: {severity: bad, every: 30s, for: 5m, labels: {team: db}}")[
        "shop-heartbeat-main"
    ]
    assert rule["title"] == "Orders does not answer"
    assert rule["annotations"]["summary"] == "Orders does not answer Grafana"
    assert "no answer for 5 minutes" in rule["annotations"]["description"]
    assert "1. Does the database run" in rule["annotations"]["runbook"]
    assert (rule["ruleGroup"], rule["for"], rule["labels"]["team"]) == ("shop every 30s", "5m", "db")


def test_a_watchdog_fires_by_its_number_and_without_one() -> None:
    rule = rules_of(service=", watchdog: low")["shop-watchdog"]
    condition = rule["data"][1]["model"]["conditions"][0]
    assert condition == {"evaluator": {"type": "gte", "params": [1]}}
    assert (rule["noDataState"], rule["execErrState"], rule["for"]) == ("Alerting", "Alerting", "0s")
    assert "always fires" in rule["annotations"]["summary"]


def test_without_the_line_there_is_no_rule() -> None:
    assert rules_of(alerts="a: {metric: drafts, when: bad, severity: low}").keys() == {"shop-a"}


def test_an_alert_of_a_name_that_becomes_the_same_is_refused() -> None:
    with pytest.raises(AssertionError, match="become the same id 'shop-heartbeat-main'"):
        rules_of(", heartbeat: bad", alerts="heartbeat_main: {metric: drafts, when: bad, severity: low}")


def test_a_level_of_an_alert_that_becomes_the_same_is_refused() -> None:
    head = HEAD.replace(SOURCE, "sources: {bad: {type: postgres, heartbeat: low}}")
    with pytest.raises(AssertionError, match="become the same id 'shop-heartbeat-bad'"):
        service_of("heartbeat: {metric: drafts, severity: {bad: low}}", head=head)


def test_a_heartbeat_that_is_there_is_not_retired() -> None:
    head = HEAD.replace(SOURCE, "sources: {main: {type: postgres, heartbeat: low}}")
    with pytest.raises(AssertionError, match="'heartbeat-main' is retired, but still there"):
        service_of("", "retired: [heartbeat-main]\n", head=head)


def test_its_numbers_are_said_in_the_words_of_its_line() -> None:
    head = HEAD.replace(SOURCE, "sources: {main: {heartbeat: {severity: bad, for: 3m}}}")
    made = build_rules(service_of("", head=head), lambda _service, _metric: None)
    (artifact,) = files(made, "alert-rules")
    assert artifact.origins["/rules/0/for"] == ("sources", "main", "heartbeat", "for")
    assert artifact.origins["/rules/0/labels/severity"] == ("sources", "main", "heartbeat", "severity")
