"""Rules, rows and steps for the tests of evaluations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from watchglass.evaluation import Answer, Evaluation, Failure, Simulation, numbers

START = datetime(2026, 3, 1, tzinfo=UTC)
INTERVAL = 10
FAILED = Failure("pq: division by zero")


def query(ref: str, form: str = "table", source: str = "pg") -> dict[str, Any]:
    """A query."""
    return {"refId": ref, "datasourceUid": source, "model": {"refId": ref, "format": form}}


def expression(ref: str, kind: str, **model: Any) -> dict[str, Any]:
    """An expression."""
    return {"refId": ref, "datasourceUid": "__expr__", "model": {"refId": ref, "type": kind, **model}}


def threshold(
    ref: str, source: str, kind: str, *params: float, unload: tuple[str, float] | None = None
) -> dict[str, Any]:
    """A threshold, with a way back where one is given."""
    condition: dict[str, Any] = {"evaluator": {"type": kind, "params": list(params)}}
    if unload is not None:
        condition["unloadEvaluator"] = {"type": unload[0], "params": [unload[1]]}
    return expression(ref, "threshold", expression=source, conditions=[condition])


def rule(data: Sequence[Mapping[str, Any]] = (), **keys: Any) -> dict[str, Any]:
    """A rule; without data it fires where A is over 30."""
    return {
        "uid": "r1",
        "title": "High",
        "condition": "C",
        "data": list(data) or [query("A"), threshold("C", "A", "gt", 30)],
        "noDataState": "NoData",
        "execErrState": "Error",
    } | {{"pending": "for"}.get(key, key): value for key, value in keys.items()}


def rows(**values: float | None) -> Answer:
    """Rows with a label ``s``: ``rows(a=31)``."""
    return numbers(({"s": name}, value) for name, value in values.items())


def row(value: float | None) -> Answer:
    """One row without labels."""
    return numbers([({}, value)])


def at(step: int, interval: float = INTERVAL) -> datetime:
    """The time of an evaluation."""
    return START + timedelta(seconds=step * interval)


def run(simulation: Simulation, answers: Iterable[Answer]) -> list[Evaluation]:
    """Step through what query A gave."""
    return [simulation.step(at(index), {"A": answer}) for index, answer in enumerate(answers)]


def simulated(answers: Iterable[Answer], version: str = "12.3", **keys: Any) -> list[Evaluation]:
    """Run a rule over what query A gave."""
    return run(Simulation(rule(**keys), INTERVAL, version), answers)


def told(evaluation: Evaluation) -> list[str]:
    """An evaluation's instances in short: ``a: Alerting``; the query's name where the instance is no series."""
    return [
        f"{each.labels.get('s', each.labels.get('ref_id', '-'))}: {each.shown}"
        for each in evaluation.instances
    ]


def course(evaluations: Iterable[Evaluation], name: str) -> list[str]:
    """The states of one instance over time, ``gone`` where it is not there."""
    found = []
    for evaluation in evaluations:
        states = [each.partition(": ")[2] for each in told(evaluation) if each.startswith(f"{name}: ")]
        found.append(states[0] if states else "gone")
    return found
