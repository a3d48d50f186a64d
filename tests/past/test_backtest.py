"""Alerts over the past, on PostgreSQL 15 and 18: what is told is what was so then, and what cannot be told is refused."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.servers import Running
from tests.past.world import DEFINITION, START, definition_in, filled, hours, run
from watchglass.backtest import Replay, differences
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.past import Refused
from watchglass.past.points import newest_point


@pytest.fixture(scope="module", params=[18, 15])
def server(request: pytest.FixtureRequest) -> Iterator[Running]:
    with filled(request.param) as started:
        yield started


@pytest.fixture
def dsn(server: Running) -> str:
    return server.dsn("jobs", "dash")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Definition, Service]:
    return definition_in(tmp_path_factory.mktemp("jobs"))


Loaded = tuple[Definition, Service]


def fired(replay: Replay) -> list[tuple[str, float, float | None]]:
    """Each firing: its instance, and from which hour to which."""

    def hour(at: datetime.datetime) -> float:
        return round((at - START).total_seconds() / 3600, 2)

    return [
        (" ".join(text for _, text in each.key), hour(each.begin), hour(each.end) if each.end else None)
        for each in replay.firings
    ]


def test_an_alert_fires_when_the_runs_of_that_time_were_late_enough(loaded: Loaded, dsn: str) -> None:
    # The last run began at 9:00: over 4 hours from 13:05 on, for 10 minutes; the next one begins at 15:00.
    (replay,) = run(loaded, "gap_lost", hours(0, 72), dsn).replays
    assert fired(replay) == [("", 13.25, 15.0)]
    assert len(replay.evaluations) == 72 * 12


def test_what_was_pending_when_the_stretch_begins_is_pending(loaded: Loaded, dsn: str) -> None:
    (replay,) = run(loaded, "gap_lost", hours(13.25, 14), dsn).replays
    assert fired(replay) == [("", 13.25, None)]


def test_a_key_is_an_instance_of_its_own(loaded: Loaded, dsn: str) -> None:
    (replay,) = run(loaded, "gaps_lost", hours(8, 24), dsn).replays
    assert fired(replay) == [("a", 13.08, 15.0)]


def test_the_range_of_a_query_ends_at_each_evaluation(loaded: Loaded, dsn: str) -> None:
    # Both lanes fail at 30:00 and 31:00; a run is of the last two hours as long as it began less than two hours ago.
    (replay,) = run(loaded, "failed", hours(24, 48), dsn).replays
    assert fired(replay) == [("", 30.08, 33.08)]


def test_a_range_of_many_days_is_asked_for(tmp_path: Path, dsn: str) -> None:
    loaded = definition_in(tmp_path, DEFINITION.replace("range: 2h", "range: 30d"))
    (replay,) = run(loaded, "failed", hours(24, 48), dsn).replays
    assert fired(replay) == [("", 30.08, None)]


def test_a_point_holds_to_the_second(loaded: Loaded) -> None:
    metric = loaded[1].metrics["hourly"]
    assert (
        '"watchglass_at" > extract(epoch FROM now()) - 1234567\n' in newest_point(metric, 1234567.0, 1).text
    )


def test_a_changed_threshold_is_compared_at_every_evaluation(loaded: Loaded, dsn: str) -> None:
    now = run(loaded, "gap_lost", hours(0, 24), dsn).replays[0]
    other = run(loaded, "gap_lost", hours(0, 24), dsn, "gap.lost=5").replays[0]
    assert fired(other) == [("", 14.25, 15.0)]
    assert [(each.now, each.changed, each.evaluations) for each in differences(now, other)] == [
        ("pending", "normal", 2),
        ("firing", "normal", 10),
        ("firing", "pending", 2),
    ]


def test_a_changed_wait_is_compared(loaded: Loaded, dsn: str) -> None:
    (replay,) = run(loaded, "gap_lost", hours(0, 24), dsn, "gap_lost.for=1h").replays
    assert fired(replay) == [("", 14.08, 15.0)]


def test_the_mildest_threshold_that_fires_seldom_enough_is_suggested(loaded: Loaded, dsn: str) -> None:
    variant = run(loaded, "gaps_lost", hours(2, 72), dsn, most=0)
    suggested = variant.suggestions["gaps_lost"]
    assert suggested.firings == 0
    assert 5.9 <= suggested.number <= 6.0
    assert suggested.steady


def test_rows_that_would_have_failed_the_query_then_fail_it_here(loaded: Loaded, dsn: str) -> None:
    # One run at 0:00 of each lane: before them count(*) - 1 is -1, then 1; it is never 0 but for one row.
    (replay,) = run(loaded, "ratio", hours(-1, 1), dsn).replays
    assert replay.failures == 0


@pytest.mark.parametrize(
    ("alert", "code", "words"),
    [
        ("bare", "backtest-no-past", "may be changed or deleted, and nothing recorded it"),
        ("future", "backtest-future", "sees rows of runs whose began is later"),
        ("half", "backtest-table", "reads watched, of which append_only says nothing"),
        ("view", "backtest-view", "reads through the view newest"),
        ("call", "backtest-view", "calls public.present()"),
        ("waiting", "backtest-readings", "the readings cannot be read"),
    ],
)
def test_what_cannot_be_told_honestly_is_refused(
    alert: str, code: str, words: str, loaded: Loaded, dsn: str
) -> None:
    with pytest.raises(Refused) as refused:
        run(loaded, alert, hours(0, 24), dsn)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert words in problem.message


def test_a_history_gives_points_that_hold_from_their_time_on(loaded: Loaded, dsn: str) -> None:
    # Lane a does not run from 10:00 to 14:00: one run an hour instead of two.
    variant = run(loaded, "hourly", hours(1, 24), dsn)
    assert fired(variant.replays[0]) == [("", 10.0, 15.0)]
    assert "one every 1 hour; each holds from its time on, for at most 2 hours" in variant.bases[0].text


def test_a_superuser_is_not_asked_with(server: Running, loaded: Loaded) -> None:
    with pytest.raises(Refused) as refused:
        run(loaded, "gap_lost", hours(0, 24), server.dsn("jobs"))
    assert refused.value.problems[0].code == "role-too-strong"


def test_a_column_that_the_role_may_not_read_is_not_asked_for(loaded: Loaded, dsn: str) -> None:
    assert run(loaded, "gaps_lost", hours(1, 2), dsn).replays[0].failures == 0


def test_a_database_that_is_not_there_is_one_problem(loaded: Loaded) -> None:
    with pytest.raises(Refused) as refused:
        run(loaded, "gap_lost", hours(0, 1), "postgresql://dash@127.0.0.1:1/jobs")
    assert [problem.code for problem in refused.value.problems] == ["database-unreachable"]


def test_without_a_connection_string_the_fixture_is_asked(tmp_path: Path) -> None:
    from watchglass.past import Backtests, Wish

    definition, service = definition_in(tmp_path)
    with Backtests({}) as backtests:
        variant = backtests.run(
            definition, service, service.alerts["gap_lost"], Wish("now", "", hours(0, 24))
        )
    assert len(variant.replays[0].firings) == 1
