"""Problems → workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from watchglass.problems import Problem, Span
from watchglass.review.excerpt import neutral
from watchglass.review.text_report import place

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_report(problems: Sequence[Problem]) -> str:
    """Write one command a problem; no text of a definition can end a command or begin another."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    properties = [("file", neutral(problem.span.file)), *_range(problem.span), ("title", problem.code)]
    written = ",".join(f"{name}={_property(value)}" for name, value in properties)
    parts = [problem.message, *([f"hint: {problem.hint}"] if problem.hint else [])]
    texts = [neutral(text) for text in parts]
    texts += [f"{place(related.span)}: {neutral(related.message)}" for related in problem.related]
    return f"::{_COMMANDS[problem.level]} {written}::{'%0A'.join(_data(text) for text in texts)}"


def _range(span: Span) -> list[tuple[str, str]]:
    """Give lines, and columns where they lie on one line: GitHub refuses them elsewhere."""
    lines = [("line", str(span.line)), ("endLine", str(span.end_line))]
    if span.line != span.end_line:
        return lines
    return [*lines, ("col", str(span.column)), ("endColumn", str(max(span.column, span.end_column - 1)))]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
