"""Who is told, and how: contacts, routes, groups; and dashboards by mail."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from watchglass.definition.model.base import ONE_OR_MANY, Boolean, Filled, Id, Length, Names, Part, Text
from watchglass.definition.model.contacts import Contact


class GroupPart(Part):
    """How messages are gathered."""

    by: Names | None = None
    """Labels: alerts that are equal in them share a message."""
    wait: Length | None = None
    """How long the first message waits for more."""
    interval: Length | None = None
    """How long a change of the group waits."""
    repeat: Length | None = None
    """After how long it is told again, while it goes on."""


class RoutePart(Part):
    """Who hears of what; the first match wins, and `during` is part of the match."""

    severity: Names = Field(default_factory=list)
    service: Names = Field(default_factory=list)
    alert: Names = Field(default_factory=list)
    labels: dict[Filled, Filled] = Field(default_factory=dict)
    contact: Filled
    """A contact, or `none`."""
    during: Id | None = None
    otherwise: Filled | None = None
    """Outside of `during`: another contact, `none`, or `hold`: told when the hours begin, if it still fires."""
    repeat: Length | None = None
    group: GroupPart | None = None


class NotifyPart(Part):
    """Contacts and routes."""

    contacts: dict[Id, Contact] = Field(default_factory=dict)
    group: GroupPart | None = None
    routes: Annotated[list[RoutePart], ONE_OR_MANY] = Field(default_factory=list)
    publish: Literal["policies", "per_rule"] = "policies"
    """Where Grafana finds the routes: in our part of its policy tree, or in each rule."""
    policy_file: Boolean = False
    """Write the policy tree as a provisioning file, too; such a file replaces all that the server has."""


class WhenPart(Part):
    """A schedule of mails: one of `hourly`, `daily`, `weekly` and `monthly`."""

    daily: Filled | None = None
    """The hour, such as "09:00"."""
    weekly: Filled | None = None
    """The day, such as monday; at `time`."""
    monthly: Filled | None = None
    """`first`, `mid` or `last`, or with a weekday: `first monday`; at `time`."""
    hourly: Boolean | None = None
    time: Filled | None = None


class SubscriptionPart(Part):
    """A dashboard by mail, or a metric while a condition over it holds."""

    title: Text = ""
    dashboard: Id | None = None
    metric: Id | None = None
    """In place of a dashboard: mail where `when` holds at the time."""
    when: Filled | None = None
    """A condition over the metric, as an alert's: a level, `above 30`."""
    show: Annotated[list[Id], ONE_OR_MANY] = Field(default_factory=list)
    """Columns that stand beside the key and the number in that mail."""
    once: Boolean = False
    """Only the first such mail, then no more."""
    at: WhenPart
    to: Names
    """Addresses, and channels of Slack, which begin with `#`."""
    attach: Annotated[list[Literal["pdf", "csv", "xlsx"]], ONE_OR_MANY] = Field(default_factory=list)
    skip_if_empty: Boolean = False
    filters: dict[Id, Names] = Field(default_factory=dict)
    """Filter → values at which it stands in this mail; others stand where the dashboard has them."""
