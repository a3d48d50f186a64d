"""One mistake is one problem: what only follows from it is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import SHOP, told

METRICS = """  a: {query: orders, column: n, same_as: b}
  b: {query: orders, column: n, same_as: a}
  c: {query: orders, column: n, same_as: b}
"""
FILTERS = """filters:
  a: {title: A, from: t, value: v, depends_on: {b: c}}
  b: {title: B, from: t, value: v, depends_on: {a: c}}
  c: {title: C, from: t, value: v, depends_on: {a: c}}
"""


NULLABLE = SHOP.replace("{n: integer}", "{n: {type: integer, nullable: true}}", 1)
WATCHED = "alerts: {much: {metric: n, when: high, severity: page}}\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(METRICS, ["reference-cycle: b"], id="same_as in a circle"),
        pytest.param(FILTERS, ["reference-cycle: {b: c}"], id="filters in a circle"),
        pytest.param(
            "  m: {query: orders, column: n, better: lower, thresholds: {high: {durng: {x: 1}, otherwise: 2}}}\n",
            ["unknown-key: durng"],
            id="a threshold by hours",
        ),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected


def test_a_wrong_meaning_of_null_is_not_a_missing_one(tmp_path: Path) -> None:
    shop = NULLABLE.replace("worst: 20}}", "worst: 20}, when_null: wrst}")
    assert told(tmp_path, WATCHED, shop) == ["unknown-name: wrst"]
