"""Recorded answers and those of today → a problem for each query and metric that gives something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.definition.service import At, Service
from watchglass.problems import Problem
from watchglass.validate.answers.asking import Answer, Answers, Row, chosen_of, query_of
from watchglass.validate.place import problem_at

_RECORD = (
    "if that is meant, record it with `watchglass test --record`: the file's diff shows it to who reviews"
)
_FIRST = "record it with `watchglass test --record`, and read what it gives"
_MOST = 3


def steady(one: Answers, other: Answers) -> Answers:
    """Keep what two runs of the same fixtures give alike: no ids that are made by chance."""
    queries = {
        name: _steady(answer, other.queries[name]) for name, answer in one.queries.items() if not answer.error
    }
    metrics = {
        name: _steady(answer, other.metrics[name])
        for name, answer in one.metrics.items()
        if name in other.metrics
    }
    return Answers(one.at, queries, metrics)


def _steady(one: Answer, other: Answer) -> Answer:
    if len(one.rows) != len(other.rows):
        return Answer()
    same = [
        name
        for at, name in enumerate(one.columns)
        if [row[at] for row in one.rows] == [row[at] for row in other.rows]
    ]
    return one.only(same)


def compare(service: Service, recorded: Answers, today: Answers) -> tuple[Problem, ...]:
    """Tell what gives another answer than was recorded, and what was never recorded."""
    changed = dict(_changed(recorded.queries, today.queries))
    others = {query_of(name) for name in changed}
    found = [
        _other(
            f"{_told(name)} gives another answer than was recorded: {what}",
            service.queries[query_of(name)].at,
        )
        for name, what in changed.items()
        if query_of(name) in service.queries and (name == query_of(name) or query_of(name) not in changed)
    ]
    found += [
        _other(f"the metric '{name}' is another than was recorded: {what}", service.metrics[name].at)
        for name, what in _changed(recorded.metrics, today.metrics)
        if name in service.metrics and service.metrics[name].query.id not in others
    ]
    found += [
        _other(
            f"{_told(name)} was recorded, and the query does not ask for it any more",
            service.queries[query_of(name)].at,
        )
        for name in recorded.queries
        if name not in today.queries and query_of(name) in today.queries and query_of(name) in service.queries
    ]
    found += [
        problem_at(
            "answer-missing",
            f"no answer of {_told(name)} was recorded",
            service.queries[query_of(name)].at,
            hint=_FIRST,
            level="warning",
        )
        for name, answer in today.queries.items()
        if name not in recorded.queries and query_of(name) in service.queries and not answer.error
    ]
    return tuple(found)


def _other(message: str, at: At) -> Problem:
    return problem_at("answer-changed", message, at, hint=_RECORD)


def _told(name: str) -> str:
    filters = chosen_of(name)
    return f"'{query_of(name)}'" + (f" with a value of {filters} chosen" if filters else "")


def unanswered(service: Service, recorded: Answers, today: Answers) -> tuple[Problem, ...]:
    """Tell the queries that were recorded and cannot be asked any more, though they are still there."""
    message = "no database could be made from the fixtures to ask it"
    return tuple(
        problem_at(
            "answer-changed",
            f"'{query.id}' gives no answer: {message}",
            query.at,
            hint="`watchglass validate` says why",
        )
        for query in service.queries.values()
        if query.id in recorded.queries and query.id not in today.queries
    )


def _changed(recorded: Mapping[str, Answer], today: Mapping[str, Answer]) -> Iterator[tuple[str, str]]:
    for name, answer in recorded.items():
        now = today.get(name)
        if now is None:
            continue
        what = now.error and f"it fails: {now.error}"
        what = what or _difference(answer, now)
        if what:
            yield name, what


def _difference(was: Answer, now: Answer) -> str:
    """Say in what two answers differ; only recorded columns are looked at."""
    gone = [name for name in was.columns if name not in now.columns]
    if gone:
        return f"the column '{gone[0]}' is gone"
    if len(was.rows) != len(now.rows):
        rows = "row" if len(now.rows) == 1 else "rows"
        return f"{len(now.rows)} {rows}, where {len(was.rows)} were recorded"
    told = [
        _cells(was.columns, at, one, other)
        for at, (one, other) in enumerate(zip(was.rows, now.only(was.columns).rows, strict=True), 1)
        if one != other
    ]
    more = f"; and {len(told) - _MOST} more rows" if len(told) > _MOST else ""
    return "; ".join(told[:_MOST]) + more


def _cells(columns: tuple[str, ...], number: int, was: Row, now: Row) -> str:
    parts = [
        f"{name} was {'NULL' if one is None else one} and is {'NULL' if other is None else other}"
        for name, one, other in zip(columns, was, now, strict=True)
        if one != other
    ]
    return f"row {number}: {', '.join(parts)}"
