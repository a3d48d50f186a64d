"""Processes and functions, run several times → how long they take, and how much memory they hold."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a process: seconds from start to end, the most memory that it or a child of it held, in MB."""

    seconds: float
    peak_mb: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Sample:
    """
    Run a program to its end.

    Raises:
        RuntimeError: it failed; a figure of a failed run would be none.
    """
    begun = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return Sample(time.perf_counter() - begun, usage.ru_maxrss / unit)


def middle(samples: Sequence[Sample]) -> Sample:
    """Give the median of the times, and the greatest memory."""
    return Sample(
        statistics.median(sample.seconds for sample in samples), max(sample.peak_mb for sample in samples)
    )


def clocked(
    function: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> float:
    """
    Give the median of the seconds that a function takes.

    Args:
        clock: ``time.process_time`` leaves out what other programs take from this machine meanwhile.
    """
    found = []
    for _ in range(times):
        begun = clock()
        function()
        found.append(clock() - begun)
    return statistics.median(found)
