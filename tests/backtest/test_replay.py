"""Evaluations become stretches: each instance by itself, gaps left out, what was pending before counted."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.backtest.simulated import FIVE, START, Rows, replayed, service
from watchglass.backtest import TooMany, Window
from watchglass.evaluation import RuleError


def stretches(made: object) -> list[tuple[str, str, float, float | None]]:
    return [
        (
            " ".join(text for _, text in each.key),
            each.state,
            (each.begin - START) / FIVE,
            (each.end - START) / FIVE if each.end else None,
        )
        for each in made.stretches  # type: ignore[attr-defined]
    ]


def test_an_instance_waits_fires_and_is_over(tmp_path: Path) -> None:
    made = replayed(service(tmp_path), [{"a": 1}, {"a": 11}, {"a": 12}, {"a": 13}, {"a": 14}, {"a": 2}])
    assert stretches(made) == [("a", "pending", 1, 3), ("a", "firing", 3, 5)]
    assert made.fired_for == 2 * FIVE


def test_instances_are_told_apart(tmp_path: Path) -> None:
    made = replayed(
        service(tmp_path), [{"a": 11, "b": 1}, {"a": 11, "b": 11}, {"a": 11, "b": 11}, {"a": 1, "b": 11}]
    )
    assert [each for each in stretches(made) if each[1] == "firing"] == [
        ("a", "firing", 2, 3),
        ("b", "firing", 3, None),
    ]


def test_what_fires_at_the_end_lasts_until_the_window_ends(tmp_path: Path) -> None:
    made = replayed(service(tmp_path), [{"a": 11}] * 6)
    assert made.longest == 4 * FIVE


def test_what_was_pending_before_the_window_fires_in_it(tmp_path: Path) -> None:
    made = replayed(service(tmp_path), [{"a": 11}] * 4, before=2)
    assert stretches(made) == [("a", "firing", 0, None)]
    assert len(made.evaluations) == 2


def test_an_unknown_instant_neither_fires_nor_resolves(tmp_path: Path) -> None:
    rows: list[Rows | None] = [*[{"a": 11}] * 4, *[None] * 5, {"a": 11}, {"a": 1}]
    made = replayed(service(tmp_path), rows)
    assert stretches(made) == [("a", "pending", 0, 2), ("a", "firing", 2, 10)]
    assert len(made.left_out) == 5


def test_no_data_is_told_apart_from_firing(tmp_path: Path) -> None:
    of = service(tmp_path)
    made = replayed(of, [{"a": 1}, {}, {}, {"a": 1}])
    assert made.firings == ()


def test_evaluations_are_at_whole_multiples_of_the_interval() -> None:
    window = Window(START + datetime.timedelta(seconds=7), START + 3 * FIVE)
    assert window.evaluations(300) == (START + FIVE, START + 2 * FIVE)
    assert window.evaluations(300, before=300) == (START, START + FIVE, START + 2 * FIVE)


def test_the_hour_that_spring_skips_has_no_evaluation_less() -> None:
    assert len(Window(START, START + datetime.timedelta(days=1)).evaluations(300)) == 288


def test_too_many_evaluations_are_refused() -> None:
    with pytest.raises(TooMany, match="take a shorter stretch"):
        Window(START, START + datetime.timedelta(days=4000)).evaluations(60)


def test_an_old_server_is_not_simulated(tmp_path: Path) -> None:
    from watchglass.backtest import Answers, replay
    from watchglass.backtest.published import moved_rule

    of = service(tmp_path)
    rule = moved_rule(of, of.alerts["much"], of.alerts["much"].rules[0])
    with pytest.raises((RuleError, ValueError)):
        replay(rule, "11.0", Window(START, START + FIVE), Answers((), {"A": []}))
