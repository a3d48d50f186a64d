"""Recordings of one query and a threshold: ``python -m tests.conformance.grafana_evaluation FILE``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from tests.conformance.command import main
from tests.conformance.recording import Form, expression, query


def _rule(case: Mapping[str, Any], source: str) -> tuple[str, list[dict[str, Any]]]:
    threshold = {"refId": "C", "type": "threshold", "expression": "A", "conditions": [case["condition"]]}
    return "C", [query("A", source, "table"), expression(threshold)]


FORM = Form(
    rule=_rule,
    given=lambda case: {"A": case["steps"]},
    series=lambda case: False,
    needs=("steps", "condition", "noDataState", "execErrState"),
    before=5,
)

if __name__ == "__main__":
    sys.exit(main("grafana_evaluation", FORM, sys.argv[1:]))
