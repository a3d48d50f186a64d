"""What every expression is: the nodes that it needs, and what it makes of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchglass.evaluation.values import Key, Values


@dataclass(frozen=True, slots=True)
class Moment:
    """
    One evaluation: its time, and the series that are loaded.

    Args:
        loaded: series whose alert is on, for a threshold with a way back.
    """

    at: datetime
    loaded: frozenset[Key] = frozenset()


class CommandFailed(ValueError):
    """An expression that cannot be computed from what its inputs are now."""


class Command(Protocol):
    """One expression, read and ready."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The refIds of its inputs, in the order in which it asks for them."""

    def run(self, inputs: Mapping[str, Values], moment: Moment) -> Values:
        """
        Compute.

        Raises:
            CommandFailed: the inputs do not allow it.
        """
