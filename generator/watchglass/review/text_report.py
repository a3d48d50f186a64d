"""Problems → text for people: place, message, the source line with marks, what to do, and a count at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchglass.definition.source_file import lines_of
from watchglass.problems import Problem, Severity, Span
from watchglass.review.excerpt import excerpt, neutral

_COLORS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "mark": "\x1b[32m",
    "dim": "\x1b[2m",
}
_RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Page:
    """The lines of every file, and how words are coloured."""

    lines: Mapping[str, Sequence[str]]
    color: bool

    def paint(self, text: str, kind: str) -> str:
        return f"{_COLORS[kind]}{text}{_RESET}" if self.color else text

    def line(self, span: Span) -> str | None:
        lines = self.lines.get(span.file, ())
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None


def text_report(problems: Sequence[Problem], sources: Mapping[str, str], color: bool = False) -> str:
    """Write problems one below the other; nothing where there is none."""
    if not problems:
        return ""
    named = {
        span.file for problem in problems for span in (problem.span, *(item.span for item in problem.related))
    }
    page = _Page({name: lines_of(text) for name, text in sources.items() if name in named}, color)
    blocks = ["\n".join(_block(problem, page)) for problem in problems]
    return "\n\n".join([*blocks, summary(problems)]) + "\n"


def summary(problems: Sequence[Problem]) -> str:
    """Count problems by level: ``2 errors, 1 warning``."""
    counts = Counter(problem.level for problem in problems)
    levels: tuple[Severity, ...] = ("error", "warning", "note")
    parts = [
        f"{counts[level]} {level}{'' if counts[level] == 1 else 's'}" for level in levels if counts[level]
    ]
    return ", ".join(parts) or "no problems"


def place(span: Span) -> str:
    """Write a place as ``file:line:column``."""
    return f"{neutral(span.file)}:{span.line}:{span.column}"


def _block(problem: Problem, page: _Page) -> Iterator[str]:
    level = page.paint(problem.level, problem.level)
    yield f"{place(problem.span)}: {level}: {neutral(problem.message)} ({problem.code})"
    yield from _shown(problem.span, page)
    if problem.hint:
        yield f"  hint: {neutral(problem.hint)}"
    for related in problem.related:
        yield f"  {place(related.span)}: {neutral(related.message)}"
        yield from _shown(related.span, page)


def _shown(span: Span, page: _Page) -> Iterator[str]:
    line = page.line(span)
    if line is None or not line.strip():
        return
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    text, marks = excerpt(line, span.column - 1, end)
    number = str(span.line)
    yield f"  {page.paint(f'{number} |', 'dim')} {text}"
    yield f"  {' ' * len(number)} {page.paint('|', 'dim')} {page.paint(marks, 'mark')}"
