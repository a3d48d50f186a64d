"""Questions about the catalog → rows as JSON objects, each in a read-only transaction and within a deadline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from psycopg import pq
from psycopg.pq.abc import PGresult

from watchglass.database.connection import Connection
from watchglass.database.wire import Command, Exchange, Segment

Row = Mapping[str, Any]

_MARGIN = 5.0
_LARGEST = 200_000_000
"""Bytes by which the process may grow while one row comes."""


class InquiryRefused(Exception):
    """PostgreSQL does not answer a question of ours; the message is its own."""


def _nothing() -> None:
    """Do nothing."""


Question = tuple[str, Sequence[object]]
"""SQL, and the JSON list that its ``$1`` is."""


class Inquiry:
    """
    Asks a server about its own catalog.

    Args:
        free: called before each question: the connection may still be used for something else.
    """

    def __init__(self, connection: Connection, seconds: float, free: Callable[[], None] = _nothing) -> None:
        self._connection, self._seconds, self._free = connection, seconds, free
        self._refused = ""

    def ask(self, sql: str, given: Sequence[object] = ()) -> list[Row]:
        """
        Ask one question.

        Args:
            given: the JSON list that ``$1`` of the question is.

        Raises:
            ConnectionLost: the server is gone, or did not answer in time.
            InquiryRefused: the server refuses the question.
        """
        return self.ask_all([(sql, given)])[0]

    def ask_all(self, questions: Sequence[Question]) -> list[list[Row]]:
        """
        Ask several questions in one go.

        Raises:
            ConnectionLost: as above.
            InquiryRefused: the server refuses one of them.
        """
        if not questions:
            return []
        self._free()
        self._refused = ""
        answers: list[list[Row]] = [[] for _ in questions]
        self._exchange([self._command(*pair) for pair in zip(questions, answers, strict=True)])
        if self._refused:
            raise InquiryRefused(self._refused)
        return answers

    def _command(self, question: Question, rows: list[Row]) -> Command:
        def take(result: PGresult) -> bool:
            self._take(result)
            rows.extend(json.loads(result.get_value(at, 0) or b"{}") for at in range(result.ntuples))
            return False

        sql, given = question
        values, types = ((json.dumps(list(given)).encode(),), (114,)) if "$1" in sql else ((), ())
        asked = f"SELECT pg_catalog.to_json(q)::text FROM ({sql}) AS q"
        return Command(asked.encode(), take, values, types, many=True)

    def _exchange(self, questions: Sequence[Command]) -> None:
        limit = int(self._seconds * 1000)
        commands = (
            Command(b"BEGIN READ ONLY", self._take),
            Command(f"SET LOCAL statement_timeout = {limit}".encode(), self._take),
            *questions,
        )
        segments = (
            Segment(commands, self._seconds * len(questions) + _MARGIN, self._late),
            Segment((Command(b"ROLLBACK", lambda _: False),), _MARGIN, _nothing),
        )
        Exchange(self._connection.pgconn, self._cancel, _LARGEST).run(segments)

    def _take(self, result: PGresult) -> bool:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            told = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"no answer"
            self._refused = self._refused or told.decode(errors="replace")
        return False

    def _late(self) -> None:
        self._refused = "the catalog gave no answer in time"

    def _cancel(self) -> None:
        self._connection.cancel_safe(timeout=_MARGIN)
