"""Prometheus durations: ``90s`` is 90,000 milliseconds, and 90,000 milliseconds are ``1m30s``."""

from __future__ import annotations

import re

_UNITS = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1000,
    "ms": 1,
}
_EXACT = {"y", "w"}
_FORM = re.compile("".join(rf"(?:(\d+){unit})?" for unit in _UNITS))


def milliseconds(text: str) -> int | None:
    """Read a duration; None where it is none."""
    if text == "0":
        return 0
    match = _FORM.fullmatch(text)
    if not text or match is None:
        return None
    counts = zip(match.groups(), _UNITS.values(), strict=True)
    return sum(int(count) * size for count, size in counts if count)


def text_of(duration: int) -> str:
    """Write a duration in milliseconds; years and weeks only where nothing is left of them."""
    if duration == 0:
        return "0s"
    parts = []
    for unit, size in _UNITS.items():
        if unit in _EXACT and duration % size:
            continue
        count, duration = divmod(duration, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
