"""Every case of every statement is run as its target sends it, and each fault is told once, at its place."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.database import servers
from tests.validate.builders import DEFINITION, SETUP, service, statements
from watchglass.database.prover import Prover
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.validate.engine import Report, filter_values, validate

NOW = datetime.datetime.now(tz=datetime.UTC)


@pytest.fixture(scope="module")
def prover() -> Iterator[Prover]:
    with servers.server_18() as server, psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(SETUP)
        yield Prover(connection)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return service(tmp_path_factory.mktemp("shop"))


def report(shop: Service, prover: Prover, sql: str = "", question: str = "") -> Report:
    return validate(shop, statements(shop, sql, question), prover, NOW)


def codes(found: Report) -> set[str]:
    return {problem.code for problem in found.problems}


def only(found: Report, code: str) -> Problem:
    (problem,) = [problem for problem in found.problems if problem.code == code]
    return problem


def test_a_right_query_has_no_problem_and_a_time_for_each_statement(shop: Service, prover: Prover) -> None:
    found = report(shop, prover)
    assert found.problems == ()
    assert {(timing.statement.target, timing.cases > 1) for timing in found.timings} == {
        ("grafana", True),
        ("metabase", True),
        ("plain", False),
    }
    assert all(timing.milliseconds > 0 for timing in found.timings)


def test_every_choice_of_filters_is_tried(shop: Service, prover: Prover) -> None:
    found = report(shop, prover)
    tried = {proof.case.name for proof in found.proofs if proof.case.statement.target == "grafana"}
    assert tried == {"all", "none", "one", "several", "only shop", "only mood"}
    tried = {proof.case.name for proof in found.proofs if proof.case.statement.target == "metabase"}
    assert tried >= {"", "from and to", "from", "to", "one", "one from and to", "several"}


def test_a_chosen_value_narrows_the_rows(shop: Service, prover: Prover) -> None:
    rows = {
        proof.case.name: len(proof.outcome.rows)
        for proof in report(shop, prover).proofs
        if proof.case.statement.target == "grafana"
    }
    assert rows == {"all": 4, "none": 4, "one": 1, "several": 3, "only shop": 1, "only mood": 4}


def test_values_of_filters_are_asked_for(shop: Service, prover: Prover) -> None:
    values = filter_values(shop, prover)
    assert values["mood"] == ("good", "bad")
    assert len(values["shop"]) == 3


def test_a_refused_statement_is_told_once_at_its_character(shop: Service, prover: Prover) -> None:
    found = report(shop, prover, "SELECT 1 AS shop,\n  {{ in_range('o.att') }} FROM orders o")
    problem = only(found, "sql-error")
    assert "column o.att does not exist" in problem.message
    assert all(name in problem.message for name in ("grafana: board/q", "metabase: board/q", "plain: q"))
    assert (problem.span.line, problem.span.column) == (21, 16)


def test_the_gates_refusal_has_its_own_code(shop: Service, prover: Prover) -> None:
    assert codes(report(shop, prover, "SELECT 1; DELETE FROM orders")) == {"sql-not-one"}
    assert codes(report(shop, prover, "DELETE FROM orders")) == {"sql-not-select"}


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ("s.id AS shop, 1 AS orders, 1 AS total, now() AS last", "column-type"),
        ("s.id::text AS shop, 1.5 AS orders, 1 AS total, now() AS last", "column-type"),
        ("s.id::text AS shop, 1 AS orders, 1::money AS total, now() AS last", "column-type"),
        ("s.id::text AS shop, 1 AS orders, 1 AS total, current_date AS last", "column-type"),
        ("s.id::text AS shop, 1 AS orders, 1 AS total, now() AS lasst", "column-missing"),
        ("s.id::text AS shop, 1 AS orders, 1 AS total, now() AS last, 2 AS more", "column-unknown"),
        ("s.id::text AS shop, 1 AS orders, 1 AS total, now() AS last, 2 AS last", "column-twice"),
        ("s.id::text AS shop, NULL::int AS orders, 1 AS total, now() AS last", "column-null"),
        ("'one' AS shop, 1 AS orders, 1 AS total, now() AS last", "key-twice"),
    ],
)
def test_a_contract_that_is_broken_is_told(shop: Service, prover: Prover, columns: str, code: str) -> None:
    assert code in codes(report(shop, prover, f"SELECT {columns} FROM shops s"))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("json_agg(length(s.name) ORDER BY s.id)", ""),
        ("'[1, null, 2.5]'::jsonb", ""),
        ("NULL::json", ""),
        ("'[1, true]'::json", "sparkline-form"),
        ("'{\"a\": 1}'::json", "sparkline-form"),
        ("json_agg('x'::text)", "sparkline-form"),
    ],
)
def test_a_curve_is_an_array_of_numbers(prover: Prover, value: str, code: str, tmp_path: Path) -> None:
    columns = "trend: {type: json, nullable: true, sparkline: true}, last: timestamp}"
    drawn = service(tmp_path, DEFINITION.replace("last: timestamp}", columns))
    sql = f"SELECT 'all' AS shop, 1 AS orders, 1 AS total, {value} AS trend, now() AS last FROM shops s"
    assert ("sparkline-form" in codes(report(drawn, prover, sql))) == bool(code)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a' AS shop, date(o.at)::text AS d, count(*) FROM orders o GROUP BY 2",
        "SELECT 'a' AS shop, extract(hour FROM max(o.at)) FROM orders o",
        "SELECT 'a' AS shop, o.at::text FROM orders o",
        "SELECT 'a' AS shop, date_trunc('day', o.at), count(*) FROM orders o GROUP BY 2",
    ],
)
def test_rows_that_follow_the_sessions_zone_are_told_once(shop: Service, prover: Prover, sql: str) -> None:
    assert "AT TIME ZONE" in only(report(shop, prover, sql), "session-timezone").hint
    (_, _, plain) = statements(shop, sql)
    assert "session-timezone" in codes(validate(shop, [plain], prover, NOW))


def test_twins_that_differ_are_told(shop: Service, prover: Prover) -> None:
    sql = "SELECT o.shop::text AS shop, count(*) AS orders FROM orders o WHERE {{ in_range('o.at') }} GROUP BY 1"
    found = report(shop, prover, sql, sql.replace("in_range('o.at')", "in_range('o.at', before='1 day')"))
    assert "would show different rows" in only(found, "twin-differs").message
    assert "twin-differs" not in codes(report(shop, prover, sql))


def test_what_a_target_cannot_expand_is_told(shop: Service, prover: Prover) -> None:
    grafana, metabase, _ = statements(shop)
    found = validate(shop, [grafana, replace(metabase, tags={})], prover, NOW)
    assert "declares no tag" in only(found, "statement-expansion").message


def test_a_metric_of_one_row_is_refused_many(tmp_path: Path, prover: Prover) -> None:
    single = service(tmp_path, DEFINITION.replace("    key: [shop]\n", ""))
    assert "metric-many-rows" in codes(report(single, prover))


def test_a_statement_over_its_budget_is_a_warning(shop: Service, prover: Prover) -> None:
    (_, _, plain) = statements(shop, "SELECT 'a' AS shop, count(*)::text FROM generate_series(1, 300000)")
    problem = only(validate(shop, [replace(plain, budget_ms=5.0)], prover, NOW), "over-budget")
    assert problem.level == "warning"
