"""A statement in one dialect, with where its characters were written."""

from __future__ import annotations

from dataclasses import dataclass

from watchglass.sql.pieces import SourceText


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` of a rendered text came from ``source`` at ``offset`` on (letter for letter if exact)."""

    start: int
    end: int
    source: SourceText
    offset: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A statement in one dialect, with where its characters were written."""

    text: str
    marks: tuple[Mark, ...] = ()

    def origin(self, offset: int) -> tuple[SourceText, int] | None:
        """Give the source text and the character in it that an offset of the statement came from."""
        for mark in self.marks:
            if mark.start <= offset < mark.end:
                return mark.source, mark.offset + (offset - mark.start if mark.exact else 0)
        before = [mark for mark in self.marks if mark.end <= offset]
        if not before:
            return None
        last = max(before, key=lambda mark: mark.end)
        return last.source, last.offset + (last.end - last.start if last.exact else 0)
