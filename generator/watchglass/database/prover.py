"""Statements → what PostgreSQL makes of them: each in a transaction of its own that cannot write and is rolled back."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg

from watchglass.database.calls import Calls, Effect
from watchglass.database.catalog import Catalog
from watchglass.database.inquiry import Inquiry, InquiryRefused
from watchglass.database.plans import Explanation, Scan, large_scans
from watchglass.database.proof import (
    MOST_BYTES,
    DatabaseError,
    Outcome,
    Proof,
    Statement,
)
from watchglass.database.rights import Lack, Rights
from watchglass.database.wire import Command, ConnectionLost, Exchange, Segment, TooLarge
from watchglass.sql import gate
from watchglass.sql.literals import identifier
from watchglass.sql.mentions import Kind, Mention

_SNAPSHOT = "ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_MARGIN = 5.0
"""Seconds between the server's own time-out and the client's."""

_FIRST, _GROWTH = 16, 3
"""Groups that are looked up together at first, and how many times as many each next time."""

_LOOK = 4
"""After how many groups it is looked at what has come."""

_TRIES = 3
"""How often a statement is tried that was hit by the cancel of the one before it."""

_CATALOG_SECONDS = 30.0
_DENIED, _NO_TABLE = "42501", "42P01"

Mentions = Mapping[Mention, int | None]
"""What a statement names, each with the byte where."""

_WORD = re.compile(r"[^\W\d][\w$]*")
_OPERATORS = re.findall(r"\S+", "= <> < > <= >= + - * / % || -> ->> ~ ~~ ~~* !~~ !~~*")
_IN_OTHER_WORDS = """
    int2 int4 int8 float4 float8 numeric bool bpchar varchar bit varbit timestamp timestamptz time timetz interval json
    timezone extract overlay position substring btrim ltrim rtrim normalize is_normalized overlaps like_escape similar_to_escape
"""
"""What PostgreSQL's grammar reads where a statement has other words, such as AT TIME ZONE."""

Progress = Callable[[int, int], None]


