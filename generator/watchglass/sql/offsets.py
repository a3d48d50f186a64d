"""From characters of an expanded text back to characters of the text that was expanded."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """
    Stretches of an expanded text: where each begins there and in the given text, and whether it is the same letters.

    A character inside a stretch that was replaced stands for the beginning of what was replaced.

    Args:
        earlier: the map of the expansion that gave the given text, where there was one.
    """

    stretches: tuple[tuple[int, int, bool], ...]
    earlier: OffsetMap | None = None

    @classmethod
    def identity(cls, length: int) -> OffsetMap:
        """Make the map of a text that stayed as it was."""
        del length
        return cls(((0, 0, True),))

    def source(self, offset: int) -> int:
        """Give the character of the given text that a character of the expanded one came from."""
        start, source, same = self._stretch(offset)
        found = source + (offset - start if same else 0)
        return found if self.earlier is None else self.earlier.source(found)

    def same(self, offset: int) -> bool:
        """Tell whether the character was kept letter for letter."""
        start, source, same = self._stretch(offset)
        return same and (self.earlier is None or self.earlier.same(source + offset - start))

    def _stretch(self, offset: int) -> tuple[int, int, bool]:
        return self.stretches[max(0, bisect_right(self.stretches, (offset, float("inf"), True)) - 1)]

    def then(self, earlier: OffsetMap) -> OffsetMap:
        """Follow the map of an earlier expansion behind this one."""
        return OffsetMap(self.stretches, earlier if self.earlier is None else self.earlier.then(earlier))


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text after its expansion, with the way back."""

    text: str
    map: OffsetMap


class Builder:
    """An expanded text while it is put together."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._stretches: list[tuple[int, int, bool]] = []
        self._length = 0

    def keep(self, text: str, source: int) -> None:
        """Add text of the given one, from its character ``source`` on."""
        self._put(text, source, True)

    def replace(self, text: str, source: int) -> None:
        """Add text that stands in place of what began at ``source``."""
        self._put(text, source, False)

    def _put(self, text: str, source: int, same: bool) -> None:
        if text:
            self._stretches.append((self._length, source, same))
            self._parts.append(text)
            self._length += len(text)

    def build(self) -> Expanded:
        """Give the text and its map."""
        return Expanded("".join(self._parts), OffsetMap(tuple(self._stretches) or ((0, 0, True),)))
