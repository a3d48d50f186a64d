"""The stand-in as tests hold it: its address, tokens, records, faults, and its state to copy, put back and compare."""

from __future__ import annotations

import base64
import contextlib
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.grafana import access
from tests.servers.grafana.application import Grafana
from tests.servers.grafana.content import content
from tests.servers.grafana.queries import Rows
from tests.servers.grafana.state import Json, Role, State
from tests.servers.grafana.versions import VERSIONS
from tests.servers.messages import JSON, Request, Response
from tests.servers.transport import Transport

BASIC = "Basic " + base64.b64encode(f"admin:{access.ADMIN_PASSWORD}".encode()).decode()
"""What the server's administrator sends."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a state."""

    data: bytes


class GrafanaServer(Transport):
    """A running stand-in."""

    def __init__(self, version: str = "12.3", ask: Callable[[str], Rows] | None = None) -> None:
        self.grafana = Grafana(VERSIONS[version], ask)
        super().__init__(self.grafana)
        self.admin_token, self.editor_token, self.viewer_token = (
            self.new_token(role, f"stand-in {role.title}") for role in reversed(Role)
        )

    @property
    def state(self) -> State:
        """The state itself, for tests that look into it."""
        return self.grafana.state

    def new_token(self, role: Role, name: str) -> str:
        """Make a service account with a token, and give the token."""
        with self.quiet():
            account = access.add_account(self.state, name, role)
            return access.add_token(self.state, account, name).key

    def ask(
        self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask as the administrator, past the wire: not recorded, no faults; for what others do in a test."""
        content_type = {} if body is None else {"content-type": JSON}
        sent = {"authorization": BASIC, **content_type, **(headers or {})}
        with self.quiet():
            data = b"" if body is None else json.dumps(body).encode()
            return self.grafana.handle(Request(method, target, sent, data))

    def get(self, target: str) -> Response:
        """Read as the administrator, past the wire."""
        return self.ask("GET", target)

    def expire_rights(self) -> None:
        """Let every token's cached rights be looked up again, as time does."""
        with self.quiet():
            self.state.rights.clear()

    def spoil_source(self, uid: str, problem: str = "db query error: failed to connect") -> None:
        """Let a data source's health check fail; an empty problem heals it."""
        with self.quiet():
            self.state.sources[uid].problem = problem

    def provision_dashboard(self, uid: str, file: str = "dashboard.json") -> None:
        """Make a dashboard one that a file provides, without UI updates."""
        with self.quiet():
            self.state.dashboards[uid].file = file

    def provision_rule(self, uid: str) -> None:
        """Make a rule one that a file provides."""
        with self.quiet():
            self.state.rules[uid].provenance = "file"

    def snapshot(self) -> Snapshot:
        """Copy the state."""
        with self.quiet():
            return Snapshot(pickle.dumps(self.state, pickle.HIGHEST_PROTOCOL))

    def restore(self, snapshot: Snapshot) -> None:
        """Put a copied state back."""
        with self.quiet():
            self.grafana.state = pickle.loads(snapshot.data)

    def content(self) -> Json:
        """Give what people put in, comparable between servers and runs (see `content.differences`)."""
        with self.quiet():
            return json.loads(json.dumps(content(self.state)))  # type: ignore[no-any-return]


@contextlib.contextmanager
def grafana_server(
    version: str = "12.3", ask: Callable[[str], Rows] | None = None
) -> Iterator[GrafanaServer]:
    """
    Run a Grafana.

    Args:
        version: 12.3 or 12.4.
        ask: runs the SQL of `/api/ds/query`; see `database.asking`.
    """
    server = GrafanaServer(version, ask)
    server.start()
    try:
        yield server
    finally:
        server.stop()
