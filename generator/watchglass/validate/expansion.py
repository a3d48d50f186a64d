"""What goes wrong when a target expands a statement."""

from __future__ import annotations


class ExpansionError(Exception):
    """
    A target could not expand a statement.

    Args:
        offset: the character of the given text that it is about.
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset
