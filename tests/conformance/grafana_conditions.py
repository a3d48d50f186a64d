"""Recordings of queries with expressions: ``python -m tests.conformance.grafana_conditions FILE``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.conformance.command import main
from tests.conformance.recording import NOTHING, Form, answer, expression, query
from watchglass.evaluation import Answer


def _of_series(case: Mapping[str, Any]) -> bool:
    """A shape that says ``reduce`` has series of one point, at the evaluation's time."""
    return "reduce" in case.get("shape", "")


def _rule(case: Mapping[str, Any], source: str) -> tuple[str, list[dict[str, Any]]]:
    form = "time_series" if _of_series(case) else "table"
    queries = [query(ref, source, form) for ref in sorted(case["queries"])]
    return case["condition"], [*queries, *(expression(model) for model in case["expressions"])]


def _answers(case: Mapping[str, Any], index: int, at: datetime) -> dict[str, Answer]:
    return {ref: answer(given[index], at, _of_series(case)) for ref, given in case["queries"].items()}


FORM = Form(
    rule=_rule,
    answers=_answers,
    count=lambda case: min((len(given) for given in case["queries"].values()), default=0),
    empty=lambda case: dict.fromkeys(case["queries"], NOTHING),
    needs=("queries", "expressions", "condition", "noDataState", "execErrState"),
    before=4,
)

if __name__ == "__main__":
    sys.exit(main("grafana_conditions", FORM, sys.argv[1:]))
