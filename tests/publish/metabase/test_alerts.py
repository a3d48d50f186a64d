"""Fault 43: an edit of a question that would end people's alerts is told, and they live through it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import Killed, Publisher, artifacts_of, number_of, shop_server
from tests.servers.faults import Interrupted
from tests.servers.metabase.samples import alert, posted, pulse, put
from tests.servers.metabase.server import MetabaseServer
from watchglass.publish.errors import PublishError
from watchglass.publish.plan import Plan

TABLE = {"as: lines, time: day, y: [orders]": "as: table"}
HIGHER = {"{watch: 20, bad: 10}": "{watch: 20, bad: 12}"}
CHANNEL = {
    "channel_type": "email",
    "enabled": True,
    "schedule_type": "hourly",
    "recipients": [{"email": "a@b.c"}],
}


@pytest.fixture(params=["0.50", "0.53", "0.54", "0.58", "0.63"])
def server(request: pytest.FixtureRequest) -> Iterator[MetabaseServer]:
    with shop_server(request.param) as running:
        yield running


@pytest.fixture
def publisher(server: MetabaseServer, shop: Artifacts) -> Publisher:
    made = Publisher(server)
    assert made.apply(shop).complete
    return made


def set_alert(server: MetabaseServer, *, goal: bool = False) -> int:
    """Set an alert on the line chart, and give its number."""
    number = number_of(server, "Days")
    if server.state.version.notifications:
        return int(
            posted(server, "/api/notification", alert(number, "goal_below" if goal else "has_result"))["id"]
        )
    body = {"card": {"id": number}, "alert_condition": "goal" if goal else "rows", "channels": [CHANNEL]}
    return int(posted(server, "/api/alert", body)["id"])


def awake(server: MetabaseServer) -> list[int]:
    newer = server.state.version.notifications
    return [each["id"] for each in server.get("/api/notification" if newer else "/api/alert")]


def asleep(server: MetabaseServer) -> list[int]:
    if not server.state.version.notifications:
        return [each["id"] for each in server.get("/api/alert?archived=true")]
    every = server.get("/api/notification?include_inactive=true")
    return [each["id"] for each in every if not each["active"]]


def notices(plan: Plan) -> list[str]:
    return [change.notice for change in plan.changes if change.notice]


def test_an_edit_that_ends_no_alert_sends_no_mail(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = set_alert(server)
    mails = len(server.mails)
    changed = artifacts_of(tmp_path, HIGHER)
    assert notices(publisher.plan(changed)) == []
    assert publisher.apply(changed).complete
    assert awake(server) == [number]
    assert len(server.mails) == mails


def test_an_alert_on_rows_lives_through_a_new_look(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = set_alert(server)
    changed = artifacts_of(tmp_path, TABLE)
    (notice,) = notices(publisher.plan(changed))
    assert f"sleep while it is changed, people are mailed ({number})" in notice
    assert publisher.apply(changed).complete
    assert awake(server) == [number]
    assert server.get(f"/api/card/{number_of(server, 'Days')}")["display"] == "table"
    assert publisher.plan(changed).writes == ()


def test_an_alert_on_a_goal_sleeps_where_there_is_none_any_more(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = set_alert(server, goal=True)
    changed = artifacts_of(tmp_path, TABLE)
    (notice,) = notices(publisher.plan(changed))
    assert f"since it has none ({number})" in notice
    assert publisher.apply(changed).complete
    assert (awake(server), asleep(server)) == ([], [number])
    assert publisher.plan(changed).writes == ()


def test_an_alert_that_slept_before_is_not_woken(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = set_alert(server)
    if server.state.version.notifications:
        put(
            server,
            f"/api/notification/{number}",
            server.get(f"/api/notification/{number}") | {"active": False},
        )
    else:
        put(server, f"/api/alert/{number}", {"archived": True})
    assert publisher.apply(artifacts_of(tmp_path, TABLE)).complete
    assert (awake(server), asleep(server)) == ([], [number])


def test_a_crash_at_any_request_loses_no_alert(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    alerts = sorted(set_alert(server) for _ in range(2))
    changed = artifacts_of(tmp_path, TABLE)
    start = server.snapshot()
    server.forget()
    publisher.apply(changed)
    undisturbed, requests = server.content(), len(server.requests)
    for number in range(1, requests + 1):
        for after in (False, True):
            server.restore(start)
            server.forget()
            server.inject(Interrupted(lambda: None, after=after), at=number)
            with contextlib.suppress(Killed, PublishError):
                Publisher(server, dies=True).apply(changed)
            assert sorted({*awake(server), *asleep(server)}) == alerts
            assert publisher.apply(changed).complete
            assert sorted(awake(server)) == alerts
            assert server.content() == undisturbed


def test_a_key_that_does_not_see_others_alerts_says_what_it_cannot_keep(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    set_alert(server)
    group = server.add_group()
    home = next(each["id"] for each in server.get("/api/collection") if each["name"] == "Shop")
    group.collections[home], group.databases[1] = "write", "query-builder-and-native"
    other = Publisher(server, server.new_key(group))
    (notice,) = notices(other.plan(artifacts_of(tmp_path, TABLE)))
    assert notice == "alerts of other people on it end: only an administrator's key sees and keeps them"


def on_board(server: MetabaseServer, **more: Any) -> int:
    """Subscribe to the board with what the line chart shows, and give the subscription's number."""
    board = number_of(server, "Overview", "dashboard")
    days = number_of(server, "Days")
    places = server.get(f"/api/dashboard/{board}")["dashcards"]
    slot = next(each["id"] for each in places if each["card_id"] == days)
    return int(posted(server, "/api/pulse", pulse(days, board, slot, **more))["id"])


def test_a_subscription_keeps_its_attachments_when_its_board_changes(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = on_board(server)
    changed = artifacts_of(tmp_path, {"title: Overview": "title: All of it"})
    assert notices(publisher.plan(changed)) == []
    assert publisher.apply(changed).complete
    assert len(server.get(f"/api/pulse/{number}")["cards"]) == 1


def test_a_subscription_that_loses_an_attachment_is_named(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    number = on_board(server)
    gone = "          - {id: days, query: days, as: lines, time: day, y: [orders]}\n"
    (notice,) = notices(publisher.plan(artifacts_of(tmp_path, {gone: ""})))
    assert notice == f"subscriptions lose the attachments of what goes ({number} 'Daily')"


def test_a_subscription_that_filters_by_what_goes_is_named(
    publisher: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    board = server.get(f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}")
    kind = next(each["id"] for each in board["parameters"] if each["slug"] == "kind")
    number = on_board(server, parameters=[{"id": kind, "value": "a"}])
    (notice,) = notices(
        publisher.plan(artifacts_of(tmp_path, {"filters: [region, kind]": "filters: [region]"}))
    )
    assert (
        notice == f"subscriptions that filter by what goes are archived, people are mailed ({number} 'Daily')"
    )
