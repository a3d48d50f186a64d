"""`/api/folders`: nested up to five levels; deleting one takes along what is in it."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana.access import lineage, made_folder
from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import checked_uid
from tests.servers.grafana.refusals import coded, internal, plain, with_status
from tests.servers.grafana.state import Folder, State, second, slug
from tests.servers.messages import Response, answer

MAX_DEPTH = 5
_FIELDS = {"uid": str, "title": str, "parentUid": str, "description": str, "version": int, "overwrite": bool}


def find(state: State, uid: str) -> Folder:
    """Give a folder, or refuse."""
    folder = state.folders.get(uid)
    if folder is None:
        raise with_status(404, "not-found", "folder not found")
    return folder


def shown(call: Call, folder: Folder, whole: bool = True) -> dict[str, Any]:
    """Give a folder as the API shows it, with the folders around it."""
    writes = call.identity.role.title in {"Editor", "Admin"}
    body: dict[str, Any] = {
        "id": folder.id,
        "uid": folder.uid,
        "orgId": 1,
        "title": folder.title,
        "url": url_of(folder),
        "hasAcl": False,
        "canSave": writes,
        "canEdit": writes,
        "canAdmin": writes,
        "canDelete": writes,
        "createdBy": folder.created_by,
        "created": folder.created,
        "updatedBy": folder.updated_by,
        "updated": folder.updated,
        "version": folder.version,
    }
    if folder.description:
        body["description"] = folder.description
    if folder.parent:
        body["parentUid"] = folder.parent
        if whole:
            around = [call.state.folders[uid] for uid in reversed(_around(call.state, folder.uid))]
            body["parents"] = [shown(call, parent, whole=False) for parent in around]
    return body


def url_of(folder: Folder) -> str:
    """Give a folder's page."""
    return f"/dashboards/f/{folder.uid}/{slug(folder.title)}"


def path_of(state: State, uid: str) -> str:
    """Give a folder's full path, the titles joined by a slash."""
    titles = [state.folders[each].title.replace("/", r"\/") for each in lineage(state, uid)]
    return "/".join(reversed(titles))


def inside(state: State, uid: str) -> list[str]:
    """Give the uids of a folder and of all folders inside of it."""
    return [each for each in state.folders if uid in lineage(state, each)]


def _around(state: State, uid: str) -> list[str]:
    return list(lineage(state, uid))[1:]


def create(call: Call) -> Response:
    """`POST /api/folders`."""
    body = call.body(_FIELDS)
    title, uid = body.get("title", "").strip(), body.get("uid", "")
    if uid == "general":
        raise internal()
    _checked_new_uid(call, uid)
    if not title:
        raise plain(400, "folder title cannot be empty")
    uid = uid or call.state.random_text()
    if uid in call.state.folders:
        raise plain(412, "the folder has been changed by someone else")
    parent = body.get("parentUid", "")
    _checked_parent(call.state, parent, levels=1)
    made_folder(call, uid)
    now, login = second(call.now), call.identity.login
    updater = "Anonymous" if call.version.unified else login
    description = body.get("description", "")
    folder = Folder(call.state.object_id(), uid, title, parent, description, now, login, now, updater)
    call.state.folders[uid] = folder
    return answer(shown(call, folder))


def _checked_new_uid(call: Call, uid: str) -> None:
    if call.version.unified and "/" in uid:
        what = f"Invalid value: \"{uid}\": may not contain '/'"
        raise plain(422, f'Folder.folder.grafana.app "{uid}" is invalid: metadata.name: {what}')
    checked_uid(uid)


def _checked_parent(state: State, parent: str, levels: int) -> None:
    if not parent:
        return
    find(state, parent)
    if len(lineage(state, parent)) + levels > MAX_DEPTH:
        raise coded(400, "folder.maximum-depth-reached", "Maximum nested folder depth reached")


def get(call: Call) -> Response:
    """`GET /api/folders/{uid}`."""
    return answer(shown(call, find(call.state, call.parameters[0])))


def listed(call: Call) -> Response:
    """`GET /api/folders`: one level, by title."""
    parent = call.one("parentUid")
    if parent:
        find(call.state, parent)
    level = sorted((each for each in call.state.folders.values() if each.parent == parent), key=_order)
    limit, page = call.number("limit", 1000), max(1, call.number("page", 1))
    some = level[(page - 1) * limit : page * limit]
    return answer([_hit(folder) for folder in some])


def _order(folder: Folder) -> tuple[str, int]:
    return folder.title.lower(), folder.id


def _hit(folder: Folder) -> dict[str, Any]:
    hit: dict[str, Any] = {"id": folder.id, "uid": folder.uid, "title": folder.title}
    return hit | ({"parentUid": folder.parent} if folder.parent else {})


def update(call: Call) -> Response:
    """`PUT /api/folders/{uid}`."""
    folder = find(call.state, call.parameters[0])
    body = call.body(_FIELDS)
    if not body.get("overwrite") and body.get("version", 0) != folder.version:
        raise plain(412, "The dashboard has been changed by someone else")
    title = body.get("title", "").strip() or folder.title
    description = body.get("description", folder.description)
    if (title, description) != (folder.title, folder.description) or not call.version.unified:
        folder.title, folder.description = title, description
        _touch(call, folder)
    return answer(shown(call, folder))


def move(call: Call) -> Response:
    """`POST /api/folders/{uid}/move`."""
    folder = find(call.state, call.parameters[0])
    parent = call.body(_FIELDS).get("parentUid", "")
    if parent in inside(call.state, folder.uid):
        raise coded(400, "folder.circular-reference", "Circular reference detected")
    below = max(len(lineage(call.state, each)) for each in inside(call.state, folder.uid))
    _checked_parent(call.state, parent, levels=below - len(lineage(call.state, folder.uid)) + 1)
    folder.parent = parent
    _touch(call, folder)
    return answer(shown(call, folder))


def _touch(call: Call, folder: Folder) -> None:
    folder.version += 1
    folder.updated, folder.updated_by = second(call.now), call.identity.login


def delete(call: Call) -> Response:
    """`DELETE /api/folders/{uid}`: with all dashboards and folders inside; with rules only where that is forced."""
    state = call.state
    doomed = set(inside(state, find(state, call.parameters[0]).uid))
    rules = [uid for uid, rule in state.rules.items() if rule.folder in doomed]
    if rules and call.one("forceDeleteRules") != "true":
        raise coded(400, "folder.not-empty", "Folder cannot be deleted: folder is not empty")
    for uid in rules:
        del state.rules[uid]
    for uid in [uid for uid, dashboard in state.dashboards.items() if dashboard.folder in doomed]:
        del state.dashboards[uid]
    for uid in doomed:
        del state.folders[uid]
    return answer({"message": "Folder deleted"})
