"""What Metabase gets for a definition of every kind of panel, and for the good cases; which settings it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from watchglass.artifact import Artifact
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.targets.metabase.render import render

GOOD = sorted((Path(__file__).parents[2] / "cases/good").glob("*/definition.yaml"))
HEAD = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: orange, broken: dark-red}
sources: {main: {type: postgres}}
environments: {production: {default: true, metabase: {version: 60, collection: Shop}}}
filters:
  region: {title: Region, from: regions, value: code, multiple: true, default: [N, S]}
  city: {title: City, from: cities, value: id, type: integer, multiple: true, depends_on: {region: region_code}, default: [7]}
  kind: {title: Kind, options: {a: "A, or b", "x$y": Dollar}, default: [a]}
queries:
  now:
    range: 1d
    sql: |
      SELECT count(*) AS orders, sum(o.total) AS total FROM orders o
      WHERE {{ in_range('o.at') }} AND {{ matches('city', 'o.city') }} AND {{ matches('kind', 'o.kind') }}
    columns: {orders: integer, total: {type: number, unit: EUR, decimals: 2, nullable: true}}
  days:
    range: 30d
    sql: |
      SELECT b.day, count(o.at) AS orders, sum(o.total) AS total, 'x' AS region
      FROM {{ buckets('1 day') }} AS b(day) LEFT JOIN orders o ON {{ bucket('o.at', '1 day') }} = b.day
      WHERE {{ matches('region', 'o.region') }} GROUP BY 1 ORDER BY 1
    columns: {day: timestamp, orders: {type: integer, levels: orders}, total: {type: number, unit: EUR}, region: text}
  towns:
    key: [town]
    sql: SELECT o.town, o.state, count(*) AS orders, 1 AS wait, 2 AS hour FROM orders o GROUP BY 1, 2
    columns:
      town: text
      state: {type: text, values: {open: {text: Open, color: green}, shut: red}}
      orders: {type: integer, levels: orders}
      wait: {type: interval, unit: duration, levels: warmth}
      hour: integer
  events:
    sql: SELECT o.at, o.message, 'ok' AS state FROM orders o WHERE {{ in_range('o.at') }}
    columns: {at: timestamp, message: text, state: {type: text, values: {ok: green}}}
metrics:
  orders: {title: Orders, query: now, column: orders, better: lower, thresholds: {watch: 10, bad: 20, broken: 50}, when_null: 0}
  total: {title: Total, query: now, column: total, better: higher, thresholds: {watch: 900, bad: 100.5}, when_null: skip}
  warmth: {title: Warmth, query: now, column: orders, better: within, thresholds: {watch: [2, 6], bad: [-1, 8]}}
  plain: {title: Plain, query: now, column: orders, unit: ratio}
  town_orders: {title: Orders of a town, query: towns, column: orders, same_as: orders}
"""
PANELS = """
- {id: n1, metric: orders, as: number}
- {id: n2, metric: total, as: number}
- {id: n3, metric: warmth, as: number}
- {id: n4, metric: plain, as: number}
- {id: g1, metric: orders, as: gauge}
- {id: g2, metric: total, as: gauge, min: 0, max: 2000}
- {id: g3, metric: warmth, as: gauge}
- {id: g4, metric: plain, as: gauge, max: 1}
- {id: g5, metric: plain, as: gauge}
- {id: g6, metric: orders, as: gauge, max: 20}
- {id: b1, metric: orders, as: bar_gauge}
- {id: b2, metric: plain, as: bar_gauge, max: 10}
- {id: b3, metric: plain, as: bar_gauge}
- {id: b4, metric: town_orders, as: bar_gauge}
- {id: l1, query: days, as: lines, time: day, y: [orders], level: bad}
- {id: l2, query: days, as: area, time: day, y: [orders, total], stack: true}
- {id: l3, query: days, as: bars, time: day, y: [orders], min: 0, max: 100}
- {id: l4, query: days, as: lines, time: day, y: [orders, total], stack: true}
- {id: l5, query: days, as: lines, time: day, y: [total], min: 0}
- {id: l6, query: days, as: lines, time: day, y: [total], min: 5}
- {id: l7, query: days, as: lines, time: day, y: [total], max: 5}
- {id: c1, query: towns, as: bar, x: town, y: [orders]}
- {id: c2, query: towns, as: bar, x: hour, y: [orders]}
- {id: c3, query: towns, as: bar, x: hour, y: [orders], series: town, stack: true, level: bad}
- {id: h1, query: towns, as: histogram, value: orders}
- {id: h3, query: towns, as: histogram, x: hour, y: [orders]}
- {id: h2, query: days, as: heatmap, x: region, y: [day], value: orders}
- {id: t1, query: towns, as: table}
- {id: p1, query: towns, as: pie, x: town, y: [orders]}
- {id: s1, query: events, as: states, time: at, y: [state]}
- {id: o1, query: events, as: logs, time: at, message: message}
- {id: a1, as: alerts, title: Alerts}
- {id: x1, as: text, title: Text, text: 'Read {{ this }}'}
"""
GRAPH = {
    *(f"graph.{name}" for name in (
        "dimensions", "metrics", "show_goal", "goal_value", "goal_label", "show_trendline", "show_values",
        "label_value_frequency", "label_value_formatting", "x_axis.scale", "y_axis.scale", "x_axis.title_text",
        "y_axis.title_text", "x_axis.labels_enabled", "y_axis.labels_enabled", "y_axis.auto_range", "y_axis.min",
        "y_axis.max", "y_axis.auto_split", "y_axis.unpin_from_zero", "series_order",
    )),
    "stackable.stack_type",
    "series_settings",
}  # fmt: skip
SETTINGS: Mapping[str, set[str]] = {
    **dict.fromkeys(("line", "area", "bar", "combo", "row"), GRAPH),
    "scalar": {"scalar.field", "scalar.segments"},
    "smartscalar": {
        "scalar.field", "scalar.comparisons", "scalar.switch_positive_negative", "scalar.compact_primary_number",
    },
    "gauge": {"gauge.segments"},
    "progress": {"progress.goal", "progress.value", "progress.color"},
    "pie": {
        "pie.dimension", "pie.metric", "pie.show_legend", "pie.show_total", "pie.percent_visibility",
        "pie.slice_threshold",
    },
    "table": {
        "table.columns", "table.column_formatting", "table.pivot", "table.pivot_column", "table.cell_column",
        "table.pagination", "table.row_index",
    },
}  # fmt: skip
"""Display → the settings that Metabase reads (metabase.md 2.5); whatever else is written is dead."""

