"""Many statements in flight on one connection: libpq's pipeline mode, rows in parts, each segment within a deadline."""

from __future__ import annotations

import contextlib
import functools
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import ParamSpec

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

Given = ParamSpec("Given")

_WINDOW = 64
"""Segments in flight; more would only fill buffers. Where so many are, half of them are waited for."""

_ROWS = 32
"""Rows that come as one result, where there are many."""

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
        take: takes each result, which has only some of the rows where there may be many; True asks to cancel the segment: it
            has enough.
        many: whether there may be many rows.
    """

    sql: bytes
    take: Callable[[PGresult], bool]
    values: tuple[bytes | None, ...] = ()
    types: tuple[int, ...] = ()
    many: bool = False


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


def _losing(work: Callable[Given, None]) -> Callable[Given, None]:
    """Have what libpq and the system say of a broken connection raised as one error."""

    @functools.wraps(work)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            work(*args, **kwargs)
        except (OSError, psycopg.Error) as error:
            raise ConnectionLost(str(error)) from error

    return wrapped


@dataclass(slots=True)
class Exchange:
    """
    Segments under way on a connection.

    Args:
        largest: bytes by which the process may grow while one result comes.
        done: told how many segments have been answered, now and then, and when all are.
        cancels: how often the server was asked to stop.
    """

    pgconn: PGconn
    cancel: Callable[[], None]
    largest: int
    done: Callable[[int], None] = lambda _: None
    cancels: int = 0
    _segments: deque[Segment] = field(default_factory=deque)
    _waiting: deque[Command | None] = field(default_factory=deque)
    """Commands that were sent, in order; None stands for a sync."""
    _open: bool = False
    _fresh: bool = True
    """Whether no result of the first command has been taken."""
    _unsent: bool = False
    _limit: float = 0.0
    _cancelled: bool = False
    _answered: int = 0
    _grown: int = 0
    """Bytes by which the process has grown by what it read since the last result."""

    def run(self, segments: Iterable[Segment]) -> None:
        """
        Send segments, and take all that comes of them.

        Raises:
            ConnectionLost: the connection broke, or nothing came even after a cancel.
        """
        for segment in segments:
            self.send(segment)
        self.finish()

    @_losing
    def send(self, segment: Segment) -> None:
        """
        Send a segment, behind those that were sent before; where many are under way, wait for some of them.

        Raises:
            ConnectionLost: as above.
        """
        self._enter()
        if len(self._segments) >= _WINDOW:
            self._work(_WINDOW // 2)
        for command in segment.commands:
            self.pgconn.send_query_params(command.sql, command.values or None, command.types or None)
            self._waiting.append(command)
        self.pgconn.pipeline_sync()
        self._waiting.append(None)
        self._segments.append(segment)
        self._unsent = True
        if len(self._segments) == 1:
            self._begin()

    @_losing
    def look(self) -> None:
        """
        Take what has come, without waiting: the server goes on only where it is read from.

        Raises:
            ConnectionLost: as above.
        """
        self._work(0, wait=False)

    @_losing
    def finish(self) -> None:
        """
        Take all that comes; the connection is free for others then.

        Raises:
            ConnectionLost: as above.
        """
        if self._open:
            self._work(0)
            self.pgconn.exit_pipeline_mode()
            self.pgconn.nonblocking = 0
            self._open = False
            self.done(self._answered)

    def _enter(self) -> None:
        if not self._open:
            self.pgconn.nonblocking = 1
            self.pgconn.enter_pipeline_mode()
            self._open = True

    def _begin(self) -> None:
        self._cancelled = False
        if self._segments:
            self._limit = time.monotonic() + self._segments[0].seconds

    def _work(self, most: int, *, wait: bool = True) -> None:
        """Write what is still to be written and take what has come, until no more than so many segments are under way."""
        while len(self._segments) > most:
            if self._fresh:
                self._part(self._waiting[0])
            self._watch()
            if self._unsent or self.pgconn.is_busy():
                if not self._read(0.5 if wait else 0) and not wait:
                    return
            else:
                self._fresh = self._take()

    def _part(self, command: Command | None) -> None:
        """Have the rows of a command come in parts: libpq would hold all of them."""
        self._fresh = False
        if command is not None and command.many:
            # Refused after an error, when the rest of the segment has no rows anyway.
            with contextlib.suppress(psycopg.OperationalError):
                if psycopg.capabilities.has_stream_chunked():
                    self.pgconn.set_chunked_rows_mode(_ROWS)
                else:
                    self.pgconn.set_single_row_mode()

    def _read(self, seconds: float) -> bool:
        """Write and read what can be; False where nothing has come."""
        self._unsent = self.pgconn.flush() == 1
        socket = self.pgconn.socket
        readable, _, _ = select.select([socket], [socket] if self._unsent else [], [], seconds)
        if readable:
            before = peak()
            self.pgconn.consume_input()
            self._grown += peak() - before
        if self.pgconn.status == pq.ConnStatus.BAD:
            raise ConnectionLost("the server closed the connection")
        if self._grown > self.largest:
            raise TooLarge("a row is too large")
        return bool(readable)

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
        self._grown = 0
        command = self._waiting[0]
        if result is None:
            self._waiting.popleft()
            return True
        if command is None:
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                self._end()
            return True
        if command.take(result) and not self._cancelled:
            self._stop()
        return False

    def _end(self) -> None:
        """End the first segment."""
        self._waiting.popleft()
        self._segments.popleft()
        self._begin()
        self._answered += 1
        if self._answered % _WINDOW == 0:
            self.done(self._answered)
