"""Live validation against the server's own time: the same statements, sent bare."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from tests.bench.commands import FIRST
from tests.bench.figures import Figure, Table, ratio, timed
from tests.bench.timing import clocked
from watchglass.database.connection import Connection, connect
from watchglass.database.embedded import Server, embedded_server
from watchglass.database.fixtures import Scratch, scratch_database
from watchglass.database.proof import Outcome, Statement
from watchglass.database.prover import Prover
from watchglass.pipeline import Compiled, compile_definition
from watchglass.sql import gate
from watchglass.validate import rights
from watchglass.validate.engine import Report, statements_of, validate


class Noting(Prover):
    """A prover that notes what it sends."""

    sent: list[Statement]

    def groups(
        self, groups: Iterable[Sequence[Statement]], progress: Callable[[int, int], None] | None = None
    ) -> list[list[Outcome]]:
        """Note and prove."""
        return super().groups(map(self._noted, groups), progress)

    def _noted(self, group: Sequence[Statement]) -> Sequence[Statement]:
        self.sent += group
        return group


def validation(times: int) -> Table:
    """Measure validating the first definition, side by side with its statements alone."""
    started = clocked(_start, max(3, times // 2))
    compiled = compile_definition(FIRST)
    assert compiled.service is not None
    with embedded_server() as server:
        loaded = clocked(lambda: _load(compiled, server), 3)
        with _filled(compiled, server) as connection:
            sent = _sent(compiled, connection)
            pairs = [
                (
                    clocked(lambda: _validate(compiled, Prover(connection))),
                    clocked(lambda: bare(connection, sent)),
                )
                for _ in range(times)
            ]
            secured = clocked(_row_security(compiled, connection), 5)
    judged = clocked(lambda: _gate(sent), 5)
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    quotient = statistics.median(pair[0] / pair[1] for pair in pairs)
    return Table(
        "Live validation",
        (
            timed("embedded PostgreSQL, started and stopped", started),
            timed("fixtures into a database of its own", loaded),
            Figure("statements of the definition", f"{len(statements_of(compiled.artifacts))}"),
            Figure("what is sent for them: all forms, twins, time zones", f"{len(sent)}"),
            timed(f"the gate alone, for the {len({each.sql for each in sent})} different ones", judged),
            timed("what is sent, bare: prepared, described and run, in a pipeline", theirs),
            timed("validated: gate, transactions, contracts, twins", ours),
            ratio("validated against bare", quotient, 1.5),
            timed("row security, looked up and tried behind it", secured),
        ),
        "`definitions/draft-cleanup.yaml`, one connection to the embedded server. Bare is psycopg's own pipeline, "
        "in one transaction, without a look at the rows. The gate judges statements while the server works at those before: "
        "where no second processor is free, their times add up.",
    )


def _gate(statements: Sequence[Statement]) -> None:
    gate.forget()
    for statement in statements:
        gate.inspect(statement.sql, parameters=bool(statement.parameters))


def _start() -> None:
    with embedded_server():
        pass


@contextmanager
def _database(compiled: Compiled, server: Server) -> Iterator[Scratch]:
    assert compiled.definition is not None
    assert compiled.service is not None
    (source,) = (each for each in compiled.service.sources.values() if each.type == "postgres")
    folder = compiled.definition.folder
    with scratch_database(server, "bench") as scratch:
        scratch.load([(folder / name).read_text("utf-8") for name in (source.schema or "", *source.data)])
        yield scratch


def _load(compiled: Compiled, server: Server) -> None:
    with _database(compiled, server):
        pass


@contextmanager
def _filled(compiled: Compiled, server: Server) -> Iterator[Connection]:
    assert compiled.service is not None
    role = next(each.role for each in compiled.service.sources.values() if each.type == "postgres")
    with _database(compiled, server) as scratch, connect(scratch.dsn(role)) as connection:
        yield connection


def _validate(compiled: Compiled, prover: Prover) -> Report:
    assert compiled.service is not None
    gate.forget()  # a run begins without it
    now = datetime.datetime.now(tz=datetime.UTC)
    report = validate(compiled.service, statements_of(compiled.artifacts), prover, now)
    assert all(problem.level == "warning" for problem in report.problems), report.problems
    return report


def _row_security(compiled: Compiled, connection: Connection) -> Callable[[], object]:
    prover = Prover(connection)
    cases = [proof.case for proof in _validate(compiled, prover).proofs]
    return lambda: rights.judge(prover, cases, views=False)


def _sent(compiled: Compiled, connection: Connection) -> list[Statement]:
    noting = Noting(connection)
    noting.sent = []
    _validate(compiled, noting)
    return noting.sent


def bare(connection: Connection, statements: Sequence[Statement]) -> None:
    """Prepare, describe and run statements in one pipeline, and fetch their rows."""
    with connection.transaction(), connection.pipeline():
        cursors = []
        for statement in statements:
            cursor = psycopg.RawCursor(connection)
            cursor.execute(statement.sql.encode(), statement.parameters or None, prepare=True)
            cursors.append(cursor)
        for cursor in cursors:
            cursor.fetchall()
