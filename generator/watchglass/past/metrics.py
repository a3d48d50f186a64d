"""The metrics of an alert → how the past of each is told: a moved clock, its history's points, readings, or not at all."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from watchglass import naming
from watchglass.definition.service import Alert, Condition, Metric, Rule, Service
from watchglass.durations import Duration
from watchglass.past.points import Points, newest_point
from watchglass.problems import Problem
from watchglass.sql import readings
from watchglass.sql.pieces import Piece, SourceText, Template
from watchglass.validate.place import problem_at

_DAY, _HOUR, _MINUTE = 86_400, 3600, 60


@dataclass(frozen=True, slots=True)
class Told:
    """
    How a metric's past is told.

    Args:
        metric: the one that the rule reads in its place; itself where the clock is moved.
        since: append-only tables, as `PastQuery` takes them.
        held: seconds that a point holds; 0 where the clock is moved and every instant is known.
        text: all this in words.
    """

    metric: Metric
    since: Mapping[str, str] | None
    text: str
    parameters: tuple[str, ...] = ()
    points: tuple[datetime.datetime, ...] = ()
    held: float = 0.0


def metrics_of(alert: Alert) -> tuple[Metric, ...]:
    """List the metrics that an alert's rules read, that of the way back last."""
    found = {each.metric.id: each.metric for rule in alert.rules for each in rule.conditions}
    if alert.resolve.condition is not None:
        found.setdefault(alert.resolve.condition.metric.id, alert.resolve.condition.metric)
    return tuple(found.values())


def without_past(alert: Alert, metric: Metric) -> Problem:
    """Say that a metric's past cannot be told, and what to do about it."""
    if alert.made_of:
        message = f"'{alert.id}' has no past: no table says when a source answered"
        return problem_at("backtest-no-past", message, alert.at)
    return problem_at(
        "backtest-no-past",
        f"'{metric.id}' has no past: rows of its query '{metric.query.id}' may be changed or deleted, and nothing recorded it",
        metric.at,
        hint="add history: {record: 5m, keep: 90d} and run watchglass sample; or append_only: to a query whose rows only grow",
    )


def by_clock(metric: Metric) -> Told:
    """Tell a metric's past by moving the clock of its query."""
    since = metric.query.since
    cut = [f"{table} by {column}" for table, column in since.items() if column]
    whole = [table for table, column in since.items() if not column]
    text = "the clock is moved; rows are there " + ("as they are" if not cut else f"since: {', '.join(cut)}")
    if whole and cut:
        text += f"; as it is today: {', '.join(whole)}"
    return Told(metric, since or None, text)


def by_readings(service: Service, metric: Metric, points: tuple[datetime.datetime, ...]) -> Told:
    """Tell a metric's past by what was recorded of it."""
    history = metric.history
    assert history is not None, "asked for by the caller"
    assert history.recording is not None, "asked for by the caller"
    held = 2 * history.recording.every.seconds
    key = metric.query.key if metric.keyed else ()
    name = naming.slug(service.id, service.environment.suffix)
    piece = readings.newest_of(name, metric.id, metric.column.name, key, held)
    text = f"{len(points):,} readings, one every {history.recording.every.words}; each holds for at most {_words(held)}"
    return Told(_standing_for(metric, (piece,)), {readings.TABLE: readings.AT}, text, (), points, held)


def by_points(metric: Metric, points: Points, first: int) -> Told:
    """
    Tell a metric's past by the points of its history.

    Args:
        first: the number of the first parameter that is free.
    """
    assert metric.history is not None, "asked for by the caller"
    key = metric.query.key if metric.keyed else ()
    query = metric.history.query
    text = (
        f"the history '{query.id}' has {len(points.instants):,} points, one every {_words(points.resolution)}; "
        f"each holds from its time on, for at most {_words(points.held)}"
    )
    if not query.append_only:
        text += "; rows that were changed or deleted since are missing from it"
    piece = newest_point(metric, points.held, first)
    return Told(
        _standing_for(metric, (piece,)), {}, text, points.parameters(len(key)), points.instants, points.held
    )


def with_pasts(alert: Alert, told: Mapping[str, Told]) -> Alert:
    """Give an alert whose rules read the metrics that stand for its own."""
    back = alert.resolve.condition
    resolve = replace(alert.resolve, condition=_reading(back, told) if back is not None else None)
    return replace(alert, rules=tuple(_rule(rule, told) for rule in alert.rules), resolve=resolve)


def _rule(rule: Rule, told: Mapping[str, Told]) -> Rule:
    return replace(rule, conditions=tuple(_reading(each, told) for each in rule.conditions))


def _reading(condition: Condition, told: Mapping[str, Told]) -> Condition:
    return replace(condition, metric=told[condition.metric.id].metric)


def _standing_for(metric: Metric, pieces: tuple[Piece, ...]) -> Metric:
    """Give a metric that reads its numbers from another query: as one number, or one a key, as before."""
    assert metric.history is not None, "asked for by the caller"
    column = replace(metric.column, type="number", scale=None, nullable=True)
    keys = (
        {name: replace(metric.query.columns[name], type="text") for name in metric.query.key}
        if metric.keyed
        else {}
    )
    history = metric.history.query
    query = replace(
        metric.query,
        source=history.source,
        template=Template(
            pieces, SourceText(history.at.span.file, history.at.path, "", ((1, 1),), exact=False)
        ),
        key=metric.query.key if metric.keyed else (),
        columns={**keys, column.name: column},
    )
    return replace(metric, query=query, column=column, where=(), pick=None)


def _words(seconds: float) -> str:
    for unit, length in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if seconds >= length and seconds % length == 0:
            return Duration(int(seconds // length), unit).words
    return Duration(round(seconds), "s").words
