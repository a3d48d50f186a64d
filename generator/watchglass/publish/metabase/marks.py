"""
Whose an object is, in a line of its description: ``watchglass:shop@test:card:overview/revenue sum=0123456789abcdef``.

A Metabase takes no id of ours, and its names are not unique. A description survives edits, moves and renames.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BEGUN = "new"
"""The digest on an object that is made in two steps, after the first."""

_LINE = re.compile(
    r"watchglass:(?P<owner>[^\s:]+):(?P<kind>[a-z]+):(?P<id>\S+?)(?: sum=(?P<sum>\w+))?(?: paused=(?P<paused>[\d,]+))?\s*"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """
    The mark of ownership.

    Args:
        owner: service, and environment behind an ``@``; ``kind``: in the singular; ``id``: ours.
        sum: the digest of our last write; empty where it was never ours to write.
        paused: ids of alerts that sleep while the question is changed.
    """

    owner: str
    kind: str
    id: str
    sum: str = ""
    paused: tuple[int, ...] = ()

    def __str__(self) -> str:
        total = f" sum={self.sum}" if self.sum else ""
        paused = f" paused={','.join(map(str, self.paused))}" if self.paused else ""
        return f"watchglass:{self.owner}:{self.kind}:{self.id}{total}{paused}"


def split(description: str | None) -> tuple[str, Mark | None]:
    """Part a description into what people read and the mark, wherever its line stands."""
    lines = (description or "").splitlines()
    mark: Mark | None = None
    kept: list[str] = []
    for line in lines:
        found = _LINE.fullmatch(line.strip())
        if found is None:
            kept.append(line)
        else:
            mark = _mark(found)
    return "\n".join(kept).strip(), mark


def _mark(found: re.Match[str]) -> Mark:
    paused = tuple(int(number) for number in (found["paused"] or "").split(",") if number)
    return Mark(found["owner"], found["kind"], found["id"], found["sum"] or "", paused)


def joined(text: str, mark: Mark) -> str:
    """Put a text and its mark together: the mark is the last line."""
    return f"{text}\n\n{mark}".strip()
