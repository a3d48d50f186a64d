"""What a dialect is: the edges of the range, a filter's condition, and how text is kept text."""

from __future__ import annotations

from typing import Protocol

from watchglass.sql.pieces import Matches
from watchglass.sql.words import Part, Range


class Dialect(Protocol):
    """One target's way to say the neutral words that differ between targets."""

    @property
    def timezone(self) -> str:
        """The service's time zone."""
        ...

    @property
    def over(self) -> Range:
        """The edges of the chosen range."""
        ...

    def matches(self, word: Matches) -> tuple[Part, ...]:
        """Render a filter's condition, TRUE where the filter is unset."""
        ...

    def hazards(self, text: str, in_comment: bool) -> str:
        """Give the characters of a token that the target would not take as text; empty for a harmless token."""
        ...

    def code(self, text: str) -> str:
        """Give code outside of strings, comments and quoted names so that the target passes it on as it is."""
        ...
