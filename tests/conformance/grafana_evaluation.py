"""Recordings of one query and a threshold: ``python -m tests.conformance.grafana_evaluation FILE``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.conformance.command import main
from tests.conformance.recording import NOTHING, Form, answer, expression, query
from watchglass.evaluation import Answer


def _rule(case: Mapping[str, Any], source: str) -> tuple[str, list[dict[str, Any]]]:
    threshold = {"refId": "C", "type": "threshold", "expression": "A", "conditions": [case["condition"]]}
    return "C", [query("A", source, "table"), expression(threshold)]


def _answers(case: Mapping[str, Any], index: int, at: datetime) -> dict[str, Answer]:
    return {"A": answer(case["steps"][index], at, series=False)}


FORM = Form(
    rule=_rule,
    answers=_answers,
    count=lambda case: len(case["steps"]),
    empty=lambda case: {"A": NOTHING},
    needs=("steps", "condition", "noDataState", "execErrState"),
    before=5,
)

if __name__ == "__main__":
    sys.exit(main("grafana_evaluation", FORM, sys.argv[1:]))
