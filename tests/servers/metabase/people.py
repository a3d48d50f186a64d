"""Sessions, users, groups, API keys, settings, health: what is no content."""

from __future__ import annotations

from urllib.parse import unquote

from tests.servers.messages import Response, answer
from tests.servers.metabase import access
from tests.servers.metabase.call import Call
from tests.servers.metabase.refusals import invalid, message
from tests.servers.metabase.state import Json, State, User


def no_content() -> Response:
    """Say that it is done."""
    return Response(204)


def shown_user(user: User) -> Json:
    """Show a user within another answer."""
    return {
        "id": user.id,
        "email": user.email,
        "first_name": user.name,
        "last_name": None,
        "common_name": user.name,
        "is_superuser": user.is_superuser,
        "is_qbnewb": False,
        "last_login": None,
        "date_joined": "2026-01-01T00:00:00Z",
    }


def health(call: Call) -> Response:
    """`GET /api/health`."""
    return answer({"status": "ok"})


def properties(call: Call) -> Response:
    """`GET /api/session/properties`: also for those who are not known."""
    version = {"tag": call.version.tag, "date": "2026-01-01", "hash": "48f6978", "branch": "?"}
    return answer(
        {
            "version": version,
            "setup-token": None,
            "has-user-setup": True,
            "token-features": {"serialization": False, "advanced_permissions": False},
            "report-timezone-short": "UTC",
            "report-timezone-long": call.state.settings.get("report-timezone") or "GMT",
            "subscription-allowed-domains": call.state.settings.get("subscription-allowed-domains"),
            "site-url": call.state.settings.get("site-url"),
        }
    )


def log_in(call: Call) -> Response:
    """`POST /api/session`."""
    body = call.body
    for user in call.state.users.values():
        if user.email == body.get("username") and user.password and user.password == body.get("password"):
            session = call.state.entity_id()
            call.state.sessions[session] = user.id
            return answer({"id": session})
    return answer({"errors": {"password": "did not match stored password"}}, 401)


def log_out(call: Call) -> Response:
    """`DELETE /api/session`."""
    call.state.sessions.pop(call.request.headers.get("x-metabase-session", ""), None)
    return no_content()


def current(call: Call) -> Response:
    """`GET /api/user/current`."""
    groups = sorted(call.user.groups)
    return answer(shown_user(call.user) | {"group_ids": groups, "is_active": True})


def users(call: Call) -> Response:
    """`GET /api/user`: people, for administrators."""
    access.need_admin(call.user)
    people = [shown_user(user) for user in call.state.users.values() if user.type == "personal"]
    return answer({"data": people, "total": len(people), "limit": None, "offset": None})


def create_key(call: Call) -> Response:
    """`POST /api/api-key`: the clear key is shown once."""
    access.need_admin(call.user)
    body = call.body
    if body.get("group_id") not in call.state.groups:
        raise invalid(group_id="must be the id of a group")
    key = access.add_key(call.state, str(body.get("name")), body["group_id"])
    group = {"id": key.group, "name": call.state.groups[key.group].name}
    return answer({
        "id": key.id, "name": key.name, "unmasked_key": key.key, "masked_key": f"{key.key[:7]}***", "group": group,
    })  # fmt: skip


def graph(call: Call) -> Response:
    """`GET /api/collection/graph`."""
    access.need_admin(call.user)
    groups = {
        str(group.id): {str(place): right for place, right in group.collections.items()}
        for group in call.state.groups.values()
    }
    return answer({"revision": call.state.graph_revision, "groups": groups})


def put_graph(call: Call) -> Response:
    """`PUT /api/collection/graph`: of the revision that is current."""
    access.need_admin(call.user)
    body = call.body
    if body.get("revision") != call.state.graph_revision and not call.flag("force"):
        raise message(409, "Looks like someone else edited the permissions and your data is out of date.")
    for number, rights in body.get("groups", {}).items():
        held = call.state.groups[int(number)].collections
        held.update({place if place == "root" else int(place): right for place, right in rights.items()})
    call.state.graph_revision += 1
    return graph(call)


def setting(call: Call) -> Response:
    """`GET /api/setting/:key`."""
    access.need_admin(call.user)
    value = call.state.settings.get(unquote(call.parameters[0]))
    return answer(value) if value is not None else no_content()


def put_setting(call: Call) -> Response:
    """`PUT /api/setting/:key`."""
    access.need_admin(call.user)
    call.state.settings[unquote(call.parameters[0])] = call.body.get("value")
    return no_content()


def first_people(state: State, email: str, password: str) -> User:
    """Make the groups and the administrator that the setup makes."""
    access.first_groups(state)
    return access.add_user(state, email, "Ada Admin", {2}, password)
