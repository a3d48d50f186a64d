"""What a Metabase remembers; a value that can be copied and put back."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.servers.metabase.versions import Version

Json = dict[str, Any]
Right = Literal["none", "read", "write"]
Native = Literal["no", "query-builder", "query-builder-and-native"]

ADMINISTRATORS, ALL_USERS = 2, 1
TRASH = 1


@dataclass(slots=True)
class User:
    """Somebody, or the synthetic user of an API key."""

    id: int
    email: str
    name: str
    groups: set[int]
    type: Literal["personal", "api-key"] = "personal"
    password: str = ""

    @property
    def is_superuser(self) -> bool:
        """Whether they may all."""
        return ADMINISTRATORS in self.groups


@dataclass(slots=True)
class ApiKey:
    """An API key; it acts as its own user."""

    id: int
    name: str
    key: str
    group: int
    user: int


@dataclass(slots=True)
class Group:
    """What the members of a group may do: by collection's id or ``root``, and by database's id."""

    id: int
    name: str
    collections: dict[int | str, Right] = field(default_factory=dict)
    databases: dict[int, Native] = field(default_factory=dict)


@dataclass(slots=True)
class Collection:
    """A collection; its place is the ids from the top down to its parent."""

    id: int
    entity_id: str
    name: str
    description: str | None
    parents: tuple[int, ...]
    created: str
    type: str | None = None
    personal_owner: int | None = None
    archived: bool = False
    archived_directly: bool = False
    operation: str = ""
    """What archived it: whatever was archived by the same comes back with it."""


@dataclass(slots=True)
class Card:
    """A question."""

    id: int
    entity_id: str
    name: str
    description: str | None
    display: str
    type: str
    query: Json
    """Legacy, as kept; empty where it could not be read."""
    settings: Json
    collection: int | None
    creator: int
    created: str
    updated: str
    position: int | None = None
    parameters: list[Json] = field(default_factory=list)
    parameter_mappings: list[Json] = field(default_factory=list)
    cache_ttl: int | None = None
    dashboard: int | None = None
    embedding: bool = False
    archived: bool = False
    archived_directly: bool = False
    operation: str = ""


@dataclass(slots=True)
class Dashcard:
    """A card's place on a dashboard."""

    id: int
    entity_id: str
    card: int | None
    tab: int | None
    row: int
    col: int
    size_x: int
    size_y: int
    settings: Json
    parameter_mappings: list[Json]
    series: list[int]
    created: str
    updated: str


@dataclass(slots=True)
class Tab:
    """A tab of a dashboard."""

    id: int
    entity_id: str
    name: str


@dataclass(slots=True)
class Dashboard:
    """A dashboard."""

    id: int
    entity_id: str
    name: str
    description: str | None
    collection: int | None
    creator: int
    created: str
    updated: str
    position: int | None = None
    parameters: list[Json] = field(default_factory=list)
    width: str = "fixed"
    auto_apply_filters: bool = True
    cache_ttl: int | None = None
    dashcards: dict[int, Dashcard] = field(default_factory=dict)
    tabs: list[Tab] = field(default_factory=list)
    archived: bool = False
    archived_directly: bool = False
    operation: str = ""


@dataclass(slots=True)
class PulseCard:
    """What a subscription attaches."""

    card: int
    dashcard: int | None
    fields: Json


@dataclass(slots=True)
class PulseChannel:
    """How a subscription, or an alert of the older kind, is sent."""

    id: int
    entity_id: str
    fields: Json
    users: list[int]
    emails: list[str]


@dataclass(slots=True)
class Pulse:
    """A subscription; with a condition it is an alert of the older kind."""

    id: int
    entity_id: str
    name: str | None
    creator: int
    created: str
    updated: str
    cards: list[PulseCard]
    channels: list[PulseChannel]
    dashboard: int | None = None
    collection: int | None = None
    skip_if_empty: bool = False
    parameters: list[Json] = field(default_factory=list)
    archived: bool = False
    alert: Json = field(default_factory=dict)
    """``alert_condition`` and its company; empty for a subscription."""


@dataclass(slots=True)
class Notification:
    """An alert of the newer kind; handlers hold their recipients."""

    id: int
    payload_id: int
    card: int
    condition: str
    once: bool
    creator: int
    active: bool
    created: str
    updated: str
    subscriptions: list[Json]
    handlers: list[Json]


@dataclass(slots=True)
class Field:
    """A column that was synced."""

    id: int
    name: str
    base_type: str = "type/Text"


@dataclass(slots=True)
class Table:
    """A table that was synced."""

    id: int
    schema: str
    name: str
    fields: list[Field]


@dataclass(slots=True)
class Database:
    """A database."""

    id: int
    name: str
    engine: str
    details: Json
    created: str
    tables: list[Table] = field(default_factory=list)
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that went out."""

    to: tuple[str, ...]
    subject: str


@dataclass(slots=True)
class State:
    """Everything that a Metabase remembers."""

    version: Version
    counters: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    users: dict[int, User] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    collections: dict[int, Collection] = field(default_factory=dict)
    cards: dict[int, Card] = field(default_factory=dict)
    dashboards: dict[int, Dashboard] = field(default_factory=dict)
    pulses: dict[int, Pulse] = field(default_factory=dict)
    notifications: dict[int, Notification] = field(default_factory=dict)
    databases: dict[int, Database] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    indexed: dict[tuple[str, int], Json] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    graph_revision: int = 0

    def next_id(self, kind: str) -> int:
        """Give the next number of a kind; a number is never given twice."""
        self.counters[kind] = self.counters.get(kind, 0) + 1
        return self.counters[kind]

    def entity_id(self) -> str:
        """Give a new entity id, 21 characters; the same in each run."""
        self.seed += 1
        letters = string.ascii_letters + string.digits + "_-"
        return "".join(random.Random(self.seed).choices(letters, k=21))

    def mail(self, to: list[str], subject: str) -> None:
        """Send a mail, where mails can be sent."""
        if to and self.settings.get("email-configured?"):
            self.mails.append(Mail(tuple(sorted(to)), subject))
