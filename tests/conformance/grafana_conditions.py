"""Recordings of queries with expressions: ``python -m tests.conformance.grafana_conditions FILE``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from tests.conformance.command import main
from tests.conformance.recording import Form, expression, query


def _of_series(case: Mapping[str, Any]) -> bool:
    """Tell by the shape's words: one that says ``reduce`` has series of one point, at the evaluation's time."""
    return "reduce" in case.get("shape", "")


def _rule(case: Mapping[str, Any], source: str) -> tuple[str, list[dict[str, Any]]]:
    form = "time_series" if _of_series(case) else "table"
    queries = [query(ref, source, form) for ref in sorted(case["queries"])]
    return case["condition"], [*queries, *(expression(model) for model in case["expressions"])]


FORM = Form(
    rule=_rule,
    given=lambda case: case["queries"],
    series=_of_series,
    needs=("queries", "expressions", "condition", "noDataState", "execErrState"),
    before=4,
)

if __name__ == "__main__":
    sys.exit(main("grafana_conditions", FORM, sys.argv[1:]))
