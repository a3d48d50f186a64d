"""One connection on which statements are proved: each in a transaction of its own that cannot write and is rolled back."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

from watchglass.database import wire
from watchglass.database.wire import Command, ConnectionLost
from watchglass.sql import gate

MOST_ROWS = 10_000
MOST_BYTES = 50_000_000
OLDEST = 15
"""The oldest PostgreSQL that is tried."""

_TRIES = 3
_PAUSE = 0.5


class CannotConnect(Exception):
    """
    The database cannot be reached, or must not be used.

    The message is our own: libpq's would print the password in some mistakes of a connection string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement to prove, with the values of its ``$1``, ``$2``, …, and a session time zone (None: UTC)."""

    sql: str
    parameters: tuple[object, ...] = ()
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result; the type's name is PostgreSQL's own, such as ``int8``."""

    name: str
    type_name: str


@dataclass(frozen=True, slots=True)
class DatabaseError:
    """Why PostgreSQL refused a statement; ``position`` counts characters from 0."""

    message: str
    sqlstate: str = ""
    hint: str = ""
    detail: str = ""
    position: int | None = None


@dataclass(slots=True)
class Outcome:
    """What came of one statement; ``elapsed_ms`` is the server's own time for it."""

    columns: tuple[Column, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    elapsed_ms: float = 0.0
    error: DatabaseError | None = None
    cut: bool = False
    """Whether rows beyond the cap were dropped."""


@contextlib.contextmanager
def connect(dsn: str, *, timeout: int = 10) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """
    Connect, trying three times.

    Raises:
        CannotConnect: with the host and database, never the password.
    """
    connection = _connect(dsn, timeout)
    try:
        version = connection.info.server_version // 10_000
        if version < OLDEST:
            raise CannotConnect(f"the server is PostgreSQL {version}; {OLDEST} is the oldest that is tried")
        yield connection
    finally:
        connection.close()


def _connect(dsn: str, timeout: int) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        known = psycopg.conninfo.conninfo_to_dict(dsn)
    except psycopg.Error:
        hint = "write postgresql://user:password@host:port/database, with special characters percent-encoded"
        raise CannotConnect("the connection string cannot be read", hint) from None
    place = f"{_shown(known.get('host', 'localhost'))}, database {_shown(known.get('dbname', ''))}"
    reason = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE * attempt)
        try:
            return psycopg.connect(
                dsn, autocommit=True, connect_timeout=timeout, application_name="watchglass"
            )
        except psycopg.OperationalError as error:
            reason = _reason(str(error))
            if reason in _FINAL:
                break
    raise CannotConnect(f"no connection to {place}: {reason}") from None


def _shown(part: object) -> str:
    """Show a part of a connection string; what looks odd may be the end of a password that was split wrongly."""
    text = str(part)
    return text if re.fullmatch(r"[\w./:-]*", text) else "as given"


_FINAL = ("the password was refused", "the database does not exist", "the role does not exist", "TLS failed")
_REASONS = (
    ("password authentication failed", _FINAL[0]),
    ("no password supplied", "a password is needed"),
    ("role", _FINAL[2]),
    ("does not exist", _FINAL[1]),
    ("certificate", _FINAL[3]),
    ("SSL", _FINAL[3]),
    ("too many", "the server has no connection left"),
    ("starting up", "the server is starting"),
    ("timeout", "no answer in time"),
    ("could not translate", "the host is unknown"),
    ("resolve", "the host is unknown"),
    ("refused", "nothing listens there"),
    ("No such file", "nothing listens there"),
)


def _reason(text: str) -> str:
    return next((reason for word, reason in _REASONS if word in text), "the server did not accept it")


