"""Dashboards by mail: made once, found again by the mark of their dashboard, edited only where something changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.publish.metabase.conftest import Artifacts
from tests.publish.metabase.shop import Publisher, actions, artifacts_of, number_of, written
from tests.servers.faults import Meanwhile
from tests.servers.messages import Request
from tests.servers.metabase.samples import card, posted, pulse, put
from tests.servers.metabase.server import MetabaseServer
from watchglass.artifact import Json
from watchglass.publish.metabase import marks
from watchglass.publish.plan import Plan
from watchglass.review import plan_report

DAILY = 'daily: {dashboard: overview, at: {daily: "09:00"}, to: [boss@example.com, "#shop"], attach: [csv]'
KEY = "subscriptions/daily"
MAIL = {"environments:\n": f"subscriptions:\n  {DAILY}}}\nenvironments:\n"}
AT_TEN = {"environments:\n": MAIL["environments:\n"].replace("09:00", "10:00")}
FILTERED = {"environments:\n": f"subscriptions:\n  {DAILY}, filters: {{kind: [b]}}}}\nenvironments:\n"}
ELSEWHERE = {"environments:\n": MAIL["environments:\n"].replace("dashboard: overview", "dashboard: details")}
DAYS = "          - {id: days, query: days, as: lines, time: day, y: [orders]}\n"
WORDS = '          - {id: words, as: text, title: Words, text: "Read this {{ twice }}."}\n'


@pytest.fixture
def mail(tmp_path: Path) -> Artifacts:
    return artifacts_of(tmp_path, MAIL)


def the_mail(server: MetabaseServer) -> Any:
    """Give the one subscription that is sent."""
    (found,) = server.get("/api/pulse")
    return found


def on_the_wire(raw: Json) -> dict[str, Json]:
    """Give a subscription as somebody's page sends it back."""
    return {key: raw[key] for key in ("name", "cards", "channels", "skip_if_empty", "parameters", "archived")}


def edit(server: MetabaseServer, **changes: Any) -> None:
    raw = the_mail(server)
    put(server, f"/api/pulse/{raw['id']}", on_the_wire(raw) | changes)


def pulses_written(server: MetabaseServer) -> list[str]:
    return [line for line in written(server) if "/api/pulse" in line]


def test_a_subscription_is_made_once_and_the_next_plan_is_empty(
    each: MetabaseServer, mail: Artifacts
) -> None:
    publisher = Publisher(each)
    assert publisher.obstacles(mail) == []
    first = publisher.apply(mail)
    assert first.complete, first.error
    assert actions(publisher.plan(mail))[KEY] == "keep"
    each.forget()
    assert publisher.apply(mail).complete
    assert written(each) == []
    assert each.mails == ()


def test_a_subscription_carries_every_question_of_its_dashboard(
    published: Publisher, server: MetabaseServer
) -> None:
    made = the_mail(server)
    board = server.get(f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}")
    assert made["dashboard_id"] == board["id"]
    assert made["name"] == "Overview"
    assert {card["dashboard_card_id"] for card in made["cards"]} == {
        place["id"] for place in board["dashcards"] if place["card_id"] is not None
    }
    assert {card["include_csv"] for card in made["cards"]} == {True}
    slack, email = made["channels"]
    assert (email["channel_type"], slack["channel_type"]) == ("email", "slack")
    assert {(way["schedule_type"], way["schedule_hour"], way["enabled"]) for way in (email, slack)} == {
        ("daily", 9, True)
    }
    assert email["recipients"] == [{"email": "boss@example.com"}]
    assert slack["details"] == {"channel": "#shop"}


