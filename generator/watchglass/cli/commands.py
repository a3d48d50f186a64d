"""The list of commands: where each one is, and its line in the help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """
    A command that is not imported yet.

    Args:
        path: ``module:name`` of its click command, which returns an exit code.
        help: what it does, in one line.
    """

    path: str
    help: str


COMMANDS: Final[Mapping[str, Entry]] = {}
"""In the order of use; each has a section in ``docs/commands.md``."""
