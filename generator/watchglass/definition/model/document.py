"""The definition as a whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from watchglass.definition.model.alert_tests import TestPart
from watchglass.definition.model.alerts import AlertPart
from watchglass.definition.model.base import ONE_OR_MANY, Filled, Id, Names, Part
from watchglass.definition.model.dashboards import DashboardPart
from watchglass.definition.model.later import EnvironmentPart
from watchglass.definition.model.notify import NotifyPart, SubscriptionPart
from watchglass.definition.model.queries import MetricPart, QueryPart
from watchglass.definition.model.sources import Constant, FilterPart, HoursPart, ServicePart, SourcePart


class DefinitionModel(Part):
    """One service: its metrics, SQL queries, thresholds, alerts and dashboards."""

    version: Annotated[Literal["1"], WithJsonSchema({"enum": [1, "1"]})]
    """The version of the language."""
    include: Names = Field(default_factory=list)
    """Files whose maps are merged into this one."""
    service: ServicePart
    levels: dict[Id, Filled]
    """Names and colours, from the good state to the worst."""
    sources: dict[Id, SourcePart]
    constants: dict[Id, Constant] = Field(default_factory=dict)
    snippets: dict[Id, Filled] = Field(default_factory=dict)
    """Shared SQL, always rendered in parentheses."""
    filters: dict[Id, FilterPart] = Field(default_factory=dict)
    queries: dict[Id, QueryPart]
    metrics: dict[Id, MetricPart] = Field(default_factory=dict)
    alerts: dict[Id, AlertPart] = Field(default_factory=dict)
    hours: dict[Id, HoursPart] = Field(default_factory=dict)
    notify: NotifyPart | None = None
    dashboards: dict[Id, DashboardPart] = Field(default_factory=dict)
    subscriptions: dict[Id, SubscriptionPart] = Field(default_factory=dict)
    environments: dict[Id, EnvironmentPart] = Field(default_factory=dict)
    tests: list[TestPart] = Field(default_factory=list)
    moved: dict[Id, Id] = Field(default_factory=dict)
    """Old id → new id of an object that was renamed."""
    retired: Annotated[list[Id], ONE_OR_MANY] = Field(default_factory=list)
    """Ids that are gone on purpose."""
