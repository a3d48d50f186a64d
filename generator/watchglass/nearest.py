"""The nearest known name to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LISTED = 12


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that looks most like a name, whatever its case and hyphens; None where none does."""
    names = sorted(set(known))
    folded = {_fold(candidate): candidate for candidate in reversed(names)}
    same = folded.get(_fold(name))
    if same is not None:
        return same
    found = difflib.get_close_matches(_fold(name)[:100], folded, 1, cutoff=0.6)
    return folded[found[0]] if found else None


def suggest(name: str, known: Iterable[str], what: str = "known") -> str:
    """Write the hint for an unknown name: the nearest known one, else the first of them, else nothing."""
    names = sorted(set(known))
    near = nearest(name, names)
    if near is not None:
        return f"did you mean '{near}'?"
    more = ", …" if len(names) > _LISTED else ""
    return f"{what}: {', '.join(names[:_LISTED])}{more}" if names else ""


def _fold(name: str) -> str:
    return name.casefold().replace("-", "_")
