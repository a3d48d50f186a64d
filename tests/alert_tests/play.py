"""A small shop with alerts of every kind; the tests of a definition, written in a test, are played on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from watchglass.alert_tests import AlertTestSession, PlayedTest
from watchglass.pipeline import Compiled, compile_definition
from watchglass.problems import Problem

SHOP = """\
version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin, owner: desk, labels: {team: blue}}
levels: {healthy: green, high: orange, critical: red}
sources:
  main: {fixture: {schema: schema.sql, data: data.sql, role: dashboards}}
queries:
  orders:
    sql: SELECT count(*) FILTER (WHERE status = 'failed') AS failed, avg(total) AS mean FROM shop.fresh_orders
    columns: {failed: integer, mean: {type: number, nullable: true}}
  day:
    sql: SELECT count(*) AS n FROM shop.orders WHERE {{ in_range('placed_at') }}
    range: 1d
    columns: {n: integer}
  towns:
    key: [country, town]
    sql: SELECT country, town, count(*) AS n, max(customer) AS somebody FROM shop.orders GROUP BY country, town
    columns: {country: text, town: text, n: integer, somebody: {type: text, nullable: true}}
  customers:
    key: [customer]
    sql: SELECT customer, count(*) AS n, sum(total) AS spent FROM shop.orders GROUP BY customer
    columns: {customer: text, n: integer, spent: {type: number, nullable: true}}
metrics:
  failed: {query: orders, column: failed, better: lower, thresholds: {high: 3, critical: 6}}
  mean: {query: orders, column: mean, better: higher, thresholds: {high: 50, critical: 20}, when_null: skip}
  mean_or_much: {query: orders, column: mean, better: higher, thresholds: {high: 50, critical: 20}, when_null: 100}
  day: {query: day, column: n, better: lower, thresholds: {high: 3}}
  by_town: {query: towns, column: n, better: lower, thresholds: {high: 2, critical: 4}}
  by_customer: {query: customers, column: n, better: lower, thresholds: {high: 2}}
  spent: {query: customers, column: spent, better: lower, thresholds: {high: 100}, when_null: 0}
alerts:
  failing: {metric: failed, when: high, every: 5m, severity: low, summary: "{{ value }} of {{ threshold }} failed"}
  failing_long: {metric: failed, when: above high, every: 5m, for: 10m, resolve: {when: below 2, for: 10m}, severity: low}
  failing_told: {metric: failed, when: high, every: 5m, for: 10m, severity: low, no_data: notify, on_error: notify}
  failing_kept: {metric: failed, when: high, every: 5m, severity: low, no_data: keep, on_error: ok}
  cheap: {metric: mean, when: high, every: 2m, severity: low}
  either: {any: [{metric: failed, when: high}, {metric: mean, when: high}], every: 5m, severity: high,
           summary: "{{ values.failed }} failed, mean {{ values.mean }}"}
  both: {all: [{metric: failed, when: high}, {metric: mean_or_much, when: high}], every: 5m, severity: high}
  busy_day: {metric: day, when: high, every: 5m, severity: low}
  town: {metric: by_town, every: 5m, severity: {high: low, critical: high}, show: [somebody],
         summary: "{{ labels.town }} ({{ labels.country }}): {{ value }}, by {{ labels.somebody }}"}
  customer: {metric: by_customer, when: high, every: 5m, severity: low, limit: 2}
  customer_or_all: {any: [{metric: by_customer, when: high}, {metric: spent, when: high}, {metric: failed, when: high}],
                    every: 5m, severity: low}
environments:
  production: {default: true, grafana: {version: "12.3"}}
  staging: {thresholds: {failed: {high: 5}}, grafana: {version: "12.4"}}
"""

SCHEMA = """\
CREATE ROLE dashboards;
CREATE SCHEMA shop;
CREATE TYPE shop.status AS ENUM ('paid', 'failed');
CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer text, country text NOT NULL DEFAULT 'DE', town text NOT NULL DEFAULT 'Bonn',
  status shop.status NOT NULL DEFAULT 'failed', total numeric DEFAULT 100,
  placed_at timestamptz NOT NULL DEFAULT now(), "Note" text
);
CREATE VIEW shop.fresh_orders AS SELECT * FROM shop.orders WHERE placed_at > now() - INTERVAL '1 hour';
GRANT USAGE ON SCHEMA shop TO dashboards;
GRANT SELECT ON shop.orders, shop.fresh_orders TO dashboards;
"""

DATA = "INSERT INTO shop.orders (customer) SELECT 'somebody' FROM generate_series(1, 9);\n"


def compiled(
    folder: Path, tests: str, edits: Mapping[str, str] | None = None, schema: str = SCHEMA
) -> Compiled:
    """Compile the shop with tests; ``edits`` replaces parts of its text."""
    text = SHOP
    for old, new in (edits or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    (folder / "schema.sql").write_text(schema, "utf-8")
    (folder / "data.sql").write_text(DATA, "utf-8")
    file = folder / "shop.yaml"
    file.write_text(f"{text}tests:\n{tests}", "utf-8")
    return compile_definition(file)


def play(
    folder: Path,
    tests: str,
    session: AlertTestSession | None = None,
    edits: Mapping[str, str] | None = None,
    schema: str = SCHEMA,
) -> tuple[PlayedTest, ...]:
    """Play tests on the shop; only numbers without a session."""
    made = compiled(folder, tests, edits, schema)
    assert [problem.message for problem in made.problems if problem.level == "error"] == []
    assert made.definition is not None
    assert made.service is not None
    with AlertTestSession() if session is None else _Kept(session) as playing:
        return playing.run_all(made.definition, made.service, made.artifacts, made.service.tests)


class _Kept:
    """A session that stays open."""

    def __init__(self, session: AlertTestSession) -> None:
        self._session = session

    def __enter__(self) -> AlertTestSession:
        return self._session

    def __exit__(self, *error: object) -> None:
        pass


def refused(folder: Path, tests: str) -> list[str]:
    """Give what is wrong with tests before any is played, each as ``code: message (hint)`` with its text in the file."""
    made = compiled(folder, tests)
    return [told(problem) for problem in made.problems if problem.level == "error"]


def told(problem: Problem) -> str:
    """Write a problem in one line."""
    return f"{problem.code}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")


def wrong(outcomes: tuple[PlayedTest, ...]) -> list[str]:
    """List what is wrong with tests that were played."""
    return [told(problem) for outcome in outcomes for problem in outcome.problems]


def steps(*lines: str, name: str = "a test", **keys: str) -> str:
    """Write a test of the given steps."""
    head = "".join(f"    {key}: {value}\n" for key, value in keys.items())
    return f"  - name: {name}\n{head}    steps:\n" + "".join(f"      - {{{line}}}\n" for line in lines)
