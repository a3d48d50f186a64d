"""From characters of an expanded text back to characters of the text that was expanded."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """
    Stretches of an expanded text: where each begins there and in the given text, and whether it is the same letters.

    A character inside a stretch that was replaced stands for the beginning of what was replaced.
    """

    stretches: tuple[tuple[int, int, bool], ...]

    @classmethod
    def identity(cls, length: int) -> OffsetMap:
        """Make the map of a text that stayed as it was."""
        del length
        return cls(((0, 0, True),))

    def source(self, offset: int) -> int:
        """Give the character of the given text that a character of the expanded one came from."""
        index = bisect_right(self.stretches, (offset, float("inf"), True)) - 1
        if index < 0:
            return 0
        start, source, same = self.stretches[index]
        return source + (offset - start if same else 0)

    def then(self, earlier: OffsetMap) -> OffsetMap:
        """Follow the map of an earlier expansion behind this one."""
        starts: dict[int, tuple[int, int, bool]] = {}
        edges = [*self.stretches, (float("inf"), 0, True)]
        for (start, source, same), (end, _, _) in zip(self.stretches, edges[1:], strict=True):
            starts[start] = (start, earlier.source(source), same and earlier.same(source))
            if not same:
                continue
            for inner, at, alike in earlier.stretches:
                moved = start + inner - source
                if start < moved < end:
                    starts[moved] = (moved, at, alike)
        return OffsetMap(tuple(starts[start] for start in sorted(starts)))

    def same(self, offset: int) -> bool:
        """Tell whether the character was kept letter for letter."""
        index = bisect_right(self.stretches, (offset, float("inf"), True)) - 1
        return index < 0 or self.stretches[index][2]


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
