"""Parts that are read and checked for their form, but compiled into nothing yet; `compile` names each of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from watchglass.definition.model.base import (
    Address,
    Boolean,
    Filled,
    Id,
    Length,
    Names,
    Part,
    Text,
    one_or_many,
)
from watchglass.definition.model.queries import Threshold
from watchglass.definition.model.sources import SourceBinding


class ContactPart(Part):
    """Somebody who is told; the keys besides `type` are those of its type."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: Literal["email", "slack", "pagerduty", "webhook", "teams", "opsgenie", "telegram", "discord"]


class GroupPart(Part):
    """How messages are gathered."""

    by: Names = Field(default_factory=list)
    wait: Length | None = None
    interval: Length | None = None
    repeat: Length | None = None


class RoutePart(Part):
    """Who hears of what; the first match wins."""

    severity: Names = Field(default_factory=list)
    service: Names = Field(default_factory=list)
    alert: Names = Field(default_factory=list)
    labels: dict[Filled, Filled] = Field(default_factory=dict)
    contact: Filled
    during: Id | None = None
    otherwise: Filled | None = None
    repeat: Length | None = None
    group: GroupPart | None = None


class NotifyPart(Part):
    """Contacts and routes."""

    contacts: dict[Id, ContactPart] = Field(default_factory=dict)
    group: GroupPart | None = None
    routes: list[RoutePart] = Field(default_factory=list)


class WhenPart(Part):
    """A schedule of mails."""

    daily: Filled | None = None
    weekly: Filled | None = None
    monthly: Filled | None = None
    hourly: Boolean | None = None
    time: Filled | None = None


class SubscriptionPart(Part):
    """A dashboard by mail."""

    title: Text = ""
    dashboard: Id
    at: WhenPart
    to: Names
    attach: Annotated[list[Literal["pdf", "csv", "xlsx"]], BeforeValidator(one_or_many)] = Field(
        default_factory=list
    )
    skip_if_empty: Boolean = False


class GrafanaTarget(Part):
    """A Grafana server."""

    url: Address | None = None
    token: Address | None = None
    folder: Filled | None = None
    version: Filled = "12.3"


class MetabaseTarget(Part):
    """A Metabase server."""

    url: Address | None = None
    api_key: Address | None = None
    collection: Filled | None = None
    version: Filled = "58"


class EnvironmentPart(Part):
    """Where the service is published; the default one is what the output folder is made for."""

    default: Boolean = False
    sources: dict[Id, SourceBinding] = Field(default_factory=dict)
    grafana: GrafanaTarget | None = None
    metabase: MetabaseTarget | None = None
    thresholds: dict[Id, dict[Id, Threshold]] = Field(default_factory=dict)
    contacts: dict[Id, Filled] = Field(default_factory=dict)
