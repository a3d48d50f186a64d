"""Lengths of time as a definition writes them (``15m``, ``30d``, ``12 months``) and as each reader wants them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS: dict[str, tuple[float, str, str]] = {
    # our unit: seconds, Grafana's letter, PostgreSQL's word
    "ms": (0.001, "ms", "milliseconds"),
    "s": (1, "s", "seconds"),
    "m": (60, "m", "minutes"),
    "h": (3600, "h", "hours"),
    "d": (86_400, "d", "days"),
    "w": (604_800, "w", "weeks"),
    "mo": (2_592_000, "M", "months"),
    "y": (31_536_000, "y", "years"),
}
_WORDS: dict[str, str] = {
    "millisecond": "ms", "second": "s", "sec": "s", "minute": "m", "min": "m", "hour": "h",
    "day": "d", "week": "w", "month": "mo", "quarter": "q", "year": "y",
}  # fmt: skip
_LONGEST = 100 * 31_536_000
_FORM = re.compile(r"(\d{1,9})\s*([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Duration:
    """A count of one unit; months and years keep their unit, since their length is not fixed."""

    count: int
    unit: str

    @property
    def seconds(self) -> float:
        """The length in seconds; a month counts 30 days, a year 365."""
        return self.count * _UNITS[self.unit][0]

    @property
    def grafana(self) -> str:
        """Grafana's form, such as ``30d`` or ``12M``."""
        return f"{self.count}{_UNITS[self.unit][1]}"

    @property
    def sql(self) -> str:
        """PostgreSQL's interval text, such as ``30 days``."""
        word = _UNITS[self.unit][2]
        return f"{self.count} {word[:-1] if self.count == 1 else word}"

    @property
    def words(self) -> str:
        """The form for a reader, such as ``30 days``."""
        return self.sql

    def __str__(self) -> str:
        return self.grafana if self.unit != "mo" else f"{self.count}mo"


USUAL_RANGE = Duration(7, "d")
"""The window where neither a panel nor its board nor its query names one."""


def spell(seconds: float) -> str:
    """Write a length of so many seconds for a reader, such as ``30 min`` or ``1 d 12 h``."""
    rest, parts = round(abs(seconds), 3), []
    for size, word in ((86_400, "d"), (3600, "h"), (60, "min")):
        count, rest = divmod(rest, size)
        parts += [f"{count:.0f} {word}"] if count else []
    if rest or not parts:
        parts.append(f"{rest:.3f}".rstrip("0").rstrip(".") + " s")
    return ("-" if seconds < 0 else "") + " ".join(parts)


def parse_duration(text: str) -> Duration:
    """
    Read ``15m``, ``30 days``, ``1 week`` or ``1M`` (a month), at most 100 years.

    Raises:
        ValueError: the text is no such length; the message says which forms are.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            f"'{text}' is no length of time; write a whole number and a unit, such as 30s, 15m, 24h, 7d or 4w"
        )
    count, unit = int(match[1]), match[2]
    name = "mo" if unit == "M" else unit.lower()
    name = _WORDS.get(name, _WORDS.get(name.removesuffix("s"), name))
    if name == "q":
        count, name = count * 3, "mo"
    if name not in _UNITS:
        raise ValueError(f"'{unit}' is no unit of time; use ms, s, m, h, d, w, mo (months) or y")
    length = Duration(count, name)
    if length.seconds > _LONGEST:
        raise ValueError(f"'{text}' is longer than 100 years")
    return length
