"""A line of a file with marks under a stretch of it, aligned on any terminal and harmless in any log."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from watchglass.visible import escape, visible

TAB = 4
WIDTH = 120
"""Cells of a line that are shown; of a longer line the part around the mark."""

_COMMAND = re.compile(r"#(?=#\w*\[)")


def neutral(text: str) -> str:
    r"""
    Make a text one harmless line: hidden characters and the openings of log commands are escaped.

    >>> neutral("##vso[x]")
    '\\x23#vso[x]'
    """
    shown = visible(_COMMAND.sub(lambda match: escape(match[0]), text))
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def excerpt(line: str, start: int, end: int) -> tuple[str, str]:
    """
    Give a line as it is shown, and the line of marks below it.

    Args:
        start: index of the first marked character, from 0; it may be the one behind the last.
        end: index behind the last marked character; one mark is made in any case.
    """
    shift, line = _window(line, start)
    cells = [*_cells(line), " "]
    start = min(max(start - shift, 0), len(cells) - 1)
    end = min(max(end - shift, start + 1), max(len(cells) - 1, start + 1))
    edges = [0, *accumulate(_width(cell) for cell in cells)]
    marks = "^" * max(edges[end] - edges[start], 1)
    return "".join(cells).rstrip(), " " * edges[start] + marks


def _window(line: str, start: int) -> tuple[int, str]:
    """Cut a long line around its mark; gives by how many characters the rest is shifted."""
    if len(line) <= WIDTH:
        return 0, line
    first = max(0, min(start - WIDTH // 3, len(line) - WIDTH))
    head = "…" if first else ""
    tail = "…" if first + WIDTH < len(line) else ""
    return first - len(head), head + line[first : first + WIDTH] + tail


def _cells(line: str) -> list[str]:
    commands = {match.start() for match in _COMMAND.finditer(line)}
    column = 0
    cells: list[str] = []
    for index, character in enumerate(line):
        if character == "\t":
            cell = " " * (TAB - column % TAB)
        elif index in commands:
            cell = escape(character)
        else:
            cell = visible(character)
        cells.append(cell)
        column += _width(cell)
    return cells


def _width(cell: str) -> int:
    """Count the columns of a terminal: two for wide characters, none for those that join the one before."""
    if cell.isascii():
        return len(cell)
    if unicodedata.category(cell[0]) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(cell[0]) in ("W", "F") else 1
