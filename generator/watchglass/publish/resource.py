"""Objects as the definition wants them and as a server has them, both in one normal form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from watchglass.artifact import Json, Path

_SUM_LENGTH = 16


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """
    What an object is, for ever.

    Args:
        kind: such as ``dashboards``; ``id``: our stable text, the uid where a server takes one.
    """

    target: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.target}/{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Desired:
    """
    An object as the definition wants it.

    Args:
        body: in the kind's normal form, without the mark of ownership.
        origins: JSON pointer in the body → path in the definition.
        parts: objects of their own that it holds, such as the rules of a group: id → title.
    """

    key: Key
    title: str
    body: Json
    origins: Mapping[str, Path] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Live:
    """
    An object as a server has it.

    Args:
        body: in the kind's normal form, without the mark.
        owner: whose mark it carries; empty for none.
        sum: the digest that our last write left on it; another one than the body's tells that somebody changed it since.
        locked: why nobody may write it through the API; empty where one may.
        handle: what a write needs of the server's own: numbers, versions.
        buried: whether it lies in the server's Trash, or rests: what writes it brings it back.
        parts: objects of our own that it holds, such as the rules of a group: id → title.
    """

    key: Key
    title: str
    body: Json
    owner: str = ""
    sum: str = ""
    locked: str = ""
    handle: Json = None
    buried: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def drifted(self) -> bool:
        """Whether somebody else changed it since we wrote it."""
        return self.sum != digest(self.body)


class Kind(Protocol):
    """One kind of objects of one server."""

    name: str
    """As in ``Key.kind``."""
    noun: str
    """What people call one of them."""

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read all objects with our mark, and those that stand where a wanted one will: id → object."""

    def read_one(self, key: str) -> Live | None:
        """Read one object by its id."""

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the object, or bring it up to date; the mark is written with it."""

    def remove(self, live: Live) -> None:
        """Remove the object."""

    def resets(self, desired: Desired, live: Live) -> str:
        """Say what a person on call notices of this update of another body; empty for nothing."""


def stands(now: Live | None, desired: Desired) -> bool:
    """Tell whether an object is there as it is wanted, by our own write: its answer was lost, or it came twice."""
    return now is not None and now.sum == digest(desired.body) == digest(now.body)


@runtime_checkable
class Ending(Protocol):
    """A kind whose objects may take something of other people's along when they go."""

    def ends(self, live: Live) -> str:
        """Say what else ends when the object is removed; empty for nothing."""


def digest(body: Json) -> str:
    """Give a short digest of a body, whatever the order of its keys."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_SUM_LENGTH]
