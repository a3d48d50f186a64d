"""What surprises people: the pictures of docs/alert-tests.md are what the simulated server does."""

from __future__ import annotations

from pathlib import Path

from tests.alert_tests.play import play, steps
from watchglass.alert_tests import PlayedTest


def rows(outcome: PlayedTest, alert: str) -> dict[str, list[str]]:
    """The states of each instance, evaluation by evaluation; a dash where it is not there."""
    (run,) = outcome.runs[alert]
    names = dict.fromkeys(seen.name for each in run.evaluated for seen in each.seen)
    by_time = [{seen.name: seen.told for seen in each.seen} for each in run.evaluated]
    return {name: [states.get(name, "–") for states in by_time] for name in names}


def test_the_picture_of_the_way_back_is_what_happens(tmp_path: Path) -> None:
    alert = "  spike: {metric: failed, when: above 30, for: 15m, resolve: {when: below 10}, every: 5m, severity: low}\n"
    text = steps('at: 0m, values: {failed: "5 40 20x3 5"}', "at: 30m, expect: {spike: normal}")
    (outcome,) = play(tmp_path, text, edits={"alerts:\n": "alerts:\n" + alert})
    assert rows(outcome, "spike")[""] == [
        "normal",
        "pending",
        "pending",
        "pending",
        "firing",
        "firing",
        "normal",
    ]


def test_the_way_back_holds_pending_too(tmp_path: Path) -> None:
    text = steps('at: 0m, values: {failed: "1 9 3x1 2 1"}', "at: 30m, expect: {failing_long: recovering}")
    (outcome,) = play(tmp_path, text)
    assert rows(outcome, "failing_long")[""] == [
        "normal", "pending", "pending", "firing", "firing", "recovering", "recovering",
    ]  # fmt: skip


def test_notify_resolves_what_fires_at_the_second_evaluation(tmp_path: Path) -> None:
    text = steps(
        'at: 0m, values: {failed: "0 9 errorx3"}', "at: 20m, expect: {told: error}", version='"12.3"'
    )
    edits = {
        "alerts:\n": "alerts:\n  told: {metric: failed, when: high, every: 5m, severity: low, on_error: notify}\n"
    }
    (outcome,) = play(tmp_path, text, edits=edits)
    found = rows(outcome, "told")
    own = found.pop("")
    assert own == ["normal", "firing", "firing", "–", "–"]
    assert list(found.values()) == [["–", "–", "error", "error", "error"]]


def test_versions_differ_in_whether_notify_waits(tmp_path: Path) -> None:
    lines = ("at: 0m, values: {failed: error}", "at: 10m, expect: {failing_told: error}")
    (old,) = play(tmp_path, steps(*lines, version='"12.3"'))
    (new,) = play(tmp_path, steps(*lines, version='"12.4"'))
    assert list(rows(old, "failing_told").values()) == [["error", "error", "error"]]
    assert list(rows(new, "failing_told").values()) == [["pending (error)", "pending (error)", "error"]]


def test_one_good_value_restarts_for(tmp_path: Path) -> None:
    text = steps('at: 0m, values: {failed: "9x1 0 9x1"}', "at: 20m, expect: {failing_told: pending}")
    (outcome,) = play(tmp_path, text)
    assert rows(outcome, "failing_told")[""] == ["pending", "pending", "normal", "pending", "pending"]