COLUMN_SETTINGS = {
    "column_title", "number_style", "currency", "currency_style", "currency_in_header", "number_separators", "decimals",
    "scale", "prefix", "suffix", "date_style", "date_separator", "date_abbreviate", "time_enabled", "time_style",
    "show_mini_bar", "text_align", "view_as", "link_text", "link_url",
}  # fmt: skip


def service_of(folder: Path, panels: str = PANELS, head: str = HEAD) -> Service:
    """Resolve a definition of one board with these panels."""
    listed = "".join(f"          {line}\n" for line in panels.strip().splitlines())
    board = (
        "dashboards:\n  board:\n    title: Board\n    publish: [metabase]\n    filters: [region, city, kind]\n"
        f"    rows:\n      - title: All\n        panels:\n{listed}"
    )
    file = folder / "definition.yaml"
    file.write_text(head + board, "utf-8")
    return _resolved(file)


def _resolved(file: Path) -> Service:
    reading = read(file)
    assert reading.definition is not None, reading.problems
    resolved = resolve(reading.definition)
    assert resolved.service is not None, [problem.message for problem in resolved.problems]
    return resolved.service


def all_artifacts(folder: Path) -> Iterator[Artifact]:
    """List what Metabase gets for the definition above and for all good cases."""
    yield from render(service_of(folder)).artifacts
    for file in GOOD:
        yield from render(_resolved(file)).artifacts
