"""Who is told, as Grafana takes it: contact points of each type, time intervals, messages, files, rules of their own."""

from __future__ import annotations

import datetime
import json
import random

import pytest

from tests.targets.grafana.routed import ALERTS, CONTACTS, HEAD, Compiled, resolved, service_of
from watchglass.artifact import Json
from watchglass.definition import week
from watchglass.definition.hours import Hours, clocks
from watchglass.definition.notification import Contact
from watchglass.definition.service import Service
from watchglass.evaluation import time_intervals as evaluated
from watchglass.pipeline import render
from watchglass.sql.pieces import Span24
from watchglass.targets.grafana import contact_points, time_intervals

EVERY_TYPE = """
    mail: {type: email, addresses: [a@example.com, "${env:ADDRESS}"], together: true, resolved: false}
    slack: {type: slack, token: "${env:TOKEN}", channel: "#a", mention: here, mention_users: [U1, U2], icon_emoji: ":fire:"}
    duty: {type: pagerduty, integration_key: "${env:KEY}", severity: error, class: web}
    hook: {type: webhook, url: "https://example.com/$x", username: us, password: "${env:PASSWORD}", method: PUT, max_alerts: 5}
    teams: {type: teams, url: "${env:TEAMS}"}
    genie: {type: opsgenie, api_key: "${env:GENIE}", responders: [{type: team, name: ops}], override_priority: true}
    gram: {type: telegram, bot_token: "${env:BOT}", chat_id: "-100123", silent: true}
    cord: {type: discord, url: "https://discord.com/api/${env:CORD}", own_name: true}
"""
EXPECTED: dict[str, dict[str, Json]] = {
    "mail": {"addresses": "a@example.com\n${env:ADDRESS}", "singleEmail": True},
    "slack": {
        "token": "${env:TOKEN}", "recipient": "#a", "mentionChannel": "here", "mentionUsers": "U1,U2", "icon_emoji": ":fire:",
    },
    "duty": {"integrationKey": "${env:KEY}", "severity": "error", "class": "web"},
    "hook": {
        "url": "https://example.com/$x", "username": "us", "password": "${env:PASSWORD}", "httpMethod": "PUT", "maxAlerts": 5,
    },
    "teams": {"url": "${env:TEAMS}"},
    "genie": {"apiKey": "${env:GENIE}", "responders": [{"type": "team", "name": "ops"}], "overridePriority": True},
    "gram": {"bottoken": "${env:BOT}", "chatid": "-100123", "disable_notifications": True, "parse_mode": "None"},
    "cord": {"url": "https://discord.com/api/${env:CORD}", "use_discord_username": True},
}  # fmt: skip


@pytest.fixture(scope="module")
def every_type() -> Service:
    steps = ", ".join(f"{{after: {hour}h, contact: {name}}}" for hour, name in enumerate(EXPECTED, 1))
    alert = f"few: {{title: Few, metric: orders, when: watch, severity: low, escalate: [{steps}]}}"
    notify = f"notify:\n  contacts:{EVERY_TYPE}  routes: [{{contact: mail}}]\n"
    result = resolved(f"{HEAD}alerts:\n  {alert}\n{notify}")
    assert result.service is not None, [problem.message for problem in result.problems]
    return result.service


def point(service: Service, name: str) -> dict[str, Json]:
    assert service.notification is not None
    return contact_points.build_contact_point(service, service.notification.contacts[name])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_contact_has_grafanas_keys_and_our_messages(name: str, every_type: Service) -> None:
    made = point(every_type, name)
    settings = made["settings"]
    assert {key: value for key, value in settings.items() if "{{ template" not in str(value)} == EXPECTED[
        name
    ]
    assert '{{ template "shop.title" . }}' in json.dumps(settings).replace('\\"', '"')
    assert made["name"] == f"shop: {name}"
    assert made["uid"] == f"shop-contact-{name}"
    assert made["disableResolveMessage"] is (name == "mail")


def test_a_file_has_grafanas_references_and_keeps_its_own_dollars(every_type: Service) -> None:
    (receiver,) = contact_points.as_file(point(every_type, "hook"), 1)["receivers"]
    assert receiver["settings"]["password"] == "$__env{PASSWORD}"
    assert receiver["settings"]["url"] == "https://example.com/$$x"
    assert contact_points.file_text("a$b ${env:NAME} $") == "a$$b $__env{NAME} $$"
    assert contact_points.file_text("${file:/run/secrets/x}") == "$__file{/run/secrets/x}"


