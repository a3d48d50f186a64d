"""A mutant: one stretch of a definition's file that says something else."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    One change of a file.

    Args:
        kind: what sort of mistake it is, such as ``>= for >``.
        path: the value in the definition that it is in.
        start: the first character that is replaced; ``end`` is exclusive.
    """

    kind: str
    path: Path
    start: int
    end: int
    new: str

    def of(self, text: str) -> str:
        """Give the file with the mistake in it."""
        return text[: self.start] + self.new + text[self.end :]

    def told(self, text: str) -> str:
        """Say where it is and what it makes of what."""
        line = text.count("\n", 0, self.start) + 1
        old = " ".join(text[self.start : self.end].split())
        short = old if len(old) <= 48 else f"{old[:45]}…"
        return f"{line}: {'.'.join(map(str, self.path))}: `{short}` → `{self.new or '(nothing)'}`"
