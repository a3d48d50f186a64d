"""Many statements in flight on one connection: libpq's pipeline mode, row by row, each segment within a deadline."""

from __future__ import annotations

import contextlib
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

_BATCH = 32
"""Segments in flight; more would only fill buffers."""

_GRACE = 5.0
"""Seconds between asking the server to cancel and taking it for lost."""


class ConnectionLost(Exception):
    """The server is gone, or did not answer in time."""


class TooLarge(ConnectionLost):
    """One row is over the cap: libpq would hold all of it, so the connection was given up."""


@dataclass(frozen=True, slots=True)
class Command:
    """
    One step of the extended protocol.

    Args:
        take: takes each result (each row is a result of its own); True asks to cancel the segment: it has enough.
    """

    sql: bytes
    take: Callable[[PGresult], bool]
    values: tuple[bytes | None, ...] = ()
    types: tuple[int, ...] = ()
    kind: Literal["query", "prepare", "describe"] = "query"


@dataclass(frozen=True, slots=True)
class Segment:
    """
    Commands up to a sync: an error skips the rest of them.

    Args:
        seconds: how long it may take before it is cancelled.
        overdue: told when that happens.
    """

    commands: tuple[Command, ...]
    seconds: float
    overdue: Callable[[], None]


def peak() -> int:
    """
    Give the most memory that this process has held, in bytes; 0 where the system does not tell.

    libpq holds a row until it is whole and tells nothing before: only the process's growth shows a row of a gigabyte.
    """
    if sys.platform == "win32":
        return 0
    import resource  # noqa: PLC0415  (not on Windows)

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@dataclass(slots=True)
class Exchange:
    """
    A run of segments on a connection.

    Args:
        largest: bytes by which the process may grow while one row comes.
        cancels: how often the server was asked to stop.
    """

    pgconn: PGconn
    cancel: Callable[[], None]
    largest: int
    cancels: int = 0
    _segments: deque[Segment] = field(default_factory=deque)
    _waiting: deque[Command | None] = field(default_factory=deque)
    """Commands that were sent, in order; None stands for a sync."""
    _limit: float = 0.0
    _cancelled: bool = False
    _before: int = field(default_factory=peak)

    def run(self, segments: Sequence[Segment], done: Callable[[int], None]) -> None:
        """
        Run segments in order.

        Args:
            done: told how many segments have been answered.

        Raises:
            ConnectionLost: the connection broke, or nothing came even after a cancel.
        """
        try:
            self.pgconn.nonblocking = 1
            self.pgconn.enter_pipeline_mode()
            for start in range(0, len(segments), _BATCH):
                batch = segments[start : start + _BATCH]
                self._send(batch)
                self._exchange()
                done(start + len(batch))
            self.pgconn.exit_pipeline_mode()
            self.pgconn.nonblocking = 0
        except (OSError, psycopg.Error) as error:
            raise ConnectionLost(str(error)) from error

    def _send(self, batch: Sequence[Segment]) -> None:
        for segment in batch:
            for command in segment.commands:
                _send(self.pgconn, command)
                self._waiting.append(command)
            self.pgconn.pipeline_sync()
            self._waiting.append(None)
        self._segments.extend(batch)
        self._begin()

    def _begin(self) -> None:
        self._cancelled = False
        if self._segments:
            self._limit = time.monotonic() + self._segments[0].seconds

    def _exchange(self) -> None:
        """Write what is still to be written and read what has come, until every command is answered."""
        fresh = unsent = True
        while self._waiting:
            if fresh and self._waiting[0] is not None:
                # Refused after an error, when the rest of the segment has no rows anyway.
                with contextlib.suppress(psycopg.OperationalError):
                    self.pgconn.set_single_row_mode()
                fresh = False
            self._watch()
            if unsent or self.pgconn.is_busy():
                unsent = self._read(unsent)
                continue
            fresh = self._take()
            self._before = peak()

    def _read(self, unsent: bool) -> bool:
        unsent = self.pgconn.flush() == 1
        socket = self.pgconn.socket
        readable, _, _ = select.select([socket], [socket] if unsent else [], [], 0.5)
        if readable:
            self.pgconn.consume_input()
        if self.pgconn.status == pq.ConnStatus.BAD:
            raise ConnectionLost("the server closed the connection")
        if peak() - self._before > self.largest:
            raise TooLarge("a row is too large")
        return unsent

    def _watch(self) -> None:
        if time.monotonic() < self._limit:
            return
        if self._cancelled:
            raise ConnectionLost("the server did not answer in time")
        self._segments[0].overdue()
        self._stop()

    def _stop(self) -> None:
        self._cancelled = True
        self._limit = time.monotonic() + _GRACE
        self.cancels += 1
        with contextlib.suppress(psycopg.Error, OSError):
            self.cancel()

    def _take(self) -> bool:
        """Take one result; True where the next one belongs to another command."""
        result = self.pgconn.get_result()
        command = self._waiting[0]
        if result is None:
            self._waiting.popleft()
            return True
        if command is None:
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                self._waiting.popleft()
                self._segments.popleft()
                self._begin()
            return True
        if command.take(result) and not self._cancelled:
            self._stop()
        return False


def _send(pgconn: PGconn, command: Command) -> None:
    if command.kind == "prepare":
        pgconn.send_prepare(b"", command.sql, command.types or None)
    elif command.kind == "describe":
        pgconn.send_describe_prepared(b"")
    else:
        pgconn.send_query_params(command.sql, command.values or None, command.types or None)