def test_no_artifact_holds_a_value_of_the_environment(
    every_type: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ADDRESS", "TOKEN", "KEY", "PASSWORD", "TEAMS", "GENIE", "BOT", "CORD"):
        monkeypatch.setenv(name, "seen-by-somebody")
    assert "seen-by-somebody" not in json.dumps([each.body for each in render(every_type).artifacts])


def hours(spans: list[Span24], *, outside: bool, zone: str = "Europe/Berlin") -> Hours:
    return Hours("x", tuple(spans), outside, zone, service_of("{contact: chat}").at)


@pytest.mark.parametrize(
    ("name", "outside", "members"),
    [
        ("business", False, [{"times": [("09:00", "18:00")], "weekdays": ["monday:friday"]}]),
        (
            "business",
            True,
            [
                {"weekdays": ["sunday", "saturday"]},
                {"times": [("00:00", "09:00"), ("18:00", "24:00")], "weekdays": ["monday:friday"]},
            ],
        ),
        ("night", False, [{"times": [("00:00", "06:00"), ("22:00", "24:00")], "weekdays": ["sunday:saturday"]}]),
        ("weekend", False, [{"weekdays": ["sunday", "saturday"]}]),
    ],
)  # fmt: skip
def test_hours_are_time_intervals(name: str, outside: bool, members: list[dict[str, Json]]) -> None:
    service = service_of("{contact: chat}")
    made = time_intervals.build_interval(service, service.hours[name], outside=outside)
    assert made["name"] == f"shop: {'outside ' if outside else ''}{name}"
    for each in members:
        each |= {"location": "Europe/Berlin"}
        if "times" in each:
            each["times"] = [{"start_time": start, "end_time": end} for start, end in each["times"]]
    assert made["time_intervals"] == members


def test_an_interval_holds_when_the_hours_do_and_its_counterpart_when_they_do_not() -> None:
    chance = random.Random(7)
    service = service_of("{contact: chat}")
    for _ in range(60):
        spans = []
        for _ in range(chance.randint(1, 3)):
            start, end = sorted(chance.sample(range(1441), 2))
            spans.append(Span24(tuple(sorted(chance.sample(range(1, 8), chance.randint(1, 7)))), start, end))
        own = hours(
            spans,
            outside=chance.random() < 0.5,
            zone=chance.choice(["Europe/Berlin", "America/New_York", "UTC"]),
        )
        inside = time_intervals.build_interval(service, own)["time_intervals"]
        outside = time_intervals.build_interval(service, own, outside=True)["time_intervals"]
        for _ in range(40):
            instant = datetime.datetime(2026, 3, 20, tzinfo=datetime.UTC) + datetime.timedelta(
                minutes=chance.randint(0, 20_000)
            )
            assert evaluated.holds(inside, instant) == own.hold(instant)
            assert evaluated.holds(outside, instant) != own.hold(instant)


def test_stretches_of_a_week_go_over_its_end() -> None:
    weekend = week.bits([Span24((1, 2, 3, 4, 5), 540, 1080)], outside=True)
    assert week.stretches(weekend)[-1] == (4 * 1440 + 1080, 1440 * 2 + 900)
    assert week.told(*week.stretches(weekend)[-1]) == "friday 18:00 to monday 09:00"
    assert week.told(0, week.MINUTES) == "at any time"


def test_two_clocks_stand_to_each_other_in_two_ways() -> None:
    assert {each["Europe/Berlin"] for each in clocks(["Europe/Berlin", "America/New_York"])} == {300, 360}
    assert clocks(["UTC"]) == ({"UTC": 0},)


def test_the_messages_name_what_routes_and_templates_need() -> None:
    service = service_of("{contact: chat}")
    (made,) = [each.body for each in render(service).artifacts if each.kind == "message-templates"]
    text = made["template"]
    assert made["name"] == "shop: messages"
    for word in (
        "summary",
        "description",
        "levels",
        "respond_within",
        "runbook",
        "runbook_url",
        "PanelURL",
        "DatasourceNoData",
        "rulename",
    ):
        assert word in text
    assert 'tz "Europe/Berlin"' in text
    assert text.count("{{") == text.count("}}")


def test_what_follows_is_a_rule_that_waits_longer_and_keeps_quiet_of_its_own() -> None:
    alerts = """alerts:
  few:
    {title: Few, metric: orders, when: bad, for: 10m, severity: low, no_data: notify, on_error: notify,
     escalate: [{after: 1h, contact: boss}, {after: 2h, severity: high}]}
"""
    service = service_of("{contact: chat}", alerts=alerts)
    (group,) = [each.body for each in render(service).artifacts if each.kind == "alert-rules"]
    first, to_boss, to_high = group["rules"]
    assert [each["for"] for each in group["rules"]] == ["10m", "1h10m", "2h10m"]
    assert [each["noDataState"] for each in group["rules"]] == ["NoData", "KeepLast", "KeepLast"]
    assert to_boss["labels"] == first["labels"] | {"escalation": "1h", "escalates_to": "boss"}
    assert to_high["labels"] == first["labels"] | {"escalation": "2h", "severity": "high"}
    assert to_boss["data"] == first["data"]
    assert [each["title"] for each in group["rules"]] == [
        "Few",
        "Few (boss, after 1h)",
        "Few (high, after 2h)",
    ]


def test_an_environment_puts_others_in_place_of_contacts_or_nobody() -> None:
    text = f"{HEAD}{ALERTS}\nnotify:{CONTACTS}  routes:\n    - {{severity: medium, contact: chat}}\n    - {{contact: pager}}\n"
    text += "environments:\n  production: {default: true}\n  staging: {contacts: {chat: boss, pager: none, boss: none}}\n"
    staging = resolved(text, "staging").service
    assert staging is not None
    made = {each.kind: each for each in render(staging).artifacts if each.target == "grafana"}
    assert made["contact-points"].body["name"] == "shop-staging: boss"
    routes = (
        made["policies"].body["routes"][-1]["routes"]
        if "routes" in made["policies"].body["routes"][-1]
        else made["policies"].body["routes"]
    )
    assert {node.get("receiver") for node in routes} <= {"shop-staging: boss", None}
    assert made["policies"].body["object_matchers"] == [
        ["environment", "=", "staging"],
        ["service", "=", "shop"],
    ]


def test_a_rules_own_settings_say_one_contact_its_hours_and_its_group() -> None:
    held = "{severity: medium, contact: chat, during: business, otherwise: hold, repeat: 1h}"
    routes = f"{held}\n{{severity: low, contact: none}}\n{{contact: pager}}"
    service = service_of(routes, more="  publish: per_rule\n")
    made = render(service)
    assert made.problems == ()
    rules = {
        rule["uid"]: rule["notification_settings"]
        for each in made.artifacts
        if each.kind == "alert-rules"
        for rule in each.body["rules"]
    }
    assert rules["shop-few"] == {
        "receiver": "shop: chat",
        "group_by": ["grafana_folder", "alertname", "alert", "severity"],
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "1h",
        "active_time_intervals": ["shop: business"],
    }
    assert rules["shop-slow-watch"]["mute_time_intervals"] == ["shop: at any time"]
    assert rules["shop-none-after-1h-boss"]["receiver"] == "shop: boss"
    assert [each for each in made.artifacts if each.kind == "policies"] == []


def test_a_policy_file_is_written_only_where_it_is_asked_for() -> None:
    assert not any(
        "policies" in str(each.body)
        for each in render(service_of("{contact: chat}")).artifacts
        if each.kind == "alerting"
    )
    service = service_of(
        '{labels: {team: "q\\"a.*b"}, contact: chat}\n{contact: pager}', more="  policy_file: true\n"
    )
    (file,) = [
        each.body for each in render(service).artifacts if each.kind == "alerting" and "policies" in each.body
    ]
    (tree,) = file["policies"]
    assert tree["receiver"] == "grafana-default-email"
    assert tree["routes"][0]["object_matchers"] == [["environment", "=", ""], ["service", "=", "shop"]]


def test_an_unnamed_contact_is_not_published() -> None:
    compiled = Compiled(service_of("{contact: chat}"))
    assert compiled.notification is not None
    assert list(compiled.notification.contacts) == ["chat", "pager", "boss"]
    service = service_of(
        "{contact: chat}", alerts="alerts:\n  few: {title: Few, metric: orders, when: watch, severity: low}\n"
    )
    assert service.notification is not None
    assert list(service.notification.contacts) == ["chat"]
    assert isinstance(service.notification.contacts["chat"], Contact)
