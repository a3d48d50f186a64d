"""A copy of a database → what every statement gives there, the structure, and what each statement reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from watchglass.artifact import Statement
from watchglass.database.connection import Connection, connect
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.proof import Outcome
from watchglass.database.prover import Prover
from watchglass.database.wire import ConnectionLost
from watchglass.sql import gate
from watchglass.sql.literals import identifier
from watchglass.validate import rights
from watchglass.validate.cases import Case
from watchglass.validate.databases import Place
from watchglass.validate.engine import Proof, validate
from watchglass.validate.finding import Finding, Sight, merged, sight_of
from watchglass.validate.migration.facts import Facts, read_facts


@dataclass(frozen=True, slots=True)
class Side:
    """
    One side of a migration.

    Args:
        proofs: what came of each case.
        reads: a statement's target and name → the numbers of the tables, views and functions that it reaches.
    """

    proofs: Mapping[Sight, Proof]
    findings: tuple[Finding, ...]
    facts: Facts
    reads: Mapping[tuple[str, str], frozenset[int]]


def look(dsn: str, place: Place, statements: Sequence[Statement], now: datetime.datetime) -> Side:
    """Run every statement in a copy, and read its structure."""
    with connect(dsn) as connection:
        prover = Prover(connection, trusted=place.source.trusted)
        report = validate(place.service, statements, prover, now)
        ran = [proof.case for proof in report.proofs if proof.outcome.error is None]
        try:
            more = rights.judge(prover, ran, views=False)
            reads = _reads(prover, ran)
        except (ConnectionLost, InquiryRefused):
            more, reads = [], {}
        return Side(
            {sight_of(proof.case): proof for proof in report.proofs},
            merged((*report.findings, *more)),
            read_facts(connection),
            reads,
        )


def again(dsn: str, place: Place, cases: Sequence[Case]) -> list[Outcome]:
    """Run cases once more."""
    with connect(dsn) as connection:
        return Prover(connection, trusted=place.source.trusted).run([case.sent for case in cases])


def _reads(prover: Prover, cases: Iterable[Case]) -> dict[tuple[str, str], frozenset[int]]:
    mentions = {
        (case.statement.target, case.statement.name): gate.inspect(case.sent.sql, parameters=True).mentions
        for case in cases
    }
    return {
        name: frozenset(
            key.oid for key in prover.rights.reached(named) if key.kind in ("relation", "function")
        )
        for name, named in mentions.items()
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case gives within somebody else's session: an error, or columns with where they come from, and rows."""

    error: str = ""
    columns: tuple[tuple[str, int], ...] = ()
    origins: tuple[tuple[int, int], ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()


def ask(connection: Connection, case: Case, role: str) -> Answer:
    """Ask within a session that may be amid a transaction; nothing of it stays."""
    settings = {
        **dict(case.sent.settings),
        "TimeZone": case.sent.timezone or "UTC",
        "statement_timeout": "10000",
    }
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL search_path TO DEFAULT")
            for name, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, true)", (name, value))
            connection.execute(f"SET LOCAL ROLE {identifier(role) if role else 'NONE'}".encode())
            cursor = psycopg.RawCursor(connection)
            rows = cursor.execute(case.sent.sql.encode(), case.sent.parameters or None).fetchall()
            return _answer(cursor, rows)
    except psycopg.Error as error:
        return Answer(f"{error.sqlstate}: {error.diag.message_primary or error}")


def _answer(cursor: psycopg.RawCursor[tuple[object, ...]], rows: list[tuple[object, ...]]) -> Answer:
    result = cursor.pgresult
    assert result is not None, "it was executed"
    numbers = range(result.nfields)
    return Answer(
        "",
        tuple(((result.fname(at) or b"").decode(), result.ftype(at)) for at in numbers),
        tuple((result.ftable(at), result.ftablecol(at)) for at in numbers),
        tuple(rows),
    )
