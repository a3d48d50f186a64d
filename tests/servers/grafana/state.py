"""What a Grafana remembers; a value that can be copied, put back and compared."""

from __future__ import annotations

import hashlib
import json
import random
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from tests.servers.grafana.versions import V12_3, Version

Json = dict[str, Any]


class Role(IntEnum):
    """What somebody may do; each may all that the one before it may."""

    VIEWER = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def title(self) -> str:
        """The role's name in Grafana."""
        return self.name.capitalize()


@dataclass(slots=True)
class Folder:
    """A folder; the parent of one at the top is empty."""

    id: int
    uid: str
    title: str
    parent: str
    description: str
    created: str
    created_by: str
    updated: str
    updated_by: str
    version: int = 1
    rights: list[Json] = field(
        default_factory=lambda: [{"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1}]
    )
    """Who may do what, as entries of the API."""


@dataclass(slots=True)
class Team:
    """A team."""

    id: int
    name: str


@dataclass(slots=True)
class Saved:
    """One version of a dashboard."""

    version: int
    created: str
    created_by: str
    message: str
    spec: Json


@dataclass(slots=True)
class Dashboard:
    """A dashboard with its versions, the newest last; its spec has neither uid, id nor version."""

    id: int
    uid: str
    folder: str
    spec: Json
    kubernetes_uid: str
    resource_version: str
    created: str
    created_by: str
    creator: str
    """The person or account that made it, as Kubernetes' part names it."""
    updated: str
    updated_by: str
    updater: str
    generation: int = 1
    stored_as: str = "v0alpha1"
    file: str = ""
    """The file that it was provisioned from; empty where it was not."""
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    managed_fields: list[Json] = field(default_factory=list)
    versions: list[Saved] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.spec.get("title", ""))

    @property
    def tags(self) -> list[str]:
        """Its tags, in their own order."""
        return [tag for tag in self.spec.get("tags") or () if isinstance(tag, str)]


@dataclass(slots=True)
class Rule:
    """An alert rule in normal form; durations in milliseconds, the group's interval in seconds."""

    id: int
    uid: str
    folder: str
    group: str
    index: int
    interval: int
    form: Json
    provenance: str
    updated: str
    updated_by: str
    version: int = 1


@dataclass(slots=True)
class Integration:
    """One integration of a contact point; its secrets stand in its settings as they came."""

    uid: str
    name: str
    type: str
    settings: Json
    disable_resolve: bool
    provenance: str


@dataclass(slots=True)
class Named:
    """A mute timing or a template."""

    name: str
    content: Any
    provenance: str

    @property
    def version(self) -> str:
        """A hash of what it says."""
        return digest([self.name, self.content])


@dataclass(slots=True)
class Source:
    """A data source; its secrets are kept apart."""

    id: int
    uid: str
    name: str
    type: str
    fields: Json
    secrets: dict[str, str]
    is_default: bool
    version: int = 1
    read_only: bool = False
    problem: str = ""
    """Why its health check fails; empty where it does not."""


@dataclass(slots=True)
class Account:
    """A service account."""

    id: int
    uid: str
    name: str
    role: Role
    disabled: bool = False


@dataclass(slots=True)
class Token:
    """A service account's token."""

    id: int
    name: str
    key: str
    account: int


@dataclass(slots=True)
class Rights:
    """Which folders a token was seen to reach, and when that was looked up."""

    folders: set[str]
    since: float


@dataclass(slots=True)
class State:
    """Everything that a Grafana remembers."""

    version: Version = V12_3
    counters: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    folders: dict[str, Folder] = field(default_factory=dict)
    teams: dict[int, Team] = field(default_factory=dict)
    dashboards: dict[str, Dashboard] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    integrations: list[Integration] = field(default_factory=list)
    policies: Json = field(default_factory=dict)
    policies_provenance: str = ""
    timings: dict[str, Named] = field(default_factory=dict)
    templates: dict[str, Named] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    firing: set[str] = field(default_factory=set)
    """Names of groups whose rules are shown as firing: nobody evaluates here."""
    accounts: dict[int, Account] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    rights: dict[str, Rights] = field(default_factory=dict)

    def next_id(self, kind: str) -> int:
        """Give the next number of a kind."""
        self.counters[kind] = self.counters.get(kind, 0) + 1
        return self.counters[kind]

    def object_id(self) -> int:
        """Give the number of a new folder or dashboard: from one row on, or long in unified storage."""
        number = self.next_id("object")
        return 3_832_578_214_772_736 + (number << 17) if self.version.unified else number

    def random_text(self, length: int = 14) -> str:
        """Give a text as Grafana makes its own uids; the same in each run."""
        self.seed += 1
        letters = random.Random(self.seed).choices(string.ascii_lowercase + string.digits, k=length)
        return "".join(letters)


def digest(value: Any) -> str:
    """Give a short hash of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def second(moment: datetime) -> str:
    """Write a moment to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanosecond(moment: datetime) -> str:
    """Write a moment as the server holds it in memory."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f789Z")


_KEPT_APART = str.maketrans(dict.fromkeys(" _/.", "-"))


def slug(title: str) -> str:
    """Give a title's part of a URL."""
    lowered = title.lower().translate(_KEPT_APART)
    kept = "".join(char for char in lowered if char.isascii() and (char.isalnum() or char == "-"))
    return "-".join(part for part in kept.split("-") if part) or digest(title)
