"""One file of a definition as text with lines, numbered as an editor numbers them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watchglass.problems import Problem, Span

_BREAK = re.compile("\r\n|\r|\n")


def lines_of(text: str) -> tuple[str, ...]:
    """Split a text at line feeds, carriage returns or both together; the last line may be empty."""
    return tuple(_BREAK.split(text))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """
    A file that was read.

    Args:
        name: the path by which people know it, with forward slashes.
        text: the content without a byte order mark.
    """

    name: str
    text: str
    lines: tuple[str, ...]
    broken: Problem | None = None
    """Why the bytes are no text; then ``text`` is only fit for excerpts."""

    @classmethod
    def of(cls, name: str, text: str) -> SourceFile:
        """Split a text into lines."""
        return cls(name, text, lines_of(text))

    def line(self, index: int) -> str:
        """Give a line by its index from 0; empty behind the end."""
        return self.lines[index] if 0 <= index < len(self.lines) else ""

    def span(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Make a span of positions counted from 0, moved into the file and one character wide where empty."""
        line = min(line, len(self.lines) - 1)
        column = min(column, len(self.lines[line]))
        end_line = min(max(end_line, line), len(self.lines) - 1)
        end_column = min(end_column, len(self.lines[end_line]))
        if (end_line, end_column) <= (line, column):
            end_line, end_column = line, min(column + 1, len(self.lines[line]))
        return Span(self.name, line + 1, column + 1, end_line + 1, max(end_column, 0) + 1)

    def point(self, line: int, column: int) -> Span:
        """Make the span of one character, by its position counted from 0."""
        return self.span(line, column, line, column + 1)

    def at(self, offset: int) -> Span:
        """Make the span of one character, by its offset in the text."""
        before = lines_of(self.text[:offset])
        return self.point(len(before) - 1, len(before[-1]))
