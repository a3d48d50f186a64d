"""Questions about the catalog → rows as JSON objects, each in a read-only transaction and within a deadline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


class Inquiry:
    """Asks a server about its own catalog."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._connection, self._seconds = connection, seconds
        self._rows: list[Row] = []
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
        self._rows, self._refused = [], ""
        self._exchange(f"SELECT pg_catalog.to_json(q)::text FROM ({sql}) AS q", json.dumps(list(given)))
        if self._refused:
            raise InquiryRefused(self._refused)
        return self._rows

    def _exchange(self, sql: str, given: str) -> None:
        limit = int(self._seconds * 1000)
        values, types = ((given.encode(),), (114,)) if "$1" in sql else ((), ())
        question = Command(sql.encode(), self._take, values, types, many=True)
        commands = (
            Command(b"BEGIN READ ONLY", self._take),
            Command(f"SET LOCAL statement_timeout = {limit}".encode(), self._take),
            question,
        )
        segments = (
            Segment(commands, self._seconds + _MARGIN, self._late),
            Segment((Command(b"ROLLBACK", lambda _: False),), _MARGIN, lambda: None),
        )
        Exchange(self._connection.pgconn, self._cancel, _LARGEST).run(segments)

    def _take(self, result: PGresult) -> bool:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            told = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"no answer"
            self._refused = self._refused or told.decode(errors="replace")
        for index in range(result.ntuples if result.nfields == 1 else 0):
            self._rows.append(json.loads(result.get_value(index, 0) or b"{}"))
        return False

    def _late(self) -> None:
        self._refused = "the catalog gave no answer in time"

    def _cancel(self) -> None:
        self._connection.cancel_safe(timeout=_MARGIN)
