"""Statements of rules on a live server: the shape that Grafana takes, with no rows, with NULL, with a key twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import psycopg
import pytest

from tests.database import servers
from tests.targets.grafana.rules import START, files, rules_of, service_of, simulated
from watchglass.database.prover import Prover
from watchglass.definition.service import Service
from watchglass.evaluation import Answer, numbers
from watchglass.targets.grafana.alert_rules import build_rule
from watchglass.targets.grafana.rule import GrafanaRule
from watchglass.validate.engine import validate

SETUP = """
CREATE TABLE regions (code text);
CREATE TABLE orders (at timestamptz, region text, town text);
CREATE TABLE towns (town text, size integer);
"""
ROWS = """
INSERT INTO regions VALUES ('N'), ('it''s');
INSERT INTO orders SELECT now() - n * INTERVAL '1 hour', 'N', 'town ' || n % 3 FROM generate_series(1, 48) AS n;
INSERT INTO orders VALUES (now(), NULL, NULL);
INSERT INTO towns VALUES ('town 0', 9), ('town 0', 2), ('town 1', NULL), ('elsewhere', 30);
"""
ALERTS = """
single: {metric: drafts, when: bad, severity: low, resolve: {when: below watch}, show: [last]}
stated: {metric: drafts, when: bad, severity: low, filters: {region: [N, "it's"]}}
skipped: {metric: warmth, when: bad, severity: low}
levels: {metric: late, severity: {bad: low, broken: high}, show: [last], limit: 2}
nulls: {metric: size, when: below 1, severity: low}
any_key: {any: [{metric: late, when: bad}, {metric: size, when: above 7}], severity: low, show: [last]}
all_key: {all: [{metric: late, when: bad}, {metric: size, when: above 7}], severity: low}
mixed: {any: [{metric: late, when: bad}, {metric: drafts, when: bad}], severity: low, limit: 1}
back: {metric: late, when: bad, severity: low, resolve: {metric: size, when: below 2}}
"""


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with servers.server_18() as server, psycopg.connect(server.dsn(), autocommit=True) as made:
        made.execute(SETUP)
        yield made


@pytest.fixture(params=["no rows", "rows"])
def prover(request: pytest.FixtureRequest, connection: psycopg.Connection) -> Prover:
    connection.execute("TRUNCATE regions, orders, towns")
    if request.param == "rows":
        connection.execute(ROWS)
    return Prover(connection)


def test_every_statement_has_the_shape_that_grafana_takes(prover: Prover) -> None:
    service = service_of(ALERTS)
    statements = [each for file in files(rules_of(ALERTS), "alert-rules") for each in file.statements]
    found = validate(service, statements, prover, START)
    assert found.problems == ()
    assert {proof.case.statement.name for proof in found.proofs} >= {
        "single/A",
        "single/S",
        "levels-bad/A",
        "back/B",
    }


def rule_named(service: Service, name: str) -> GrafanaRule:
    alert = service.alerts[name]
    return build_rule(service, alert, alert.rules[0], lambda _service, _metric: None)


def evaluated(connection: psycopg.Connection, name: str) -> dict[str, str]:
    """Run a rule's statements and let a server of ours judge them: town → state."""
    service = service_of(ALERTS)
    rule = rule_named(service, name)
    found = validate(service, rule.statements, Prover(connection), datetime.datetime.now(tz=datetime.UTC))
    answers: dict[str, Answer] = {}
    for proof in found.proofs:
        columns = [column.name for column in proof.outcome.columns]
        rows = [dict(zip(columns, row, strict=True)) for row in proof.outcome.rows]
        answers[proof.case.statement.name.split("/")[1]] = numbers(
            [({key: text for key, text in row.items() if key != "value"}, row["value"]) for row in rows]
        )
    evaluation = simulated(rule).step(START, answers)
    return {instance.labels.get("town", ""): instance.state for instance in evaluation.instances}


@pytest.mark.parametrize(
    ("name", "states"),
    [
        ("any_key", {"": "Normal", "town 0": "Alerting", "town 1": "Alerting", "town 2": "Alerting", "elsewhere": "Alerting"}),
        ("all_key", {"": "Normal", "town 0": "Alerting", "town 1": "Normal", "town 2": "Normal", "elsewhere": "Normal"}),
        ("nulls", {"town 0": "Normal", "town 1": "Alerting", "elsewhere": "Normal"}),
        ("mixed", {"town 0": "Alerting"}),
        ("back", {"": "Normal", "town 0": "Alerting", "town 1": "Alerting", "town 2": "Alerting", "elsewhere": "Normal"}),
    ],
)  # fmt: skip
def test_no_key_is_lost_where_queries_are_joined(
    connection: psycopg.Connection, name: str, states: dict[str, str]
) -> None:
    connection.execute("TRUNCATE regions, orders, towns")
    connection.execute(ROWS)
    assert evaluated(connection, name) == states


def test_a_number_without_labels_is_still_judged_where_no_key_is_left(connection: psycopg.Connection) -> None:
    connection.execute("TRUNCATE regions, orders, towns")
    assert evaluated(connection, "mixed") == {"": "Normal"}
    assert evaluated(connection, "any_key") == {"": "Normal"}
