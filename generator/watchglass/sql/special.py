"""Words that the input of a date or a time takes for the clock: 'now', 'today', 'tomorrow', 'yesterday'."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from watchglass.sql.literals import quote

_WORD = re.compile(r"(?<![A-Za-z])(now|today|tomorrow|yesterday)(?![A-Za-z])", re.IGNORECASE)
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_MIDNIGHT = " 00:00:00"

TIME_TYPES = frozenset(
    f"{stem}{ending}"
    for stem, endings in (
        ("date", ("", "range", "multirange")),
        ("timestamp", ("",)),
        ("timestamptz", ("",)),
        ("time", ("",)),
        ("timetz", ("",)),
        ("ts", ("range", "multirange")),
        ("tstz", ("range", "multirange")),
    )
    for ending in endings
)
"""Types, by PostgreSQL's own names, whose input takes the words; so does an array of them."""


def is_special(text: str) -> bool:
    """Tell whether a text, read as a time, depends on the clock."""
    return _WORD.search(text) is not None


def is_only_special(text: str) -> bool:
    """Tell whether a text is one such word."""
    return _WORD.fullmatch(text.strip()) is not None


def moving(text: str, call: Callable[[str], str]) -> str:
    """
    Give SQL that makes the text of the clock's time; it has no name of its own, as the literal had none.

    Args:
        call: gives the SQL of a word.
    """
    parts = _WORD.split(text)
    made = [
        call(f"text_of_{part.lower()}") if index % 2 else quote(part)
        for index, part in enumerate(parts)
        if part or index % 2
    ]
    ending = _ending(text)
    made += [quote(ending)] if ending or len(made) == 1 else []
    return f"({' || '.join(made)})"


def frozen(text: str, made: datetime.datetime) -> str:
    """Give the text as it reads at one instant, in that instant's own time zone."""

    def told(match: re.Match[str]) -> str:
        days = _DAYS.get(match[1].lower())
        return made.isoformat(" ") if days is None else f"{made.date() + datetime.timedelta(days)}"

    return _WORD.sub(told, text) + _ending(text)


def _ending(text: str) -> str:
    """Make a word that stands alone a midnight, which a time of day may be too; beside others it is a day."""
    return _MIDNIGHT if is_only_special(text) and text.strip().lower() != "now" else ""
