"""The first deployment means what its facts say: levels at each border, alerts at each limit, rows in known states."""

from __future__ import annotations

import datetime

import pytest

from tests.definitions import worlds
from tests.definitions.worlds import World
from watchglass.thresholds import Thresholds

ORGANIZATION = "00000000-0000-0000-0000-00000000000{}"
BASE = """
INSERT INTO public.organizations (id, name, slug) VALUES
  ('00000000-0000-0000-0000-000000000001', 'One', 'one'), ('00000000-0000-0000-0000-000000000002', 'Two', 'two');
INSERT INTO cron.job (jobid, schedule, command, jobname) VALUES (1, '0 * * * *', 'SELECT 1', 'cleanup-old-drafts-hourly');
"""


def drafts(count: int, age: str = "10 minutes", generation: str = "NULL", organization: int = 1) -> str:
    """Write SQL that adds drafts of an age."""
    return f"""
    INSERT INTO public.courses (organization_id, title, slug, generation_status, created_at, updated_at)
    SELECT '{ORGANIZATION.format(organization)}', 'Draft', gen_random_uuid()::text, {generation},
           now() - INTERVAL '{age}', now() - INTERVAL '{age}' + INTERVAL '90 seconds'
    FROM generate_series(1, {count});
    """


def runs(*states: str, newest: str = "5 minutes") -> str:
    """Write SQL that adds runs of the cleanup job, one an hour, the newest first."""
    listed = ", ".join(f"({index}, '{state}')" for index, state in enumerate(states))
    return f"""
    INSERT INTO cron.job_run_details (jobid, status, return_message, start_time, end_time)
    SELECT 1, state, state, at, at + INTERVAL '2 seconds'
    FROM (VALUES {listed}) AS run(back, state),
         LATERAL (SELECT now() - INTERVAL '{newest}' - back * INTERVAL '1 hour' AS at) AS started;
    """


def thresholds(metric: str) -> Thresholds:
    found = worlds.service().metrics[metric].thresholds
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("metric", "levels"),
    [
        ("pollution", {9.99: "healthy", 10: "elevated", 29.99: "elevated", 30: "high", 49.99: "high", 50: "critical"}),
        ("unused_drafts", {9: "healthy", 10: "elevated", 19: "elevated", 20: "high", 49: "high", 50: "critical"}),
        ("total_drafts", {19: "healthy", 20: "elevated", 49: "elevated", 50: "critical"}),
        ("old_drafts", {4: "healthy", 5: "elevated", 19: "elevated", 20: "high", 49: "high", 50: "critical"}),
        ("job_gap", {1.49: "healthy", 1.5: "elevated", 1.99: "elevated", 2: "critical"}),
        ("job_success_gap", {1.49: "healthy", 1.5: "elevated", 2: "critical"}),
        ("traffic", {49: "healthy", 50: "elevated", 99: "elevated", 100: "high"}),
        ("failures_in_a_row", {0: "healthy", 1: "elevated", 2: "elevated", 3: "high"}),
        ("job_success", {100: "healthy", 99: "healthy", 98.99: "elevated"}),
        ("run_duration", {4.99: "healthy", 5: "elevated"}),
        ("usage", {80: "healthy", 79.99: "elevated"}),
        ("abandonment", {19.99: "healthy", 20: "elevated"}),
        ("drafts_per_day", {19.9: "healthy", 20: "elevated"}),
        ("organization_unused", {99: "high", 100: "critical"}),
    ],
)  # fmt: skip
def test_a_number_is_at_the_agreed_level(metric: str, levels: dict[float, str]) -> None:
    assert {value: thresholds(metric).level_of(value).name for value in levels} == levels


def test_staging_alone_takes_another_critical_pollution() -> None:
    usual, staging = (worlds.compiled(name).service for name in (None, "staging"))
    assert usual is not None
    assert staging is not None
    changed = [
        name for name, each in usual.metrics.items() if each.thresholds != staging.metrics[name].thresholds
    ]
    assert changed == ["pollution"]
    assert staging.metrics["pollution"].thresholds is not None
    assert staging.metrics["pollution"].thresholds.level_of(79).name == "high"


