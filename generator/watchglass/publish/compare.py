"""Two bodies of one form become the places where they differ; list items are matched by what names them, not by place."""

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
    name = _name(before, after)
    if name is None:
        yield from _by_place(before, after, at)
        return
    old = {item[name]: (index, item) for index, item in enumerate(before)}
    for index, item in enumerate(after):
        place = f"{at}/{index}"
        if item[name] in old:
            yield from _compare(old[item[name]][1], item, place)
        else:
            yield Difference(place, None, item)
    kept = [item[name] for item in after if item[name] in old]
    new = {item[name] for item in after}
    for known, (index, item) in old.items():
        if known not in new:
            yield Difference(f"{at}/{index}", item, None)
    if kept != [known for known in old if known in new]:
        yield Difference(at, [item[name] for item in before], [item[name] for item in after])


def _by_place(before: list[Json], after: list[Json], at: str) -> Iterator[Difference]:
    for index in range(max(len(before), len(after))):
        place = f"{at}/{index}"
        if index >= len(before):
            yield Difference(place, None, after[index])
        elif index >= len(after):
            yield Difference(place, before[index], None)
        else:
            yield from _compare(before[index], after[index], place)


def _name(before: list[Json], after: list[Json]) -> str | None:
    """Find the key by which all items of both lists are known, each once."""
    for name in _NAMES:
        for items in (before, after):
            known = [item.get(name) if isinstance(item, dict) else None for item in items]
            if not all(isinstance(each, (str, int)) for each in known) or len(set(known)) != len(known):
                break
        else:
            return name if before or after else None
    return None


def escape(key: str) -> str:
    """Write a key as part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
