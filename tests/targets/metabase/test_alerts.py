"""Metrics by mail as Metabase's alerts on questions: rows that meet the condition, or a chart that carries the goal."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.targets.metabase.bodies import HEAD, service_of
from watchglass.artifact import Artifact, Json
from watchglass.targets.metabase.render import render

NUMBER = "- {id: n1, metric: orders, as: number}"


def rendered(subscription: str, version: int = 60, panels: str = NUMBER) -> dict[str, Artifact]:
    """Give the question and the alert of a subscription `watch`, by kind."""
    head = HEAD.replace("version: 60", f"version: {version}") + f"subscriptions:\n  watch: {subscription}\n"
    with tempfile.TemporaryDirectory() as folder:
        made = render(service_of(Path(folder), panels, _with_unfiltered(head)))
    return {each.kind: each for each in made.artifacts if each.id == "watch"}


def _with_unfiltered(head: str) -> str:
    """Add a query without filters, and metrics of it."""
    query = "  all: {sql: 'SELECT 1 AS share, 2 AS stock', columns: {share: integer, stock: integer}}\n"
    metrics = (
        "  share: {title: Share, query: all, column: share, better: lower, thresholds: {bad: 30, broken: 50}}\n"
        "  stock: {title: Stock, query: all, column: stock, better: higher, thresholds: {bad: 20}}\n"
    )
    return head.replace("metrics:\n", f"{query}metrics:\n{metrics}", 1)


def statement(subscription: str) -> str:
    (text,) = rendered(subscription)["cards"].statements
    return text.sql.text


@pytest.mark.parametrize(
    ("metric", "when", "met"),
    [
        ("orders", "bad", 'a."value" >= 20'),
        ("orders", "above bad", 'a."value" > 20'),
        ("orders", "at most 3", 'a."value" <= 3'),
        ("total", "bad", 'a."value" < 100.5'),
        ("warmth", "bad", '(a."value" < (-1) OR a."value" >= 8)'),
        ("town_orders", "broken", 'a."value" >= 50'),
    ],
)
def test_a_question_has_rows_where_the_condition_holds(metric: str, when: str, met: str) -> None:
    sql = statement(f"{{metric: {metric}, when: {when}, at: {{hourly: true}}, to: a@example.com}}")
    assert f"WHERE {met}\nORDER BY" in sql


def test_every_filter_is_unset_as_in_an_alerts_query_and_the_range_is_the_querys() -> None:
    sql = statement("{metric: orders, when: bad, at: {hourly: true}, to: a@example.com}")
    assert "{{" not in sql
    assert "[[" not in sql
    assert "AND TRUE AND TRUE" in sql
    assert "INTERVAL '1 day'" in sql


def test_a_key_stands_before_the_number_which_has_unit_and_colours() -> None:
    card = rendered("{metric: town_orders, when: bad, at: {hourly: true}, to: a@example.com}")["cards"].body
    settings = card["visualization_settings"]
    assert [each["name"] for each in settings["table.columns"]] == ["town", "value"]
    assert [each["value"] for each in settings["table.column_formatting"]] == [50, 20, 10]
    assert settings["column_settings"]['["name","value"]']["column_title"] == "Orders of a town"
    assert card["name"] == "Orders of a town: bad"
    assert card["description"].endswith("watchglass:shop:card:watch")


def test_what_is_shown_stands_behind_the_number() -> None:
    text = (
        "{metric: town_orders, when: bad, show: [state, wait, town], at: {hourly: true}, to: a@example.com}"
    )
    card = rendered(text)["cards"].body
    settings = card["visualization_settings"]
    assert [each["name"] for each in settings["table.columns"]] == ["town", "value", "state", "wait"]
    assert "DISTINCT ON (1)" in statement(text)


def test_the_alert_names_its_question_and_looks_for_rows() -> None:
    alert = rendered(
        '{metric: orders, when: bad, at: {daily: "09:00"}, to: [a@example.com, "#ops"], once: true}'
    )
    body = alert["alerts"].body
    assert body["payload"] == {
        "card_id": {"card": "watch"},
        "send_condition": "has_result",
        "send_once": True,
    }
    assert [each["cron_schedule"] for each in body["subscriptions"]] == ["0 0 9 * * ? *"]
    assert [(each["channel_type"], each["recipients"]) for each in body["handlers"]] == [
        ("channel/email", [recipient("a@example.com")]),
        ("channel/slack", [recipient("#ops")]),
    ]
    assert body["report_timezone"] == "Europe/Berlin"


def recipient(value: str) -> Json:
    return {"type": "notification-recipient/raw-value", "details": {"value": value}}


def test_before_notifications_an_alert_is_a_pulse_with_a_condition() -> None:
    body = rendered("{metric: orders, when: bad, at: {hourly: true}, to: [a@example.com]}", version=53)[
        "alerts"
    ].body
    assert body["card"]["id"] == {"card": "watch"}
    assert (body["alert_condition"], body["alert_above_goal"]) == ("rows", None)
    assert body["channels"] == [
        {
            "channel_type": "email",
            "enabled": True,
            "schedule_type": "hourly",
            "recipients": [{"email": "a@example.com"}],
            "details": {},
        }
    ]


BAR = "- {id: g1, metric: share, as: bar_gauge}"
LOW = "- {id: g1, metric: stock, as: bar_gauge}"


@pytest.mark.parametrize(
    ("panel", "metric", "when", "condition"),
    [
        (BAR, "share", "broken", "goal_above"),
        (LOW, "stock", "bad", "goal_below"),
        ("- {id: g1, metric: share, as: bar_gauge, max: 70}", "share", "at least 70", "goal_above"),
    ],
)
def test_a_chart_carries_its_goal(panel: str, metric: str, when: str, condition: str) -> None:
    subscription = f"{{metric: {metric}, when: {when}, at: {{hourly: true}}, to: a@example.com}}"
    made = rendered(subscription, panels=panel)
    assert "cards" not in made
    assert made["alerts"].body["payload"]["card_id"] == {"card": "board/g1"}
    assert made["alerts"].body["payload"]["send_condition"] == condition


@pytest.mark.parametrize(
    ("panel", "metric", "when"),
    [
        (BAR, "share", "bad"),  # another number
        (BAR, "share", "above broken"),  # a goal counts from its number on
        (BAR, "stock", "bad"),  # another metric
        ("- {id: g1, metric: orders, as: bar_gauge}", "orders", "broken"),  # filters, which a reader may set
        ("- {id: g1, metric: share, as: number}", "share", "broken"),  # carries none
        ("- {id: l1, query: days, as: lines, time: day, y: [orders]}", "orders", "broken"),  # old days count
    ],
)
def test_what_is_not_the_same_has_a_question_of_its_own(panel: str, metric: str, when: str) -> None:
    made = rendered(
        f"{{metric: {metric}, when: {when}, at: {{hourly: true}}, to: a@example.com}}", panels=panel
    )
    assert made["alerts"].body["payload"]["card_id"] == {"card": "watch"}
    assert made["cards"].id == "watch"


def test_no_dashboard_need_be_published(tmp_path: Path) -> None:
    text = "{metric: share, when: bad, at: {hourly: true}, to: a@example.com}"
    service = service_of(tmp_path, NUMBER, _with_unfiltered(HEAD) + f"subscriptions:\n  watch: {text}\n")
    made = render(replace(service, dashboards={}))
    assert [each.kind for each in made.artifacts] == ["collections", "cards", "alerts"]


def test_two_questions_never_have_one_name(tmp_path: Path) -> None:
    text = "{title: Orders, metric: share, when: bad, at: {hourly: true}, to: a@example.com}"
    head = _with_unfiltered(HEAD) + f"subscriptions:\n  one: {text}\n  two: {text}\n"
    made = render(service_of(tmp_path, NUMBER, head))
    names = [each.body["name"] for each in made.artifacts if each.kind == "cards"]
    assert names == ["Orders", "Orders (one)", "Orders (two)"]
