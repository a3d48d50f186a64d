"""A report of two variants over given numbers, without a database."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from watchglass.backtest import Answers, Basis, Chart, Replay, Report, Variant, Window, differences, replay
from watchglass.backtest.published import moved_rule
from watchglass.backtest.stretches import Key
from watchglass.definition.overrides import changed, read_change
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.evaluation import numbers

START = datetime.datetime(2026, 3, 28, 22, tzinfo=datetime.UTC)
FIVE = datetime.timedelta(minutes=5)
TEXT = """version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {good: green, high: "#ff8800", worst: red}
sources: {main: {type: postgres}}
queries: {q: {key: [lane], sql: "SELECT 'a' AS lane, 1 AS n", columns: {lane: text, n: integer}}}
metrics: {n: {query: q, column: n, title: "Waiting <now>", better: lower, thresholds: {high: 10, worst: 20}}}
alerts: {much: {title: "Too | much", metric: n, when: above high, for: 10m, every: 5m, severity: high, summary: s}}
"""
Rows = Mapping[str, float | None]


def service(folder: Path, *changes: str) -> Service:
    """Compile the definition, with changes."""
    (folder / "shop.yaml").write_text(TEXT)
    definition = read(folder / "shop.yaml").definition
    assert definition is not None
    found = resolve(changed(definition, map(read_change, changes)))
    assert found.service is not None, found.problems
    return found.service


def replayed(of: Service, rows: Sequence[Rows | None], before: int = 0) -> Replay:
    """Evaluate the alert over rows; None where nothing is known, the first of them before the window."""
    alert = of.alerts["much"]
    instants = tuple(START + index * FIVE for index in range(-before, len(rows) - before))
    answers = [
        None if row is None else numbers([({"lane": key}, value) for key, value in row.items()])
        for row in rows
    ]
    window = Window(START, START + (len(rows) - before) * FIVE)
    return replay(moved_rule(of, alert, alert.rules[0]), "12.3", window, Answers(instants, {"A": answers}))


def report(folder: Path, rows: Sequence[Rows | None]) -> Report:
    """Compare the alert as it is with one of another number."""
    variants = []
    for name, changes in (("now", ()), ("changed", ("n.high=15",))):
        of = service(folder, *changes)
        made = replayed(of, rows)
        thresholds = of.metrics["n"].thresholds
        assert thresholds is not None
        keys = sorted({key for row in rows if row for key in row})
        lines: dict[Key, tuple[tuple[datetime.datetime, float | None], ...]] = {
            (("lane", key),): tuple(
                (START + i * FIVE, row.get(key) if row else None) for i, row in enumerate(rows)
            )
            for key in keys
        }
        chart = Chart("n", "Waiting <now>", " h", thresholds.bands(), (10.0,), lines)
        told = ", ".join(changes)
        variants.append(
            Variant(name, told, of.alerts["much"], (made,), (Basis("n", "given"),), (chart,), {}, {})
        )
    found = {"much": differences(variants[0].replays[0], variants[1].replays[0])}
    return Report("shop", "Europe/Berlin", "12.3", variants[0].replays[0].window, tuple(variants), found)
