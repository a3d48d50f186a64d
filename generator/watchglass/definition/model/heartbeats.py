"""Alerts that are made from a line: a source that no longer answers, and one that always fires."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from watchglass.definition.model.base import Filled, Length, Short


class HeartbeatPart(Short):
    """An alert that fires when the source no longer answers `SELECT 1`; a severity alone will do."""

    short: ClassVar[str] = "severity"
    severity: Filled
    every: Length | None = None
    """How often the source is asked; every minute where it is left out."""
    for_: Length | None = Field(default=None, alias="for")
    """How long it may be silent; two minutes where it is left out."""
    labels: dict[Filled, Filled] = Field(default_factory=dict)


class WatchdogPart(Short):
    """An alert that always fires: its receiver misses it when Grafana is down; a severity alone will do."""

    short: ClassVar[str] = "severity"
    severity: Filled
    every: Length | None = None
    """How often it is evaluated; every minute where it is left out."""
    labels: dict[Filled, Filled] = Field(default_factory=dict)
