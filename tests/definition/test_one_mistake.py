"""One mistake is one problem: what only follows from it is not told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definition.resolving import told

METRICS = """  a: {query: orders, column: n, same_as: b}
  b: {query: orders, column: n, same_as: a}
  c: {query: orders, column: n, same_as: b}
"""
FILTERS = """filters:
  a: {title: A, from: t, value: v, depends_on: {b: c}}
  b: {title: B, from: t, value: v, depends_on: {a: c}}
  c: {title: C, from: t, value: v, depends_on: {a: c}}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param(METRICS, ["reference-cycle: b"], id="same_as in a circle"),
        pytest.param(FILTERS, ["reference-cycle: {b: c}"], id="filters in a circle"),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, more: str, expected: list[str]) -> None:
    assert told(tmp_path, more) == expected
