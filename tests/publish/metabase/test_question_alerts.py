"""Metrics by mail: alerts on questions, made once, found again by the question's mark, edited only where something changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import Publisher, actions, artifacts_of, number_of, shop_server, written
from tests.publish.metabase.test_subscriptions import no_mail, no_slack, other_clock
from tests.servers.faults import Meanwhile
from tests.servers.messages import Request
from tests.servers.metabase.samples import alert, posted, put
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Json
from watchglass.publish.metabase.alerts import on_the_wire
from watchglass.review import plan_report

KEY = "alerts/watch"
WATCH = 'watch: {metric: failed, when: bad, at: {hourly: true}, to: [boss@example.com, "#shop"]'
NAME = "Failed: bad"


def changes(watch: str = WATCH, more: str = "") -> dict[str, str]:
    return {"environments:\n": f"subscriptions:\n  {watch}{more}}}\nenvironments:\n"}


MAIL = changes()
AT_NINE = changes(WATCH.replace("hourly: true", 'daily: "09:00"'))
TO_OTHERS = changes(WATCH.replace("boss@", "chief@"))
STRICTER = {**MAIL, "{watch: 2, bad: 5}": "{watch: 2, bad: 6}"}
WORDS = '          - {id: words, as: text, title: Words, text: "Read this {{ twice }}."}\n'
SHARE = {
    "metrics:\n": (
        "  all: {title: All, sql: SELECT 1 AS n, columns: {n: integer}}\nmetrics:\n"
        "  share: {title: Share, query: all, column: n, better: lower, thresholds: {watch: 2, bad: 5}}\n"
    ),
    WORDS: f"{WORDS}          - {{id: share, metric: share, as: bar_gauge}}\n",
}
GOAL = {**changes(WATCH.replace("failed", "share")), **SHARE}
ROWS = {**GOAL, "id: share, metric: share, as: bar_gauge": "id: share, metric: share, as: number"}


@pytest.fixture
def mail(tmp_path: Path) -> Artifacts:
    return artifacts_of(tmp_path, MAIL)


def alerts(server: MetabaseServer) -> list[Any]:
    """List the alerts that are awake."""
    path = "/api/notification" if server.state.version.notifications else "/api/alert"
    found: list[Any] = server.get(path)
    return found


def the_alert(server: MetabaseServer) -> Any:
    (found,) = alerts(server)
    return found


def edit(server: MetabaseServer, **more: Any) -> None:
    raw = the_alert(server)
    put(server, f"/api/notification/{raw['id']}", on_the_wire(raw) | more)


def alerts_written(server: MetabaseServer) -> list[str]:
    return [line for line in written(server) if "/api/notification" in line or "/api/alert" in line]


def ids(value: Json) -> list[int]:
    """List the numbers of all parts of an alert."""
    if isinstance(value, list):
        return [number for part in value for number in ids(part)]
    if isinstance(value, dict):
        return [*([value["id"]] if "id" in value else []), *(n for part in value.values() for n in ids(part))]
    return []


def test_an_alert_is_made_once_and_the_next_plan_is_empty(each: MetabaseServer, mail: Artifacts) -> None:
    publisher = Publisher(each)
    assert publisher.obstacles(mail) == []
    first = publisher.apply(mail)
    assert first.complete, first.error
    assert actions(publisher.plan(mail))[KEY] == "keep"
    each.forget()
    assert publisher.apply(mail).complete
    assert written(each) == []


@pytest.mark.parametrize(
    "change", [AT_NINE, TO_OTHERS, changes(more=", once: true")], ids=["time", "people", "once"]
)
def test_a_change_is_made_at_every_version_and_kept(
    each: MetabaseServer, mail: Artifacts, tmp_path: Path, change: dict[str, str]
) -> None:
    publisher = Publisher(each)
    assert publisher.apply(mail).complete
    number = the_alert(each)["id"]
    changed = artifacts_of(tmp_path, change)
    done = publisher.apply(changed)
    assert done.complete, done.error
    assert the_alert(each)["id"] == number
    assert publisher.plan(changed).writes == ()


def test_an_alert_looks_for_rows_of_its_own_question(published: Publisher, server: MetabaseServer) -> None:
    made = the_alert(server)
    assert made["payload"]["card_id"] == number_of(server, NAME)
    assert made["payload"]["send_condition"] == "has_result"
    assert [part["cron_schedule"] for part in made["subscriptions"]] == ["0 0 * * * ? *"]
    assert [
        (part["channel_type"], [to["details"]["value"] for to in part["recipients"]])
        for part in made["handlers"]
    ] == [
        ("channel/slack", ["#shop"]),
        ("channel/email", ["boss@example.com"]),
    ]


def test_before_notifications_an_alert_is_one_of_old(tmp_path: Path) -> None:
    with shop_server("0.53") as server:
        server.state.settings["slack-token-valid?"] = True
        assert Publisher(server).apply(artifacts_of(tmp_path, GOAL)).complete
        made = the_alert(server)
        assert (made["alert_condition"], made["alert_above_goal"], made["alert_first_only"]) == (
            "goal",
            True,
            False,
        )
        assert made["card"]["id"] == number_of(server, "Share")
        assert {part["schedule_type"] for part in made["channels"]} == {"hourly"}


def test_a_change_keeps_every_number_of_the_alert(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    before = the_alert(server)
    changed = artifacts_of(tmp_path, AT_NINE)
    plan = published.plan(changed)
    assert "watch.at 'hourly' → 'daily'" in plan_report.text(plan)
    assert published.apply(changed).complete
    after = the_alert(server)
    assert [part["cron_schedule"] for part in after["subscriptions"]] == ["0 0 9 * * ? *"]
    assert ids(on_the_wire(after)) == ids(on_the_wire(before))
    assert len(alerts_written(server)) == 1


def test_a_new_threshold_changes_the_question_and_mails_nobody(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    mails = server.mails
    assert published.apply(artifacts_of(tmp_path, STRICTER)).complete
    number = number_of(server, NAME)
    assert 'a."value" >= 6' in str(server.get(f"/api/card/{number}")["dataset_query"])
    assert alerts_written(server) == []
    assert server.mails == mails


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"active": False}, "/archived"),
        ({"subscriptions": [{"type": "notification-subscription/cron", "cron_schedule": "0 0/5 * * * ? *"}]}, "/schedules"),
        ({"handlers": []}, "/channels"),
    ],
    ids=["ended", "schedule", "people"],
)  # fmt: skip
def test_fault_44_an_edit_of_an_alert_is_shown_kept_and_taken_back(
    published: Publisher, server: MetabaseServer, mail: Artifacts, more: dict[str, Any], place: str
) -> None:
    number = the_alert(server)["id"]
    edit(server, **more)
    edited = server.content()
    (conflict,) = published.plan(mail).conflicts
    assert any(found.pointer.startswith(place) for found in conflict.differences)
    assert published.apply(mail).done == ()
    assert server.content() == edited
    assert published.apply(mail, overwrite_drift=True).complete
    assert the_alert(server)["id"] == number
    assert published.plan(mail).writes == ()


def test_alerts_that_people_set_themselves_stay(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    theirs = posted(server, "/api/notification", alert(number_of(server, "Orders")))["id"]
    beside = posted(server, "/api/notification", alert(number_of(server, NAME)))["id"]
    assert published.plan(mail).writes == ()
    assert {each["id"] for each in alerts(server)} > {theirs, beside}


def test_the_same_alert_by_hand_is_adopted_and_not_sent_twice(server: MetabaseServer, tmp_path: Path) -> None:
    publisher = Publisher(server)
    assert publisher.apply(artifacts_of(tmp_path, SHARE)).complete
    by_hand = alert(number_of(server, "Share"), "goal_above")
    by_hand["handlers"][0]["recipients"][0]["details"]["value"] = "boss@example.com"
    theirs = posted(server, "/api/notification", by_hand)["id"]
    mail = artifacts_of(
        tmp_path, {**changes(WATCH.replace("failed", "share").replace(', "#shop"', "")), **SHARE}
    )
    (conflict,) = publisher.plan(mail).conflicts
    assert "--adopt alerts/watch" in conflict.reason
    assert publisher.apply(mail, adopt=frozenset({KEY})).complete
    assert the_alert(server)["id"] == theirs
    assert publisher.plan(mail).writes == ()


def test_an_alert_that_nobody_names_ends_with_a_prune_and_comes_back_with_its_number(
    published: Publisher, server: MetabaseServer, shop: Artifacts, mail: Artifacts
) -> None:
    number = the_alert(server)["id"]
    assert actions(published.plan(shop))[KEY] == "orphan"
    assert {
        change.notice for change in published.plan(shop, prune=True).writes if change.key.kind == "alerts"
    } == {"its mails end"}
    assert published.apply(shop, prune=True).complete
    assert alerts(server) == []
    assert KEY not in actions(published.plan(shop, prune=True))
    assert published.apply(mail).complete
    assert the_alert(server)["id"] == number
    assert published.plan(mail).writes == ()


def test_an_alert_moves_to_the_chart_that_carries_its_goal_and_back(
    server: MetabaseServer, tmp_path: Path
) -> None:
    server.state.settings["slack-token-valid?"] = True
    publisher = Publisher(server)
    on_chart, on_rows = artifacts_of(tmp_path, GOAL), artifacts_of(tmp_path, ROWS)
    for artifacts, question, condition in (
        (on_chart, "Share", "goal_above"),
        (on_rows, "Share: bad", "has_result"),
        (on_chart, "Share", "goal_above"),
    ):
        done = publisher.apply(artifacts, prune=True)
        assert done.complete, done.error
        made = the_alert(server)
        assert made["payload"]["card_id"] == number_of(server, question)
        assert made["payload"]["send_condition"] == condition
        assert publisher.plan(artifacts, prune=True).writes == ()


def test_an_alert_that_the_server_deleted_with_its_question_is_made_again(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    put(server, f"/api/card/{number_of(server, NAME)}", {"archived": True})
    assert alerts(server) == []
    done = published.apply(mail, overwrite_drift=True)
    assert done.complete, done.error
    assert the_alert(server)["payload"]["card_id"] == number_of(server, NAME)
    assert published.plan(mail).writes == ()


def test_a_destroy_ends_it_and_the_next_apply_brings_it_back(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    assert published.apply(mail, destroy=True, prune=True).complete
    assert alerts(server) == []
    assert published.apply(mail).complete
    assert len(alerts(server)) == 1
    assert published.plan(mail).writes == ()


def test_an_edit_between_plan_and_apply_is_not_written_over(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    changed = artifacts_of(tmp_path, AT_NINE)
    session = published.session(changed)
    live = session.look()
    plan = published.plan(changed)
    edit(server, handlers=[])
    done = session.apply(plan, live)
    assert done.error is not None
    assert "was changed while the plan was applied" in done.error.message
    assert the_alert(server)["handlers"] == []


def test_a_second_apply_at_the_same_time_does_not_make_a_second_alert(
    server: MetabaseServer, mail: Artifacts
) -> None:
    server.state.settings["slack-token-valid?"] = True
    publisher = Publisher(server)

    def it_is_made(request: Request) -> bool:
        return (request.method, request.path) == ("POST", "/api/notification")

    server.inject(Meanwhile(lambda: Publisher(server).apply(mail)), when=it_is_made)
    second = publisher.apply(mail)
    assert second.error is not None
    assert "at the same time" in second.error.message
    assert len(alerts(server)) == 1
    assert publisher.apply(mail).complete
    assert len(alerts(server)) == 1


def test_another_key_that_does_not_see_it_makes_no_second_one(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    group = server.add_group()
    home = next(one["id"] for one in server.get("/api/collection") if one["name"] == "Shop")
    group.collections[home], group.databases[1] = "write", "query-builder-and-native"
    other = Publisher(server, server.new_key(group))
    (conflict,) = other.plan(mail).conflicts
    assert "was made with another key" in conflict.reason


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (no_mail, "cannot send mails yet, and would take subscriptions that it never sends: watch"),
        (no_slack, "not connected to Slack, and would take subscriptions that it never sends: watch"),
        (other_clock, "on the clock of America/New_York, the definition means that of Europe/Berlin: watch"),
    ],
)
def test_what_would_never_be_sent_is_told_before_anything_is_written(
    each: MetabaseServer, mail: Artifacts, break_it: Any, says: str
) -> None:
    break_it(each)
    (told,) = Publisher(each).obstacles(mail)
    assert says in told
    assert written(each) == []


def test_an_edit_back_to_what_was_there_before_is_an_edit(
    published: Publisher, server: MetabaseServer, mail: Artifacts, tmp_path: Path
) -> None:
    before = on_the_wire(the_alert(server))
    changed = artifacts_of(tmp_path, AT_NINE)
    assert published.apply(changed).complete
    put(server, f"/api/notification/{before['id']}", before)
    (conflict,) = published.plan(changed).conflicts
    assert conflict.key.kind == "alerts"
    assert published.apply(changed, overwrite_drift=True).complete
    put(server, f"/api/notification/{before['id']}", before)
    assert len(published.plan(changed).conflicts) == 1
    assert published.apply(changed, overwrite_drift=True, prune=True).complete
    assert published.plan(changed).conflicts == ()


def test_an_alert_that_came_back_and_is_ended_by_hand_stays_ended(
    published: Publisher, server: MetabaseServer, shop: Artifacts, mail: Artifacts
) -> None:
    assert published.apply(shop, prune=True).complete
    assert published.apply(mail).complete
    edit(server, active=False)
    (conflict,) = published.plan(mail).conflicts
    assert [found.pointer for found in conflict.differences] == ["/archived"]


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (
            TO_OTHERS,
            "people are mailed that they were added or removed (boss@example.com, chief@example.com)",
        ),
        (AT_NINE, ""),
    ],
)
def test_a_plan_says_who_is_mailed(
    published: Publisher, tmp_path: Path, change: dict[str, str], notice: str
) -> None:
    (write,) = published.plan(artifacts_of(tmp_path, change)).writes
    assert write.notice == notice


def test_a_question_that_goes_names_the_alerts_of_people_and_only_where_there_are_some(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    server.state.notifications.clear()
    fewer = artifacts_of(tmp_path, {"          - {id: failed, metric: failed, as: number}\n": ""})
    gone = [change for change in published.plan(fewer, prune=True).writes if change.noun == "question"]
    assert [change.notice for change in gone] == ["", ""]
    number = posted(server, "/api/notification", alert(number_of(server, "Failed")))["id"]
    told = {change.title: change.notice for change in published.plan(fewer, prune=True).writes}
    assert told["Failed"] == f"alerts that people have on it end ({number})"
    assert told[NAME] == ""
