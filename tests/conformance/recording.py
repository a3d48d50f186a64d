"""
A recording file of Grafana's evaluations becomes cases that a simulation can run.

Two forms are known: one query and a threshold (``steps``), and queries with expressions (``queries``). Both say in words
(``how``) when the rule was evaluated before the first step.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from watchglass.evaluation import Answer, Failure, Point, Series, numbers

START = datetime(2026, 1, 1, tzinfo=UTC)
_INTERVAL = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_BEFORE = re.compile(r"\(at ((?:-\d+(?:\.\d+)?(?:, (?:and )?| and )?)+) ?s\)")


class WrongFile(Exception):
    """A file that is no recording of the form; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One evaluation: seconds after the first step, the answers, and what the server said (None before the first)."""

    seconds: float
    answers: Mapping[str, Answer]
    recorded: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Case:
    """One rule and its evaluations."""

    uid: str
    rule: Mapping[str, Any]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """A file, read."""

    server: str
    interval: float
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """
    One of the two forms.

    Args:
        rule: the case's condition, and its queries and expressions as ``data`` of a rule, given the data source.
        given: refId → what that query gave at each step.
        series: whether queries give series of one point, not numbers.
        needs: keys of a case.
        before: evaluations before the first step where ``how`` lists no times.
    """

    rule: Callable[[Mapping[str, Any], str], tuple[str, list[dict[str, Any]]]]
    given: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    series: Callable[[Mapping[str, Any]], bool]
    needs: tuple[str, ...]
    before: int


def read(path: Path, form: Form) -> Recording:
    """
    Read a file, packed by gzip or not.

    Raises:
        WrongFile: it cannot be read, or is of another form.
    """
    data = _load(path)
    for key in ("server", "interval", "how", "cases"):
        if key not in data:
            raise WrongFile(f"{path}: there is no '{key}'; a recording has server, interval, how and cases")
    interval = _interval(path, str(data["interval"]))
    source = str(data.get("datasource") or _source(data["cases"]))
    before = _before(str(data["how"]), interval, form.before)
    if not isinstance(data["cases"], list) or not data["cases"]:
        raise WrongFile(f"{path}: 'cases' is no list with at least one case")
    cases = []
    for index, case in enumerate(data["cases"]):
        _check(path, index, case, form)
        cases.append(
            Case(str(case["uid"]), _rule(case, form, source), tuple(_steps(case, form, interval, before)))
        )
    return Recording(str(data["server"]), interval, tuple(cases))


def _load(path: Path) -> dict[str, Any]:
    try:
        packed = path.read_bytes()
        data = json.loads(gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed)
    except OSError as error:
        raise WrongFile(f"{path}: {error.strerror or error}") from None
    except (ValueError, EOFError) as error:
        raise WrongFile(f"{path}: this is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise WrongFile(
            f"{path}: this is no recording; one is an object with server, interval, how and cases"
        )
    return data


def _interval(path: Path, text: str) -> float:
    match = _INTERVAL.fullmatch(text)
    if match is None or not float(match[1]):
        raise WrongFile(f"{path}: interval is '{text}'; it is a length such as 10s")
    return float(match[1]) * _UNITS[match[2]]


def _before(how: str, interval: float, count: int) -> tuple[float, ...]:
    """Give the times of evaluations without rows before the first step, as ``how`` lists them."""
    match = _BEFORE.search(how)
    if match is None:
        return tuple(-interval * back for back in range(count, 0, -1))
    return tuple(sorted(float(text) for text in re.findall(r"-\d+(?:\.\d+)?", match[1])))


def _source(cases: Any) -> str:
    """Give the data source that the server named; no part of a case says it otherwise."""
    if isinstance(cases, list):
        for case in cases:
            for recorded in case.get("recorded", []) if isinstance(case, dict) else []:
                for alert in recorded.get("alerts", []) if isinstance(recorded, dict) else []:
                    if "datasource_uid" in alert.get("labels", {}):
                        return str(alert["labels"]["datasource_uid"])
    return "postgres"


def _check(path: Path, index: int, case: Any, form: Form) -> None:
    if not isinstance(case, dict):
        raise WrongFile(f"{path}: case {index} is no object")
    name = f"case {case.get('uid', index)}"
    missing = [key for key in ("uid", "recorded", *form.needs) if key not in case]
    if missing:
        raise WrongFile(f"{path}: {name} has no '{missing[0]}'; this is not a recording of this form")
    for ref, given in form.given(case).items():
        if not isinstance(given, list) or len(given) != len(case["recorded"]):
            raise WrongFile(
                f"{path}: {name}: query {ref} has not as many steps as there are recorded answers"
            )
        for step, each in enumerate(given):
            if each != "error" and not (isinstance(each, list) and all(map(_is_row, each))):
                raise WrongFile(f"{path}: {name}: step {step} of query {ref} is neither rows nor 'error'")
    for step, each in enumerate(case["recorded"]):
        if not isinstance(each, dict) or not {"state", "health", "alerts"} <= each.keys():
            raise WrongFile(f"{path}: {name}: recorded answer {step} lacks state, health or alerts")


def _is_row(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("labels"), dict) or "value" not in row:
        return False
    return row["value"] is None or isinstance(row["value"], (int, float))


def _rule(case: Mapping[str, Any], form: Form, source: str) -> dict[str, Any]:
    condition, data = form.rule(case, source)
    rule = {
        "uid": case["uid"],
        "title": case["uid"],
        "condition": condition,
        "data": data,
        "labels": {"case": "recorded"},
    }
    for key in ("for", "keep_firing_for", "noDataState", "execErrState", "missingSeriesEvalsToResolve"):
        if key in case:
            rule[key] = case[key]
    return rule


def _steps(case: Mapping[str, Any], form: Form, interval: float, before: tuple[float, ...]) -> Iterator[Step]:
    queries, series = form.given(case), form.series(case)
    for seconds in before:
        yield Step(seconds, dict.fromkeys(queries, ()), None)
    for index, recorded in enumerate(case["recorded"]):
        at = START + timedelta(seconds=index * interval)
        answers = {ref: _answer(given[index], at, series) for ref, given in queries.items()}
        yield Step(index * interval, answers, recorded)


def _answer(given: Any, at: datetime, series: bool) -> Answer:
    """Read what a query gave; of points of one series and time the last counts."""
    if given == "error":
        return Failure()
    if series:
        last = {tuple(sorted(row["labels"].items())): row for row in given}
        return [Series(row["labels"], (Point(at, row["value"]),)) for row in last.values()]
    return numbers((row["labels"], row["value"]) for row in given)


def query(ref: str, source: str, form: str) -> dict[str, Any]:
    """Write a query of a rule."""
    return {
        "refId": ref,
        "datasourceUid": source,
        "model": {"refId": ref, "format": form, "rawSql": "recorded"},
    }


def expression(model: Mapping[str, Any]) -> dict[str, Any]:
    """Write an expression of a rule."""
    return {"refId": model["refId"], "datasourceUid": "__expr__", "model": dict(model)}
