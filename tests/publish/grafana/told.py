"""A service with contacts, hours, routes and an escalation, in both ways of publishing them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service

DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
hours:
  business: {days: monday..friday, from: "09:00", to: "18:00"}
queries:
  now:
    title: Now
    every: 5m
    sql: SELECT count(*) AS orders FROM orders o
    columns: {orders: integer}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}
alerts:
  few_orders: {title: Few orders, metric: orders, when: bad, severity: high, escalate: [{after: 1h, contact: boss}]}
  fewer_orders: {title: Fewer orders, metric: orders, when: watch, severity: low}
notify:
  contacts:
    chat: {type: slack, url: "${env:CHAT}", channel: "#shop"}
    pager: {type: pagerduty, integration_key: "${env:PAGER}"}
    boss: {type: email, addresses: boss@example.com}
  routes:
    - {severity: low, contact: chat, during: business, otherwise: hold}
    - {contact: pager}
environments:
  production:
    default: true
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {folder: Shop}
"""
PER_RULE = {"notify:\n": "notify:\n  publish: per_rule\n"}


def told_service(folder: Path, changes: Mapping[str, str] | None = None) -> Service:
    """Read the definition with parts of its text replaced."""
    text = DEFINITION
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "definition.yaml"
    file.write_text(text, "utf-8")
    reading = read(file)
    assert reading.definition is not None
    resolved = resolve(reading.definition)
    assert resolved.service is not None, [problem.message for problem in resolved.problems]
    return resolved.service
