"""The page on alert tests: what stands in it can be written so, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.alert_tests.play import steps
from watchglass.alert_tests import AlertTestSession, PlayedTest
from watchglass.pipeline import compile_definition
from watchglass.review.test_report import outcome_text

PAGE = (Path(__file__).parents[2] / "docs/alert-tests.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)

SHOP = """\
version: 1
service: {id: shop, title: Shop, timezone: Europe/Berlin}
levels: {healthy: green, low: orange, warning: orange, critical: red}
sources: {main: {fixture: {schema: schema.sql}}}
queries:
  revenue: {sql: SELECT 1 AS n, columns: {n: integer}}
  stock: {key: [product], sql: "SELECT 'a' AS product, 1 AS n", columns: {product: text, n: integer}}
  sales:
    key: [country, city]
    sql: SELECT 'a' AS country, 'b' AS city, 1 AS n
    columns: {country: text, city: text, n: integer}
  failed:
    sql: SELECT count(*) AS n FROM shop.orders WHERE status = 'failed' AND placed_at > now() - INTERVAL '1 hour'
    columns: {n: integer}
metrics:
  revenue: {query: revenue, column: n, better: higher, thresholds: {low: 1000}}
  stock: {query: stock, column: n, better: higher, thresholds: {low: 5}}
  sales: {query: sales, column: n, better: higher, thresholds: {low: 5}}
  disk: {query: revenue, column: n, better: lower, thresholds: {warning: 80, critical: 90}}
  failed: {query: failed, column: n, better: lower, thresholds: {low: 10}}
notify:
  contacts: {manager: {type: email, addresses: [manager@example.com]}}
  routes: [{severity: [low, high], contact: manager}]
alerts:
  revenue_low: {metric: revenue, when: low, for: 10m, every: 5m, severity: high, escalate: [{after: 2h, contact: manager}]}
  stock_low:
    metric: stock
    when: low
    every: 5m
    severity: high
    summary: "{{ labels.product }}: {{ value }} left (limit {{ threshold }})"
  sales_low: {metric: sales, when: low, every: 5m, severity: high}
  disk_full: {metric: disk, every: 5m, severity: {warning: low, critical: high}}
  payments_failing: {metric: failed, when: low, every: 5m, severity: high}
"""
SCHEMA = """\
CREATE SCHEMA shop;
CREATE TABLE shop.orders (customer text, status text, total numeric, placed_at timestamptz NOT NULL DEFAULT now());
"""


def blocks(kind: str, holding: str) -> str:
    """The one block of the page that holds a text."""
    (found,) = [text for each, text in BLOCKS if each == kind and holding in text]
    return found


def play(
    folder: Path, tests: str, session: AlertTestSession | None = None
) -> tuple[tuple[PlayedTest, ...], str]:
    (folder / "schema.sql").write_text(SCHEMA, "utf-8")
    file = folder / "shop.yaml"
    file.write_text(SHOP + tests, "utf-8")
    made = compile_definition(file)
    assert [problem.message for problem in made.problems if problem.level == "error"] == []
    assert made.definition is not None
    assert made.service is not None
    playing = session or AlertTestSession()
    outcomes = playing.run_all(made.definition, made.service, made.artifacts, made.service.tests)
    return outcomes, "\n".join(outcome_text(each, made.definition.sources) for each in outcomes)


def test_the_first_test_of_the_page_passes(tmp_path: Path) -> None:
    (outcome,), text = play(tmp_path, blocks("yaml", "waits ten minutes"))
    assert outcome.passed, text


def test_the_failure_of_the_page_is_what_is_printed(tmp_path: Path) -> None:
    wrong = blocks("yaml", "waits ten minutes").replace("at: 25m", "at: 20m")
    _, text = play(tmp_path, wrong)
    shown = blocks("", "FAILED: low revenue")
    assert (
        text[text.index("  revenue_low, Grafana") :]
        == shown[shown.index("  revenue_low, Grafana") :].rstrip()
    )
    assert "error: revenue_low is pending at 20m, not firing (test-failed)" in text


def test_the_test_with_a_database_passes(session: AlertTestSession, tmp_path: Path) -> None:
    text = "tests:\n" + blocks("yaml", "three failed payments")
    (outcome,), told = play(tmp_path, text, session)
    assert outcome.passed, told


@pytest.mark.parametrize(
    "line", [each for each in blocks("yaml", "key: [product]").splitlines() if "Köln" not in each]
)
def test_numbers_of_a_key_are_written_as_on_the_page(line: str, tmp_path: Path) -> None:
    step = line.split("#", maxsplit=1)[0].strip().removeprefix("- {").removesuffix("}")
    first = [] if "at: 0m" in step else ["at: 0m, values: {stock: {apples: 1}}"]
    (outcome,), _ = play(tmp_path, "tests:\n" + steps(*first, step, "at: 50m, expect: {stock_low: none}"))
    assert outcome.problems


def test_a_key_of_two_columns_is_written_as_on_the_page(tmp_path: Path) -> None:
    (line,) = [each for each in blocks("yaml", "key: [product]").splitlines() if "Köln" in each]
    step = line.split("#", maxsplit=1)[0].strip().removeprefix("- {").removesuffix("}")
    expected = "at: 0m, expect: {sales_low: [{is: firing, labels: {country: DE, city: Bonn}, value: 4}]}"
    (outcome,), told = play(tmp_path, "tests:\n" + steps(step, expected))
    assert outcome.passed, told


@pytest.mark.parametrize(
    ("holding", "given"),
    [
        ("stock_low: firing}", "stock: {apples: 3}"),
        ("stock_low: none}", "stock: {}"),
        ("revenue_low: {is: firing", "revenue: 900"),
        ("disk_full:", "disk: 85"),
        ("after 2h: firing", "revenue: 900"),
    ],
)
def test_expectations_are_written_as_on_the_page(holding: str, given: str, tmp_path: Path) -> None:
    (line,) = [each for each in blocks("yaml", "stock_low: none").splitlines() if holding in each]
    expected = line.split("#", maxsplit=1)[0].strip()
    if given == "stock: {}":
        given, expected = "stock: {apples: 9}", expected.replace("none", "normal")
    tests = "tests:\n" + steps(f"at: 0m, values: {{{given}}}", f"at: 130m, {expected}")
    (outcome,), told = play(tmp_path, tests)
    assert outcome.passed, told
