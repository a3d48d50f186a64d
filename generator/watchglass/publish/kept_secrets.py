"""
What is kept of a secret on an object at a server, which hides its value: its reference, and a few bits of a slow hash.

They tell a new value from an old one, and are too few to find it by.
"""

from __future__ import annotations

import functools
import hashlib

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


@functools.cache
def _hash(place: str, value: str) -> str:
    return hashlib.scrypt(value.encode(), salt=place.encode(), n=2**13, r=8, p=1, dklen=16).hex()[:_BITS]