class Prover:
    """
    Runs statements, each by itself, and tells what came of it.

    A statement that the gate refuses, or that calls what may have an effect, is not sent.

    Args:
        trusted: functions that may be called although they are volatile or SECURITY DEFINER, as ``schema.name``.
    """

    def __init__(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        *,
        statement_seconds: float = 10.0,
        trusted: Iterable[str] = (),
    ) -> None:
        self._connection = connection
        self._seconds = statement_seconds
        self._exchange = Exchange(connection.pgconn, self._cancel, 2 * MOST_BYTES)
        self._inquiry = inquiry = Inquiry(connection, _CATALOG_SECONDS, self._free)
        catalog = Catalog(inquiry)
        self._calls = Calls(catalog, frozenset(trusted))
        self._judged: dict[str, DatabaseError | None] = {}
        self._role = ""
        self.rights = Rights(inquiry, catalog, self._calls)
        self._types = dict(connection.execute("SELECT oid::int8, typname FROM pg_type").fetchall())

    def foresee(self, texts: Iterable[str]) -> None:
        """Look up what statements made of these texts may name, word by word: few of them need to be waited for then."""
        words = set(_WORD.findall(" ".join((_IN_OTHER_WORDS, *texts)).lower()))
        kinds: tuple[Kind, ...] = ("relation", "function", "type")
        named = [Mention(kind, (word,)) for word in sorted(words) for kind in kinds]
        named += [Mention("operator", (name,)) for name in _OPERATORS]
        with contextlib.suppress(ConnectionLost, InquiryRefused):  # they will tell it themselves
            self._calls.foresee(named)

    def run(self, statements: Iterable[Statement], progress: Progress | None = None) -> list[Outcome]:
        """Prove statements in transactions of their own; the outcomes stand in their order."""
        return [outcome for (outcome,) in self.groups(((each,) for each in statements), progress)]

    def groups(
        self, groups: Iterable[Sequence[Statement]], progress: Progress | None = None
    ) -> list[list[Outcome]]:
        """
        Prove groups of statements, each in a transaction of its own.

        Several statements see one snapshot, each under its own session time zone; after an error of one none is run.

        Args:
            groups: asked for one by one: the server works at the first while the others are still made.
        """
        proofs = self._prove(([self._proof(statement) for statement in group] for group in groups), progress)
        return [[proof.outcome for proof in group] for group in proofs]

    def scans(self, statements: Sequence[Statement]) -> list[tuple[Scan, ...]]:
        """List the large tables that PostgreSQL would read whole for each statement; none where it does not plan one."""
        proofs = [
            Explanation(statement, self._connection, self._types, self._seconds) for statement in statements
        ]
        self._prove([proof] for proof in proofs)
        plans = [proof.outcome.rows[0][0] if proof.outcome.rows else None for proof in proofs]
        try:
            return large_scans(plans, self._inquiry)
        except (ConnectionLost, InquiryRefused):
            return [()] * len(proofs)

    def study(self, statements: Sequence[Statement]) -> list[tuple[Mentions, DatabaseError | None]]:
        """Look up what statements call and read, and send none: what each names, and why it would be refused."""
        proofs = [self._proof(statement) for statement in statements]
        try:
            self._look_up([proof for proof in proofs if not proof.done])
        except ConnectionLost as lost:
            _mourn(proofs, lost)
        return [(proof.mentions, proof.outcome.error) for proof in proofs]

    def _proof(self, statement: Statement) -> Proof:
        return Proof(statement, self._connection, self._types, self._seconds)

    def _prove(self, groups: Iterable[list[Proof]], progress: Progress | None = None) -> list[list[Proof]]:
        """Prove groups; those that the cancel of another has hit are tried again."""
        made: list[list[Proof]] = []

        def tell(answered: int) -> None:
            if progress:
                progress(
                    answered // 2, len([group for group in made if not any(proof.refused for proof in group)])
                )

        cancelled = self._stream(groups, made, tell)
        for _ in range(_TRIES - 1):
            hit = [group for group in made if any(proof.disturbed for proof in group)]
            if not hit or not cancelled:
                break
            for proof in (proof for group in hit for proof in group):
                proof.forget()
            cancelled = self._stream(hit, [], lambda _: None)
        self._explain([proof for group in made for proof in group])
        return made

    def _stream(
        self, groups: Iterable[list[Proof]], made: list[list[Proof]], tell: Callable[[int], None]
    ) -> bool:
        """
        Judge and send groups as they come, so that the server works while the next are made and judged.

        Those whose names are still to be looked up are gathered, ever more of them: for that, all before them is waited for.

        Args:
            made: takes up the groups as they come.

        Returns:
            Whether a cancel was sent, which may have hit more than what it was meant for.
        """
        exchange = self._exchange = Exchange(self._connection.pgconn, self._cancel, 2 * MOST_BYTES, tell)
        source, waiting, most = iter(groups), list[list[Proof]](), _FIRST
        try:
            for group in source:
                made.append(group)
                waiting.append(group)
                if len(waiting) == 1 and all(self._calls.knows(proof.mentions) for proof in group):
                    self._send([waiting.pop()])
                elif len(waiting) == most:
                    self._send(waiting)
                    waiting, most = [], most * _GROWTH
                if len(made) % _LOOK == 0:
                    exchange.look()
            self._send(waiting)
            exchange.finish()
        except ConnectionLost as lost:
            made += source
            _mourn([proof for group in made for proof in group], lost)
            if isinstance(lost, TooLarge):
                self._connection.close()
            return False
        return exchange.cancels > 0

    def _send(self, groups: Sequence[list[Proof]]) -> None:
        """Send the groups of which nothing is refused."""
        self._look_up([proof for group in groups for proof in group if not proof.done])
        for group in groups:
            _leave_out(group)
            if group and not any(proof.done for proof in group):
                for segment in self._segments(group):
                    self._exchange.send(segment)

    def _explain(self, proofs: Sequence[Proof]) -> None:
        """Say of every statement that was denied what its role lacks, and where a table is that was not found."""
        with contextlib.suppress(ConnectionLost, InquiryRefused):
            for proof in proofs:
                error = proof.outcome.error
                if error and error.sqlstate == _DENIED:
                    role = self._role = self._role or self.rights.user()
                    lacks = self.rights.lacks(self.rights.needs(proof.mentions), role)
                    if lacks:
                        proof.outcome.error = _lacking(error, proof.statement.sql, lacks, role)
                elif error and error.sqlstate == _NO_TABLE and not error.hint:
                    proof.outcome.error = replace(error, hint=self.rights.elsewhere(proof.mentions))

    def _look_up(self, proofs: Sequence[Proof]) -> None:
        """
        Look every function up that would be called, also below views, before anything is sent.

        Raises:
            ConnectionLost: the server is gone.
        """
        try:
            unknown = [proof.mentions for proof in proofs if not self._calls.knows(proof.mentions)]
            if unknown:
                self._calls.learn(unknown)
            for proof in proofs:
                refusal = self._refusal(proof.statement.sql, proof.mentions)
                if refusal is not None:
                    proof.refuse(refusal)
        except InquiryRefused as refused:
            for proof in proofs:
                proof.fail(f"not run: the functions could not be looked up: {refused}", "")

    def _refusal(self, sql: str, mentions: Mentions) -> DatabaseError | None:
        """Judge a statement once: it is sent for several time zones and settings."""
        if sql not in self._judged:
            effects = self._calls.judge(mentions)
            self._judged[sql] = _refused(sql, effects[0]) if effects else None
        return self._judged[sql]

    def _free(self) -> None:
        """Take what is still under way, so that something else can be asked."""
        self._exchange.finish()

    def _cancel(self) -> None:
        self._connection.cancel_safe(timeout=_MARGIN)

    def _segments(self, proofs: Sequence[Proof]) -> Iterator[Segment]:
        """Give a group's own segment, and the one that ends its transaction whatever came."""
        mode = _SNAPSHOT if len(proofs) > 1 else "READ ONLY"
        commands = [Command(f"BEGIN {mode}".encode(), proofs[0].set_up)]
        for proof in proofs:
            commands += proof.commands()
        seconds = (self._seconds + _MARGIN) * len(proofs)
        yield Segment(tuple(commands), seconds, lambda: _late(proofs))
        yield Segment((Command(b"ROLLBACK", _ignore),), _MARGIN, lambda: None)


