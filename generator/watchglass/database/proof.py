"""One statement under way: what is sent for it, and its results gathered as they come."""

from __future__ import annotations

import datetime
import decimal
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from psycopg import abc, adapt, pq
from psycopg.pq.abc import PGresult

from watchglass.database.wire import Command
from watchglass.sql import gate

MOST_ROWS = 10_000
"""Rows that are kept; a result with more is cut there."""

MOST_BYTES = 50_000_000
"""Bytes of a result; one with more is refused."""

_CANCELED = "57014"
_ABORTED = "25P02"
_WITH_ROWS = frozenset({pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK, pq.ExecStatus.TUPLES_OK})
_UNMADE = (psycopg.Error, ValueError, ArithmeticError, RecursionError)
"""What is raised where Python has no value for PostgreSQL's."""

_OIDS: tuple[tuple[type, int], ...] = (
    (bool, 16),
    (int, 20),
    (float, 701),
    (decimal.Decimal, 1700),
    (datetime.datetime, 1184),
    (datetime.date, 1082),
    (uuid.UUID, 2950),
    (str, 1043),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A statement to prove, with the values of its ``$1``, ``$2``, ….

    Args:
        timezone: the session's (None: UTC).
        settings: names and values of others, set for its transaction; those of a proof's own come after them.
    """

    sql: str
    parameters: tuple[object, ...] = ()
    timezone: str | None = None
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; the type's name is PostgreSQL's own, such as ``int8``."""

    name: str
    type_name: str
    type_oid: int = 0


@dataclass(frozen=True, slots=True)
class DatabaseError:
    """
    Why a statement failed.

    Args:
        position: the character of its SQL, from 0.
        refusal: the problem's code where the statement was not sent at all.
        lacking: what the role may not do, where that is why.
    """

    message: str
    sqlstate: str = ""
    hint: str = ""
    detail: str = ""
    position: int | None = None
    refusal: str = ""
    lacking: str = ""


@dataclass(slots=True)
class Outcome:
    """
    What came of one statement.

    Args:
        rows: Python values; one that Python has no value for, such as a date of infinity, is PostgreSQL's text.
        elapsed_ms: the server's own time for the statement, without its set-up.
        cut: whether rows beyond the cap were dropped.
    """

    columns: tuple[Column, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    elapsed_ms: float = 0.0
    error: DatabaseError | None = None
    cut: bool = False


class Proof:
    """
    A statement, and what has come of it so far.

    ``done`` says that nothing more comes; ``refused`` that the gate does not let it out; ``disturbed`` that it was hit
    by the cancel of another statement.
    """

    def __init__(
        self,
        statement: Statement,
        connection: psycopg.Connection[tuple[Any, ...]],
        types: Mapping[int, str],
        seconds: float,
    ) -> None:
        self.statement, self._connection, self._types, self._seconds = statement, connection, types, seconds
        self.refused = False
        self.forget()
        facts = gate.inspect(statement.sql, parameters=bool(statement.parameters))
        self.mentions = facts.mentions
        if facts.refusals:
            first = facts.refusals[0]
            state = "42601" if first.code == "sql-syntax" else ""
            self.refuse(DatabaseError(first.message, state, position=first.offset, refusal=first.code))

    def refuse(self, error: DatabaseError) -> None:
        """Say why the statement is not sent."""
        self.outcome.error, self.refused, self.done = error, True, True

    def forget(self) -> None:
        """Begin anew."""
        self.outcome = Outcome()
        self.done = self.disturbed = False
        self._transformer: abc.Transformer | None = None
        self._begun, self._clock, self._bytes = 0.0, time.monotonic(), 0

    def fail(self, message: str, sqlstate: str) -> None:
        """Say why there is no result; what the server says afterwards is of no interest."""
        self.outcome.error, self.outcome.rows, self.done = DatabaseError(message, sqlstate), [], True

    def commands(self) -> list[Command]:
        """Give what is sent: the settings, local to the transaction, then the statement between two looks at the clock."""
        parameters = self.statement.parameters
        values = tuple(None if value is None else _text(value).encode() for value in parameters)
        types = tuple(
            next((oid for kind, oid in _OIDS if isinstance(value, kind)), 0) for value in parameters
        )
        return [
            self.setting(),
            Command(self.statement.sql.encode(), self.take, values, types, many=True),
            Command(b"SELECT extract(epoch FROM clock_timestamp())::float8", self._end),
        ]

    def setting(self) -> Command:
        """Give what sets the statement's surroundings up, for its transaction alone."""
        milliseconds = int(self._seconds * 1000)
        chosen = {
            **dict(self.statement.settings),
            "statement_timeout": str(milliseconds),
            "lock_timeout": "1000",
            "idle_in_transaction_session_timeout": str(milliseconds + 5000),
            "TimeZone": self.statement.timezone or "UTC",
        }
        values = tuple(value.encode() for value in chosen.values())
        return Command(_setting(tuple(chosen)), self.set_up, values)

    def set_up(self, result: PGresult) -> bool:
        """Take what came of the settings."""
        if result.status == pq.ExecStatus.FATAL_ERROR:
            self._refuse(result, at_statement=False)
        elif result.nfields and result.ntuples:
            self._begun, self._clock = _number(result, result.nfields - 1), time.monotonic()
        return False

    def take(self, result: PGresult) -> bool:
        """Take rows, or their end; True where there are enough."""
        if self.done:
            return False
        if result.status == pq.ExecStatus.FATAL_ERROR:
            self._refuse(result, at_statement=True)
        elif result.status == pq.ExecStatus.PIPELINE_ABORTED:
            self.fail("not run: an earlier statement of its transaction failed", _ABORTED)
        elif result.status in _WITH_ROWS:
            return self._keep(result)
        return False

    def _keep(self, result: PGresult) -> bool:
        if self._transformer is None:
            self.outcome.columns = columns_of(result, self._types)
            self._transformer = adapt.Transformer(self._connection)
        if not result.ntuples:
            return False
        count = min(result.ntuples, MOST_ROWS - len(self.outcome.rows))
        self._bytes += _size(result, count)
        if self._bytes > MOST_BYTES:
            self.fail(f"the result has more than {MOST_BYTES:,} bytes", "54000")
            return True
        self._transformer.set_pgresult(result)
        self.outcome.rows += _rows(self._transformer, result, count)
        if count < result.ntuples:
            self.outcome.cut = self.done = True
            self.outcome.elapsed_ms = (time.monotonic() - self._clock) * 1000
        return self.done

    def _end(self, result: PGresult) -> bool:
        if result.nfields and result.ntuples and not self.done:
            self.outcome.elapsed_ms = (_number(result, 0) - self._begun) * 1000
            self.done = True
        return False

    def _refuse(self, result: PGresult, *, at_statement: bool) -> None:
        error = error_of(result, positioned=at_statement)
        early = time.monotonic() - self._clock < self._seconds * 0.9
        self.disturbed = (error.sqlstate == _CANCELED and early) or (
            error.sqlstate == _ABORTED and not at_statement
        )
        self.outcome.error, self.outcome.rows = error, []
        self.done = not self.disturbed


def columns_of(result: PGresult, types: Mapping[int, str]) -> tuple[Column, ...]:
    """Read a result's columns."""
    return tuple(
        Column(
            (result.fname(index) or b"").decode(),
            types.get(result.ftype(index), "unknown"),
            result.ftype(index),
        )
        for index in range(result.nfields)
    )


def error_of(result: PGresult, *, positioned: bool) -> DatabaseError:
    """Read what the server says; ``positioned`` where its position is one of the statement itself."""

    def part(name: pq.DiagnosticField) -> str:
        return (result.error_field(name) or b"").decode(errors="replace")

    position = part(pq.DiagnosticField.STATEMENT_POSITION) if positioned else ""
    return DatabaseError(
        part(pq.DiagnosticField.MESSAGE_PRIMARY) or "the statement failed",
        part(pq.DiagnosticField.SQLSTATE),
        part(pq.DiagnosticField.MESSAGE_HINT),
        part(pq.DiagnosticField.MESSAGE_DETAIL),
        int(position) - 1 if position else None,
    )


@cache
def _setting(names: tuple[str, ...]) -> bytes:
    """Give the SQL that sets ``$1``, ``$2``, … for a transaction, and looks at the clock."""
    calls = ", ".join(f"set_config('{name}', ${at}, true)" for at, name in enumerate(names, 1))
    return f"SELECT {calls}, extract(epoch FROM clock_timestamp())::float8".encode()


def _size(result: PGresult, rows: int) -> int:
    """Count the bytes of the first rows."""
    columns = range(result.nfields)
    values = (result.get_value(row, column) for row in range(rows) for column in columns)
    return sum([len(value) for value in values if value])


def _rows(transformer: abc.Transformer, result: PGresult, count: int) -> list[tuple[Any, ...]]:
    """Make Python values of the first rows."""
    try:
        return transformer.load_rows(0, count, tuple)
    except _UNMADE:
        return [_row(transformer, result, at) for at in range(count)]


def _row(transformer: abc.Transformer, result: PGresult, at: int) -> tuple[Any, ...]:
    """Make values one by one; PostgreSQL's text where there is none: a date of infinity or of year 10000, a deep JSON."""
    found: list[Any] = []
    for column in range(result.nfields):
        value = result.get_value(at, column)
        loader = transformer.get_loader(result.ftype(column), pq.Format.TEXT)
        try:
            found.append(None if value is None else loader.load(value))
        except _UNMADE:
            found.append((value or b"").decode(errors="replace"))
    return tuple(found)


def _number(result: PGresult, column: int) -> float:
    return float(result.get_value(0, column) or 0)


def _text(value: object) -> str:
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)
