"""Where a service is published: servers, and what stands in place of something there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from watchglass.definition.model.base import Address, Boolean, Filled, Id, Integer, Part
from watchglass.definition.model.queries import Threshold
from watchglass.definition.model.sources import SourceBinding


class GrafanaTarget(Part):
    """A Grafana server."""

    url: Address | None = None
    token: Address | None = None
    organization: Integer | None = None
    """The number of the organization that the token has to be of; the token alone says it where it is left out."""
    folder: Filled | None = None
    permissions: dict[Filled, Literal["view", "edit", "admin", "none"]] = Field(default_factory=dict)
    """`viewer`, `editor` or `team:<name>` → what it may do in our folder; who is not named keeps the rights."""
    version: Filled = "12.3"


class MetabaseTarget(Part):
    """A Metabase server."""

    url: Address | None = None
    api_key: Address | None = None
    collection: Filled | None = None
    permissions: dict[Filled, Literal["read", "write", "none"]] = Field(default_factory=dict)
    """Number of a group → what it may do with our collection; groups that are not named keep their rights."""
    version: Filled = "58"


class EnvironmentPart(Part):
    """Where the service is published; the default one is what the output folder is made for."""

    default: Boolean = False
    sources: dict[Id, SourceBinding] = Field(default_factory=dict)
    grafana: GrafanaTarget | None = None
    metabase: MetabaseTarget | None = None
    thresholds: dict[Id, dict[Id, Threshold]] = Field(default_factory=dict)
    contacts: dict[Id, Filled] = Field(default_factory=dict)
    subscriptions: Boolean = True
    """`false`: nothing is mailed from here; the mails' schedules and people are checked all the same."""