def _refused(sql: str, effect: Effect) -> DatabaseError:
    position = None if effect.at is None else gate.characters(sql, effect.at)
    return DatabaseError(effect.message, hint=effect.hint, position=position, refusal=effect.code)


def _lacking(error: DatabaseError, sql: str, lacks: Sequence[Lack], role: str) -> DatabaseError:
    at = lacks[0].need.at
    position = error.position if at is None else gate.characters(sql, at)
    lacking = f"{role} may not {'; nor '.join(lack.need.told for lack in lacks)}"
    grants = "; ".join(lack.need.grant(identifier(role), lack.columns_in(sql)) for lack in lacks)
    return replace(error, lacking=lacking, hint=grants, position=position)


def _ignore(result: object) -> bool:
    """Take a result that says nothing."""
    del result
    return False


def _leave_out(group: Sequence[Proof]) -> None:
    """Leave a whole group out where the gate refuses one of it: what is compared is compared whole."""
    if any(proof.refused for proof in group):
        for proof in group:
            if not proof.refused:
                proof.fail("not run: another statement of its transaction was refused", "25P02")


def _late(group: Sequence[Proof]) -> None:
    late = next((proof for proof in group if not proof.done), None)
    if late is not None:
        late.fail("the statement took too long and was cancelled", "57014")


def _mourn(proofs: Sequence[Proof], lost: ConnectionLost) -> None:
    """Say of every proof that has no answer why it has none."""
    left = [proof for proof in proofs if not proof.done]
    for index, proof in enumerate(left):
        if not isinstance(lost, TooLarge):
            proof.fail("the connection to the server was lost", "08006")
        elif index == 0:
            proof.fail(f"the result has a row of more than {MOST_BYTES:,} bytes", "54000")
        else:
            proof.fail("not run: the connection was closed after a result that was too large", "08006")
