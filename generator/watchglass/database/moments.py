"""One query and many instants → what it gives at each, many in one round trip."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from watchglass.database.proof import MOST_ROWS, Outcome, Statement
from watchglass.database.prover import Prover
from watchglass.sql.clock_schema import over_moments
from watchglass.sql.scanner import scan

_FIRST = 64
"""Instants that are asked together before anything is known of the query."""

_SECONDS = 2.0
"""What one round trip may take."""

_CLOCK_ELSEWHERE = "22007"
"""State of a read of the session's clock while there is none."""

_TOO_MUCH = ("57014", "54000")
"""States of a statement that took too long, or gave too much."""


@dataclass(frozen=True, slots=True)
class Question:
    """
    A query, made ready for many instants.

    Args:
        together: its SQL with its reads of the clock taken from `clock_schema.MOMENT`.
        alone: makes of an instant the statement that asks for it alone.
    """

    together: Statement
    alone: Callable[[datetime.datetime], Statement]

    def over(self, instants: Sequence[datetime.datetime]) -> Statement:
        """Give the statement that asks for many instants."""
        given = "{" + ",".join(f'"{instant.isoformat()}"' for instant in instants) + "}"
        parameters = (*self.together.parameters, given)
        sql = over_moments(without_end(self.together.sql), len(parameters))
        return replace(self.together, sql=sql, parameters=parameters)


def without_end(sql: str) -> str:
    """Take semicolons off a statement's end."""
    raw = sql.encode()
    tokens = scan(raw)
    kept = [token for token in tokens if token.word != ";"]
    return raw[: kept[-1].end].decode() if kept and len(kept) < len(tokens) else sql


def ask_at(
    prover: Prover, question: Question, instants: Sequence[datetime.datetime], *, together: bool = True
) -> list[Outcome]:
    """
    Ask a query at many instants; the outcomes stand in their order.

    They are asked together as long as the server can do it so, else each alone, and so is every stretch where one of
    them fails.

    Args:
        together: whether it may be tried; a database where errors are caught hides a clock that is read elsewhere.
    """
    return _Asking(prover, question, together).all(instants)


class _Asking:
    def __init__(self, prover: Prover, question: Question, together: bool) -> None:
        self._prover, self._question = prover, question
        self._size, self._together = _FIRST, together

    def all(self, instants: Sequence[datetime.datetime]) -> list[Outcome]:
        found: list[Outcome] = []
        while len(found) < len(instants):
            found += self._some(instants[len(found) : len(found) + self._size])
        return found

    def _some(self, instants: Sequence[datetime.datetime]) -> list[Outcome]:
        """Ask for some instants; none where they were too many."""
        if not self._together:
            return self._alone(instants)
        outcome = self._prover.run([self._question.over(instants)])[0]
        too_much = outcome.cut or (outcome.error is not None and outcome.error.sqlstate in _TOO_MUCH)
        if too_much and len(instants) > 1:
            self._size = max(1, len(instants) // 4)
            return []
        if outcome.error is None and not outcome.cut:
            self._grow(outcome, len(instants))
            return _by_instant(outcome, len(instants))
        self._together = _may_be_one_instant(outcome)
        return self._alone(instants)

    def _alone(self, instants: Sequence[datetime.datetime]) -> list[Outcome]:
        return self._prover.run([self._question.alone(instant) for instant in instants])

    def _grow(self, outcome: Outcome, count: int) -> None:
        """Choose how many to ask next: within the cap of rows, and within some seconds."""
        by_rows = 0.8 * MOST_ROWS / max(1.0, len(outcome.rows) / count)
        by_time = 1000 * _SECONDS / max(0.001, outcome.elapsed_ms / count)
        self._size = max(1, int(min(by_rows, by_time, 8 * self._size)))


def _may_be_one_instant(outcome: Outcome) -> bool:
    """Tell an error that one instant may have made from one that comes with any: refused, or the clock read elsewhere."""
    state = outcome.error.sqlstate if outcome.error else "00000"
    return state not in {"", _CLOCK_ELSEWHERE} and state[:2] not in {"42", "0A"}


def _by_instant(outcome: Outcome, count: int) -> list[Outcome]:
    columns, each = outcome.columns[1:], outcome.elapsed_ms / count
    found = [Outcome(columns, [], each) for _ in range(count)]
    for number, *values in outcome.rows:
        found[number - 1].rows.append(tuple(values))
    return found
