"""A recording and a simulation of it become the evaluations that agree, and those that do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.conformance.recording import START, Case, Recording, WrongFile
from watchglass.evaluation import Evaluation, Simulation

_LEFT_OUT = {"alertname", "grafana_folder", "__alert_rule_uid__", "__alert_rule_namespace_uid__", "case"}
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class Difference:
    """One evaluation that the simulation sees otherwise."""

    uid: str
    index: int
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.uid} evaluation {self.index}:\n  expected {self.expected}\n  got      {self.got}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    A whole recording.

    Args:
        by_chance: agreeing evaluations where the server itself names one of two states (or healths) by chance.
    """

    evaluations: int
    by_chance: int
    differences: tuple[Difference, ...]


def compare(recording: Recording) -> Comparison:
    """Run every case."""
    evaluations, by_chance, differences = 0, 0, []
    for case in recording.cases:
        for index, expected, evaluation in _run(case, recording):
            evaluations += 1
            difference = _difference(case, index, expected, evaluation)
            if difference is not None:
                differences.append(difference)
            elif len(evaluation.states) > 1 or len(evaluation.healths) > 1:
                by_chance += 1
    return Comparison(evaluations, by_chance, tuple(differences))


def _run(case: Case, recording: Recording) -> Iterator[tuple[int, Mapping[str, Any], Evaluation]]:
    try:
        simulation = Simulation(case.rule, recording.interval, recording.server)
    except ValueError as error:
        raise WrongFile(f"case {case.uid}: {error}") from None
    index = 0
    for step in case.steps:
        evaluation = simulation.step(START + timedelta(seconds=step.seconds), step.answers)
        if step.recorded is not None:
            yield index, step.recorded, evaluation
            index += 1


def _difference(
    case: Case, index: int, expected: Mapping[str, Any], evaluation: Evaluation
) -> Difference | None:
    wanted, got = _recorded(expected), _simulated(evaluation)
    same = (
        expected["state"] in evaluation.states
        and expected["health"] in evaluation.healths
        and _same_error(expected.get("error"), evaluation)
        and len(wanted) == len(got)
        and all(_same(one, other) for one, other in zip(wanted, got, strict=True))
    )
    if same:
        return None
    heads = (
        f"{expected['state']}, {expected['health']}, {expected.get('error')!r}",
        f"{' or '.join(evaluation.states)}, {' or '.join(evaluation.healths)}, {evaluation.error!r}",
    )
    return Difference(case.uid, index, f"{heads[0]}: {wanted}", f"{heads[1]}: {got}")


Row = tuple[tuple[tuple[str, str], ...], str, float | None, str | None]
"""Labels, state, since when, value; the last two are None where a recording does not have them."""


def _recorded(expected: Mapping[str, Any]) -> list[Row]:
    made = [
        (tuple(sorted(each["labels"].items())), each["state"], each.get("activeAt"), each.get("value"))
        for each in expected["alerts"]
    ]
    return sorted(made, key=lambda row: row[0])


def _simulated(evaluation: Evaluation) -> list[Row]:
    made: list[Row] = [
        (
            tuple(sorted((name, text) for name, text in each.labels.items() if name not in _LEFT_OUT)),
            each.shown,
            (each.active_at - START).total_seconds(),
            each.value,
        )
        for each in evaluation.instances
    ]
    return sorted(made, key=lambda row: row[0])


def _same(expected: Row, got: Row) -> bool:
    since = expected[2] is None or got[2] is None or abs(expected[2] - got[2]) < _TOLERANCE
    return expected[:2] == got[:2] and since and expected[3] in {None, got[3]}


def _same_error(expected: str | None, evaluation: Evaluation) -> bool:
    """Compare errors; PostgreSQL's own words are not in a recording's steps, so they may follow."""
    if expected is None:
        return True
    return bool(evaluation.error) and expected.startswith(evaluation.error)
