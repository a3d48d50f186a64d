"""A queue whose rows are overwritten, and a log of runs that only grows: a definition, and a database filled for it."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from pathlib import Path

from tests.database import servers
from tests.database.servers import Running
from watchglass.backtest import Variant, Window
from watchglass.definition.overrides import changed, read_change
from watchglass.definition.read import Definition
from watchglass.definition.resolve import resolve
from watchglass.definition.service import Service
from watchglass.past import Backtests, Wish
from watchglass.pipeline import compile_definition

START = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
SCHEMA = """
CREATE TABLE runs (id int PRIMARY KEY, lane text, began timestamptz, ended timestamptz, failed boolean);
CREATE TABLE queue (lane text PRIMARY KEY, waiting int);
CREATE TABLE watched (lane text PRIMARY KEY);
CREATE VIEW newest AS SELECT max(began) AS began FROM runs;
CREATE FUNCTION present() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()';
INSERT INTO watched VALUES ('a'), ('b');
INSERT INTO queue VALUES ('a', 3), ('b', 7);
-- A run an hour of each lane; those of lane a from 10:00 to 14:00 are missing, and two fail in a row.
INSERT INTO runs
SELECT 2 * n + (lane = 'b')::int, lane, '2026-03-02 00:00Z'::timestamptz + n * INTERVAL '1 hour',
       '2026-03-02 00:01Z'::timestamptz + n * INTERVAL '1 hour', n IN (30, 31)
FROM generate_series(0, 71) AS n, unnest(ARRAY['a', 'b']) AS lane
WHERE lane = 'b' OR n NOT BETWEEN 10 AND 14;
CREATE ROLE dash LOGIN;
GRANT SELECT (lane, began, ended, failed) ON runs TO dash;
GRANT SELECT ON queue, watched, newest TO dash;
"""
DEFINITION = """
version: 1
service: {id: jobs, title: Jobs, owner: us, timezone: Europe/Berlin}
levels: {fine: green, late: orange, lost: red}
sources: {main: {type: postgres, fixture: {schema: schema.sql, role: dash}}}
queries:
  gap:
    title: Since the last run
    append_only: {runs: began, watched: true}
    sql: |
      SELECT round(extract(epoch FROM now() - max(r.began)) / 3600, 2) AS hours
      FROM watched AS w JOIN public.runs AS r USING (lane) WHERE w.lane = 'a'
    columns: {hours: {type: number, nullable: true}}
  gaps:
    title: Since the last run of each lane
    append_only: {public.runs: began}
    key: [lane]
    sql: |
      SELECT r.lane, extract(epoch FROM now() - max(r.began)) / 3600 AS hours FROM runs AS r GROUP BY r.lane
    columns: {lane: text, hours: number}
  failures:
    title: Failures of the last two hours
    append_only: true
    range: 2h
    sql: SELECT count(*) FILTER (WHERE r.failed) AS failed FROM runs AS r WHERE {{ in_range('r.began') }}
    columns: {failed: integer}
  future:
    {title: Newest, append_only: true, sql: "SELECT extract(epoch FROM now() - max(began)) AS s FROM runs", columns: {s: number}}
  half: {title: Half, append_only: {runs: began}, sql: "SELECT count(*) AS n FROM runs, watched", columns: {n: integer}}
  view: {title: View, append_only: true, sql: "SELECT extract(epoch FROM began) AS s FROM newest", columns: {s: number}}
  call: {title: Call, append_only: true, sql: "SELECT extract(epoch FROM present()) AS s FROM watched", columns: {s: number}}
  ratio: {title: Ratio, append_only: {runs: began}, sql: "SELECT 1 / (count(*) - 1) AS n FROM runs", columns: {n: integer}}
  waiting: {title: Waiting, sql: "SELECT sum(waiting) AS n FROM queue", columns: {n: integer}}
  by_lane: {title: By lane, key: [lane], sql: "SELECT lane, waiting AS n FROM queue", columns: {lane: text, n: integer}}
  by_day:
    title: Runs by hour
    append_only: true
    range: 7d
    sql: |
      SELECT b.at, count(r.began) AS runs
      FROM {{ buckets('1 hour') }} AS b(at)
      LEFT JOIN runs AS r ON {{ bucket('r.began', '1 hour') }} = b.at AND {{ in_range('r.began') }}
      GROUP BY 1 ORDER BY 1
    columns: {at: timestamp, runs: integer}
