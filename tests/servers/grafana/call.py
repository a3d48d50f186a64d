"""A request on its way to a handler: who asks, with what, and the state that it works on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.servers.grafana import fields
from tests.servers.grafana.state import Role, State
from tests.servers.grafana.versions import Version
from tests.servers.messages import Request, Response


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the server knows; a user has no token."""

    login: str
    role: Role
    uid: str
    token: str = ""

    @property
    def reference(self) -> str:
        """How Kubernetes' part names somebody."""
        return f"service-account:{self.uid}" if self.token else f"user:{self.uid}"


@dataclass(frozen=True, slots=True)
class Call:
    """All that a handler needs."""

    request: Request
    parameters: tuple[str, ...]
    identity: Identity
    state: State
    now: datetime
    ask: Callable[[str], Any] | None = None
    """Runs SQL, where a database stands behind the data sources."""

    @property
    def version(self) -> Version:
        """The server's version."""
        return self.state.version

    @property
    def provenance(self) -> str:
        """What a write through the provisioning API marks its object with."""
        return "" if "x-disable-provenance" in self.request.headers else "api"

    def body(self, types: fields.Types) -> dict[str, Any]:
        """Read the body's fields."""
        return fields.decode(fields.parsed(self.request), types)

    def one(self, name: str, default: str = "") -> str:
        """Give a query parameter's value, the last one."""
        return self.request.query.get(name, [default])[-1]

    def number(self, name: str, default: int) -> int:
        """Give a query parameter's number."""
        text = self.one(name)
        return int(text) if text.isdecimal() else default


Handler = Callable[[Call], Response]
