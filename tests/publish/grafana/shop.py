"""A small service with boards and rules of two intervals, published to the stand-in in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.grafana import grafana_server
from tests.servers.grafana.server import GrafanaServer
from watchglass import naming
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.pipeline import render
from watchglass.publish import secret
from watchglass.publish.apply import Applied
from watchglass.publish.client import Client
from watchglass.publish.grafana.desired import wanted
from watchglass.publish.grafana.server import REREAD, connect
from watchglass.publish.plan import Plan, Wish
from watchglass.publish.secret import Secret
from watchglass.publish.session import Session, emptied

SOURCE = {
    "name": "Shop",
    "uid": "shop-db",
    "type": "grafana-postgresql-datasource",
    "access": "proxy",
    "url": "127.0.0.1:5432",
    "user": "dashboards",
    "jsonData": {"database": "shop"},
}
DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
queries:
  now:
    title: Now
    every: 5m
    sql: SELECT count(*) AS orders, count(*) FILTER (WHERE o.failed) AS failed FROM orders o
    columns: {orders: integer, failed: integer}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}
  failed: {title: Failed, query: now, column: failed, better: lower, thresholds: {watch: 2, bad: 5}}
alerts:
  few_orders: {title: Few orders, metric: orders, when: bad, for: 10m, severity: high, summary: "{{ value }} of {{ threshold }}"}
  many_failed: {title: Many failed, metric: failed, when: bad, for: 5m, severity: high}
  some_failed: {title: Some failed, metric: failed, when: watch, for: 5m, every: 1m, severity: low}
dashboards:
  overview:
    title: Overview
    rows: [{title: All, panels: [{metric: orders, as: gauge}, {metric: failed, as: number}]}]
  details:
    title: Details
    rows: [{title: All, panels: [{query: now, as: table}]}]
environments:
  production:
    default: true
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
    grafana: {folder: Shop}
"""


ENVIRONMENT = {"CHAT": "https://hooks.example.com/chat-secret", "PAGER": "pager-secret"}
"""What references of contacts lead to."""


def service_of(folder: Path, changes: Mapping[str, str] | None = None) -> Service:
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
    assert resolved.service is not None
    assert [problem.message for problem in resolved.problems if problem.level == "error"] == []
    return resolved.service


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Publisher:
    """Publishes services to one server, as the command does it."""

    def __init__(self, server: GrafanaServer, token: str | None = None, *, dies: bool = False) -> None:
        self.server, self.token, self.dies = server, token or server.editor_token, dies
        self.environment = dict(ENVIRONMENT)

    def reveal(self, text: str) -> Secret:
        """Put the environment's values in place of references."""
        return secret.read(text, self.environment, Path())

    def session(self, service: Service) -> Session:
        """Ask the server which it is."""
        client = Client(
            "Grafana", self.server.url, {"Authorization": Secret(f"Bearer {self.token}")}, wait=self._wait
        )
        owner = naming.owner_of(service.id, service.environment.suffix)
        server = connect(client, owner, "test", self.reveal)
        desired = wanted(render(service).artifacts, self.reveal)
        return Session(server.instance, server.kinds, owner, desired, REREAD)

    def _wait(self, seconds: float) -> None:
        """Pass the time; a process that dies at a fault has no time to pass."""
        if self.dies:
            raise Killed

    def plan(self, service: Service, *, destroy: bool = False, **wish: object) -> Plan:
        """Plan from what is there."""
        session = self.session(service)
        session = emptied(session) if destroy else session
        return session.plan(session.look(), Wish(**wish))  # type: ignore[arg-type]

    def apply(self, service: Service, *, destroy: bool = False, **wish: object) -> Applied:
        """Plan and apply, conflicts left out."""
        session = self.session(service)
        session = emptied(session) if destroy else session
        live = session.look()
        return session.apply(session.plan(live, Wish(**wish)), live)  # type: ignore[arg-type]


@contextmanager
def shop_server(version: str = "12.3") -> Iterator[GrafanaServer]:
    """Run a Grafana that has the shop's data source."""
    with grafana_server(version) as server:
        server.ask("POST", "/api/datasources", SOURCE)
        server.forget()
        yield server


def actions(plan: Plan) -> dict[str, str]:
    """Give what happens to each object, by kind and title."""
    return {f"{change.noun} {change.title}": change.action for change in plan.changes}
