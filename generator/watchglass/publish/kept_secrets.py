"""
What is kept of a secret on an object at a server, which hides its value: its reference, and a few bits of a slow hash.

They tell a new value from an old one, and are too few to find it by.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping

from watchglass.artifact import Json
from watchglass.publish.resource import digest

MARK = "watchglass"
"""The setting, or option, of an object that holds its mark as JSON: Grafana keeps it and does not read it."""

_BITS = 5
"""Hexadecimal digits of the hash that are kept."""


def told(reference: str, place: str, value: str) -> str:
    """
    Say of a secret what may be seen.

    Args:
        reference: such as ``${env:NAME}``; ``place``: what tells it from every other secret; ``value``: as it is sent.
    """
    return f"{reference} #{_hash(place, value)}"


def reference_of(kept: str) -> str:
    """Give the reference of what was told."""
    return kept.rpartition(" #")[0]


def written_mark(owner: str, body: Mapping[str, Json]) -> str:
    """
    Write whose an object is, the digest of its body, and what tells its secrets.

    Args:
        body: in its normal form, with what was told of each secret under ``secrets``.
    """
    return json.dumps({"owner": owner, "sum": digest(body), "secrets": body["secrets"]}, sort_keys=True)


def read_mark(settings: Mapping[str, Json]) -> dict[str, Json]:
    """Give the mark among settings; empty where there is none of ours."""
    try:
        found = json.loads(settings.get(MARK, ""))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("secrets"), dict) else {}


@functools.cache
def _hash(place: str, value: str) -> str:
    return hashlib.scrypt(value.encode(), salt=place.encode(), n=2**13, r=8, p=1, dklen=16).hex()[:_BITS]
