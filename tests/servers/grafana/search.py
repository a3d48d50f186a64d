"""`GET /api/search`: folders and dashboards by title, without their bodies."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana import dashboards, folders
from tests.servers.grafana.call import Call
from tests.servers.grafana.refusals import plain
from tests.servers.grafana.state import Dashboard, Folder, slug
from tests.servers.messages import Response, answer

LIMIT = 1000
MAX_LIMIT = 5000


def search(call: Call) -> Response:
    """Find folders and dashboards."""
    limit, page = call.number("limit", LIMIT) or LIMIT, max(1, call.number("page", 1))
    if limit > MAX_LIMIT:
        text = "limit is above maximum allowed (5000), use page parameter to access hits beyond limit"
        raise plain(422, text)
    if call.one("deleted") == "true" and not call.version.unified:
        return answer([])
    found: list[Folder | Dashboard] = [*_folders(call), *_dashboards(call)]
    found.sort(key=lambda each: each.uid, reverse=True) if call.version.unified else found.sort(key=_id)
    found.sort(key=lambda each: each.title.lower())
    some = found[(page - 1) * limit : page * limit]
    return answer([_hit(call, each) for each in some])


def _id(found: Folder | Dashboard) -> int:
    return found.id


def _kinds(call: Call) -> list[str]:
    return call.request.query.get("type", [])


def _named(call: Call, title: str) -> bool:
    return call.one("query").lower() in title.lower()


def _folders(call: Call) -> list[Folder]:
    wanted = call.request.query
    if {"tag", "dashboardUIDs"} & wanted.keys() or "dash-db" in _kinds(call):
        return []
    inside = wanted.get("folderUIDs")
    every = call.state.folders.values()
    return [
        each for each in every if _named(call, each.title) and (inside is None or _parent(each) in inside)
    ]


def _parent(folder: Folder) -> str:
    return folder.parent or "general"


def _dashboards(call: Call) -> list[Dashboard]:
    wanted = call.request.query
    if "dash-folder" in _kinds(call):
        return []
    inside, uids, tags = wanted.get("folderUIDs"), wanted.get("dashboardUIDs"), wanted.get("tag", [])
    return [
        each
        for each in call.state.dashboards.values()
        if _named(call, each.title)
        and (inside is None or (each.folder or "general") in inside)
        and (uids is None or each.uid in uids)
        and set(tags) <= set(each.tags)
    ]


def _hit(call: Call, found: Folder | Dashboard) -> dict[str, Any]:
    is_folder = isinstance(found, Folder)
    hit: dict[str, Any] = {
        "id": found.id,
        "uid": found.uid,
        "orgId": 1,
        "title": found.title,
        "uri": f"db/{slug(found.title)}",
        "url": folders.url_of(found) if isinstance(found, Folder) else dashboards.url_of(found),
        "slug": "",
        "type": "dash-folder" if is_folder else "dash-db",
        "tags": [] if isinstance(found, Folder) else sorted(found.tags),
        "isStarred": False,
    }
    around = found.parent if isinstance(found, Folder) else found.folder
    if around:
        hit |= dashboards.folder_of(call.state, around)
    return hit | {"sortMeta": 0, "isDeleted": False}