def test_a_change_keeps_the_numbers_of_the_subscription_and_its_channels(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    before = the_mail(server)
    changed = artifacts_of(tmp_path, AT_TEN)
    plan = published.plan(changed)
    (change,) = plan.writes
    assert "daily.at 9 → 10" in plan_report.text(plan)
    assert {found.pointer for found in change.differences} == {
        "/channels/0/schedule_hour",
        "/channels/1/schedule_hour",
    }
    assert published.apply(changed).complete
    after = the_mail(server)
    assert [way["schedule_hour"] for way in after["channels"]] == [10, 10]
    assert [after["id"], *(way["id"] for way in after["channels"])] == [
        before["id"],
        *(way["id"] for way in before["channels"]),
    ]
    assert len(pulses_written(server)) == 1
    assert published.plan(changed).writes == ()


def test_a_new_look_of_a_question_sends_nothing_to_the_subscription(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    changed = artifacts_of(tmp_path, {**MAIL, "{watch: 20, bad: 10}": "{watch: 20, bad: 12}"})
    assert published.apply(changed).complete
    assert written(server) != []
    assert pulses_written(server) == []


def test_a_subscription_follows_the_places_of_its_dashboard(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    more = {DAYS: "", WORDS: WORDS + "          - {id: more, query: days, as: table}\n"}
    changed = artifacts_of(tmp_path, {**MAIL, **more})
    plan = published.plan(changed)
    assert notices(plan) == []
    assert published.apply(changed).complete
    board = server.get(f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}")
    assert {card["dashboard_card_id"] for card in the_mail(server)["cards"]} == {
        place["id"] for place in board["dashcards"] if place["card_id"] is not None
    }
    assert published.plan(changed).writes == ()


def notices(plan: Plan) -> list[str]:
    return [change.notice for change in plan.changes if change.notice and change.key.kind == "dashboards"]


def test_a_subscription_that_metabase_ends_with_a_parameter_comes_back(
    server: MetabaseServer, tmp_path: Path
) -> None:
    server.state.settings["slack-token-valid?"] = True
    publisher = Publisher(server)
    assert publisher.apply(artifacts_of(tmp_path, FILTERED)).complete
    number = the_mail(server)["id"]
    assert the_mail(server)["parameters"][0]["value"] == ["b"]
    changed = artifacts_of(tmp_path, {**MAIL, "filters: [region, kind]": "filters: [region]"})
    (notice,) = notices(publisher.plan(changed))
    assert (
        notice
        == f"people are mailed that subscriptions end, which come back in the same apply ({number} 'Overview')"
    )
    done = publisher.apply(changed)
    assert done.complete, done.error
    assert (the_mail(server)["id"], the_mail(server)["parameters"]) == (number, [])
    assert publisher.plan(changed).writes == ()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": "Mine"}, "/name"), ({"skip_if_empty": True}, "/skip_if_empty"), ({"archived": True}, "/archived"),
        ({"channels": [{"channel_type": "email", "enabled": True, "schedule_type": "hourly", "recipients": [
            {"email": "me@example.com"}]}]}, "/channels"),
    ],
    ids=["renamed", "skips", "archived", "recipients"],
)  # fmt: skip
def test_fault_44_an_edit_of_a_subscription_is_shown_kept_and_taken_back(
    published: Publisher, server: MetabaseServer, mail: Artifacts, changes: dict[str, Any], place: str
) -> None:
    number = the_mail(server)["id"]
    edit(server, **changes)
    edited = server.content()
    (conflict,) = published.plan(mail).conflicts
    assert any(found.pointer.startswith(place) for found in conflict.differences)
    assert published.apply(mail).done == ()
    assert server.content() == edited
    assert published.apply(mail, overwrite_drift=True).complete
    assert (the_mail(server)["id"], the_mail(server)["name"]) == (number, "Overview")
    assert published.plan(mail).writes == ()


def test_an_edit_back_to_what_was_there_before_is_an_edit(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    before = the_mail(server)
    changed = artifacts_of(tmp_path, AT_TEN)
    assert published.apply(changed).complete
    edit(server, **on_the_wire(before))
    (conflict,) = published.plan(changed).conflicts
    assert conflict.key.kind == "subscriptions"


def test_what_people_subscribed_to_themselves_stays(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    board, days = number_of(server, "Overview", "dashboard"), number_of(server, "Days")
    theirs = posted(server, "/api/pulse", pulse(days, board, name="Overview"))
    assert published.plan(mail).writes == ()
    assert published.apply(mail, destroy=True, prune=True).complete
    assert server.state.pulses[theirs["id"]].name == "Overview"


def test_a_pulse_without_a_dashboard_is_in_nobodys_way(server: MetabaseServer, mail: Artifacts) -> None:
    server.state.settings["slack-token-valid?"] = True
    question = posted(server, "/api/card", card("Theirs"))["id"]
    theirs = posted(server, "/api/pulse", pulse(question, 0, dashboard_id=None))
    publisher = Publisher(server)
    assert publisher.apply(mail).complete
    assert publisher.plan(mail).writes == ()
    assert server.state.pulses[theirs["id"]].name == "Daily"


def test_the_same_mail_by_hand_is_adopted_and_not_sent_twice(
    server: MetabaseServer, shop: Artifacts, tmp_path: Path
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    board, days = number_of(server, "Overview", "dashboard"), number_of(server, "Days")
    theirs = posted(server, "/api/pulse", pulse(days, board, name="By hand"))
    mail = artifacts_of(tmp_path, {"environments:\n": MAIL["environments:\n"].replace(', "#shop"', "")})
    (conflict,) = publisher.plan(mail).conflicts
    assert "--adopt subscriptions/daily" in conflict.reason
    assert publisher.apply(mail, adopt=frozenset({KEY})).complete
    assert (the_mail(server)["id"], the_mail(server)["name"]) == (theirs["id"], "Overview")
    assert publisher.plan(mail).writes == ()


def test_a_subscription_that_nobody_names_stays_until_a_prune_and_comes_back_with_its_number(
    published: Publisher, server: MetabaseServer, shop: Artifacts, mail: Artifacts
) -> None:
    number = the_mail(server)["id"]
    assert actions(published.plan(shop))[KEY] == "orphan"
    (change,) = published.plan(shop, prune=True).writes
    assert change.notice == "its mails end"
    assert published.apply(shop, prune=True).complete
    assert server.get("/api/pulse") == []
    assert KEY not in actions(published.plan(shop, prune=True))
    assert published.apply(mail).complete
    assert the_mail(server)["id"] == number
    assert published.plan(mail).writes == ()


def test_a_subscription_to_another_dashboard_is_a_new_one_and_the_old_one_ends(
    published: Publisher, server: MetabaseServer, mail: Artifacts, tmp_path: Path
) -> None:
    moved = artifacts_of(tmp_path, ELSEWHERE)
    assert published.apply(moved).complete
    assert the_mail(server)["dashboard_id"] == number_of(server, "Details", "dashboard")
    assert published.plan(moved).writes == ()
    assert published.apply(mail).complete
    assert the_mail(server)["dashboard_id"] == number_of(server, "Overview", "dashboard")
    assert published.plan(mail).writes == ()


def test_a_subscription_comes_back_with_a_dashboard_that_was_in_the_trash(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    number = the_mail(server)["id"]
    put(server, f"/api/dashboard/{number_of(server, 'Overview', 'dashboard')}", {"archived": True})
    assert published.apply(mail, overwrite_drift=True).complete
    assert the_mail(server)["id"] == number
    assert published.apply(mail, destroy=True, prune=True).complete
    assert server.get("/api/pulse") == []
    assert published.apply(mail).complete
    assert the_mail(server)["id"] == number
    assert published.plan(mail).writes == ()


def test_an_edit_between_plan_and_apply_is_not_written_over(
    published: Publisher, server: MetabaseServer, tmp_path: Path
) -> None:
    changed = artifacts_of(tmp_path, AT_TEN)
    session = published.session(changed)
    live = session.look()
    plan = published.plan(changed)
    edit(server, name="Mine")
    done = session.apply(plan, live)
    assert done.error is not None
    assert "was changed while the plan was applied" in done.error.message
    assert the_mail(server)["name"] == "Mine"


def test_a_second_apply_at_the_same_time_does_not_make_a_second_subscription(
    server: MetabaseServer, shop: Artifacts, mail: Artifacts
) -> None:
    publisher = Publisher(server)
    publisher.apply(shop)
    server.forget()

    def it_is_made(request: Request) -> bool:
        return request.method == "POST"

    server.inject(Meanwhile(lambda: Publisher(server).apply(mail)), when=it_is_made)
    second = publisher.apply(mail)
    assert second.error is not None
    assert "at the same time" in second.error.message
    assert len(server.get("/api/pulse")) == 1
    assert publisher.apply(mail).complete
    assert len(server.get("/api/pulse")) == 1


def test_another_key_that_does_not_see_it_makes_no_second_one(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    group = server.add_group()
    home = next(one["id"] for one in server.get("/api/collection") if one["name"] == "Shop")
    group.collections[home], group.databases[1] = "write", "query-builder-and-native"
    other = Publisher(server, server.new_key(group))
    (conflict,) = other.plan(mail).conflicts
    assert "was made with another key" in conflict.reason


def no_mail(server: MetabaseServer) -> None:
    server.state.settings["email-configured?"] = False


def no_slack(server: MetabaseServer) -> None:
    server.state.settings["slack-token-valid?"] = False


def other_clock(server: MetabaseServer) -> None:
    server.state.settings["report-timezone"] = "America/New_York"


def own_domain(server: MetabaseServer) -> None:
    server.state.settings["subscription-allowed-domains"] = "shop.example,example.org"


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (no_mail, "cannot send mails yet, and would take subscriptions that it never sends: daily"),
        (no_slack, "not connected to Slack, and would take subscriptions that it never sends: daily"),
        (other_clock, "on the clock of America/New_York, the definition means that of Europe/Berlin: daily"),
        (own_domain, "may not send to boss@example.com: it keeps subscriptions to example.org, shop.example"),
    ],
)
def test_what_would_never_be_sent_is_told_before_anything_is_written(
    each: MetabaseServer, mail: Artifacts, break_it: Callable[[MetabaseServer], None], says: str
) -> None:
    break_it(each)
    (told,) = Publisher(each).obstacles(mail)
    assert says in told
    assert written(each) == []


def test_a_pdf_that_the_server_does_not_attach_is_told(each: MetabaseServer, tmp_path: Path) -> None:
    pdf = MAIL["environments:\n"].replace("attach: [csv]", "attach: [pdf]")
    mail = artifacts_of(tmp_path, {"environments:\n": pdf, "version: 60}": "version: 63}"})
    told = Publisher(each).obstacles(mail)
    if each.state.version.pdf:
        assert told == []
        assert Publisher(each).apply(mail).complete
        assert Publisher(each).plan(mail).writes == ()
    else:
        assert "attaches no PDF: daily" in told[0]


def test_another_clock_of_the_server_is_drift_of_what_was_published(
    published: Publisher, server: MetabaseServer, mail: Artifacts
) -> None:
    other_clock(server)
    (conflict,) = published.plan(mail).conflicts
    (found,) = conflict.differences
    assert (found.pointer, found.before, found.after) == (
        "/report_timezone",
        "America/New_York",
        "Europe/Berlin",
    )


def test_the_mark_of_a_dashboard_keeps_its_subscriptions_in_order() -> None:
    mark = marks.Mark(
        "shop",
        "dashboard",
        "overview",
        "ab",
        mails=(marks.Mail("a", 0, ("x",)), marks.Mail("b", 7, ("x", "y"))),
    )
    assert str(mark) == "watchglass:shop:dashboard:overview sum=ab mails=a:0:x,b:7:x/y"
    assert marks.split(marks.joined("Words", mark)) == ("Words", mark)