metrics:
  gap: {query: gap, column: hours, better: lower, thresholds: {late: 2, lost: 4}, when_null: 999}
  gaps: {query: gaps, column: hours, better: lower, thresholds: {late: 2, lost: 4}}
  failures: {query: failures, column: failed, better: lower, thresholds: {late: 1, lost: 10}}
  future: {query: future, column: s}
  half: {query: half, column: n}
  view: {query: view, column: s}
  call: {query: call, column: s}
  ratio: {query: ratio, column: n}
  bare: {query: waiting, column: n}
  waiting: {query: waiting, column: n, better: lower, thresholds: {late: 5, lost: 50}, history: {record: 5m, keep: 1d}}
  lanes: {query: by_lane, column: n, better: lower, thresholds: {late: 5, lost: 50}, history: {record: 5m, keep: 1d}}
  hourly:
    {query: waiting, column: n, better: higher, thresholds: {late: 2, lost: 1}, history: {query: by_day, time: at, column: runs}}
alerts:
  gap_lost:
    {title: Gap, metric: gap, when: above lost, for: 10m, every: 5m, resolve: {when: below late}, severity: high, summary: s}
  gaps_lost: {title: Gaps, metric: gaps, when: above lost, every: 5m, severity: high, summary: s}
  failed: {title: Failed, metric: failures, when: late, every: 5m, severity: high, summary: s}
  future: {title: Future, metric: future, when: above 1, every: 5m, severity: high, summary: s}
  half: {title: Half, metric: half, when: above 1, every: 5m, severity: high, summary: s}
  view: {title: View, metric: view, when: above 1, every: 5m, severity: high, summary: s}
  call: {title: Call, metric: call, when: above 1, every: 5m, severity: high, summary: s}
  ratio: {title: Ratio, metric: ratio, when: above 1, every: 5m, severity: high, summary: s}
  bare: {title: Bare, metric: bare, when: above 1, every: 5m, severity: high, summary: s}
  waiting: {title: Waiting, metric: waiting, when: above late, every: 5m, severity: high, summary: s}
  lanes: {title: Lanes, metric: lanes, when: above late, every: 5m, severity: high, summary: "s {{ labels.lane }}"}
  hourly: {title: Hourly, metric: hourly, when: late, every: 30m, severity: high, summary: s}
"""


def hours(start: float, end: float) -> Window:
    """Give a stretch in hours after the first run."""
    return Window(START + datetime.timedelta(hours=start), START + datetime.timedelta(hours=end))


def definition_in(folder: Path, text: str = DEFINITION) -> tuple[Definition, Service]:
    """Write the definition with its fixture, and compile it without an error."""
    (folder / "schema.sql").write_text(SCHEMA)
    (folder / "jobs.yaml").write_text(text)
    compiled = compile_definition(folder / "jobs.yaml")
    assert [each.message for each in compiled.problems if each.level == "error"] == []
    assert compiled.definition is not None
    assert compiled.service is not None
    return compiled.definition, compiled.service


@contextlib.contextmanager
def filled(version: int) -> Iterator[Running]:
    """Start a server whose database `jobs` holds the world."""
    with servers.server_18() if version == 18 else servers.server_15() as server:
        server.run("CREATE DATABASE jobs")
        server.run(SCHEMA, "jobs")
        server.run("REVOKE CREATE ON SCHEMA public FROM PUBLIC", "jobs")
        yield server


def run(
    loaded: tuple[Definition, Service],
    alert: str,
    window: Window,
    dsn: str,
    *changes: str,
    most: int | None = None,
) -> Variant:
    """Replay an alert."""
    definition, service = loaded
    if changes:
        definition = changed(definition, map(read_change, changes))
        resolved = resolve(definition)
        assert resolved.service is not None, resolved.problems
        service = resolved.service
    with Backtests({"main": dsn}) as backtests:
        return backtests.run(definition, service, service.alerts[alert], Wish("now", "", window, most))
