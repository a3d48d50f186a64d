"""Each known cause of false drift: what a server puts in, leaves out, or writes in another way."""

from __future__ import annotations

import pytest

from watchglass.artifact import Json
from watchglass.publish.grafana import normal
from watchglass.publish.resource import digest


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("5m", "5m0s"), ("60s", "1m"), ("90s", "1m30s"), ("24h", "1d"), ("4d", "96h"), ("0s", "0m"), ("1h0m0s", "1h"),
        ("7d", "1w"), ("1500ms", "1s500ms"),
    ],
)  # fmt: skip
def test_one_length_of_time_has_one_form(left: str, right: str) -> None:
    assert normal.duration(left) == normal.duration(right)


@pytest.mark.parametrize("text", ["", "soon", "5", "m5"])
def test_what_is_no_length_of_time_stays(text: str) -> None:
    assert normal.duration(text) == text


RULE = {
    "uid": "u", "title": "T", "condition": "C", "for": "5m", "noDataState": "OK", "execErrState": "OK",
    "labels": {"a": "b"}, "annotations": {},
    "data": [{"refId": "A", "datasourceUid": "x", "relativeTimeRange": {"from": 600, "to": 0}, "model": {"rawSql": "select 1"}}],
}  # fmt: skip


@pytest.mark.parametrize(
    "servers",
    [
        {"id": 7, "orgID": 1, "updated": "2026-11-24T00:09:01Z", "provenance": "api"},
        {"record": None, "notification_settings": None},
        {"folderUID": "f", "ruleGroup": "g"},
        {"for": "5m0s", "keep_firing_for": "0s"},
        {"isPaused": False},
        {"annotations": {"__watchglass__": "shop 0123"}},
        {"annotations": None, "missingSeriesEvalsToResolve": None},
        {
            "data": [
                {
                    "refId": "A",
                    "queryType": "",
                    "datasourceUid": "x",
                    "relativeTimeRange": {"to": 0, "from": 600},
                    "model": {"intervalMs": 1000, "maxDataPoints": 43200, "rawSql": "select 1"},
                }
            ]
        },
    ],
    ids=["numbers", "unset", "place", "durations", "not paused", "our mark", "nulls", "query"],
)  # fmt: skip
def test_what_a_server_puts_into_a_rule_is_no_difference(servers: dict[str, Json]) -> None:
    assert digest(normal.rule(RULE | servers)) == digest(normal.rule(RULE))


@pytest.mark.parametrize(
    "edit",
    [
        {"for": "6m"}, {"title": "t"}, {"isPaused": True}, {"labels": {}}, {"annotations": {"summary": "x"}},
        {"keep_firing_for": "1m"},
        {"missingSeriesEvalsToResolve": 3}, {"notification_settings": {"receiver": "x"}}, {"noDataState": "Alerting"},
    ],
)  # fmt: skip
def test_what_a_person_changes_in_a_rule_is_one(edit: dict[str, Json]) -> None:
    assert digest(normal.rule(RULE | edit)) != digest(normal.rule(RULE))


BOARD = {
    "uid": "b", "title": "B", "tags": ["watchglass", "watchglass:shop"], "panels": [{"id": 1, "type": "stat", "title": "S"}],
    "schemaVersion": 42, "templating": {"list": []}, "annotations": {"list": []},
}  # fmt: skip


@pytest.mark.parametrize(
    "servers",
    [
        {"id": 3, "version": 9},
        {
            "fiscalYearStartMonth": 0,
            "liveNow": False,
            "timepicker": {},
            "links": [],
            "preload": False,
            "refresh": "",
        },
        {"tags": ["watchglass:shop", "watchglass", "watchglass-sum:0123"]},
        {
            "panels": [
                {
                    "id": 1,
                    "type": "stat",
                    "title": "S",
                    "links": [],
                    "transparent": False,
                    "pluginVersion": "",
                }
            ]
        },
        {"description": None, "gnetId": None},
    ],
    ids=["numbers", "defaults", "tags", "panel", "nulls"],
)
def test_what_a_server_puts_into_a_dashboard_is_no_difference(servers: dict[str, Json]) -> None:
    assert digest(normal.dashboard(BOARD | servers)) == digest(normal.dashboard(BOARD))


def test_a_base_step_without_a_number_is_one_with_none() -> None:
    def stepped(base: dict[str, Json]) -> dict[str, Json]:
        steps = {
            "defaults": {"thresholds": {"mode": "absolute", "steps": [base, {"color": "red", "value": 1}]}}
        }
        return BOARD | {"panels": [{"id": 1, "type": "stat", "title": "S", "fieldConfig": steps}]}

    with_none, without = stepped({"color": "green", "value": None}), stepped({"color": "green"})
    assert digest(normal.dashboard(with_none)) == digest(normal.dashboard(without))


def test_marks_are_read() -> None:
    tags = ["watchglass", "watchglass:shop", "watchglass-sum:0123"]
    assert (normal.owner_of_tags(tags), normal.sum_of_tags(tags)) == ("shop", "0123")
    assert normal.mark_of_rule({"annotations": {normal.MARK: "shop 0123"}}) == ("shop", "0123")
    assert normal.mark_of_rule({}) == ("", "")
