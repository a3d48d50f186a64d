"""
A run's own database whose clock is an input: filled from fixtures that read it, copied for each test, asked at any instant.

Only a database that this run made is ever changed: each carries a mark, and without it nothing is run.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import psycopg
from psycopg import sql as composed

from watchglass.database.connection import Connection, connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import Scratch, copied_database, run_script, scratch_database
from watchglass.database.moments import Question, ask_at
from watchglass.database.proof import Outcome, Statement
from watchglass.database.prover import Prover
from watchglass.database.timetypes import time_types
from watchglass.sql import gate
from watchglass.sql.clock import Finding, Rewritten, rewrite
from watchglass.sql.clock_schema import MOMENT, SETTING, install
from watchglass.sql.offsets import Expanded

_MARK = "watchglass.run"
_RUN = uuid.uuid4().hex
"""What a database of this run carries."""

_NO_CLOCK = "asked for many instants at once"
"""In place of an instant: what reads the session's clock then fails, and is asked for each instant alone."""


_CATCHES = r"""SELECT EXISTS (
    SELECT FROM pg_catalog.pg_proc WHERE oid >= 16384 AND prosrc ~* '\mexception\M' AND prosrc ~* '\mwhen\M'
)"""


class NotOurs(Exception):
    """The database was not made by this run: it must not be changed."""


def rewritten(
    connection: Connection, sql: str, *, at: str = "", made: datetime.datetime | None = None
) -> Rewritten:
    """Rewrite a statement, with the server's word on what its strings are; see `clock.rewrite`."""
    found = rewrite(sql, at=at, made=made)
    types = time_types(connection, sql, found.untyped) if found.untyped else {}
    return rewrite(sql, at=at, made=made, types=types) if types else found


@dataclass(frozen=True, slots=True)
class MovingTemplate:
    """
    A database filled from fixtures, to be copied.

    Args:
        role: what the queries are asked as; empty asks as the superuser.
        made: the instant at which the fixtures were run.
        texts: the fixtures.
        trusted: functions that may be called although they are volatile or SECURITY DEFINER.
    """

    scratch: Scratch
    role: str
    made: datetime.datetime
    texts: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    @property
    def findings(self) -> tuple[tuple[Finding, ...], ...]:
        """What the rewriting has to say of each file."""
        return tuple(rewrite(text, made=self.made).findings for text in self.texts)

    @contextlib.contextmanager
    def copy(self) -> Iterator[MovingDatabase]:
        """Make a copy, which is dropped afterwards; its clock stands where the fixtures were run."""
        name = f"{self.scratch.name[:50]}-{next(self._numbers)}"
        copying = copied_database(self.scratch.server, self.scratch.name, name)
        with copying as copied, _opened(copied, self.role, self.trusted) as database:
            database.at(self.made)
            yield database


@contextlib.contextmanager
def moving_template(
    server: Server,
    name: str,
    texts: Sequence[str],
    *,
    made: datetime.datetime,
    role: str = "",
    trusted: tuple[str, ...] = (),
) -> Iterator[MovingTemplate]:
    """
    Fill a database from SQL files that see a clock of the run's own; it is dropped afterwards, with its roles.

    Args:
        made: the instant at which they are run; its time zone is the server's for what PostgreSQL keeps of it.

    Raises:
        FixtureError: PostgreSQL refused one.
    """
    with scratch_database(server, name) as scratch:
        with psycopg.connect(scratch.dsn(), autocommit=True) as connection:
            connection.execute(install().encode())
            for setting, value in ((_MARK, _RUN), (SETTING, made.isoformat())):
                connection.execute(
                    composed.SQL("ALTER DATABASE {} SET {} = {}").format(
                        composed.Identifier(name), composed.Identifier(*setting.split(".")), value
                    )
                )

        def read(connection: Connection, statement: str) -> Expanded:
            found = rewritten(connection, statement, made=made)
            return Expanded(found.text, found.map)

        scratch.load(texts, read)
        yield MovingTemplate(scratch, role, made, tuple(texts), trusted)


@contextlib.contextmanager
def _opened(scratch: Scratch, role: str, trusted: tuple[str, ...]) -> Iterator[MovingDatabase]:
    with connect(scratch.dsn()) as owner, connect(scratch.dsn(role)) as reader:
        yield MovingDatabase(owner, reader, trusted)


