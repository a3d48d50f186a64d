"""One function over many inputs, on every processor; the results stand in the order of the inputs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.context import BaseContext
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_FEWEST = 8
"""Inputs below which starting processes costs more than it saves."""

_CHUNK = 4
_THREADS = 8


def processors() -> int:
    """Count the processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def over_processes(
    function: Callable[[_Given], _Made], items: Sequence[_Given], processes: int | None = None
) -> list[_Made]:
    """
    Apply a function that computes; what it takes and gives is pickled.

    Args:
        processes: one a processor where None; with fewer than two, or few inputs, all is done in this process.
    """
    count = processors() if processes is None else processes
    if count < 2 or len(items) < _FEWEST:
        return [function(item) for item in items]
    with ProcessPoolExecutor(count, _context(), initializer=_leave_interrupts) as pool:
        return list(pool.map(function, items, chunksize=_CHUNK))


def over_threads(function: Callable[[_Given], _Made], items: Sequence[_Given]) -> list[_Made]:
    """Apply a function that waits for a disk or a network."""
    if len(items) < 2:
        return [function(item) for item in items]
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(function, items))


def _context() -> BaseContext:
    """Copy this process, with all that it has imported, where that is safe: on Linux, without other threads."""
    alone = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _leave_interrupts() -> None:
    """Let the first process alone answer Ctrl-C: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
