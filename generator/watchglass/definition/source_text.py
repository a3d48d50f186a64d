"""A YAML scalar → its text with the place of each line, so that findings point to the file's own characters."""

from __future__ import annotations

from watchglass.definition.yaml_nodes import ScalarNode
from watchglass.sql.pieces import SourceText

Start = tuple[int, int]


def source_text(node: ScalarNode, path: tuple[str | int, ...]) -> SourceText:
    """Give the text of a scalar: exact for ``|`` blocks and single lines without escapes, else nearly so."""
    if node.style == "block":
        return SourceText(node.file.name, path, node.value, _block_starts(node))
    if node.span.line == node.span.end_line and _as_written(node):
        quote = 1 if node.style == "quoted" else 0
        return SourceText(node.file.name, path, node.value, ((node.span.line, node.span.column + quote),))
    starts = _near_starts(node)
    ends = tuple(len(node.file.line(line - 1)) + 1 for line, _ in starts)
    return SourceText(node.file.name, path, node.value, starts, exact=False, ends=ends)


def _as_written(node: ScalarNode) -> bool:
    at = node.span
    written = node.file.line(at.line - 1)[at.column - 1 : at.end_column - 1]
    return node.value == (written[1:-1] if node.style == "quoted" else written)


def _block_starts(node: ScalarNode) -> tuple[Start, ...]:
    """
    Find the lines of a block: the header's next line is the first, and all are indented alike.

    What comes behind the last line break belongs to the end of the last line.
    """
    lines = node.value.split("\n")
    first = node.span.line + 1
    indent = _indent(node, lines, first)
    starts = [(first + index, _column(node, first + index, indent)) for index in range(len(lines))]
    if len(lines) > 1 and not lines[-1]:
        line, column = starts[-2]
        starts[-1] = (line, column + len(lines[-2]))
    return tuple(starts)


def _indent(node: ScalarNode, lines: list[str], first: int) -> int:
    for index, line in enumerate(lines):
        if line:
            return max(0, len(node.file.line(first + index - 1)) - len(line))
    return 0


def _column(node: ScalarNode, line: int, indent: int) -> int:
    return min(indent, len(node.file.line(line - 1))) + 1


def _near_starts(node: ScalarNode) -> tuple[Start, ...]:
    """Look for the first word of each line; a line that is not found keeps the place before it."""
    line, column = node.span.line, node.span.column + (1 if node.style == "quoted" else 0)
    if node.style == "folded":
        line, column = line + 1, 1
    starts: list[Start] = []
    for text in node.value.split("\n"):
        word = next(iter(text.split()), "")
        line, column = _find(node, word, line, column)
        starts.append((line, column))
        column += len(word)
    return tuple(starts)


def _find(node: ScalarNode, word: str, line: int, column: int) -> Start:
    if not word:
        return line, column
    for number in range(line, node.span.end_line + 1):
        found = node.file.line(number - 1).find(word, column - 1 if number == line else 0)
        if found >= 0:
            return number, found + 1
    return line, column
