"""A small service whose routes are made anew for each test, and the compiled tree of them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from watchglass.definition.hearing import Subject, subjects
from watchglass.definition.notification import Notification
from watchglass.definition.read import Definition, read
from watchglass.definition.resolve import ResolveResult, resolve
from watchglass.definition.service import Service
from watchglass.targets.grafana.policies import build_tree

HEAD = """
version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin, labels: {team: web}}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
hours:
  business: {days: monday..friday, from: "09:00", to: "18:00"}
  after_hours: {outside: business}
  night: {days: monday..sunday, from: "22:00", to: "06:00"}
  weekend: {days: "saturday, sunday"}
  new_york: {days: monday..friday, from: "09:00", to: "17:00", timezone: America/New_York}
queries:
  now:
    sql: SELECT count(*) AS orders FROM orders o
    columns: {orders: integer}
  towns:
    key: [town]
    sql: SELECT o.town, count(*) AS late FROM orders o GROUP BY 1
    columns: {town: text, late: integer}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}
  late: {title: Late, query: towns, column: late, better: lower, thresholds: {watch: 5, bad: 9}}
"""
CONTACTS = """
  contacts:
    chat: {type: slack, url: "${env:CHAT}"}
    pager: {type: pagerduty, integration_key: "${env:PAGER}"}
    boss: {type: email, addresses: boss@example.com}
"""
ALERTS = """
alerts:
  few: {title: Few, metric: orders, when: watch, severity: medium}
  none:
    {title: None, metric: orders, when: bad, severity: high, labels: {team: "q\\"a.*b"}, escalate: [{after: 1h, contact: boss}]}
  slow: {title: Slow, metric: late, severity: {watch: low, bad: high}, escalate: [{after: 30m, severity: critical}]}
  quiet: {title: Quiet, metric: orders, when: below 5, severity: low, during: business, escalate: [{after: 2h, contact: pager}]}
"""


def resolved(text: str, environment: str | None = None) -> ResolveResult:
    """Resolve a definition's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "definition.yaml"
        path.write_text(text, "utf-8")
        reading = read(path)
        assert reading.definition is not None, [problem.message for problem in reading.problems]
        return resolve(reading.definition, environment)


def service_of(
    routes: str, *, alerts: str = ALERTS, more: str = "", environment: str | None = None
) -> Service:
    """Resolve the service above with routes (one a line, flow style)."""
    listed = "".join(f"    - {line.strip()}\n" for line in routes.strip().splitlines())
    text = f"{HEAD}{alerts}\nnotify:{CONTACTS}{more}  routes:\n{listed}"
    result = resolved(text, environment)
    assert result.service is not None, [problem.message for problem in result.problems]
    return result.service


@functools.cache
def shop_definition() -> Definition:
    """The definition of the service, as it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "definition.yaml"
        path.write_text(f"{HEAD}{ALERTS}\nnotify:{CONTACTS}  routes: [{{contact: chat}}]\n", "utf-8")
        reading = read(path)
    assert reading.definition is not None
    return reading.definition


@functools.cache
def shop() -> Service:
    """The service, with one route for all."""
    return service_of("{contact: chat}")


class Compiled:
    """Routes as the server has them: our part below a root, and the time intervals."""

    def __init__(self, service: Service, notification: Notification | None = None) -> None:
        self.notification = notification or service.notification
        assert self.notification is not None
        self.service = replace(service, notification=self.notification)
        self.subjects: tuple[Subject, ...] = tuple(subjects(self.service))
        made = build_tree(self.service, self.notification, self.subjects)
        self.root: dict[str, Any] = {"receiver": "the server's own", "routes": [made.node]}
        self.intervals: Mapping[str, list[Any]] = {
            each["name"]: each["time_intervals"] for each in made.intervals
        }