class MovingDatabase:
    """
    A database at an instant.

    Args:
        owner: a session that may change everything.
        reader: a session of the role that asks.

    Raises:
        NotOurs: this run did not make the database.
    """

    def __init__(self, owner: Connection, reader: Connection, trusted: tuple[str, ...] = ()) -> None:
        for connection in (owner, reader):
            mark = connection.execute("SELECT current_setting(%s, true)", (_MARK,)).fetchall()
            if mark != [(_RUN,)]:
                raise NotOurs("this run did not make the database: it must not be changed")
        self._owner, self._reader, self._trusted = owner, reader, trusted
        self._now = datetime.datetime.now(tz=datetime.UTC)
        self._prover: Prover | None = None
        self._known: dict[tuple[str, str], Rewritten] = {}
        self.changed = False

    def at(self, instant: datetime.datetime) -> None:
        """Set the clock; the instant has a time zone."""
        self._now = instant
        self._owner.execute("SELECT set_config(%s, %s, false)", (SETTING, instant.isoformat()))

    def change(self, sql: str) -> tuple[Finding, ...]:
        """
        Run a script as the owner, in one transaction.

        Returns:
            What the rewriting has to say of it.

        Raises:
            FixtureError: PostgreSQL refused it; nothing of it has happened.
        """
        self.changed, self._prover = True, None
        self._known.clear()

        def read(connection: Connection, statement: str) -> Expanded:
            found = rewritten(connection, statement, made=self._now)
            return Expanded(found.text, found.map)

        run_script(self._owner, sql, read)
        return rewrite(sql, made=self._now).findings

    def ask(self, statements: Sequence[Statement]) -> list[Outcome]:
        """Run queries as the role, each in a transaction that cannot write; an error's position is one of the given SQL."""
        found = [self._rewritten(statement.sql) for statement in statements]
        outcomes = self._asks().run(
            [self._at(statement, made, self._now) for statement, made in zip(statements, found, strict=True)]
        )
        for outcome, made in zip(outcomes, found, strict=True):
            _back(outcome, made)
        return outcomes

    def many(self, statement: Statement, instants: Sequence[datetime.datetime]) -> list[Outcome]:
        """
        Run one query at many instants, many in one round trip where all reads of the clock stand in the query itself.

        A query that reads it through a view or a function is run for each instant alone, on one pipeline.
        """
        alone = self._rewritten(statement.sql)
        moved = self._rewritten(statement.sql, MOMENT)
        question = Question(
            replace(statement, sql=moved.text, settings=(*statement.settings, (SETTING, _NO_CLOCK))),
            lambda instant: self._at(statement, alone, instant),
        )
        refused = gate.inspect(statement.sql, parameters=True).refusals
        together = not refused and not self._catches_errors()
        outcomes = ask_at(self._asks(), question, instants, together=together)
        for outcome in outcomes:
            _back(outcome, alone)
        return outcomes

    def findings(self, sql: str) -> tuple[Finding, ...]:
        """Give what the rewriting has to say of a query."""
        return self._rewritten(sql).findings

    def _catches_errors(self) -> bool:
        """Tell whether some function may catch an error, and so the one of a clock that is not there."""
        return self._owner.execute(_CATCHES).fetchall() == [(True,)]

    def _asks(self) -> Prover:
        if self._prover is None:
            self._prover = Prover(self._reader, trusted=self._trusted)
        return self._prover

    def _rewritten(self, sql: str, at: str = "") -> Rewritten:
        if (sql, at) not in self._known:
            self._known[sql, at] = rewritten(self._owner, sql, at=at)
        return self._known[sql, at]

    @staticmethod
    def _at(statement: Statement, made: Rewritten, instant: datetime.datetime) -> Statement:
        return replace(
            statement, sql=made.text, settings=(*statement.settings, (SETTING, instant.isoformat()))
        )


def _back(outcome: Outcome, made: Rewritten) -> None:
    """Point an error at the given SQL."""
    error = outcome.error
    if error is not None and error.position is not None:
        outcome.error = replace(error, position=made.map.source(error.position))
