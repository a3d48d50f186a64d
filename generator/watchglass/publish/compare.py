"""
Two bodies of one form become the places where they differ.

List items are matched by what names them, texts by themselves, and not by place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json

_NAMES = ("uid", "key", "id", "refId", "name")
"""Keys by which an item of a list is known, the first that every item has."""


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One place where two bodies differ.

    Args:
        pointer: JSON pointer in the later body, or in the earlier one for what is gone.
        before, after: the values; None for what is not there.
    """

    pointer: str
    before: Json
    after: Json


def differences(before: Json, after: Json) -> tuple[Difference, ...]:
    """List where two bodies differ, in the order of the later one."""
    return tuple(_compare(before, after, ""))


def _compare(before: Json, after: Json, at: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _maps(before, after, at)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, at)
    elif not _same(before, after):
        yield Difference(at, before, after)


def _same(before: Json, after: Json) -> bool:
    # True is no 1 here: JSON tells them apart.
    return before == after and isinstance(before, bool) == isinstance(after, bool)


def _maps(before: Mapping[str, Json], after: Mapping[str, Json], at: str) -> Iterator[Difference]:
    for key, value in after.items():
        place = f"{at}/{escape(key)}"
        if key in before:
            yield from _compare(before[key], value, place)
        else:
            yield Difference(place, None, value)
    for key, value in before.items():
        if key not in after:
            yield Difference(f"{at}/{escape(key)}", value, None)


def _lists(before: list[Json], after: list[Json], at: str) -> Iterator[Difference]:
    names = _names(before, after)
    if names is None:
        yield from _by_place(before, after, at)
        return
    were, are = names
    old = dict(zip(were, enumerate(before), strict=True))
    for index, (known, item) in enumerate(zip(are, after, strict=True)):
        place = f"{at}/{index}"
        if known in old:
            yield from _compare(old[known][1], item, place)
        else:
            yield Difference(place, None, item)
    new = set(are)
    for known, (index, item) in old.items():
        if known not in new:
            yield Difference(f"{at}/{index}", item, None)
    if [known for known in are if known in old] != [known for known in were if known in new]:
        yield Difference(at, were, are)


def _by_place(before: list[Json], after: list[Json], at: str) -> Iterator[Difference]:
    for index in range(max(len(before), len(after))):
        place = f"{at}/{index}"
        if index >= len(before):
            yield Difference(place, None, after[index])
        elif index >= len(after):
            yield Difference(place, before[index], None)
        else:
            yield from _compare(before[index], after[index], place)


def _names(before: list[Json], after: list[Json]) -> tuple[list[Json], list[Json]] | None:
    """Give what all items of both lists are known by, each once: a text by itself, a map by one of its keys."""
    if not before and not after:
        return None
    if all(isinstance(each, str) for each in (*before, *after)):
        return _texts(before, after)
    for name in _NAMES:
        both = [
            [item.get(name) if isinstance(item, dict) else None for item in items]
            for items in (before, after)
        ]
        if all(
            all(isinstance(each, (str, int)) for each in known) and len(set(known)) == len(known)
            for known in both
        ):
            return both[0], both[1]
    return None


def _texts(before: list[Json], after: list[Json]) -> tuple[list[Json], list[Json]] | None:
    """Know texts by themselves, unless each that is in both lists stands where it stood: the others were replaced there."""
    in_place = len(before) == len(after) and all(
        old == new or (old not in after and new not in before) for old, new in zip(before, after, strict=True)
    )
    twice = any(len(set(items)) < len(items) for items in (before, after))
    return None if in_place or twice else (before, after)


def escape(key: str) -> str:
    """Write a key as part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
