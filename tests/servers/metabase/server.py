"""The stand-in as tests hold it: its address, keys, records, faults, mails, and its state to copy, put back and compare."""

from __future__ import annotations

import contextlib
import json
import pickle
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.servers.messages import JSON, Request, Response
from tests.servers.metabase import access, people, search
from tests.servers.metabase.application import Metabase
from tests.servers.metabase.call import Rows
from tests.servers.metabase.content import content
from tests.servers.metabase.state import (
    ADMINISTRATORS,
    TRASH,
    Collection,
    Database,
    Field,
    Group,
    Json,
    Mail,
    State,
    Table,
)
from tests.servers.metabase.versions import version_of
from tests.servers.transport import Transport

ADMIN, PASSWORD = "admin@example.com", "correct horse battery staple"
_BEGAN = "2026-01-01T00:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a state."""

    data: bytes


class MetabaseServer(Transport):
    """A running stand-in."""

    def __init__(self, version: str = "0.58", ask: Rows | None = None) -> None:
        state = State(version_of(version))
        state.collections[TRASH] = Collection(
            state.next_id("collection"), state.entity_id(), "Trash", None, (), _BEGAN, type="trash"
        )
        self.admin = people.first_people(state, ADMIN, PASSWORD)
        self.metabase = Metabase(state, ask)
        super().__init__(self.metabase)
        self.admin_key = access.add_key(state, "admin", ADMINISTRATORS).key

    @property
    def state(self) -> State:
        """The state itself, for tests that look into it."""
        return self.metabase.state

    @property
    def mails(self) -> tuple[Mail, ...]:
        """Every mail that went out."""
        return tuple(self.state.mails)

    def configure_mail(self) -> None:
        """Let mails go out, as with SMTP set up."""
        self.state.settings["email-configured?"] = True

    def add_database(
        self, name: str, tables: Mapping[str, Iterable[str]] | None = None, engine: str = "postgres"
    ) -> Database:
        """Add a database; the tables are named ``schema.table``, each with its columns."""
        with self.quiet():
            state = self.state
            number = state.next_id("database")
            made = Database(number, name, engine, {"host": "db", "port": 5432, "user": "reader"}, _BEGAN)
            for whole, columns in (tables or {}).items():
                schema, _, table = whole.rpartition(".")
                fields = [Field(state.next_id("field"), column) for column in columns]
                made.tables.append(Table(state.next_id("table"), schema or "public", table, fields))
            state.databases[number] = made
            return made

    def add_group(self, name: str = "Publishers") -> Group:
        """Make a group that may nothing yet."""
        with self.quiet():
            return access.add_group(self.state, name)

    def new_key(self, group: Group, name: str = "ci") -> str:
        """Make an API key of a group."""
        with self.quiet():
            return access.add_key(self.state, name, group.id).key

    def ask(
        self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Ask as the administrator, past the wire: not recorded, no faults; for what others do in a test."""
        session = {"x-metabase-session": "the administrator's"}
        with self.quiet():
            self.state.sessions["the administrator's"] = self.admin.id
            data = b"" if body is None else json.dumps(body).encode()
            sent = {**session, "content-type": JSON, **(headers or {})}
            return self.metabase.handle(Request(method, target, sent, data))

    def get(self, target: str) -> Any:
        """Read as the administrator, past the wire."""
        return self.ask("GET", target).json()

    def index(self) -> None:
        """Let the search catch up."""
        with self.quiet():
            search.index(self.state)

    def snapshot(self) -> Snapshot:
        """Copy the state."""
        with self.quiet():
            return Snapshot(pickle.dumps(self.state, pickle.HIGHEST_PROTOCOL))

    def restore(self, snapshot: Snapshot) -> None:
        """Put a copied state back."""
        with self.quiet():
            self.metabase.state = pickle.loads(snapshot.data)

    def content(self) -> Json:
        """Give what people put in, comparable between servers and runs."""
        with self.quiet():
            return json.loads(json.dumps(content(self.state)))  # type: ignore[no-any-return]


@contextlib.contextmanager
def metabase_server(version: str = "0.58", ask: Rows | None = None) -> Iterator[MetabaseServer]:
    """
    Run a Metabase.

    Args:
        version: 0.50 to 0.63.
        ask: runs the SQL of questions; a ValueError of it is a query that failed.
    """
    server = MetabaseServer(version, ask)
    server.start()
    try:
        yield server
    finally:
        server.stop()
