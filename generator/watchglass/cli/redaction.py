"""What one run has read of secrets, kept from every text that leaves it, the report of a bug included."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from watchglass.publish.secret import Redactor

_KEY = "watchglass.redactor"
_SHORTEST = 8
"""A shorter value of the environment is no secret, and found in every second line."""


def run_redactor() -> Redactor:
    """Give the redactor of this run; what it learns, no report of a bug shows."""
    from watchglass.publish.secret import Redactor

    found: Redactor = click.get_current_context().meta.setdefault(_KEY, Redactor())
    return found


def report_redactor(context: click.Context) -> Redactor:
    """Give what cleans the report of a bug: it knows the run's secrets, and every value of the environment but paths."""
    from watchglass.publish.secret import Redactor

    redactor: Redactor = context.meta.get(_KEY) or Redactor()
    for value in os.environ.values():
        if len(value) >= _SHORTEST and not value.startswith(("/", "~", ".")):
            redactor.learn(value)
    return redactor
