"""
Whose an object is, in a line of its description: ``watchglass:shop@test:card:overview/revenue sum=0123456789abcdef``.

A Metabase takes no id of ours, and its names are not unique. A description survives edits, moves and renames.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

BEGUN = "new"
"""The digest on an object that is made in two steps, after the first."""

CUT = "cut"
"""The digest of a subscription that an edit of its dashboard by us may have changed."""

_LINE = re.compile(
    r"watchglass:(?P<owner>[^\s:]+):(?P<kind>[a-z]+):(?P<id>\S+?)(?: sum=(?P<sum>\w+))?(?: paused=(?P<paused>[\d,]+))?"
    r"(?: mails=(?P<mails>\S+))?\s*"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """
    A subscription or alert of ours of the dashboard or question that the mark stands on: it has no room for a mark of its own.

    Args:
        number: the server's; 0 before it is made.
        sums: digests of what it is by our doing: of our last write, and of what that replaced.
    """

    id: str
    number: int
    sums: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.id}:{self.number}:{'/'.join(self.sums)}"


@dataclass(frozen=True, slots=True)
class Mark:
    """
    The mark of ownership.

    Args:
        owner: service, and environment behind an ``@``; ``kind``: in the singular; ``id``: ours.
        sum: the digest of our last write; empty where it was never ours to write.
        paused: ids of alerts that sleep while the question is changed.
        mails: subscriptions of ours to the dashboard, alerts of ours on the question.
    """

    owner: str
    kind: str
    id: str
    sum: str = ""
    paused: tuple[int, ...] = ()
    mails: tuple[Mail, ...] = ()

    def __str__(self) -> str:
        total = f" sum={self.sum}" if self.sum else ""
        paused = f" paused={','.join(map(str, self.paused))}" if self.paused else ""
        mails = f" mails={','.join(map(str, self.mails))}" if self.mails else ""
        return f"watchglass:{self.owner}:{self.kind}:{self.id}{total}{paused}{mails}"


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
    mails = tuple(_mails(found["mails"] or ""))
    return Mark(found["owner"], found["kind"], found["id"], found["sum"] or "", paused, mails)


def _mails(text: str) -> Iterable[Mail]:
    for entry in filter(None, text.split(",")):
        key, _, rest = entry.partition(":")
        number, _, sums = rest.partition(":")
        if key and number.isdecimal():
            yield Mail(key, int(number), tuple(sums.split("/")))


def loosened(mails: Iterable[Mail]) -> tuple[Mail, ...]:
    """Say of subscriptions that what stands there now is by our doing: the server changes them along with the dashboard."""
    return tuple(replace(each, sums=(CUT,)) for each in mails)


def joined(text: str, mark: Mark) -> str:
    """Put a text and its mark together: the mark is the last line."""
    return f"{text}\n\n{mark}".strip()
