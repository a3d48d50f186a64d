"""A Grafana version becomes what its evaluator does otherwise than its neighbours."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(?:Grafana\s+)?v?(\d{1,4})\.(\d{1,4})(?:[.+-].*)?", re.IGNORECASE)
_OLDEST = (12, 3)
_PENDING_FOR_ALL = (12, 4)


@dataclass(frozen=True, slots=True)
class Semantics:
    """
    What differs between versions.

    Args:
        pending_for_all: ``for`` holds back "no data" and errors, too, where their policy is a state of its own.
    """

    pending_for_all: bool


def semantics(version: str) -> Semantics:
    """
    Give what a server of a version does; newer ones than 12.4 are taken to do as 12.4.

    Args:
        version: ``12.3``, ``12.4.1`` or ``Grafana 12.3.0``.

    Raises:
        ValueError: this is no version, or one older than any that was recorded.
    """
    match = _FORM.fullmatch(version.strip())
    if match is None:
        raise ValueError(f"'{version}' is no version of Grafana; write one such as 12.3")
    found = (int(match[1]), int(match[2]))
    if found < _OLDEST:
        raise ValueError(f"Grafana {version} is not simulated; the oldest that was recorded is 12.3")
    return Semantics(pending_for_all=found >= _PENDING_FOR_ALL)
