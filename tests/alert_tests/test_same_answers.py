"""Numbers of a test are what SQL would have given: the same rows in the same order, on both servers."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.alert_tests.play import SHOP, compiled
from tests.database import servers
from watchglass.alert_tests.asking import ask
from watchglass.alert_tests.numbers import Numbers
from watchglass.alert_tests.published import PublishedRule, published_rules
from watchglass.database.embedded import Server
from watchglass.database.moving import MovingDatabase, moving_template
from watchglass.definition.alert_tests import AlertTest
from watchglass.evaluation import Failure, Table

START = datetime.datetime(2026, 1, 5, 8, tzinfo=datetime.UTC)
ALERTS = (
    "failing",
    "cheap",
    "either",
    "both",
    "town",
    "customer",
    "customer_or_all",
    "worst_band",
    "kept_back",
)

MORE = """\
  worst_band: {metric: band, when: high, every: 5m, severity: low, limit: 2}
  kept_back: {metric: by_customer, when: above 3, every: 5m, resolve: {metric: spent, when: below high}, severity: low}
"""
SCHEMA = """\
CREATE ROLE dashboards;
CREATE SCHEMA shop;
CREATE TABLE shop.one (failed numeric, mean numeric);
CREATE TABLE shop.by_town (country text, town text, n numeric);
CREATE TABLE shop.by_customer (customer text, n numeric);
CREATE TABLE shop.spent (customer text, spent numeric);
GRANT USAGE ON SCHEMA shop TO dashboards;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO dashboards;
"""
QUERIES = """\
queries:
  orders: {sql: SELECT failed FROM shop.one WHERE failed IS DISTINCT FROM -1, columns: {failed: {type: number, nullable: true}}}
  means: {sql: SELECT mean FROM shop.one WHERE mean IS DISTINCT FROM -1, columns: {mean: {type: number, nullable: true}}}
  towns:
    key: [country, town]
    sql: SELECT country, town, n, 'nobody' AS somebody FROM shop.by_town
    columns: {country: text, town: text, n: {type: number, nullable: true}, somebody: text}
  customers:
    key: [customer]
    sql: SELECT customer, n FROM shop.by_customer
    columns: {customer: text, n: {type: number, nullable: true}}
  spenders:
    key: [customer]
    sql: SELECT customer, spent FROM shop.spent
    columns: {customer: text, spent: {type: number, nullable: true}}
"""
METRICS = """\
metrics:
  failed: {query: orders, column: failed, better: lower, thresholds: {high: 3, critical: 6}, when_null: skip}
  mean: {query: means, column: mean, better: higher, thresholds: {high: 50, critical: 20}, when_null: skip}
  mean_or_much: {query: means, column: mean, better: higher, thresholds: {high: 50, critical: 20}, when_null: 100}
  by_town: {query: towns, column: n, better: lower, thresholds: {high: 2, critical: 4}, when_null: skip}
  by_customer: {query: customers, column: n, better: lower, thresholds: {high: 2}, when_null: skip}
  spent: {query: spenders, column: spent, better: lower, thresholds: {high: 100}, when_null: 0}
  band: {query: customers, column: n, better: within, thresholds: {high: [2, 5]}, when_null: skip}
"""


def definition(
    folder: Path, tests: str
) -> tuple[dict[str, tuple[PublishedRule, ...]], tuple[AlertTest, ...]]:
    """Compile a shop whose tables hold the numbers themselves."""
    edits = {
        SHOP[SHOP.index("queries:") : SHOP.index("alerts:\n")]: QUERIES + METRICS,
        "  busy_day: {metric: day, when: high, every: 5m, severity: low}\n": MORE,
    }
    made = compiled(folder, tests, edits, SCHEMA)
    assert [problem.message for problem in made.problems if problem.level == "error"] == []
    assert made.service is not None
    return published_rules(made.service, made.artifacts), made.service.tests


@pytest.fixture(scope="module", params=[18, 15])
def database(request: pytest.FixtureRequest) -> Iterator[MovingDatabase]:
    start = servers.server_18 if request.param == 18 else servers.server_15
    with (
        start() as running,
        moving_template(
            Server(Path(running.host)), "same", [SCHEMA], made=START, role="dashboards"
        ) as template,
        template.copy() as copy,
    ):
        yield copy


def cell(dice: random.Random) -> str:
    return dice.choice(["_", "null", "0", "1", "2.5", "3", "7", "60", "120"])


def world(dice: random.Random) -> tuple[str, str]:
    """Make numbers, as a test's values and as SQL that fills the tables with them."""
    failed, mean = cell(dice), cell(dice)
    towns = {country: {town: cell(dice) for town in ("a", "b")} for country in ("DE", "AT")}
    customers = {name: cell(dice) for name in "vwxyz"}
    spent = {name: cell(dice) for name in "uvwx"}
    values = (
        f"failed: {failed}, mean: {mean}, mean_or_much: {mean}, "
        f"by_town: {{{', '.join(f'{country}: {_map(found)}' for country, found in towns.items())}}}, "
        f"by_customer: {_map(customers)}, band: {_map(customers)}, spent: {_map(spent)}"
    )
    rows = [f"INSERT INTO shop.one VALUES ({_or_absent(failed)}, {_or_absent(mean)})"]
    rows += [
        f"INSERT INTO shop.by_town VALUES ('{country}', '{town}', {each})"
        for country, found in towns.items()
        for town, each in found.items()
        if each != "_"
    ]
    rows += [
        f"INSERT INTO shop.by_customer VALUES ('{key}', {each})"
        for key, each in customers.items()
        if each != "_"
    ]
    rows += [f"INSERT INTO shop.spent VALUES ('{key}', {each})" for key, each in spent.items() if each != "_"]
    tables = "TRUNCATE shop.one, shop.by_town, shop.by_customer, shop.spent"
    return values, "; ".join([tables, *rows])


def _map(cells: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {each}" for key, each in cells.items()) + "}"


def _or_absent(number: str) -> str:
    return "-1" if number == "_" else number


def shown(answer: object) -> object:
    """A table's columns and rows, with the texts that only SQL knows left out."""
    assert isinstance(answer, Table), answer
    names = [(column.name, column.kind) for column in answer.columns]
    return names, [tuple("" if each == "nobody" else each for each in row) for row in answer.rows]


def test_numbers_are_what_sql_would_have_given(database: MovingDatabase, tmp_path: Path) -> None:
    dice = random.Random(4)
    worlds = [world(dice) for _ in range(40)]
    expect = ", ".join(f"{alert}: normal" for alert in ALERTS)
    tests = "".join(
        f"  - name: world {index}\n    steps: [{{at: 0m, values: {{{values}}}, expect: {{{expect}}}}}]\n"
        for index, (values, _) in enumerate(worlds)
    )
    rules, listed = definition(tmp_path, tests)
    for test, (_, sql) in zip(listed, worlds, strict=True):
        database.change(sql)
        for rule in (each for alert in ALERTS for each in rules[alert]):
            given = Numbers(test).answers(rule, 0.0)
            asked = {query.ref: ask(database, query, [START])[0].answer for query in rule.queries}
            for ref, answer in asked.items():
                assert not isinstance(answer, Failure), answer
                assert shown(given[ref]) == shown(answer), (test.name, rule.rule.id, ref, sql)