FINE = runs("succeeded", "succeeded", "succeeded")
IN_USE = "'completed'"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (FINE, set()),
        # Pollution: over 30 %, over 50 %; the limits themselves are not over.
        (FINE + drafts(3) + drafts(7, generation=IN_USE), set()),
        (FINE + drafts(4) + drafts(9, generation=IN_USE), {"draft_pollution_high"}),
        (FINE + drafts(5) + drafts(5, generation=IN_USE), {"draft_pollution_high"}),
        (FINE + drafts(6) + drafts(5, generation=IN_USE), {"draft_pollution_high", "draft_pollution_critical"}),
        # Over 100 unused drafts are critical whatever their share.
        (FINE + drafts(100, "2 hours") + drafts(500, "3 hours", IN_USE), set()),
        (FINE + drafts(50, "2 hours") + drafts(51, "2 hours", organization=2) + drafts(500, "3 hours", IN_USE),
         {"draft_pollution_critical"}),
        # The last hour.
        (FINE + drafts(100, "50 minutes", IN_USE), set()),
        (FINE + drafts(101, "50 minutes", IN_USE), {"draft_traffic_spike"}),
        (FINE + drafts(101, "70 minutes", IN_USE), set()),
        # One organization.
        (FINE + drafts(101, "2 hours") + drafts(500, "3 hours", IN_USE), {"draft_pollution_critical", "organization_flood"}),
        # Over 24 hours; what something was generated from may stand.
        (FINE + drafts(20, "25 hours") + drafts(200, "3 hours", IN_USE), set()),
        (FINE + drafts(21, "25 hours") + drafts(200, "3 hours", IN_USE), {"old_drafts_pending"}),
        (FINE + drafts(50, "25 hours") + drafts(200, "3 hours", IN_USE), {"old_drafts_pending"}),
        (FINE + drafts(51, "25 hours") + drafts(200, "3 hours", IN_USE), {"old_drafts_pending", "old_drafts_many"}),
        (FINE + drafts(51, "24 hours") + drafts(200, "3 hours", IN_USE), set()),
        (FINE + drafts(80, "3 days", IN_USE), set()),
        # The job.
        (runs("succeeded", newest="2 hours"), set()),
        (runs("succeeded", newest="2 hours 1 second"), {"cleanup_job_stalled"}),
        (runs("failed", "failed", "succeeded"), set()),
        (runs("failed", "failed", "failed", "succeeded"), {"cleanup_job_failures"}),
        (runs("running", "failed", "failed", "failed"), {"cleanup_job_failures"}),
        (runs("succeeded", "failed", "failed", "failed"), set()),
        ("", {"cleanup_job_stalled"}),
        (worlds.NO_JOB, {"cleanup_job_stalled"}),
        (FINE + "UPDATE cron.job SET active = false", set()),
    ],
)  # fmt: skip
def test_an_alert_fires_beyond_its_limit_and_not_at_it(state: str, expected: set[str], empty: World) -> None:
    empty.run(BASE + state)
    assert empty.firing() == expected


@pytest.mark.parametrize(
    ("alert", "state", "expected"),
    [
        ("draft_pollution_high", drafts(3) + drafts(7, generation=IN_USE), False),
        ("draft_pollution_high", drafts(2) + drafts(7, generation=IN_USE), True),
        ("draft_pollution_critical", drafts(3) + drafts(7, generation=IN_USE), False),
        ("draft_pollution_critical", "", True),
        ("old_drafts_pending", drafts(5, "25 hours"), False),
        ("old_drafts_pending", drafts(4, "25 hours"), True),
        ("old_drafts_many", drafts(5, "25 hours"), False),
        ("old_drafts_many", "", True),
        ("draft_traffic_spike", drafts(50), False),
        ("draft_traffic_spike", drafts(49), True),
        ("cleanup_job_stalled", runs("running", "failed"), False),
        ("cleanup_job_stalled", runs("succeeded"), True),
        ("cleanup_job_failures", runs("succeeded", "succeeded", "failed"), False),
        ("cleanup_job_failures", runs("succeeded", "succeeded", "succeeded", "failed"), True),
        ("organization_flood", drafts(50), False),
        ("organization_flood", drafts(49), True),
    ],
)
def test_an_alert_resolves_where_the_facts_say(alert: str, state: str, expected: bool, empty: World) -> None:
    empty.run(BASE + state)
    assert empty.back(alert) is expected


def test_the_state_of_known_drafts_is_counted(empty: World) -> None:
    empty.run(BASE + drafts(3) + drafts(2, "5 hours") + drafts(1, "25 hours") + drafts(4, "3 days", IN_USE))
    (row,) = empty.rows("system_health")
    assert {name: row[name] for name in row if name != "measured_at"} == {
        "total_drafts": 10, "unused_drafts": 6, "active_drafts": 4, "pollution": 60, "created_last_hour": 3,
        "created_last_day": 5, "created_last_week": 10, "pending_cleanup": 1,
    }  # fmt: skip
    ages = [
        (row["age"], row["drafts"], row["unused"], row["materialized"]) for row in empty.rows("drafts_by_age")
    ]
    assert ages == [("< 1h", 3, 3, 0), ("1-6h", 2, 2, 0), ("6-24h", 0, 0, 0), ("> 24h", 5, 1, 4)]
    assert [row["reason"] for row in empty.rows("pending_audit")] == [
        "unused: the job should have deleted it",
        *["generated, but not published"] * 4,
    ]


