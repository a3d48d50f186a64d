"""Many statements in flight on one connection: libpq's pipeline mode, rows one by one, nothing kept beyond a cap."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

Take = Callable[[PGresult], None]
_BATCH = 32
"""Proofs in flight; more would only fill buffers."""


class ConnectionLost(Exception):
    """The server is gone, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Command:
    """One statement of the extended protocol, and who takes its results (each row is a result of its own)."""

    sql: bytes
    take: Take
    values: tuple[bytes | None, ...] = ()
    types: tuple[int, ...] = ()


@dataclass(slots=True)
class _Queue:
    """Commands that were sent, in order; None stands for a sync."""

    waiting: list[Command | None] = field(default_factory=list)


def run(
    pgconn: PGconn,
    groups: Sequence[Sequence[Sequence[Command]]],
    deadline: float,
    done: Callable[[int], None],
) -> None:
    """
    Run groups of segments; an error ends its segment, and the next one goes on.

    Args:
        deadline: seconds without any answer after which the server counts as lost.
        done: told how many groups have been answered.

    Raises:
        ConnectionLost: the connection broke, or the deadline passed.
    """
    pgconn.nonblocking = 1
    pgconn.enter_pipeline_mode()
    try:
        for start in range(0, len(groups), _BATCH):
            batch = groups[start : start + _BATCH]
            _exchange(pgconn, _send(pgconn, batch), deadline)
            done(start + len(batch))
        pgconn.exit_pipeline_mode()
        pgconn.nonblocking = 0
    except OSError as error:
        raise ConnectionLost(str(error)) from error


def _send(pgconn: PGconn, batch: Iterable[Sequence[Sequence[Command]]]) -> _Queue:
    queue = _Queue()
    for group in batch:
        for segment in group:
            for command in segment:
                pgconn.send_query_params(command.sql, command.values or None, command.types or None)
                queue.waiting.append(command)
            pgconn.pipeline_sync()
            queue.waiting.append(None)
    return queue


def _exchange(pgconn: PGconn, queue: _Queue, deadline: float) -> None:
    """Write what is still to be written and read what has come, until every command is answered."""
    limit = time.monotonic() + deadline
    begun = False
    unsent = True
    while queue.waiting:
        if not begun and queue.waiting[0] is not None:
            begun = True
            # Refused after an error, when the rest of the segment has no rows anyway.
            with contextlib.suppress(psycopg.OperationalError):
                pgconn.set_single_row_mode()
        if pgconn.is_busy() or unsent:
            unsent = pgconn.flush() == 1
            _wait(pgconn, unsent, limit)
            pgconn.consume_input()
            if pgconn.status == pq.ConnStatus.BAD:
                raise ConnectionLost("the server closed the connection")
            continue
        limit = time.monotonic() + deadline
        begun = _take(pgconn, queue, begun)


def _wait(pgconn: PGconn, unsent: bool, limit: float) -> None:
    left = limit - time.monotonic()
    if left <= 0:
        raise ConnectionLost("the server did not answer in time")
    socket = pgconn.socket
    select.select([socket], [socket] if unsent else [], [], min(left, 1.0))


def _take(pgconn: PGconn, queue: _Queue, begun: bool) -> bool:
    result = pgconn.get_result()
    command = queue.waiting[0]
    if result is None:
        queue.waiting.pop(0)
        return False
    if command is None:
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            queue.waiting.pop(0)
        return False
    command.take(result)
    return begun


__all__ = ["Command", "ConnectionLost", "run"]
