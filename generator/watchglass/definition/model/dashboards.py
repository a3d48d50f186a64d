"""Dashboards: rows of panels."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from watchglass.definition.model.alerts import LinkPart
from watchglass.definition.model.base import (
    ONE_OR_MANY,
    Allowed,
    Boolean,
    Filled,
    Id,
    Integer,
    Length,
    Names,
    Number,
    Part,
    Text,
)

Kind = Literal[
    "number", "gauge", "bar_gauge", "lines", "area", "bars", "bar", "histogram", "heatmap", "table", "pie", "states", "logs",
    "alerts", "text",
]  # fmt: skip

TargetName = Literal["grafana", "metabase"]


def _grafana() -> list[TargetName]:
    return ["grafana"]


class PanelPart(Part):
    """One panel: a metric or a query, and the way it is shown."""

    id: Id | None = None
    """Its own id; else `<metric or query>-<as>`."""
    metric: Id | None = None
    query: Id | None = None
    as_: Kind = Field(alias="as")
    title: Text = ""
    description: Text = ""
    x: Id | None = None
    y: Names = Field(default_factory=list)
    series: Id | None = None
    value: Id | None = None
    time: Id | None = None
    message: Id | None = None
    columns: Names = Field(default_factory=list)
    stack: Boolean = False
    level: Id | None = None
    min: Number | None = None
    max: Number | None = None
    range: Length | None = None
    limit: Integer | None = None
    width: Integer | None = None
    """Of 24 columns."""
    height: Integer | None = None
    """In grid rows of about 38 pixels."""
    text: Text = ""
    """Markdown, for `as: text`."""
    links: Annotated[list[LinkPart], ONE_OR_MANY] = Field(default_factory=list)
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for this panel."""


class RowPart(Part):
    """A titled row of panels."""

    title: Filled
    collapsed: Boolean = False
    panels: list[PanelPart]


class AnnotationPart(Part):
    """Events drawn into panels over time."""

    title: Text = ""
    query: Id
    time: Id
    end: Id | None = None
    text: Id
    color: Text = "blue"


class DashboardPart(Part):
    """One board."""

    title: Filled
    description: Text = ""
    publish: Annotated[list[TargetName], ONE_OR_MANY] = Field(default_factory=_grafana)
    filters: Names = Field(default_factory=list)
    range: Length | None = None
    refresh: Length | None = None
    editable: Boolean = False
    """Whether people may edit it in Grafana."""
    rows: list[RowPart]
    links: Annotated[list[LinkPart], ONE_OR_MANY] = Field(default_factory=list)
    annotations: dict[Id, AnnotationPart] = Field(default_factory=dict)
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for this dashboard."""
