"""Publishing many objects: the program as people start it, against the stand-ins on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.commands import Desk
from tests.bench.figures import Figure, Table, timed
from tests.publish.grafana.shop import SOURCE
from tests.servers.grafana.server import grafana_server
from tests.servers.metabase.server import metabase_server
from tests.servers.transport import Transport

_HEAD = """version: 1
service: {id: many, title: Many, owner: us, timezone: Europe/Berlin}
levels: {good: green, watch: yellow, bad: red}
sources: {main: {type: postgres}}
queries:
  now:
    title: Now
    every: 5m
    sql: SELECT count(*) AS orders FROM orders o
    columns: {orders: integer}
"""
_ENVIRONMENT = """environments:
  production:
    default: true
    sources: {main: {grafana: {uid: shop-db}, metabase: {database: Shop}}}
"""
_GRAFANA = '    grafana: {url: "${env:GRAFANA_URL}", token: "${env:GRAFANA_TOKEN}", folder: Many}\n'
_METABASE = (
    '    metabase: {url: "${env:METABASE_URL}", api_key: "${env:METABASE_API_KEY}", collection: Many}\n'
)
_CARDS = 10
"""Questions on each board of Metabase's."""
_A_FILE = 200
"""Lines of one file."""

Counted = Callable[..., tuple[float, int, int]]
"""Runs a command: seconds, reads, writes."""


def publishing(desk: Desk, dashboards: int, rules: int, cards: int) -> Table:
    """Measure a first apply, and a plan where nothing has changed."""
    with _grafana(desk, dashboards, rules) as at_grafana, _metabase(desk, cards) as at_metabase:
        first, _, written = at_grafana("apply", "--yes")
        unchanged, read, nothing = at_grafana("plan")
        first_m, _, written_m = at_metabase("apply", "--yes")
        unchanged_m, read_m, nothing_m = at_metabase("plan")
    assert nothing == nothing_m == 0, "a plan reads only"
    boards = cards // _CARDS
    return Table(
        "Publishing",
        (
            timed(f"Grafana: first apply of {dashboards:,} dashboards and {rules:,} rules", first),
            Figure("the same, writes", f"{written:,}"),
            timed("Grafana: plan, nothing has changed", unchanged),
            Figure("the same, requests", str(read), "at most 20", read <= 20),
            timed(f"Metabase: first apply of {cards:,} questions on {boards:,} dashboards", first_m),
            Figure("the same, writes", f"{written_m:,}"),
            timed("Metabase: plan, nothing has changed", unchanged_m),
            Figure(
                "the same, requests", str(read_m), "at most 20 and one a dashboard", read_m <= 20 + boards
            ),
        ),
        "One definition, whole processes, compiling included; the servers are the stand-ins of `tests/servers/` on the same "
        "machine, whose own time is in it. A real server takes longer for each request: their number is what counts.",
    )


@contextmanager
def _grafana(desk: Desk, dashboards: int, rules: int) -> Iterator[Counted]:
    metrics = [
        f"  m{n}: {{title: M {n}, query: now, column: orders, better: higher, thresholds: {{watch: {n + 20}, bad: {n + 10}}}}}\n"
        for n in range(rules)
    ]
    alerts = [
        f"  a{n}: {{title: Alert {n}, metric: m{n}, when: bad, for: 10m, severity: high}}\n"
        for n in range(rules)
    ]
    boards = [_board(f"d{n}", f"m{n % rules}", "grafana", 1) for n in range(dashboards)]
    parts = {"metrics": metrics, "alerts": alerts, "dashboards": boards}
    definition = _written(desk.folder / "grafana", parts, _GRAFANA)
    with grafana_server() as server:
        server.ask("POST", "/api/datasources", SOURCE)
        known = {"GRAFANA_URL": server.url, "GRAFANA_TOKEN": server.editor_token}
        yield lambda *words: _run(desk, server, definition, known, *words)


@contextmanager
def _metabase(desk: Desk, cards: int) -> Iterator[Counted]:
    metric = "  m: {title: M, query: now, column: orders, better: higher, thresholds: {watch: 20, bad: 10}}\n"
    boards = [_board(f"d{n}", "m", "metabase", _CARDS) for n in range(cards // _CARDS)]
    definition = _written(desk.folder / "metabase", {"metrics": [metric], "dashboards": boards}, _METABASE)
    with metabase_server() as server:
        server.add_database("Shop", {})
        known = {"METABASE_URL": server.url, "METABASE_API_KEY": server.admin_key}
        yield lambda *words: _run(desk, server, definition, known, *words)


def _board(name: str, metric: str, target: str, panels: int) -> str:
    listed = ", ".join(f"{{id: p{n}, title: Panel {n}, metric: {metric}, as: gauge}}" for n in range(panels))
    rows = f"[{{title: All, panels: [{listed}]}}]"
    return f"  {name}: {{title: Board {name}, publish: [{target}], rows: {rows}}}\n"


def _written(folder: Path, parts: Mapping[str, list[str]], place: str) -> Path:
    """Write a definition of many files: one alone may not be as large."""
    folder.mkdir()
    names: list[str] = []
    for key, lines in parts.items():
        for first in range(0, len(lines), _A_FILE):
            names.append(f"{key}-{first}.yaml")
            text = f"{key}:\n" + "".join(lines[first : first + _A_FILE])
            (folder / names[-1]).write_text(text, encoding="utf-8")
    definition = folder / "definition.yaml"
    definition.write_text(f"{_HEAD}{_ENVIRONMENT}{place}include: [{', '.join(names)}]\n", encoding="utf-8")
    return definition


def _run(
    desk: Desk, server: Transport, definition: Path, known: Mapping[str, str], command: str, *words: str
) -> tuple[float, int, int]:
    server.forget()
    sample = desk.watchglass(command, str(definition), *words, **known)
    reads = sum(record.request.method == "GET" for record in server.requests)
    return sample.seconds, reads, len(server.requests) - reads
