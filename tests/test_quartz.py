"""Schedules and expressions of Quartz say the same; what a pulse cannot say stays as it is written."""

from __future__ import annotations

import pytest

from watchglass import quartz
from watchglass.quartz import Schedule

SAME: list[tuple[Schedule, str]] = [
    ({"schedule_type": "hourly"}, "0 0 * * * ? *"),
    ({"schedule_type": "daily", "schedule_hour": 0}, "0 0 0 * * ? *"),
    ({"schedule_type": "weekly", "schedule_hour": 8, "schedule_day": "mon"}, "0 0 8 ? * 2 *"),
    ({"schedule_type": "weekly", "schedule_hour": 8, "schedule_day": "sun"}, "0 0 8 ? * 1 *"),
    ({"schedule_type": "monthly", "schedule_hour": 7, "schedule_frame": "first"}, "0 0 7 1 * ? *"),
    ({"schedule_type": "monthly", "schedule_hour": 7, "schedule_frame": "mid"}, "0 0 7 15 * ? *"),
    ({"schedule_type": "monthly", "schedule_hour": 7, "schedule_frame": "last"}, "0 0 7 L * ? *"),
    (
        {"schedule_type": "monthly", "schedule_hour": 7, "schedule_day": "mon", "schedule_frame": "first"},
        "0 0 7 ? * 2#1 *",
    ),
    (
        {"schedule_type": "monthly", "schedule_hour": 23, "schedule_day": "fri", "schedule_frame": "last"},
        "0 0 23 ? * 6L *",
    ),
]


@pytest.mark.parametrize(("at", "text"), SAME)
def test_a_schedule_is_an_expression_and_back(at: Schedule, text: str) -> None:
    assert quartz.expression(at) == text
    assert quartz.schedule(text) == at
    assert quartz.schedule(text.removesuffix(" *")) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0 30 6 ? * MON-FRI *",
        "0 0/5 * * * ? *",
        "0 0 8 1 * 2 *",
        "0 0 * 1 * ? *",
        "0 0 8 ? * ? *",
        "0 0 8 * 1 ? *",
    ],
)
def test_what_a_pulse_cannot_say_stays_as_it_is(text: str) -> None:
    assert quartz.schedule(text) == {"cron": text}
