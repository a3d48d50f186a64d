"""A small shop that resolves, and what is said of it with other sections."""

from __future__ import annotations

from pathlib import Path

from watchglass.definition.read import read
from watchglass.definition.resolve import ResolveResult, resolve

SHOP = """version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {good: green, high: orange, worst: red}
sources: {main: {type: postgres}}
queries:
  orders: {sql: SELECT count(*) AS n FROM orders, columns: {n: integer}}
  by_region:
    sql: SELECT region, day, count(*) AS n FROM orders GROUP BY 1, 2
    key: [region]
    columns: {region: text, day: date, n: integer}
metrics:
  n: {query: orders, column: n, better: lower, thresholds: {high: 10, worst: 20}}
"""


def resolved(folder: Path, more: str, shop: str = SHOP) -> ResolveResult:
    """Resolve the shop with more sections; what cannot be read is a problem too."""
    file = folder / "shop.yaml"
    file.write_text(shop + more, encoding="utf-8")
    reading = read(file)
    if reading.definition is None:
        return ResolveResult(None, reading.problems)
    return resolve(reading.definition)


def told(folder: Path, more: str, shop: str = SHOP) -> list[str]:
    """List the problems as their code and the characters that they point at."""
    lines = (shop + more).split("\n")
    found = []
    for problem in resolved(folder, more, shop).problems:
        at = problem.span
        end = at.end_column - 1 if at.end_line == at.line else None
        found.append(f"{problem.code}: {lines[at.line - 1][at.column - 1 : end]}")
    return found