_ROLE_QUESTIONS: tuple[tuple[str, str], ...] = (
    ("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "it is a superuser"),
    ("SELECT rolsuper FROM pg_roles WHERE rolname = session_user", "the login is a superuser"),
    (
        "SELECT session_user <> current_user",
        "the session's login is another role, to which a query could go back",
    ),
    (
        "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database WHERE datname = current_database()",
        "it owns the database",
    ),
    ("SELECT has_database_privilege(current_database(), 'CREATE')", "it may create schemas"),
    (
        "SELECT bool_or(pg_has_role(current_user, oid, 'USAGE')) FROM pg_roles WHERE rolname IN ('pg_write_all_data', "
        "'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend', 'pg_read_server_files')",
        "it is a member of a role that writes, runs programs or ends sessions",
    ),
    (
        "SELECT bool_or(has_schema_privilege(oid, 'CREATE')) FROM pg_namespace "
        "WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'",
        "it may create tables in a schema",
    ),
    (
        "SELECT bool_or(has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'f') "
        "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
        "it may write to a table",
    ),
)


def role_objections(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[str, ...]:
    """Say why the session's role is too strong to prove statements with; empty where it only reads."""
    found = []
    for question, objection in _ROLE_QUESTIONS:
        row = connection.execute(question.encode()).fetchone()
        if row is not None and row[0]:
            found.append(objection)
    return tuple(found)


class Prover:
    """Runs statements, each by itself, and tells what came of it; a statement that the gate refuses is not sent."""

    def __init__(
        self, connection: psycopg.Connection[tuple[Any, ...]], *, statement_seconds: float = 10.0
    ) -> None:
        self._connection = connection
        self._seconds = statement_seconds
        self._types = dict(connection.execute("SELECT oid::int8, typname FROM pg_type").fetchall())

    def run(
        self, statements: Sequence[Statement], progress: Callable[[int, int], None] | None = None
    ) -> list[Outcome]:
        """Prove statements in transactions of their own; the outcomes stand in their order."""
        return self._prove([[statement] for statement in statements], "READ ONLY", progress)

    def together(self, statements: Sequence[Statement]) -> list[Outcome]:
        """Prove statements in one snapshot, each under its own session time zone."""
        return self._prove([list(statements)], "ISOLATION LEVEL REPEATABLE READ, READ ONLY", None)

    def groups(self, groups: Sequence[Sequence[Statement]]) -> list[list[Outcome]]:
        """Prove several such groups."""
        found = iter(self._prove(groups, "ISOLATION LEVEL REPEATABLE READ, READ ONLY", None))
        return [[next(found) for _ in group] for group in groups]

    def _prove(
        self, groups: Sequence[Sequence[Statement]], mode: str, progress: Callable[[int, int], None] | None
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        segments = []
        for group in groups:
            proofs = [_Proof(statement, self._connection, self._types) for statement in group]
            outcomes += [proof.outcome for proof in proofs]
            sent = [proof for proof in proofs if proof.outcome.error is None]
            if sent:
                segments.append([self._segment(mode, sent), [Command(b"ROLLBACK", _ignore)]])
        total = len(segments)
        try:
            wire.run(
                self._connection.pgconn,
                segments,
                self._seconds + 5,
                lambda count: progress(count, total) if progress else None,
            )
        except (ConnectionLost, psycopg.OperationalError) as lost:
            for outcome in outcomes:
                if not outcome.columns and outcome.error is None:
                    outcome.error = DatabaseError(f"the connection was lost: {_reason(str(lost))}", "08006")
        return outcomes

    def _segment(self, mode: str, proofs: Sequence[_Proof]) -> list[Command]:
        commands = [Command(f"BEGIN {mode}".encode(), _ignore)]
        for proof in proofs:
            milliseconds = int(self._seconds * 1000)
            settings = {
                "statement_timeout": str(milliseconds),
                "lock_timeout": "1000",
                "idle_in_transaction_session_timeout": str(milliseconds + 5000),
                "TimeZone": proof.statement.timezone or "UTC",
            }
            chosen = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
            commands += [
                Command(f"SELECT {chosen}".encode(), _ignore),
                Command(_CLOCK, proof.begun),
                proof.command(),
                Command(_CLOCK, proof.ended),
            ]
        return commands


_CLOCK = b"SELECT extract(epoch FROM clock_timestamp())::float8"
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


def _ignore(result: PGresult) -> None:
    """Take a result that says nothing."""


class _Proof:
    """One statement under way: its results are gathered as they come."""

    def __init__(
        self, statement: Statement, connection: psycopg.Connection[tuple[Any, ...]], types: dict[int, str]
    ) -> None:
        self.statement, self.outcome = statement, Outcome()
        self._transformer, self._types = Transformer(connection), types
        self._begun, self._bytes = 0.0, 0
        facts = gate.inspect(statement.sql, parameters=bool(statement.parameters))
        if facts.refusals:
            first = facts.refusals[0]
            self.outcome.error = DatabaseError(
                first.message, "42601" if first.code == "sql-syntax" else "", position=first.offset
            )

    def command(self) -> Command:
        values = tuple(
            None if value is None else _text(value).encode() for value in self.statement.parameters
        )
        types = tuple(
            next((oid for kind, oid in _OIDS if isinstance(value, kind)), 0)
            for value in self.statement.parameters
        )
        return Command(self.statement.sql.encode(), self._take, values, types)

    def begun(self, result: PGresult) -> None:
        if result.ntuples:
            self._begun = float(result.get_value(0, 0) or 0)

    def ended(self, result: PGresult) -> None:
        if result.ntuples and self.outcome.error is None:
            self.outcome.elapsed_ms = (float(result.get_value(0, 0) or 0) - self._begun) * 1000

    def _take(self, result: PGresult) -> None:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            self.outcome.error = _error(result)
        elif result.status in (pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_OK):
            if not self.outcome.columns:
                self.outcome.columns = self._columns(result)
            self._take_rows(result)

    def _columns(self, result: PGresult) -> tuple[Column, ...]:
        names = [(result.fname(index) or b"").decode() for index in range(result.nfields)]
        types = [self._types.get(result.ftype(index), "unknown") for index in range(result.nfields)]
        return tuple(Column(name, kind) for name, kind in zip(names, types, strict=True))

    def _take_rows(self, result: PGresult) -> None:
        if not result.ntuples:
            return
        self._bytes += sum(len(result.get_value(0, index) or b"") for index in range(result.nfields))
        if len(self.outcome.rows) >= MOST_ROWS or self._bytes > MOST_BYTES:
            self.outcome.cut = True
            return
        self._transformer.set_pgresult(result)
        self.outcome.rows += self._transformer.load_rows(0, result.ntuples, tuple)


def _text(value: object) -> str:
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else str(value)


def _error(result: PGresult) -> DatabaseError:
    def part(name: pq.DiagnosticField) -> str:
        return (result.error_field(name) or b"").decode(errors="replace")

    position = part(pq.DiagnosticField.STATEMENT_POSITION)
    return DatabaseError(
        part(pq.DiagnosticField.MESSAGE_PRIMARY) or "the statement failed",
        part(pq.DiagnosticField.SQLSTATE),
        part(pq.DiagnosticField.MESSAGE_HINT),
        part(pq.DiagnosticField.MESSAGE_DETAIL),
        int(position) - 1 if position else None,
    )
