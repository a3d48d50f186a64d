"""What a panel is drawn from, and how it is drawn: the values that every kind of panel is built with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.artifact import Json
from watchglass.definition.service import Column, Panel
from watchglass.definition.shown import Shown

TIME = "time"
"""The name by which Grafana knows a column as the time axis."""

LEGEND: Mapping[str, Json] = {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []}
NO_LEGEND: Mapping[str, Json] = {**LEGEND, "showLegend": False}
ALL_SERIES: Mapping[str, Json] = {"mode": "multi", "sort": "desc"}
ONE: Mapping[str, Json] = {"mode": "single", "sort": "none"}


@dataclass(frozen=True, slots=True)
class Look:
    """
    How a panel is drawn.

    Args:
        kind: Grafana's panel type.
        shape: the format of its query.
        defaults: field defaults; None for a panel without fields.
    """

    kind: str
    options: Mapping[str, Json]
    defaults: Mapping[str, Json] | None = None
    overrides: tuple[Json, ...] = ()
    transformations: tuple[Json, ...] = ()
    shape: str = "table"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What a look is made of.

    Args:
        curve: whether the rows are a metric's past with its present number at the end.
    """

    panel: Panel
    rows: Shown
    curve: bool = False
    alerts_of: Mapping[str, str] = field(default_factory=dict)
    """Labels that an alert list is narrowed by."""

    @property
    def drawn(self) -> tuple[tuple[str, Column], ...]:
        """The columns that are drawn as numbers."""
        return tuple((name, column) for name, column in self.rows.columns if column.name in self.panel.y)
