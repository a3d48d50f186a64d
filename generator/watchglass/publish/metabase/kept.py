"""What a server answers that it kept of a write, held against what it was sent."""

from __future__ import annotations

from watchglass.artifact import Json
from watchglass.publish.compare import differences
from watchglass.publish.errors import Refused


def hold(noun: str, title: str, wanted: Json, made: Json) -> None:
    """
    Hold what the server kept against what it was sent, both in the kind's normal form.

    Raises:
        Refused: it is something else.
    """
    found = differences(wanted, made)
    if found:
        places = ", ".join(each.pointer for each in found[:3])
        raise Refused(f"Metabase kept something else of the {noun} '{title}': {places}")
