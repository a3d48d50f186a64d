"""
Series of a test become the answers that a rule's queries would have given, in place of a database.

It is what `sql.alert_wrap` says in SQL: what NULL means, which rows are left out, the keys of joined queries, the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watchglass.alert_tests.published import PublishedQuery, PublishedRule
from watchglass.definition.alert_tests import AlertTest, Given
from watchglass.definition.service import Metric
from watchglass.definition.telling import nothing_of
from watchglass.evaluation import Answer, Column, Failure, Table
from watchglass.sql.alert_wrap import VALUE, free_name
from watchglass.targets.grafana.alert_queries import SHOWN, always_a_row, fires_alone, metrics_of, worse_of

Key = tuple[str, ...]
Reading = Mapping[Key, float | None]
"""Key → number, None for a NULL; a metric of one number has the empty key. What is not there has no row."""

FAILED = Failure("the query fails (alert test)")
_SHOWN_ROW = 1.0


@dataclass(frozen=True, slots=True)
class Numbers:
    """The series of a test."""

    test: AlertTest

    def answers(self, rule: PublishedRule, seconds: float) -> dict[str, Answer]:
        """Answer the queries of a rule at a time of the test."""
        return {query.ref: self._answer(rule, query, seconds) for query in rule.queries}

    def _answer(self, rule: PublishedRule, query: PublishedQuery, seconds: float) -> Answer:
        reading = self.reading(query.metric.id, seconds)
        if reading is None:
            return FAILED
        if query.ref == SHOWN:
            return _shown(rule, query.metric, reading)
        if not query.metric.keyed:
            return _one(rule, query.metric, reading)
        others = [
            self.reading(other.id, seconds) or {}
            for other in metrics_of(rule.alert, rule.rule)
            if other.keyed and other.id != query.metric.id
        ]
        return _keyed(rule, query.metric, reading, others)

    def reading(self, metric: str, seconds: float) -> Reading | None:
        """Give what a metric's query gives at a time; None where it fails."""
        given = self._given(metric, seconds)
        if given is None:
            return {}
        since, series = given
        index = int((seconds - since) // self.test.interval)
        cells = {key: each.at(index) for key, each in series.series.items()}
        if "error" in cells.values():
            return None
        return {
            key: cell if isinstance(cell, float) else None for key, cell in cells.items() if cell != "none"
        }

    def _given(self, metric: str, seconds: float) -> tuple[float, Given] | None:
        """Find the last series that a metric was given, and since when."""
        found = [
            (step.seconds, each)
            for step in self.test.steps
            if step.seconds <= seconds
            for each in step.given
            if each.metric == metric
        ]
        return found[-1] if found else None


def _default(metric: Metric) -> float | None:
    nothing = nothing_of(metric)
    return nothing.value if nothing is not None else None


def _one(rule: PublishedRule, metric: Metric, reading: Reading) -> Table:
    """Give one row, or none where there is no number and nobody needs to know."""
    value = reading.get(())
    value = _default(metric) if value is None else value
    keep = value is not None or always_a_row(rule.rule, metric)
    return Table((Column(VALUE, "number"),), [(value,)] if keep else [])


def _keyed(rule: PublishedRule, metric: Metric, reading: Reading, others: list[Reading]) -> Table:
    alone = fires_alone(rule.rule)
    key, default = metric.query.key, _default(metric)
    rows = {each: default if value is None else value for each, value in reading.items()}
    if others or alone:
        keys = {each for found in (reading, *others) for each in found}
        if alone and not keys:
            keys = {("",) * len(key)}
        rows = {each: rows.get(each, default) for each in keys}
    elif default is None:
        rows = {each: value for each, value in rows.items() if value is not None}
    columns = (*(Column(name, "text") for name in key), Column(free_name(VALUE, key), "number"))
    return Table(columns, [(*each, rows[each]) for each in _worst_first(rule, metric, rows)])


def _worst_first(rule: PublishedRule, metric: Metric, rows: Reading) -> list[Key]:
    worse = worse_of(metric, rule.rule)

    def order(key: Key) -> tuple[bool, float, Key]:
        value = rows[key]
        if value is None:
            return True, 0.0, key
        if isinstance(worse, str):
            return False, -value if worse == "max" else value, key
        return False, -max(worse[0] - value, value - worse[1]), key

    return sorted(rows, key=order)[: rule.alert.limit]


def _shown(rule: PublishedRule, metric: Metric, reading: Reading) -> Table:
    """Give the rows of what a message shows: the keys, and empty texts, for numbers have no other columns."""
    key = metric.query.key if metric.keyed else ()
    show = tuple(column.name for column in rule.alert.show if column.name not in key)
    names = (*key, *show)
    default = _default(metric)
    found = {each: default if value is None else value for each, value in reading.items()}
    keys: list[Key] = sorted(found) if metric.keyed else [()]
    if metric.keyed and rule.alert.limit is not None:
        keys = _worst_first(rule, metric, found)
    columns = (*(Column(name, "text") for name in names), Column(free_name(VALUE, names), "number"))
    texts = [(*each, *("" for _ in show)) for each in keys] or [("",) * len(names)]
    return Table(columns, [(*each, _SHOWN_ROW) for each in texts])
