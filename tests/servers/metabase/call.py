"""A request on its way to a handler: who asks, with what, and the state that it works on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from tests.servers.messages import Request, Response
from tests.servers.metabase.refusals import invalid, message, missing
from tests.servers.metabase.state import Card, Collection, Dashboard, Database, Json, State, User
from tests.servers.metabase.versions import Version

Kind = TypeVar("Kind", bound="_Numbered")
Rows = Callable[[str], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Call:
    """All that a handler needs."""

    request: Request
    parameters: tuple[str, ...]
    user: User
    state: State
    moment: datetime
    ask: Rows | None = None
    """Runs SQL, where a database stands behind."""

    @property
    def version(self) -> Version:
        """The server's version."""
        return self.state.version

    @property
    def now(self) -> str:
        """The moment, as the server writes it."""
        return self.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @property
    def body(self) -> Json:
        """The body's fields; what no handler reads is dropped in silence, as the real one does."""
        if not self.request.body.strip():
            return {}
        try:
            found = json.loads(self.request.body)
        except ValueError:
            raise message(400, "Error parsing JSON") from None
        if not isinstance(found, dict):
            raise invalid(body="map")
        return found

    def one(self, name: str, default: str = "") -> str:
        """Give a query parameter's value, the last one."""
        return self.request.query.get(name, [default])[-1]

    def flag(self, name: str) -> bool:
        """Give a query parameter that is true or false."""
        return self.one(name) == "true"

    def number(self, name: str) -> int | None:
        """Give a query parameter that is a number; None where it is missing."""
        given = self.one(name)
        if not given:
            return None
        if not given.isdecimal():
            raise invalid(**{name: "integer"})
        return int(given)

    def page(self, rows: list[Any]) -> list[Any]:
        """Cut a list to the page that was asked for; both numbers are needed."""
        limit, offset = self.number("limit"), self.number("offset")
        return rows if limit is None or offset is None else rows[offset : offset + limit]

    def absent(self) -> Exception:
        """Give the refusal of what is not there."""
        return missing(self.version.json_404)

    def card(self, *, by_entity: bool = False) -> Card:
        """Give the card that the path names."""
        return _found(self, self.state.cards, by_entity)

    def dashboard(self, *, by_entity: bool = False) -> Dashboard:
        """Give the dashboard that the path names."""
        return _found(self, self.state.dashboards, by_entity)

    def collection(self, *, by_entity: bool = False) -> Collection:
        """Give the collection that the path names."""
        return _found(self, self.state.collections, by_entity)

    def database(self) -> Database:
        """Give the database that the path names."""
        name = self.parameters[0]
        if not name.isdecimal() or int(name) not in self.state.databases:
            raise self.absent()
        return self.state.databases[int(name)]


class _Numbered(Protocol):
    """What has a number and an entity id."""

    id: int
    entity_id: str


def _found(call: Call, every: Mapping[int, Kind], by_entity: bool) -> Kind:
    name = call.parameters[0]
    if name.isdecimal():
        if int(name) in every:
            return every[int(name)]
    elif by_entity:
        for each in every.values():
            if each.entity_id == name:
                return each
    else:
        raise invalid(id="value must be an integer greater than zero.")
    raise call.absent()


Handler = Callable[[Call], Response]
