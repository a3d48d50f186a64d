"""Dashboards by mail as Metabase takes them: schedules to the hour, recipients, attachments, filters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.targets.metabase.bodies import HEAD, service_of
from watchglass.artifact import Artifact, Json, Rendering
from watchglass.targets.metabase.render import render

DAYS = "- {id: l1, query: days, as: lines, time: day, y: [orders]}\n"
TEXT = "- {id: x1, as: text, title: T, text: A}"
PANELS = f"{DAYS}- {{id: n1, metric: orders, as: number}}\n{TEXT}"


def rendered(subscription: str, version: int = 60, panels: str = PANELS) -> Rendering:
    head = HEAD.replace("version: 60", f"version: {version}") + f"subscriptions:\n  daily: {subscription}\n"
    with tempfile.TemporaryDirectory() as folder:
        return render(service_of(Path(folder), panels, head))


def body(subscription: str, version: int = 60) -> Json:
    (made,) = [each for each in rendered(subscription, version).artifacts if each.kind == "subscriptions"]
    return made.body


@pytest.mark.parametrize(
    ("at", "schedule"),
    [
        ("{hourly: true}", {"schedule_type": "hourly"}),
        ('{daily: "09:00"}', {"schedule_type": "daily", "schedule_hour": 9}),
        (
            '{weekly: friday, time: "00:00"}',
            {"schedule_type": "weekly", "schedule_hour": 0, "schedule_day": "fri"},
        ),
        (
            '{monthly: mid, time: "08:00"}',
            {"schedule_type": "monthly", "schedule_hour": 8, "schedule_frame": "mid"},
        ),
        (
            '{monthly: last monday, time: "08:00"}',
            {"schedule_type": "monthly", "schedule_hour": 8, "schedule_day": "mon", "schedule_frame": "last"},
        ),
    ],
)
def test_a_time_is_a_schedule_to_the_hour(at: str, schedule: dict[str, Json]) -> None:
    made = body(f"{{dashboard: board, at: {at}, to: a@example.com}}")
    (channel,) = made["channels"]
    assert {key: value for key, value in channel.items() if key.startswith("schedule")} == schedule
    assert channel["enabled"] is True
    assert made["report_timezone"] == "Europe/Berlin"


def test_addresses_share_a_channel_and_each_of_slack_has_one() -> None:
    made = body(
        '{dashboard: board, at: {daily: "09:00"}, to: [a@example.com, "#team", b@example.com, "#ops"]}'
    )
    assert [(each["channel_type"], each["recipients"], each["details"]) for each in made["channels"]] == [
        ("email", [{"email": "a@example.com"}, {"email": "b@example.com"}], {}),
        ("slack", [], {"channel": "#team"}),
        ("slack", [], {"channel": "#ops"}),
    ]


def test_attachments_stand_on_every_question_and_texts_are_none() -> None:
    made = body(
        '{dashboard: board, at: {daily: "09:00"}, to: a@example.com, attach: [csv], skip_if_empty: true}'
    )
    assert [each["id"] for each in made["cards"]] == [{"card": "board/l1"}, {"card": "board/n1"}]
    assert {(each["include_csv"], each["include_xls"]) for each in made["cards"]} == {(True, False)}
    assert made["skip_if_empty"] is True
    assert made["name"] == "Board"
    assert made["dashboard_id"] == {"dashboard": "board"}


def test_a_pdf_is_attached_where_the_server_can_and_noted_where_it_cannot() -> None:
    text = '{dashboard: board, at: {daily: "09:00"}, to: [a@example.com, "#team"], attach: pdf}'
    assert [each["details"].get("include_pdf") for each in body(text, 63)["channels"]] == [True, True]
    older = rendered(text, 62)
    assert [note.message for note in older.notes if note.object == "daily"] == [
        "a PDF is attached from Metabase 0.63 on: the mail itself, with every panel, stands in its place"
    ]
    assert [each["details"] for each in body(text, 62)["channels"]] == [{}, {"channel": "#team"}]


def test_a_filter_stands_at_its_values_in_the_mail() -> None:
    (made,) = body('{dashboard: board, at: {daily: "09:00"}, to: a@example.com, filters: {region: [N]}}')[
        "parameters"
    ]
    assert made["slug"] == "region"
    assert made["value"] == ["N"]
    assert len(made["id"]) == 36


def test_what_metabase_would_refuse_or_ignore_is_a_problem() -> None:
    text = '{dashboard: board, at: {daily: "09:00"}, to: a@example.com, filters: {kind: a}}'
    unread = rendered(text, panels=DAYS)
    assert ["no panel of 'board' reads" in each.message for each in unread.problems] == [True]
    words = rendered('{dashboard: board, at: {daily: "09:00"}, to: a@example.com}', panels=TEXT)
    assert ["has no question" in each.message for each in words.problems] == [True]


def test_a_subscription_names_its_file_by_its_id() -> None:
    (made,) = [
        each
        for each in rendered('{dashboard: board, at: {daily: "09:00"}, to: a@example.com}').artifacts
        if each.kind == "subscriptions"
    ]
    assert isinstance(made, Artifact)
    assert made.path == "shop/metabase/subscriptions/daily.json"


@pytest.mark.parametrize(("sends", "kinds"), [("true", {"subscriptions", "alerts"}), ("false", set())])
def test_an_environment_may_mail_nobody(sends: str, kinds: set[str], tmp_path: Path) -> None:
    head = HEAD.replace("default: true,", f"default: true, subscriptions: {sends},") + (
        "subscriptions:\n"
        '  daily: {dashboard: board, at: {daily: "09:00"}, to: a@example.com}\n'
        "  watch: {metric: orders, when: bad, at: {hourly: true}, to: a@example.com}\n"
    )
    made = render(service_of(tmp_path, PANELS, head))
    assert {each.kind for each in made.artifacts} & {"subscriptions", "alerts"} == kinds
    assert len([each for each in made.artifacts if each.id == "watch"]) == len(kinds)
