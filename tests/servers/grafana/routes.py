"""Every path that the stand-in serves, with the role that it asks for and the rights that its refusal names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.servers.grafana import (
    accounts,
    alert_rules,
    apis,
    contact_points,
    dashboards,
    datasources,
    folder_permissions,
    folders,
    mute_timings,
    policies,
    queries,
    rule_export,
    rule_groups,
    rule_states,
    search,
    templates,
)
from tests.servers.grafana.call import Handler
from tests.servers.grafana.state import Role


@dataclass(frozen=True, slots=True)
class Route:
    """A path whose `*` parts are the handler's parameters."""

    method: str
    pattern: tuple[str, ...]
    handler: Handler
    role: Role
    needed: tuple[str, ...]

    def parameters(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the parameters in a path, or None where it is another path."""
        pairs = list(zip(self.pattern, parts, strict=True))
        if any(wanted not in {"*", part} for wanted, part in pairs):
            return None
        return tuple(part for wanted, part in pairs if wanted == "*")


def _route(line: str, handler: Handler, role: Role, *needed: str) -> Route:
    method, _, path = line.partition(" ")
    return Route(method, tuple(path.strip("/").split("/")), handler, role, needed)


def _dashboards() -> Iterator[Route]:
    view, edit = Role.VIEWER, Role.EDITOR
    write = ("dashboards:create", "dashboards:write")
    uid = "/api/dashboards/uid/*"
    yield _route("GET /api/folders", folders.listed, view, "folders:read")
    yield _route("POST /api/folders", folders.create, edit, "folders:create")
    yield _route("GET /api/folders/*", folders.get, view, "folders:read")
    yield _route("PUT /api/folders/*", folders.update, edit, "folders:write")
    yield _route("POST /api/folders/*/move", folders.move, edit, "folders:write")
    yield _route("DELETE /api/folders/*", folders.delete, edit, "folders:delete")
    rights = "/api/folders/*/permissions"
    yield _route(f"GET {rights}", folder_permissions.listed, edit, "folders.permissions:read")
    yield _route(f"POST {rights}", folder_permissions.replace, edit, "folders.permissions:write")
    yield _route("GET /api/teams/search", folder_permissions.teams, Role.ADMIN, "teams:read")
    yield _route("POST /api/dashboards/db", dashboards.save, edit, *write)
    yield _route(f"GET {uid}", dashboards.get, view, "dashboards:read")
    yield _route(f"DELETE {uid}", dashboards.delete, edit, "dashboards:delete")
    yield _route(f"GET {uid}/versions", dashboards.versions, edit, "dashboards:write")
    yield _route(f"GET {uid}/versions/*", dashboards.version, edit, "dashboards:write")
    yield _route(f"POST {uid}/restore", dashboards.restore, edit, "dashboards:write")
    yield _route("GET /api/search", search.search, view)
    yield _route("GET /apis/dashboard.grafana.app", apis.group, view)
    whole = "/apis/dashboard.grafana.app/*/namespaces/*/dashboards"
    yield _route(f"GET {whole}", apis.listed, view, "dashboards:read")
    yield _route(f"POST {whole}", apis.create, edit, "dashboards:create")
    yield _route(f"GET {whole}/*", apis.get, view, "dashboards:read")
    yield _route(f"PUT {whole}/*", apis.update, edit, "dashboards:write")
    yield _route(f"DELETE {whole}/*", apis.delete, edit, "dashboards:delete")


def _rules() -> Iterator[Route]:
    view, edit = Role.VIEWER, Role.EDITOR
    read = ("alert.provisioning:read", "alert.rules.provisioning:read", "alert.rules:read")
    write = ("alert.provisioning:write", "alert.rules.provisioning:write")
    base = "/api/v1/provisioning/alert-rules"
    yield _route(f"GET {base}", alert_rules.listed, view, *read)
    yield _route(f"POST {base}", alert_rules.create, edit, *write)
    yield _route(f"GET {base}/export", rule_export.every, view, *read)
    yield _route(f"GET {base}/*", alert_rules.get, view, *read)
    yield _route(f"PUT {base}/*", alert_rules.update, edit, *write)
    yield _route(f"DELETE {base}/*", alert_rules.delete, edit, *write)
    yield _route(f"GET {base}/*/export", rule_export.one, view, *read)
    group = "/api/v1/provisioning/folder/*/rule-groups/*"
    yield _route(f"GET {group}", rule_groups.get, view, *read)
    yield _route(f"PUT {group}", rule_groups.put, edit, *write)
    yield _route(f"DELETE {group}", rule_groups.delete, edit, *write)
    yield _route(f"GET {group}/export", rule_export.group, view, *read)
    yield _route("GET /api/ruler/grafana/api/v1/rules", rule_states.ruler, view, "alert.rules:read")
    yield _route("GET /api/prometheus/grafana/api/v1/rules", rule_states.states, view, "alert.rules:read")


def _notifications() -> Iterator[Route]:
    view, edit = Role.VIEWER, Role.EDITOR
    read = ("alert.provisioning:read", "alert.notifications.provisioning:read", "alert.notifications:read")
    write = ("alert.provisioning:write", "alert.notifications.provisioning:write")
    base = "/api/v1/provisioning"
    yield _route(f"GET {base}/contact-points", contact_points.listed, view, *read)
    yield _route(f"POST {base}/contact-points", contact_points.create, edit, *write)
    yield _route(f"PUT {base}/contact-points/*", contact_points.update, edit, *write)
    yield _route(f"DELETE {base}/contact-points/*", contact_points.delete, edit, *write)
    yield _route(f"GET {base}/policies", policies.get, view, *read)
    yield _route(f"PUT {base}/policies", policies.put, edit, *write)
    yield _route(f"DELETE {base}/policies", policies.delete, edit, *write)
    yield _route(f"GET {base}/mute-timings", mute_timings.listed, view, *read)
    yield _route(f"POST {base}/mute-timings", mute_timings.create, edit, *write)
    yield _route(f"GET {base}/mute-timings/*", mute_timings.get, view, *read)
    yield _route(f"PUT {base}/mute-timings/*", mute_timings.update, edit, *write)
    yield _route(f"DELETE {base}/mute-timings/*", mute_timings.delete, edit, *write)
    yield _route(f"GET {base}/templates", templates.listed, view, *read)
    yield _route(f"GET {base}/templates/*", templates.get, view, *read)
    yield _route(f"PUT {base}/templates/*", templates.put, edit, *write)
    yield _route(f"DELETE {base}/templates/*", templates.delete, edit, *write)


def _server() -> Iterator[Route]:
    view, admin = Role.VIEWER, Role.ADMIN
    yield _route("GET /api/org", accounts.organization, view, "orgs:read")
    yield _route("GET /api/datasources", datasources.listed, view, "datasources:read")
    yield _route("POST /api/datasources", datasources.create, admin, "datasources:create")
    uid = "/api/datasources/uid/*"
    yield _route(f"GET {uid}", datasources.get, view, "datasources:read")
    yield _route(f"PUT {uid}", datasources.update, admin, "datasources:write")
    yield _route(f"DELETE {uid}", datasources.delete, admin, "datasources:delete")
    yield _route(f"GET {uid}/health", datasources.health, view, "datasources:query")
    yield _route("POST /api/ds/query", queries.query, view, "datasources:query")
    base = "/api/serviceaccounts"
    yield _route(f"POST {base}", accounts.create, admin, "serviceaccounts:create")
    yield _route(f"GET {base}/search", accounts.search, admin, "serviceaccounts:read")
    yield _route(f"GET {base}/*", accounts.get, admin, "serviceaccounts:read")
    yield _route(f"DELETE {base}/*", accounts.delete, admin, "serviceaccounts:delete")
    yield _route(f"POST {base}/*/tokens", accounts.create_token, admin, "serviceaccounts:write")


ROUTES = (*_dashboards(), *_rules(), *_notifications(), *_server())