def test_without_a_draft_every_bucket_stands_and_pollution_is_null(empty: World) -> None:
    assert empty.rows("system_health")[0]["pollution"] is None
    assert [row["age"] for row in empty.rows("drafts_by_age")] == ["< 1h", "1-6h", "6-24h", "> 24h"]
    assert len(empty.rows("session_duration")) == 5
    assert len(empty.rows("hourly_traffic")) == 7 * 24
    assert len(empty.rows("daily_trend")) in (30, 31)
    assert {row["created"] for row in empty.rows("daily_trend")} == {0}


@pytest.mark.parametrize(
    ("state", "health", "next_run"),
    [
        (BASE + FINE, "healthy", True),
        (BASE + runs("failed", newest="100 minutes"), "elevated", True),
        (BASE + runs("failed", newest="3 hours"), "critical", True),
        (BASE, "never ran", True),
        (BASE + FINE + "UPDATE cron.job SET active = false", "switched off", False),
        (BASE + FINE + "UPDATE cron.job SET schedule = '*/5 * * * *'", "healthy", False),
        ("", "missing", False),
    ],
)
def test_the_job_always_has_one_row_that_says_how_it_is(
    state: str, health: str, next_run: bool, empty: World
) -> None:
    if state:
        empty.run(state)
    (row,) = empty.rows("cleanup_job")
    assert row["health"] == health
    assert (row["next_run"] is not None) is next_run


def test_the_next_run_is_at_the_minute_of_the_schedule(empty: World) -> None:
    empty.run(BASE + "UPDATE cron.job SET schedule = '17 * * * *'")
    (row,) = empty.rows("cleanup_job")
    (now,) = empty.ask("SELECT now() AS now")
    assert (row["next_run"].minute, row["next_run"].second) == (17, 0)
    assert 0 < (row["next_run"] - now["now"]).total_seconds() <= 3600
    assert float(row["minutes_to_next"]) == pytest.approx(
        (row["next_run"] - now["now"]).total_seconds() / 60, abs=0.06
    )


def test_a_month_is_compared_with_the_same_month_of_the_year_before(empty: World) -> None:
    middle = "date_trunc('month', now(), 'Europe/Berlin') - INTERVAL '15 days'"
    empty.run(BASE)
    for count, when in ((6, middle), (4, f"{middle} - INTERVAL '1 year'")):
        empty.run(drafts(count).replace("now() - INTERVAL '10 minutes'", f"({when})"))
    month = empty.rows("monthly_trend")[-2]
    assert (month["drafts"], month["drafts_year_ago"], month["drafts_on_year"]) == (6, 4, 50)


def test_the_weeks_expected_runs_follow_the_clock_changes(empty: World) -> None:
    expected = [row["expected"] for row in empty.rows("job_by_week")]
    assert set(expected[:-1]) <= {167, 168, 169}
    assert 0 <= expected[-1] <= 169


@pytest.mark.parametrize("end", [datetime.timedelta(), datetime.timedelta(days=40)], ids=["now", "in future"])
def test_a_range_that_ends_in_future_shows_no_day_that_has_not_begun(
    end: datetime.timedelta, empty: World
) -> None:
    empty.run(BASE + FINE + drafts(7))
    *_, missed = empty.shown("overview/missed_runs-number", end)
    (week,) = empty.ask(
        "SELECT extract(epoch FROM now() - date_trunc('week', now(), 'Europe/Berlin')) / 3600 AS hours"
    )
    assert 0 <= missed["missed"] <= week["hours"]
    days = empty.shown("overview/daily", end)
    assert {day["created"] for day in days[:-1]} <= {0, 7}
    assert max(day["time"] for day in days) <= datetime.datetime.now(tz=datetime.UTC)
    assert len(days) in {14, 15}


def test_sessions_are_cut_by_minutes(empty: World) -> None:
    empty.run(BASE + drafts(2, "3 hours") + drafts(1, "3 hours", IN_USE))
    row = {row["duration"]: row for row in empty.rows("session_duration")}["1-5 min"]
    assert (row["sessions"], row["completed"], row["abandoned"]) == (3, 1, 2)
    assert float(row["mean_minutes"]) == 1.5


def test_the_redis_sessions_are_held_against_the_baseline(empty: World) -> None:
    empty.run(BASE + drafts(1, "2 hours") + drafts(9, "2 hours", IN_USE))
    before, since, whole = empty.rows("before_after_redis")
    assert (before["drafts"], before["unused"], float(before["pollution"])) == (46, 26, 56.52)
    assert (since["drafts"], float(since["pollution"]), float(since["improvement"])) == (10, 10, 82.3)
    assert whole["drafts"] == 10


def test_who_makes_more_than_twenty_drafts_an_hour_is_listed(empty: World) -> None:
    empty.run(BASE + drafts(20) + drafts(21, organization=2))
    (row,) = empty.rows("suspicious_creators")
    assert (row["creator"], row["drafts"], row["organizations"]) == ("nobody", 41, 2)
    assert [(row["organization"], row["drafts"]) for row in empty.rows("spike_sources")] == [
        ("Two", 21),
        ("One", 20),
    ]
