"""Plain PostgreSQL, parameters filled in: ready for an editor such as Supabase's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.durations import USUAL_RANGE, Duration
from watchglass.sql.literals import name, quote
from watchglass.sql.pieces import Filter, Matches
from watchglass.sql.words import Part, Range, atom


@dataclass(frozen=True, slots=True)
class PlainDialect:
    """
    What a person pastes into an editor: the window ends now, filters stand at their defaults.

    Args:
        range: the window's length.
    """

    timezone: str
    filters: Mapping[str, Filter] = field(default_factory=dict)
    range: Duration = USUAL_RANGE

    @property
    def over(self) -> Range:
        """The window that ends now."""
        zone = quote(self.timezone)
        return Range(
            f"(now() AT TIME ZONE {zone} - INTERVAL '{self.range.sql}') AT TIME ZONE {zone}",
            "now()",
            self.timezone,
        )

    def matches(self, word: Matches) -> tuple[Part, ...]:
        """Render a filter at its default, TRUE where that is all."""
        of = self.filters[word.filter]
        if not of.default:
            return ("TRUE",)
        texts = ", ".join(quote(value) for value in of.default)
        if of.table is None:
            return ("(", *atom(word.column), f"::text IN ({texts}))")
        return (
            "(",
            *atom(word.column),
            f" IN (SELECT {name(of.value)} FROM {name(of.table)} WHERE {name(of.value)}::text IN ({texts})))",
        )

    def hazards(self, text: str, in_comment: bool) -> str:
        """Nothing means anything but itself."""
        del text, in_comment
        return ""

    def code(self, text: str) -> str:
        """Code stays as it is."""
        return text
