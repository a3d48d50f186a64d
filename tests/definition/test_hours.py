"""Hours: what is outside of outside, and that one mistake in them is told once, wherever they are used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import resolved, told

OPEN = "  open: {days: monday..friday, from: '09:00', to: '18:00'}\n"
ALERT = "alerts: {much: {metric: n, when: high, severity: page, during: open}}\n"
ROUTES = """notify:
  contacts: {team: {type: email, addresses: team@example.com}}
  routes:
    - {severity: page, contact: team, during: open}
    - {contact: team}
"""


@pytest.mark.parametrize(
    "order",
    ["  off: {outside: open}\n  on: {outside: off}\n", "  on: {outside: off}\n  off: {outside: open}\n"],
)
def test_outside_of_outside_is_inside_in_whatever_order_they_stand(tmp_path: Path, order: str) -> None:
    service = resolved(tmp_path, f"hours:\n{order}{OPEN}").service
    assert service is not None
    assert service.hours["on"].bits == service.hours["open"].bits
    assert not service.hours["off"].bits & service.hours["open"].bits


def test_what_is_named_beside_outside_would_mean_nothing(tmp_path: Path) -> None:
    found = told(
        tmp_path, f"hours:\n{OPEN}  off: {{outside: open, days: monday, from: '10:00', timezone: UTC}}\n"
    )
    assert found == ["hours-form: days", "hours-form: from", "hours-form: timezone"]


def test_a_circle_is_told_once(tmp_path: Path) -> None:
    hours = "hours: {a: {outside: b}, b: {outside: a}, c: {outside: a}}\n"
    assert told(tmp_path, hours) == ["reference-cycle: b"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{days: mondey}", "hours-form: mondey"),
        ("{from: '9:00'}", "hours-form: '9:00'"),
        ("{from: '09:00', to: '09:00'}", "hours-form: open"),
        ("{from: '24:00', to: '09:00'}", "hours-form: '24:00'"),
        ("{timezone: Mars}", "unknown-timezone: Mars"),
        ("{outside: nights}", "unknown-name: nights"),
    ],
)
def test_one_mistake_is_one_problem_though_routes_alerts_and_sql_use_the_hours(
    tmp_path: Path, written: str, expected: str
) -> None:
    queries = "snippets: {in_time: \"{{ during('open', 'placed_at') }}\"}\n"
    assert told(tmp_path, f"hours:\n  open: {written}\n{queries}{ALERT}{ROUTES}") == [expected]


def test_hours_outside_of_wrong_ones_are_not_judged(tmp_path: Path) -> None:
    hours = "hours:\n  wrong: {days: mondey}\n  open: {outside: wrong}\n"
    assert told(tmp_path, f"{hours}{ALERT}{ROUTES}") == ["hours-form: mondey"]


def test_hours_that_nothing_has_are_told_without_what_follows_from_them(tmp_path: Path) -> None:
    hours = f"hours:\n{OPEN}"
    assert told(tmp_path, f"{hours}{ALERT}{ROUTES.replace('during: open', 'during: opne')}") == [
        "unknown-name: opne"
    ]


def test_hours_that_never_hold_are_a_mistake_where_they_are_used(tmp_path: Path) -> None:
    hours = "hours: {all: {}, open: {outside: all}}\n"
    assert told(tmp_path, f"{hours}{ALERT}") == ["hours-form: open"]
