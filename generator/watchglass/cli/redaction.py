"""What one run has read of secrets, kept from every text that leaves it, the report of a bug included."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from watchglass.artifact import Path as DataPath
    from watchglass.pipeline import Compiled
    from watchglass.publish.secret import Redactor

_KEY = "watchglass.redactor"
_SHORTEST = 8
"""A shorter value of the environment is no secret, and found in every second line."""


def run_redactor(compiled: Mapping[Path, Compiled]) -> Redactor:
    """Give the redactor of this run: it knows what the definitions refer to before any of it is used."""
    from watchglass.publish.secret import Redactor, read
    from watchglass.references import Unset, is_reference

    redactor: Redactor = click.get_current_context().meta.setdefault(_KEY, Redactor())
    for path, each in compiled.items():
        for place, text in (each.definition.texts if each.definition is not None else {}).items():
            if is_reference(text.text) and not _is_address(place):
                with suppress(Unset):  # whoever needs it says so
                    redactor.learn(read(text.text, os.environ, path.parent))
    return redactor


def _is_address(place: DataPath) -> bool:
    """Tell the address of a server, which messages name, from a secret."""
    return place[:1] == ("environments",) and place[2:] in (("grafana", "url"), ("metabase", "url"))


def report_redactor(context: click.Context) -> Redactor:
    """Give what cleans the report of a bug: it knows the run's secrets, and every value of the environment but paths."""
    from watchglass.publish.secret import Redactor

    redactor: Redactor = context.meta.get(_KEY) or Redactor()
    for value in os.environ.values():
        if len(value) >= _SHORTEST and not value.startswith(("/", "~", ".")):
            redactor.learn(value)
    return redactor
