"""
Damaged definitions end in a definition or in problems with a place, never in a traceback, a signal or a hang.

WATCHGLASS_FUZZ says how many are tried (20,000 in CI). A failure names its seed:
``python -c "from tests.fuzz.definitions import try_seeds; print(try_seeds(SEED, 1, '/tmp'))"``.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from tests.fuzz.definitions import corpus_files, try_one, try_seeds

CASES = int(os.environ.get("WATCHGLASS_FUZZ", "2000"))
CHUNK = 250


def test_the_corpus_is_good() -> None:
    from watchglass.definition.read import read

    files = corpus_files()
    assert len(files) >= 2
    for file in files:
        assert read(file).problems == ()


@pytest.mark.slow
def test_damaged_definitions_are_read_or_refused(tmp_path: Path) -> None:
    firsts = range(0, CASES, CHUNK)
    counts = [min(CHUNK, CASES - first) for first in firsts]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        found = [
            wrong
            for chunk in pool.map(try_seeds, firsts, counts, [str(tmp_path)] * len(counts))
            for wrong in chunk
        ]
    assert not found, f"{len(found)} of {CASES}:\n" + "\n".join(found[:5])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"a",
        b"[" * 100_000,
        b"{" * 100_000,
        b"? " * 100_000,
        b"&a [*a]",
        b"a: &b\n" * 5000,
        b"\n" * 1_000_000,
    ],
    ids=lambda content: repr(content[:8]),
)
def test_the_smallest_and_the_worst_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    assert try_one(tmp_path / "x.yaml") == ""
