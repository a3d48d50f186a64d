"""Lengths of time as Grafana writes them in a rule, ``1m30s`` or ``0s``, become timedeltas."""

from __future__ import annotations

import re
from datetime import timedelta

_SECONDS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PART = re.compile(r"(\d{1,12})(ms|[ywdhms])")


def length(text: str) -> timedelta:
    """
    Read a length of one or several parts.

    Raises:
        ValueError: the text is no such length.
    """
    seconds, at = 0.0, 0
    while at < len(text) and (match := _PART.match(text, at)):
        seconds += int(match[1]) * _SECONDS[match[2]]
        at = match.end()
    if at != len(text) or not text:
        raise ValueError(f"'{text}' is no length of time of Grafana's; write one such as 5m or 1m30s")
    return timedelta(seconds=seconds)
