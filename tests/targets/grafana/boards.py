"""Definitions of one board, and what Grafana's JSON of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from watchglass.artifact import Artifact, Json
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.targets.grafana.dashboards import build_dashboard

SHOP = Path(__file__).parents[2] / "cases/good/shop/definition.yaml"
HEAD = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: orange, broken: dark-red}
sources: {main: {type: postgres}}
filters:
  region: {title: Region, from: regions, value: code, label: name, multiple: true, default: all}
  city: {title: City, from: cities, value: id, type: integer, multiple: true, depends_on: {region: region_code}}
  kind: {title: Kind, options: {a: "A, or b", "x$y": Dollar}, default: [x$y]}
queries:
  now:
    title: Now
    range: 1d
    sql: |
      SELECT count(*) AS orders, sum(o.total) AS total FROM orders o
      WHERE {{ in_range('o.at') }} AND {{ matches('city', 'o.city') }} AND {{ matches('kind', 'o.kind') }}
    columns: {orders: integer, total: {type: number, unit: EUR, decimals: 2, nullable: true}}
  days:
    title: Days
    range: 30d
    sql: |
      SELECT b.day, count(o.at) AS orders, sum(o.total) AS total
      FROM {{ buckets('1 day') }} AS b(day) LEFT JOIN orders o ON {{ bucket('o.at', '1 day') }} = b.day
      GROUP BY 1 ORDER BY 1
    columns: {day: timestamp, orders: {type: integer, levels: orders}, total: {type: number, unit: EUR, nullable: true}}
  towns:
    title: Towns
    key: [town]
    sql: SELECT o.town, o.state, count(*) AS orders FROM orders o GROUP BY 1, 2
    columns:
      town: text
      state: {type: text, values: {open: {text: Open, color: green}, shut: red}}
      orders: {type: integer, levels: orders}
  curves:
    title: Curves
    sql: SELECT o.town, json_agg(o.total ORDER BY o.at) AS trend FROM orders o GROUP BY 1
    columns: {town: text, trend: {type: json, sparkline: true}}
metrics:
  orders:
    title: Orders
    query: now
    column: orders
    better: higher
    thresholds: {watch: 20, bad: 10, broken: 1}
    when_null: 0
    history: {query: days, time: day}
  total: {title: Total, query: now, column: total, when_null: skip}
  warmth:
    title: Warmth
    query: now
    column: orders
    better: within
    thresholds: {watch: [2, 6], bad: [0, 8]}
    when_null: 0
  town_orders: {title: Orders of a town, query: towns, column: orders, same_as: orders}
"""


def service_of(folder: Path, dashboards: str, head: str = HEAD) -> Service:
    """Read a definition with these dashboards."""
    file = folder / "definition.yaml"
    file.write_text(f"{head}dashboards:\n{dashboards}", "utf-8")
    reading = read(file)
    assert reading.definition is not None, [problem.message for problem in reading.problems]
    resolved = resolve(reading.definition)
    assert resolved.service is not None, [problem.message for problem in resolved.problems]
    assert not [problem.message for problem in resolved.problems if problem.level == "error"]
    return resolved.service


def board_of(folder: Path, panels: str, *, keys: str = "", head: str = HEAD) -> Artifact:
    """Build a board of one row with these panels, written as a flow list's items."""
    text = f"  board:\n    title: Board\n{keys}    rows: [{{title: All, panels: [{panels}]}}]\n"
    service = service_of(folder, text, head)
    return build_dashboard(service, service.dashboards["board"])[0]


def panel_of(folder: Path, panel: str, *, keys: str = "") -> Json:
    """Build a board of one panel and give the panel."""
    return board_of(folder, panel, keys=keys).body["panels"][1]


def all_panels(board: Json) -> Iterator[Json]:
    """List the panels of a board, rows left out, those in folded rows too."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel
