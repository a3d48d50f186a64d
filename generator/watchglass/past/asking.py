"""The queries of a rule, asked at every evaluation of the past, become the answers that its evaluation takes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from watchglass.backtest.published import MovedQuery, MovedRule
from watchglass.database.past import Past, PastQuery, of_the_rows
from watchglass.database.proof import MOST_ROWS, DatabaseError, Outcome
from watchglass.evaluation import Answer, failed, table_of
from watchglass.past.metrics import Told
from watchglass.past.points import known_at
from watchglass.problems import Problem
from watchglass.validate.place import problem_at

Instants = tuple[datetime.datetime, ...]
_Asked = tuple[str, str, tuple[object, ...], Instants]


@dataclass(slots=True)
class Asking:
    """Asks queries; one that was asked, of another variant of the alert or for another metric, is not asked again."""

    _outcomes: dict[_Asked, list[Outcome] | tuple[Problem, ...]] = field(default_factory=dict)

    def answers(
        self,
        lanes: tuple[Past, ...],
        rule: MovedRule,
        query: MovedQuery,
        told: Mapping[str, Told],
        instants: Instants,
    ) -> list[Answer | None] | tuple[Problem, ...]:
        """Give the answer of each evaluation, None where nothing is known of it; or why there are none."""
        asked = PastQuery(query.sql, _parameters(told), _since(rule, query, told))
        key = (query.metric.query.source.id, asked.sql, asked.parameters, instants)
        if key not in self._outcomes:
            self._outcomes[key] = _ask(lanes, query, asked, instants)
        outcomes = self._outcomes[key]
        if isinstance(outcomes, tuple):
            return outcomes
        mine = told[query.metric.id]
        known = known_at(instants, mine.points, mine.held) if mine.held else (True,) * len(instants)
        return [_answer(outcome) if there else None for outcome, there in zip(outcomes, known, strict=True)]


def _parameters(told: Mapping[str, Told]) -> tuple[str, ...]:
    return tuple(text for each in told.values() for text in each.parameters)


def _since(rule: MovedRule, query: MovedQuery, told: Mapping[str, Told]) -> Mapping[str, str] | None:
    """Gather what is said of the tables that a statement reads: the keys of joined queries stand in it, too."""
    read = [told[each.metric.id].since for each in rule.queries] if query.metric.keyed else []
    read = [told[query.metric.id].since, *read]
    if all(each is None for each in read):
        return None
    return {table: column for each in read if each is not None for table, column in each.items()}


def _ask(
    lanes: tuple[Past, ...], query: MovedQuery, asked: PastQuery, instants: Instants
) -> list[Outcome] | tuple[Problem, ...]:
    at = query.metric.query.at
    obstacles = lanes[0].obstacles(asked, instants)
    if obstacles:
        told = dict.fromkeys(
            (each.code, f"{query.metric.id}: {each.message}", each.hint) for each in obstacles
        )
        return tuple(problem_at(code, message, at, hint=hint) for code, message, hint in told)
    outcomes = _shared(lanes, asked, instants)
    for instant, outcome in zip(instants, outcomes, strict=True):
        if outcome.cut:
            message = f"{query.metric.id}: the query gives over {MOST_ROWS:,} rows"
            return (problem_at("backtest-failed", message, at),)
        if outcome.error is not None and not of_the_rows(outcome):
            return (_failed(query, outcome.error, instant),)
    return outcomes


def _shared(lanes: tuple[Past, ...], asked: PastQuery, instants: Instants) -> list[Outcome]:
    """Ask for parts of the instants at the same time, each by a session of its own."""
    size = -(-len(instants) // len(lanes)) or 1
    parts = [instants[start : start + size] for start in range(0, len(instants), size)]
    with ThreadPoolExecutor(len(lanes)) as pool:
        found = pool.map(lambda lane, part: lane.ask(asked, part), lanes[: len(parts)], parts)
        return [outcome for part in found for outcome in part]


def _failed(query: MovedQuery, error: DatabaseError, instant: datetime.datetime) -> Problem:
    at = instant.strftime("%Y-%m-%d %H:%M")
    message = f"{query.metric.id}: asked for {at} UTC, PostgreSQL: {error.message} [{error.sqlstate}]"
    code = error.refusal or ("grant-missing" if error.lacking else "backtest-failed")
    return problem_at(code, message, query.metric.query.at, hint=error.hint)


def _answer(outcome: Outcome) -> Answer:
    if outcome.error is not None:
        return failed(outcome.error.message)
    return table_of([(each.name, each.type_name) for each in outcome.columns], outcome.rows)
