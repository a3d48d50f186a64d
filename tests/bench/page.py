"""Tables of figures → docs/performance.md."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.figures import Table
from watchglass.parallel import processors

_HEAD = """# Performance

Measured by `make bench`, which writes this page. Each figure is the median of several runs, in one go on one machine; ratios
compare two things that ran in turn. `python -m tests.bench --quick` measures less, in a minute, `--live` live validation alone;
both write nothing.
A load average above the number of processors says that others worked on the machine meanwhile: times are longer, ratios of two
programs are rough, and what several processors gain is told too low.
"""


def page(tables: Iterable[Table], day: datetime.date) -> str:
    """Write the page."""
    parts = [_HEAD, f"{day:%Y-%m-%d}, {machine()}.\n", *("\n".join(_table(table)) + "\n" for table in tables)]
    return "\n".join(parts)


def machine() -> str:
    """Name what was measured on."""
    cpu = next(_cpu_names(), platform.processor() or platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    load = f"load average {os.getloadavg()[0]:.1f} at the end"
    return f"{processors()} × {cpu}, {memory:.0f} GB, {system}, {load}"


def _cpu_names() -> Iterator[str]:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                yield value.strip()


def _table(table: Table) -> Iterator[str]:
    yield f"## {table.title}\n"
    if table.note:
        yield f"{table.note}\n"
    yield "| | measured | promised |"
    yield "| --- | --- | --- |"
    for figure in table.figures:
        promise = figure.promise if figure.held else f"**{figure.promise}: not held**"
        yield f"| {figure.name} | {figure.value} | {promise} |"
