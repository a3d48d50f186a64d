"""``python -m tests.bench``: measure, print, and write docs/performance.md."""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import backtests, commands, publishing, server, stages
from tests.bench.figures import Table
from tests.bench.page import page

PAGE = commands.ROOT / "docs/performance.md"


def main() -> int:
    """Measure everything; 1 where a promise is not held."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, and no page")
    parser.add_argument("--live", action="store_true", help="live validation alone, and no page")
    chosen = parser.parse_args()
    quick: bool = chosen.quick
    live: bool = chosen.live
    tables = []
    for table in (server.validation(15),) if live else measure(quick):
        tables.append(table)
        for figure in table.figures:
            promised = f"({figure.promise}{'' if figure.held else ': NOT HELD'})" if figure.promise else ""
            print(f"{figure.name:70} {figure.value:>10} {promised}", flush=True)
    if not quick and not live:
        PAGE.write_text(page(tables, datetime.datetime.now(tz=datetime.UTC).date()), encoding="utf-8")
        print(f"written: {PAGE.relative_to(commands.ROOT)}")
    return int(any(not figure.held for table in tables for figure in table.figures))


def measure(quick: bool) -> Iterator[Table]:
    """Give one table after the other."""
    with tempfile.TemporaryDirectory(prefix="watchglass-bench-") as name:
        folder = Path(name)
        desk = commands.Desk(folder)
        yield commands.one_definition(desk, 3 if quick else 11)
        yield server.validation(3 if quick else 15)
        yield backtests.backtests(desk, 1 if quick else 3)
        yield stages.stages(folder / "stages", 10 if quick else 100, 1 if quick else 5)
        yield commands.many_definitions(desk, 100 if quick else 1000, 1 if quick else 3)
        yield publishing.publishing(desk, *((100, 200, 100) if quick else (1000, 2000, 1000)))
        yield commands.pytest_start(desk, 3 if quick else 11)


if __name__ == "__main__":
    sys.exit(main())
