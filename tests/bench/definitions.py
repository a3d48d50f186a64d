"""Definitions of any number: each a service with one dashboard of ten panels, made from a template, no two alike."""

from __future__ import annotations

from pathlib import Path

PANELS = 10
"""Panels on each definition's dashboard."""

_HEAD = """version: 1
service: {{id: service-{n}, title: "Service {n}", owner: team-{team}, timezone: Europe/Berlin}}
levels: {{healthy: green, elevated: yellow, critical: red}}
sources: {{main: {{type: postgres}}}}
filters:
  region: {{title: Region, from: regions, value: code, label: name, multiple: true, default: all}}
snippets:
  done: o.state = 'done' AND o.total > {n}
queries:
"""
_NUMBER = """  q{k}:
    title: "Question {k} of service {n}"
    every: 5m
    range: 1d
    sql: |
      SELECT count(*) AS orders,
             round(100.0 * count(*) FILTER (WHERE {{{{ snippet('done') }}}}) / NULLIF(count(*), 0), 1) AS share
      FROM orders_{k} AS o
      WHERE {{{{ in_range('o.created_at') }}}} AND {{{{ matches('region', 'o.region') }}}}
    columns: {{orders: integer, share: {{type: number, unit: percent, nullable: true}}}}
"""
_TREND = """  t{k}:
    title: "Trend {k} of service {n}"
    range: 30d
    sql: |
      SELECT b.day, count(o.id) AS orders, COALESCE(sum(o.total), 0) AS revenue
      FROM {{{{ buckets('1 day') }}}} AS b(day)
      LEFT JOIN orders_{k} AS o ON {{{{ bucket('o.created_at', '1 day') }}}} = b.day AND {{{{ in_range('o.created_at') }}}}
      WHERE {{{{ matches('region', 'o.region') }}}}
      GROUP BY 1 ORDER BY 1
    columns: {{day: timestamp, orders: integer, revenue: {{type: number, unit: EUR}}}}
"""
_METRIC = """  m{k}:
    title: "Share {k}"
    query: q{k}
    column: share
    better: lower
    thresholds: {{elevated: {low}, critical: {high}}}
    when_null: 0
"""
_ALERT = """  a{k}:
    title: "Share {k} of service {n} is high"
    metric: m{k}
    when: critical
    for: 10m
    severity: high
    summary: "{{{{ value }}}} (limit {{{{ threshold }}}})"
"""
_BOARD = """dashboards:
  overview:
    title: "Service {n}"
    publish: [grafana, metabase]
    filters: [region]
    range: 7d
    rows:
"""


def definition(number: int) -> str:
    """Write one definition: five numbers with thresholds, three alerts, five trends, ten panels."""
    half = range(1, PANELS // 2 + 1)
    parts = [_HEAD.format(n=number, team=number % 7)]
    parts += [_NUMBER.format(k=k, n=number) for k in half]
    parts += [_TREND.format(k=k, n=number) for k in half]
    parts += ["metrics:\n", *(_METRIC.format(k=k, low=k + number % 10, high=20 + k) for k in half)]
    parts += ["alerts:\n", *(_ALERT.format(k=k, n=number) for k in half[:3])]
    parts += [_BOARD.format(n=number), *_rows(half)]
    return "".join(parts)


def _rows(half: range) -> list[str]:
    numbers = [f"          - {{metric: m{k}, as: {'gauge' if k % 2 else 'number'}}}\n" for k in half]
    trends = [f"          - {{query: t{k}, as: {'lines' if k % 2 else 'bars'}}}\n" for k in half]
    row = "      - title: {}\n        panels:\n"
    return [row.format("Now"), *numbers, row.format("Days"), *trends]


def write(folder: Path, count: int) -> Path:
    """Write so many definitions into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (folder / f"service-{number:04}.yaml").write_text(definition(number), encoding="utf-8")
    return folder
