"""
Watchglass: one definition of queries, thresholds and alerts, compiled for Grafana and Metabase.

The stages as a library::

    import watchglass

    reading = watchglass.read("definitions/shop.yaml")        # Definition, or problems
    resolved = watchglass.resolve(reading.definition)         # Service, or problems
    made = watchglass.render(resolved.service)                # artifacts, notes, problems

Each stage collects problems and raises none of them. Nothing heavy is imported before a stage is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from watchglass.version import __version__

if TYPE_CHECKING:
    import datetime

    from watchglass.artifact import Rendering
    from watchglass.definition.read import Definition, ReadResult
    from watchglass.definition.resolve import ResolveResult
    from watchglass.definition.service import Service

__all__ = ["__version__", "read", "render", "resolve"]


def read(path: Path | str) -> ReadResult:
    """Read a definition and the files that it includes."""
    from watchglass.definition.read import read as stage  # noqa: PLC0415

    return stage(path)


def resolve(
    definition: Definition, environment: str | None = None, today: datetime.date | None = None
) -> ResolveResult:
    """
    Resolve a definition for one environment.

    Args:
        environment: its name; the default one where None.
        today: the day with which pauses of alerts are compared; they are not where None.
    """
    from watchglass.definition.resolve import resolve as stage  # noqa: PLC0415

    return stage(definition, environment, today)


def render(service: Service) -> Rendering:
    """Render a service for every target: artifacts, notes on what a target cannot show, problems."""
    from watchglass.pipeline import render as stage  # noqa: PLC0415

    return stage(service)
