"""Problems → JSON for programs; characters beyond ASCII are escaped, and ``##``, so that any log stays calm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from watchglass.problems import Problem, Span


def json_report(problems: Sequence[Problem]) -> str:
    """
    Write ``{"problems": […], "errors": n, "warnings": n, "notes": n}``.

    Lines and columns count from 1; the end column is exclusive.
    """
    counts = {
        f"{level}s": sum(problem.level == level for problem in problems)
        for level in ("error", "warning", "note")
    }
    return dump({"problems": [problem_value(problem) for problem in problems], **counts})


def dump(value: dict[str, Any]) -> str:
    """Write a JSON text in which nothing opens a command of a log."""
    return json.dumps(value, indent=2).replace("##", "\\u0023#") + "\n"


def problem_value(problem: Problem) -> dict[str, Any]:
    """Give a problem as a JSON value."""
    return {
        "code": problem.code,
        "level": problem.level,
        "message": problem.message,
        "hint": problem.hint,
        **_span(problem.span),
        "related": [{"message": related.message, **_span(related.span)} for related in problem.related],
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
