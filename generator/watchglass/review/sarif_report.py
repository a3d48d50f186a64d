"""Problems → SARIF 2.1.0, which code scanning of many services reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urljoin

from watchglass.problems import Problem, Span
from watchglass.review.json_report import dump
from watchglass.visible import visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_report(problems: Sequence[Problem], docs: str = "") -> str:
    """
    Write one run with a rule for each code that occurs.

    Args:
        docs: address below which the pages of ``docs/problems/`` are published; without it no rule has a link.
    """
    codes = sorted({problem.code for problem in problems})
    driver = {"name": "watchglass", "rules": [_rule(code, docs) for code in codes]}
    results = [_result(problem, codes.index(problem.code)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, docs: str) -> dict[str, Any]:
    page = f"docs/problems/{code}.md"
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": code.replace("-", " ")},
        "help": {"text": f"What it means and how to mend it: {page}"},
    }
    if docs:
        rule["helpUri"] = urljoin(f"{docs.rstrip('/')}/", f"{code}.md")
    return rule


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.level,
        "message": {"text": visible(text)},
        "locations": [{"physicalLocation": _location(problem.span)}],
    }
    if problem.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _location(related.span),
                "message": {"text": visible(related.message)},
            }
            for number, related in enumerate(problem.related, 1)
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": quote(span.file, safe="/")},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        },
    }
