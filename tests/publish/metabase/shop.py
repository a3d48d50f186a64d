"""A small service with boards of every sort of card, published to the stand-in in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.metabase.server import MetabaseServer
from watchglass import naming
from watchglass.artifact import Artifact
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.publish.apply import Applied
from watchglass.publish.client import Client
from watchglass.publish.metabase.desired import wanted
from watchglass.publish.metabase.server import REREAD, Metabase, connect, obstacles
from watchglass.publish.plan import Plan, Wish
from watchglass.publish.secret import Secret
from watchglass.publish.session import Session, emptied
from watchglass.targets.metabase.render import render

OWNER = naming.mark_owner("shop", "")
TABLES = {"public.regions": ["code", "name"]}
VERSIONS = ("0.50", "0.53", "0.54", "0.56", "0.57", "0.58", "0.59", "0.61", "0.63")
DEFINITION = """
version: 1
service: {id: shop, title: Shop, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
filters:
  region: {title: Region, from: regions, value: code, multiple: true, default: [N, S]}
  kind: {title: Kind, options: {a: A, b: B}, default: [a]}
queries:
  now:
    title: Now
    sql: |
      SELECT count(*) AS orders, count(*) FILTER (WHERE o.failed) AS failed FROM orders o
      WHERE {{ in_range('o.at') }} AND {{ matches('region', 'o.region') }} AND {{ matches('kind', 'o.kind') }}
    columns: {orders: integer, failed: integer}
  days:
    title: Days
    sql: SELECT o.day, count(*) AS orders FROM orders o WHERE {{ in_range('o.at') }} GROUP BY 1
    columns: {day: timestamp, orders: {type: integer, levels: orders}}
metrics:
  orders: {title: Orders, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}
  failed: {title: Failed, query: now, column: failed, better: lower, thresholds: {watch: 2, bad: 5}}
dashboards:
  overview:
    title: Overview
    publish: metabase
    filters: [region, kind]
    rows:
      - title: All
        panels:
          - {id: orders, metric: orders, as: gauge}
          - {id: failed, metric: failed, as: number}
          - {id: days, query: days, as: lines, time: day, y: [orders]}
          - {id: words, as: text, title: Words, text: "Read this {{ twice }}."}
  details:
    title: Details
    publish: metabase
    rows: [{title: All, panels: [{id: table, query: now, as: table}]}]
environments:
  production:
    default: true
    sources: {main: {metabase: {database: Shop}}}
    metabase: {collection: Shop, version: 60}
"""


def artifacts_of(folder: Path, changes: Mapping[str, str] | None = None) -> tuple[Artifact, ...]:
    """Render the definition with parts of its text replaced."""
    text = DEFINITION
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "definition.yaml"
    file.write_text(text, "utf-8")
    reading = read(file)
    assert reading.definition is not None, [problem.message for problem in reading.problems]
    resolved = resolve(reading.definition)
    assert [problem.message for problem in resolved.problems if problem.level == "error"] == []
    assert resolved.service is not None
    return render(resolved.service).artifacts


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Publisher:
    """Publishes to one server, as the command does it; each call is a new process."""

    def __init__(self, server: MetabaseServer, key: str | None = None, *, dies: bool = False) -> None:
        self.server, self.key, self.dies = server, key or server.admin_key, dies

    def connect(self, artifacts: tuple[Artifact, ...]) -> tuple[Metabase, Session]:
        """Ask the server which it is."""
        client = Client("Metabase", self.server.url, {"x-api-key": Secret(self.key)}, wait=self._wait)
        desired = wanted(artifacts)
        found = connect(client, OWNER, desired)
        return found, Session(found.instance, found.kinds, OWNER, desired, REREAD)

    def _wait(self, seconds: float) -> None:
        """Pass the time; a process that dies at a fault has no time to pass."""
        if self.dies:
            raise Killed

    def session(self, artifacts: tuple[Artifact, ...], *, destroy: bool = False) -> Session:
        """Ask the server which it is, and say what is wanted there."""
        _, session = self.connect(artifacts)
        return emptied(session) if destroy else session

    def obstacles(self, artifacts: tuple[Artifact, ...]) -> list[str]:
        """List what an apply would fail at."""
        found, session = self.connect(artifacts)
        session.look()
        return list(obstacles(found, session.desired))

    def plan(self, artifacts: tuple[Artifact, ...], *, destroy: bool = False, **wish: object) -> Plan:
        """Plan from what is there."""
        session = self.session(artifacts, destroy=destroy)
        return session.plan(session.look(), Wish(**wish))  # type: ignore[arg-type]

    def apply(self, artifacts: tuple[Artifact, ...], *, destroy: bool = False, **wish: object) -> Applied:
        """Plan and apply; with a conflict in it nothing is begun."""
        session = self.session(artifacts, destroy=destroy)
        live = session.look()
        plan = session.plan(live, Wish(**wish))  # type: ignore[arg-type]
        if plan.conflicts:
            return Applied((), left=plan.writes)
        return session.apply(plan, live)


@contextmanager
def shop_server(version: str = "0.58") -> Iterator[MetabaseServer]:
    """Run a Metabase that has the shop's database and can send mails."""
    server = MetabaseServer(version)
    server.add_database("Shop", TABLES)
    server.configure_mail()
    server.state.settings["report-timezone"] = "Europe/Berlin"
    server.start()
    try:
        yield server
    finally:
        server.stop()


def actions(plan: Plan) -> dict[str, str]:
    """Give what happens to each object, by kind and id."""
    return {f"{change.key.kind}/{change.key.id}": change.action for change in plan.changes}


def written(server: MetabaseServer) -> list[str]:
    """List the writes that came."""
    return [f"{record.line[0]} {record.line[1]}" for record in server.requests if record.line[0] != "GET"]


def number_of(server: MetabaseServer, name: str, path: str = "card") -> int:
    """Give the number of the one object of a name."""
    found = [each["id"] for each in server.get(f"/api/{path}") if each["name"] == name]
    assert len(found) == 1, found
    return int(found[0])
