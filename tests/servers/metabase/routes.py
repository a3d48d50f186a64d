"""Every path that the stand-in serves."""

from __future__ import annotations

from dataclasses import dataclass

from tests.servers.metabase import (
    alerts,
    cards,
    collections,
    dashboards,
    databases,
    items,
    notifications,
    people,
    pulses,
    search,
)
from tests.servers.metabase.call import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """A path whose `*` parts are the handler's parameters."""

    method: str
    pattern: tuple[str, ...]
    handler: Handler

    def parameters(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the parameters in a path, or None where it is another path."""
        pairs = list(zip(self.pattern, parts, strict=True))
        if any(wanted not in {"*", part} for wanted, part in pairs):
            return None
        return tuple(part for wanted, part in pairs if wanted == "*")


_PATHS: tuple[tuple[str, Handler], ...] = (
    ("GET /api/user/current", people.current),
    ("GET /api/user", people.users),
    ("DELETE /api/session", people.log_out),
    ("POST /api/api-key", people.create_key),
    ("GET /api/setting/*", people.setting),
    ("PUT /api/setting/*", people.put_setting),
    ("GET /api/card", cards.listed),
    ("POST /api/card", cards.create),
    ("GET /api/card/*", cards.get),
    ("PUT /api/card/*", cards.update),
    ("DELETE /api/card/*", cards.delete),
    ("POST /api/card/*/copy", cards.duplicate),
    ("POST /api/card/*/query", cards.run),
    ("GET /api/card/*/dashboards", cards.dashboards),
    ("POST /api/dataset", cards.dataset),
    ("GET /api/collection/tree", collections.tree),
    ("GET /api/collection/graph", people.graph),
    ("PUT /api/collection/graph", people.put_graph),
    ("GET /api/collection", collections.listed),
    ("POST /api/collection", collections.create),
    ("GET /api/collection/*", collections.get),
    ("PUT /api/collection/*", collections.update),
    ("DELETE /api/collection/*", collections.delete),
    ("GET /api/collection/*/items", items.items),
    ("GET /api/dashboard", dashboards.listed),
    ("POST /api/dashboard", dashboards.create),
    ("GET /api/dashboard/*", dashboards.get),
    ("PUT /api/dashboard/*", dashboards.update),
    ("DELETE /api/dashboard/*", dashboards.delete),
    ("GET /api/pulse/form_input", pulses.form_input),
    ("POST /api/pulse/test", pulses.send_test),
    ("GET /api/pulse", pulses.listed),
    ("POST /api/pulse", pulses.create),
    ("GET /api/pulse/*", pulses.get),
    ("PUT /api/pulse/*", pulses.update),
    ("GET /api/notification", notifications.listed),
    ("POST /api/notification", notifications.create),
    ("GET /api/notification/*", notifications.get),
    ("PUT /api/notification/*", notifications.update),
    ("POST /api/notification/*/send", notifications.send),
    ("POST /api/notification/*/unsubscribe", notifications.unsubscribe),
    ("GET /api/alert", alerts.listed),
    ("POST /api/alert", alerts.create),
    ("GET /api/alert/*", alerts.get),
    ("PUT /api/alert/*", alerts.update),
    ("GET /api/database", databases.listed),
    ("POST /api/database", databases.create),
    ("GET /api/database/*", databases.get),
    ("GET /api/database/*/metadata", databases.metadata),
    ("POST /api/database/*/sync_schema", databases.sync),
    ("GET /api/search", search.search),
    ("POST /api/eid-translation/translate", search.translate),
    ("POST /api/util/entity_id", search.translate),
)

_OPEN: tuple[tuple[str, Handler], ...] = (
    ("GET /api/health", people.health),
    ("GET /api/session/properties", people.properties),
    ("POST /api/session", people.log_in),
)


def _route(line: str, handler: Handler) -> Route:
    method, _, path = line.partition(" ")
    return Route(method, tuple(path.strip("/").split("/")), handler)


ROUTES = tuple(_route(line, handler) for line, handler in _PATHS)
OPEN = tuple(_route(line, handler) for line, handler in _OPEN)
"""Those that ask for nobody's name."""
