"""The neutral words mean the same on a live server: in every target, at both changes of the clock, in any session."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.postgres import Ask
from tests.sql.statements import (
    BERLIN,
    Sent,
    by_grafana,
    by_hand,
    by_metabase,
    by_rule,
    problems_of,
    template,
    vocabulary,
)
from watchglass.durations import Duration
from watchglass.sql.pieces import Span24, Value
from watchglass.sql.vocabulary import HoursOf

ZONE = ZoneInfo(BERLIN)
SESSIONS = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"]
WIDTHS = ["1 second", "1 minute", "15 minutes", "1 hour", "60m", "90 minutes", "2 hours", "6 hours", "24h", "1 day",
          "2 days", "7 days", "1 week", "2 weeks", "1 month", "1 quarter", "1 year"]  # fmt: skip
CHANGES = [datetime.datetime(2026, 3, 29), datetime.datetime(2026, 10, 25)]  # noqa: DTZ001  (local days)


def local(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def instants(rows: list[tuple[datetime.datetime, ...]]) -> list[datetime.datetime]:
    return [row[0].astimezone(datetime.UTC) for row in rows]


def bucket_rows(
    ask: Ask, width: str, start: datetime.datetime, end: datetime.datetime, session: str = "UTC"
) -> list[datetime.datetime]:
    sent, _ = by_grafana(
        template(f"SELECT * FROM {{{{ buckets('{width}') }}}} AS b(at)"), start=start, end=end
    )
    return instants(ask(sent, (), session))


def test_days_begin_at_local_midnight_on_both_sides_of_a_change(ask: Ask) -> None:
    found = bucket_rows(ask, "1 day", local("2026-03-28"), local("2026-03-31"))
    assert [at.isoformat() for at in found] == [
        "2026-03-27T23:00:00+00:00",
        "2026-03-28T23:00:00+00:00",
        "2026-03-29T22:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)],
    ids=["spring", "autumn", "usual"],
)
@pytest.mark.parametrize("width", ["1 hour", "auto"])
def test_a_day_has_its_own_number_of_hours(ask: Ask, day: str, hours: int, width: str) -> None:
    end = local(day) + datetime.timedelta(days=1)
    assert len(bucket_rows(ask, width, local(day), end)) == hours


@pytest.mark.parametrize(
    ("width", "first"),
    [
        ("1 week", "2026-03-30"),
        ("1 month", "2026-04-01"),
        ("1 quarter", "2026-04-01"),
        ("1 year", "2026-01-01"),
        ("2 weeks", "2026-03-23"),
    ],
)
def test_a_long_bucket_begins_at_a_local_midnight(ask: Ask, width: str, first: str) -> None:
    at = local("2026-04-02T00:30")
    assert bucket_rows(ask, width, at, at + datetime.timedelta(hours=1)) == [local(first)]


@pytest.mark.parametrize(
    ("days", "step"),
    [(1, 24), (3, 3), (90, 90), (101, 15), (900, 31)],
    ids=["hour", "day", "day", "week", "month"],
)
def test_auto_chooses_a_width_by_the_length(ask: Ask, days: int, step: int) -> None:
    start = local("2026-05-04")
    found = bucket_rows(ask, "auto", start, start + datetime.timedelta(days=days))
    assert abs(len(found) - step) <= 1


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("width", [*WIDTHS[2:], "auto"])
@settings(max_examples=12)
@given(
    change=st.sampled_from(CHANGES),
    before=st.integers(0, 400),
    length=st.integers(1, 700),
    grid=st.sampled_from([15]),
)
@example(change=CHANGES[1], before=0, length=12, grid=15)
def test_every_instant_of_a_range_lies_in_one_of_its_buckets(
    ask: Ask, session: str, width: str, change: datetime.datetime, before: int, length: int, grid: int
) -> None:
    start = change.replace(tzinfo=ZONE).astimezone(datetime.UTC) - datetime.timedelta(minutes=before * grid)
    end = start + datetime.timedelta(minutes=length * grid)
    listed = bucket_rows(ask, width, start, end, session)
    sql = (
        f"SELECT DISTINCT {{{{ bucket('t', '{width}') }}}} FROM generate_series({{{{ range_start() }}}},"
        " {{ range_end() }} - INTERVAL '1 microsecond', INTERVAL '15 minutes') AS s(t) ORDER BY 1"
    )
    cut = instants(ask(by_grafana(template(sql), start=start, end=end)[0], (), session))
    assert listed == cut


@pytest.mark.parametrize("width", ["1 day", "6 hours", "1 week", "1 month"])
@pytest.mark.parametrize("session", SESSIONS)
def test_panel_rule_and_question_cut_alike(ask: Ask, session: str, width: str) -> None:
    read = template(
        "SELECT b.at, {{ range_start(before='3 days') }}"
        f" FROM {{{{ buckets('{width}', before='7 days') }}}} AS b(at)"
    )
    start, end = local("2026-10-20"), local("2026-10-28")
    panel = ask(by_grafana(read, start=start, end=end)[0], (), session)
    rule = ask(by_rule(read, start=start, end=end)[0], (), session)
    days = {"range_from": "2026-10-20", "range_to": "2026-10-27"}
    sent, parameters = by_metabase(read, days=days)
    question = ask(sent, parameters, session)
    assert panel == rule == question
    assert len(panel) >= 1


def test_a_run_in_moves_by_local_days(ask: Ask) -> None:
    sent, _ = by_grafana(
        template("SELECT {{ range_start(before='1 day') }}"),
        start=local("2026-03-30"),
        end=local("2026-03-31"),
    )
    assert ask(sent) == [(local("2026-03-29"),)]


def test_a_range_holds_its_start_and_not_its_end(ask: Ask) -> None:
    sql = (
        "SELECT t FROM (VALUES ({{ range_start() }}), ({{ range_end() }})) AS v(t) WHERE {{ in_range('t') }}"
    )
    sent, _ = by_grafana(template(sql), start=local("2026-03-29"), end=local("2026-03-30"))
    assert ask(sent) == [(local("2026-03-29"),)]


@pytest.mark.parametrize("send", [by_hand, by_metabase], ids=["editor", "question"])
def test_without_a_choice_the_window_ends_now(ask: Ask, send: Callable[..., Sent]) -> None:
    read = template(
        "SELECT {{ range_end() }} = now(), now() - {{ range_start() }} BETWEEN '29 d 23 h' AND '30 d 1 h'"
    )
    assert ask(*send(read, length=Duration(30, "d"))) == [(True, True)]


@pytest.mark.parametrize(
    ("days", "start", "end"),
    [
        ({"range_from": "2026-03-29", "range_to": "2026-03-29"}, "2026-03-29", "2026-03-30"),
        ({"range_to": "2026-03-29"}, "2026-03-23", "2026-03-30"),
    ],
)
def test_a_questions_last_day_is_whole(ask: Ask, days: dict[str, str], start: str, end: str) -> None:
    sent, parameters = by_metabase(template("SELECT {{ range_start() }}, {{ range_end() }}"), days=days)
    assert ask(sent, parameters) == [(local(start), local(end))]


BUSINESS = HoursOf((Span24((1, 2, 3, 4, 5), 540, 1080),), outside=False, timezone=BERLIN)
NIGHT = HoursOf(
    (Span24((1, 2, 3, 4, 5, 6, 7), 1320, 1440), Span24((1,), 0, 360)), outside=False, timezone=BERLIN
)
AFTER = HoursOf(BUSINESS.spans, outside=True, timezone=BERLIN)


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize(
    ("hours", "at", "inside"),
    [
        (BUSINESS, "2026-03-27T09:00", True),
        (BUSINESS, "2026-03-27T08:59:59", False),
        (BUSINESS, "2026-03-27T18:00", False),
        (BUSINESS, "2026-03-29T10:00", False),
        (BUSINESS, "2026-03-30T09:00", True),
        (AFTER, "2026-03-30T09:00", False),
        (AFTER, "2026-03-29T10:00", True),
        (NIGHT, "2026-03-30T23:59:59", True),
        (NIGHT, "2026-03-30T05:59", True),
        (NIGHT, "2026-03-31T05:59", False),
    ],
)
def test_hours_are_those_of_their_own_clock(
    ask: Ask, session: str, hours: HoursOf, at: str, inside: bool
) -> None:
    instant = f"'{local(at).isoformat()}'::timestamptz"
    read = template(
        "SELECT {{ during('h', 't') }} FROM (SELECT " + instant + " AS t) AS q",
        vocabulary(hours={"h": hours}),
    )
    assert ask(by_rule(read)[0], (), session) == [(inside,)]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-29", "2026-03-29T00:00"),
        ("2026-03-29T08:00", "2026-03-29T08:00"),
        ("2026-03-29T08:00:00.5", "2026-03-29T08:00:00.5"),
        ("2026-03-29T08:00+02", "2026-03-29T08:00"),
        ("2026-03-29T06:00Z", "2026-03-29T08:00"),
        ("2026-03-29 01:00-0500", "2026-03-29T08:00"),
    ],
)
@pytest.mark.parametrize("session", SESSIONS)
def test_a_constant_instant_is_the_same_in_every_session(
    ask: Ask, session: str, written: str, at: str
) -> None:
    words = vocabulary({"start": Value(written, "timestamp")})
    sent, _ = by_grafana(template("SELECT {{ start }} AS at", words))
    assert instants(ask(sent, (), session)) == [local(at).astimezone(datetime.UTC)]


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("at", ["2026-03-29T03:00", "2026-10-25T01:59:59", "2026-07-01T00:00"])
def test_an_instant_is_shown_by_the_clock_of_the_service(ask: Ask, session: str, at: str) -> None:
    instant = f"'{local(at).isoformat()}'::timestamptz"
    read = template("SELECT {{ local('q.t') }} FROM (SELECT " + instant + " AS t) AS q")
    assert ask(by_rule(read)[0], (), session) == [(datetime.datetime.fromisoformat(at),)]


@pytest.mark.parametrize(
    "width", ["7 minutes", "5 hours", "2 months", "2 years", "0 days", "x", "1 fortnight", "500 milliseconds"]
)
def test_a_width_that_days_are_not_made_of_is_refused(width: str) -> None:
    (problem,) = problems_of(f"SELECT {{{{ bucket('t', '{width}') }}}}")
    assert problem.code == "sql-word-arguments"


def test_hours_that_are_skipped_or_doubled_are_cut_in_order(ask: Ask) -> None:
    for change, width in itertools.product(
        CHANGES, ("30 minutes", "1 hour", "90 minutes", "2 hours", "6 hours")
    ):
        start = change.replace(tzinfo=ZONE)
        found = bucket_rows(ask, width, start, start + datetime.timedelta(days=1))
        assert found == sorted(set(found))
