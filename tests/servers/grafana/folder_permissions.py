"""`/api/folders/*/permissions` and `/api/teams/search`, as Grafana's pages on them say (12.4): none of it is recorded."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana.call import Call
from tests.servers.grafana.folders import find, url_of
from tests.servers.grafana.refusals import plain
from tests.servers.grafana.state import Folder, Json, Team
from tests.servers.messages import Response, answer

_NAMES = {1: "View", 2: "Edit", 4: "Admin"}
_ROLES = ("Viewer", "Editor")
_FIELDS = {"items": list}


def listed(call: Call) -> Response:
    """`GET /api/folders/{uid}/permissions`."""
    folder = find(call.state, call.parameters[0])
    return answer([_shown(call, folder, each) for each in folder.rights])


def _shown(call: Call, folder: Folder, entry: Json) -> dict[str, Any]:
    team = call.state.teams.get(entry.get("teamId", 0))
    return {
        "folderId": folder.id,
        "created": folder.created,
        "updated": folder.updated,
        "userId": entry.get("userId", 0),
        "userLogin": "",
        "userEmail": "",
        "teamId": entry.get("teamId", 0),
        "team": team.name if team is not None else "",
        **({"role": entry["role"]} if "role" in entry else {}),
        "permission": entry["permission"],
        "permissionName": _NAMES[entry["permission"]],
        "uid": folder.uid,
        "title": folder.title,
        "slug": "",
        "isFolder": True,
        "url": url_of(folder),
        "inherited": False,
    }


def replace(call: Call) -> Response:
    """`POST /api/folders/{uid}/permissions`: what the list leaves out is taken away."""
    folder = find(call.state, call.parameters[0])
    items = call.body(_FIELDS).get("items", [])
    for each in items:
        _check(call, each)
    folder.rights = [
        {key: each[key] for key in ("role", "teamId", "userId", "permission") if each.get(key)}
        for each in items
    ]
    return answer({"message": "Folder permissions updated"})


def _check(call: Call, entry: Json) -> None:
    named = [key for key in ("role", "teamId", "userId") if entry.get(key)]
    if len(named) != 1 or entry.get("permission") not in _NAMES:
        raise plain(400, "Permissions can only be given to one of a role, a team and a user")
    if "role" in named and entry["role"] not in _ROLES:
        raise plain(400, "invalid role")
    if "teamId" in named and entry["teamId"] not in call.state.teams:
        raise plain(400, "team not found")


def teams(call: Call) -> Response:
    """`GET /api/teams/search?name=`: the exact name."""
    name = call.one("name")
    found = [each for each in call.state.teams.values() if name in ("", each.name)]
    return answer(
        {"totalCount": len(found), "teams": [_team(each) for each in found], "page": 1, "perPage": 1000}
    )


def _team(team: Team) -> dict[str, Any]:
    return {
        "id": team.id,
        "uid": f"team{team.id}",
        "orgId": 1,
        "name": team.name,
        "email": "",
        "memberCount": 0,
    }
