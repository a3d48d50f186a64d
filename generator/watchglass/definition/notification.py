"""Who is told: contacts, routes to them, what follows when an alert lasts, and dashboards and metrics by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from watchglass.definition.columns import At, Column
from watchglass.definition.hours import Hours
from watchglass.durations import Duration

if TYPE_CHECKING:
    from watchglass.definition.service import Condition

NOBODY = "none"
"""In place of a contact: nobody is told."""
HOLD = "hold"
"""In place of a contact outside of a route's hours: it is told when they begin, if it still fires."""

Publish = Literal["policies", "per_rule"]


@dataclass(frozen=True, slots=True)
class Contact:
    """
    Somebody who is told.

    Args:
        settings: the keys of its type, as they are written; secrets are references such as ``${env:NAME}``.
        resolved: whether the end of an alert is told, too.
    """

    id: str
    type: str
    settings: Mapping[str, Any]
    resolved: bool
    at: At


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which alerts share a message, how long the first waits for others, when changes and repeats follow."""

    by: tuple[str, ...]
    wait: Duration
    interval: Duration
    repeat: Duration


@dataclass(frozen=True, slots=True)
class Route:
    """
    Who hears of what.

    Args:
        contact: a contact's id, of this environment, or `none`.
        otherwise: outside of ``during``: a contact's id, `none` or `hold`; empty: the route does not match then.
    """

    severities: tuple[str, ...]
    services: tuple[str, ...]
    alerts: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    contact: str
    during: Hours | None
    otherwise: str
    grouping: Grouping
    at: At


@dataclass(frozen=True, slots=True)
class Escalation:
    """
    Who else hears of an alert that lasts: a contact, or whoever hears of a severity.

    Args:
        contact: a contact's id, of this environment, or `none`; empty where a severity is named.
    """

    after: Duration
    contact: str
    severity: str
    at: At


@dataclass(frozen=True, slots=True)
class Notification:
    """
    Contacts and routes, the first match first.

    Args:
        contacts: those that are told of something in this environment.
        whole_tree: whether the provisioning files hold a policy tree, which replaces all that the server has.
    """

    contacts: Mapping[str, Contact]
    grouping: Grouping
    routes: tuple[Route, ...]
    publish: Publish
    whole_tree: bool
    at: At


@dataclass(frozen=True, slots=True)
class Recurrence:
    """
    When a mail goes out, to the hour.

    Args:
        day: ``mon`` to ``sun`` of a weekly one, and of a monthly one on the first or last such day; empty for none.
        frame: ``first``, ``mid`` or ``last`` of a month; empty for none.
    """

    kind: Literal["hourly", "daily", "weekly", "monthly"]
    hour: int | None = None
    day: str = ""
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    A dashboard by mail, at the hour of a time zone.

    Args:
        to: addresses, and channels that begin with ``#``.
        filters: filter → values at which it stands in this mail.
    """

    id: str
    title: str
    dashboard: str
    at_times: Recurrence
    timezone: str
    to: tuple[str, ...]
    attach: tuple[str, ...]
    skip_if_empty: bool
    at: At
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MetricSubscription:
    """
    A mail for as long as a condition over a metric holds, looked at on the hours of a time zone.

    Args:
        to: addresses, and channels that begin with ``#``.
        show: columns that stand beside the key and the number.
        once: whether it ends with its first mail.
    """

    id: str
    title: str
    condition: Condition
    at_times: Recurrence
    timezone: str
    to: tuple[str, ...]
    show: tuple[Column, ...]
    once: bool
    at: At
