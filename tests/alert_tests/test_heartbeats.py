"""Alerts that a line makes, in tests of alerts: a database goes down and comes up again."""

from __future__ import annotations

from pathlib import Path

from tests.alert_tests.play import compiled, play, steps, wrong
from watchglass.alert_tests import AlertTestSession, coverage_of

LINES = {
    "labels: {team: blue}}": "labels: {team: blue}, watchdog: low}",
    "role: dashboards}}": "role: dashboards}, heartbeat: high}",
}


def test_a_heartbeat_fires_when_the_database_is_down_and_comes_back(
    each_server: AlertTestSession, tmp_path: Path
) -> None:
    tests = steps(
        "at: 1m, expect: {heartbeat-main: normal}",
        "at: 90s, database: down",
        "at: 2m, expect: {heartbeat-main: pending (error)}",
        "at: 4m, expect: {heartbeat-main: {is: firing (error), labels: {severity: high, team: blue}}}",
        "at: 5m, database: {main: up}",
        "at: 5m, expect: {heartbeat-main: normal}",
    )
    assert wrong(play(tmp_path, tests, each_server, LINES)) == []


def test_a_watchdog_fires_whatever_the_database_does(session: AlertTestSession, tmp_path: Path) -> None:
    tests = steps(
        "at: 0m, expect: {watchdog: firing}",
        "at: 90s, database: down",
        "at: 2m, expect: {watchdog: firing (error)}",
        "at: 3m, database: up",
        "at: 3m, expect: {watchdog: firing}",
    )
    assert wrong(play(tmp_path, tests, session, LINES)) == []


def test_a_watchdog_that_is_expected_to_be_quiet_is_told(session: AlertTestSession, tmp_path: Path) -> None:
    tests = steps("at: 0m, database: up", "at: 1m, expect: {watchdog: normal}")
    assert wrong(play(tmp_path, tests, session, LINES))[0].startswith(
        "test-failed: watchdog is firing at 1m, not normal"
    )


def test_the_ways_of_such_an_alert_are_those_that_it_can_take(tmp_path: Path) -> None:
    made = compiled(tmp_path, steps("at: 0m, expect: {watchdog: firing}"), LINES)
    assert made.service is not None
    ways = {(branch.alert, branch.name) for branch in coverage_of(made.service, ()).missing}
    assert {(alert, name) for alert, name in ways if alert in ("watchdog", "heartbeat-main")} == {
        ("watchdog", "fires"),
        ("heartbeat-main", "query fails"),
    }
