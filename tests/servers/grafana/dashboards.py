"""`/api/dashboards`: the classic API with its versions, and the store that both APIs of dashboards write to."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.servers.grafana import durations, folders
from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import checked_uid, sorted_keys
from tests.servers.grafana.managed_fields import classic_fields
from tests.servers.grafana.refusals import plain, with_status
from tests.servers.grafana.state import Dashboard, Json, Saved, State, second, slug
from tests.servers.messages import Response, answer

VERSIONS_KEPT = 20
MAX_BODY = 16 * 1024 * 1024
MIN_REFRESH = 5000
_FIELDS = {"dashboard": dict, "folderUid": str, "message": str, "overwrite": bool}


def find(state: State, uid: str) -> Dashboard:
    """Give a dashboard, or refuse."""
    dashboard = state.dashboards.get(uid)
    if dashboard is None:
        raise plain(404, "Dashboard not found")
    return dashboard


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be stored of a dashboard."""

    uid: str
    folder: str
    spec: Json
    message: str = ""
    stored_as: str = "v0alpha1"
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    managed_fields: list[Json] = field(default_factory=list)


def store(call: Call, write: Write) -> tuple[Dashboard, int]:
    """Create or change a dashboard; give it, and the version that the classic API's reply names."""
    existing = call.state.dashboards.get(write.uid)
    if existing is None:
        return _created(call, write), 1
    changed = (write.spec, write.folder) != (existing.spec, existing.folder)
    changed = changed or (write.labels, write.annotations) != (existing.labels, existing.annotations)
    before = existing.generation
    if changed or not call.version.unified:
        _changed(call, existing, write)
    return existing, existing.generation if changed else before


def _created(call: Call, write: Write) -> Dashboard:
    now = second(call.now)
    state, unified = call.state, call.version.unified
    login, person = call.identity.login, call.identity.reference
    dashboard = Dashboard(
        id=state.object_id(),
        uid=write.uid,
        folder=write.folder,
        spec=write.spec,
        kubernetes_uid=_kubernetes_uid(state),
        resource_version=_resource_version(call, 1),
        created=now,
        created_by=login,
        creator=person,
        updated=now,
        updated_by=login,
        updater=person,
        stored_as=write.stored_as,
    )
    _mark(dashboard, write, unified)
    dashboard.versions = [Saved(1, now, login, "Initial save", write.spec)]
    state.dashboards[write.uid] = dashboard
    return dashboard


def _changed(call: Call, dashboard: Dashboard, write: Write) -> None:
    dashboard.generation += 1
    dashboard.resource_version = _resource_version(call, dashboard.generation)
    dashboard.spec, dashboard.folder, dashboard.stored_as = write.spec, write.folder, write.stored_as
    dashboard.updated, dashboard.updated_by = second(call.now), call.identity.login
    dashboard.updater = call.identity.reference
    _mark(dashboard, write, call.version.unified)
    saved = Saved(dashboard.generation, dashboard.updated, dashboard.updated_by, write.message, write.spec)
    dashboard.versions = [*dashboard.versions, saved][-VERSIONS_KEPT:]


def _mark(dashboard: Dashboard, write: Write, unified: bool) -> None:
    if unified:
        dashboard.labels, dashboard.annotations = write.labels, write.annotations
        dashboard.managed_fields = write.managed_fields


def _kubernetes_uid(state: State) -> str:
    text = state.random_text(43)
    if not state.version.unified:
        return text + "X"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


def _resource_version(call: Call, generation: int) -> str:
    if not call.version.unified:
        return str(generation)
    return str(int(call.now.timestamp() * 1_000_000) + call.state.next_id("resource version"))


def save(call: Call) -> Response:
    """`POST /api/dashboards/db`."""
    if len(call.request.body) > MAX_BODY:
        raise plain(413, "Request body too large")
    body = call.body(_FIELDS)
    given = body.get("dashboard", {})
    title = given.get("title", "")
    if not isinstance(title, str) or not title.strip():
        raise with_status(400, "empty-name", "Dashboard title cannot be empty")
    uid = checked_uid(_uid_of(call.state, given))
    folder = body.get("folderUid", "")
    if folder and folder not in call.state.folders:
        raise plain(400, "folder not found")
    existing = call.state.dashboards.get(uid)
    if existing is not None and existing.file:
        raise plain(400, "Cannot save provisioned dashboard")
    if existing is not None and not body.get("overwrite") and given.get("version", 0) != existing.generation:
        raise with_status(412, "version-mismatch", "The dashboard has been changed by someone else")
    spec = _spec(given, title.strip())
    managed = classic_fields(spec, folder, call.now, changed=existing is not None)
    marks = _marks(existing)
    message = body.get("message", "")[:500]
    write = Write(uid or call.state.random_text(), folder, spec, message, "v0alpha1", *marks, managed)
    dashboard, said = store(call, write)
    return answer(
        {
            "folderUid": dashboard.folder,
            "id": dashboard.id,
            "slug": slug(dashboard.title),
            "status": "success",
            "uid": dashboard.uid,
            "url": url_of(dashboard),
            "version": said,
        }
    )


def _uid_of(state: State, given: Json) -> str:
    uid, number = given.get("uid") or "", given.get("id")
    if not isinstance(uid, str):
        raise plain(400, "bad request data")
    if not number:
        return uid
    known = next((each.uid for each in state.dashboards.values() if each.id == number), None)
    if known is None:
        raise with_status(404, "not-found", "Dashboard not found")
    return uid or known


def _marks(existing: Dashboard | None) -> tuple[dict[str, str], dict[str, str]]:
    return (existing.labels, existing.annotations) if existing is not None else ({}, {})


def _spec(given: Json, title: str) -> Json:
    spec = {key: value for key, value in sorted_keys(copy.deepcopy(given)).items() if key not in _OWN}
    spec["title"] = title
    refresh = spec.get("refresh")
    length = durations.milliseconds(refresh) if isinstance(refresh, str) else None
    if length is not None and 0 < length < MIN_REFRESH:
        spec["refresh"] = durations.text_of(MIN_REFRESH)
    return sorted_keys(spec)  # type: ignore[no-any-return]


_OWN = frozenset({"id", "uid", "version"})


def url_of(dashboard: Dashboard) -> str:
    """Give a dashboard's page."""
    return f"/d/{dashboard.uid}/{slug(dashboard.title)}"


def get(call: Call) -> Response:
    """`GET /api/dashboards/uid/{uid}`."""
    dashboard = find(call.state, call.parameters[0])
    if dashboard.stored_as.startswith("v2"):
        raise plain(406, "dashboard api version not supported, use the v2 API instead")
    spec = {**dashboard.spec, "id": dashboard.id, "uid": dashboard.uid, "version": dashboard.generation}
    return answer({"meta": _meta(call, dashboard), "dashboard": dict(sorted(spec.items()))})


def _meta(call: Call, dashboard: Dashboard) -> dict[str, Any]:
    writes = call.identity.role.title in {"Editor", "Admin"}
    untouched = call.version.unified and dashboard.generation == 1
    can = {"canAdd": writes, "canEdit": writes, "canDelete": writes}
    meta = {
        "type": "db",
        "canSave": writes,
        "canEdit": writes,
        "canAdmin": writes,
        "canStar": True,
        "canDelete": writes,
        "slug": slug(dashboard.title),
        "url": url_of(dashboard),
        "expires": "0001-01-01T00:00:00Z",
        "created": dashboard.created,
        "updated": dashboard.updated,
        "updatedBy": "Anonymous" if untouched else dashboard.updated_by,
        "createdBy": "Anonymous" if untouched else dashboard.created_by,
        "version": dashboard.generation,
        "hasAcl": False,
        "isFolder": False,
        "apiVersion": dashboard.stored_as,
    }
    return (
        meta
        | folder_of(call.state, dashboard.folder)
        | {
            "provisioned": bool(dashboard.file),
            "provisionedExternalId": dashboard.file,
            "annotationsPermissions": {"dashboard": can, "organization": can},
        }
    )


def folder_of(state: State, uid: str) -> dict[str, Any]:
    """Give what a dashboard's reply says of its folder."""
    folder = state.folders.get(uid)
    if folder is None:
        return {"folderId": 0, "folderUid": "", "folderTitle": "General", "folderUrl": ""}
    return {
        "folderId": folder.id,
        "folderUid": folder.uid,
        "folderTitle": folder.title,
        "folderUrl": folders.url_of(folder),
    }


def delete(call: Call) -> Response:
    """`DELETE /api/dashboards/uid/{uid}`."""
    dashboard = find(call.state, call.parameters[0])
    if dashboard.file:
        raise plain(400, "provisioned dashboard cannot be deleted")
    del call.state.dashboards[dashboard.uid]
    message = f"Dashboard {dashboard.title} deleted"
    return answer({"message": message, "title": dashboard.title, "uid": dashboard.uid})


def versions(call: Call) -> Response:
    """`GET /api/dashboards/uid/{uid}/versions`: the newest first."""
    dashboard = find(call.state, call.parameters[0])
    newest = list(reversed(dashboard.versions))[call.number("start", 0) :]
    some = newest[: call.number("limit", VERSIONS_KEPT) or VERSIONS_KEPT]
    return answer({"continueToken": "", "versions": [_version(dashboard, saved) for saved in some]})


def version(call: Call) -> Response:
    """`GET /api/dashboards/uid/{uid}/versions/{version}`."""
    dashboard = find(call.state, call.parameters[0])
    return answer(_version(dashboard, _saved(dashboard, call.parameters[1])))


def _saved(dashboard: Dashboard, number: str) -> Saved:
    found = next((saved for saved in dashboard.versions if str(saved.version) == number), None)
    if found is None:
        raise plain(404, f"Dashboard version {number} not found for dashboardId {dashboard.id}")
    return found


def _version(dashboard: Dashboard, saved: Saved) -> dict[str, Any]:
    data = {**saved.spec, "uid": dashboard.uid, "version": saved.version}
    return {
        "id": saved.version,
        "dashboardId": dashboard.id,
        "uid": dashboard.uid,
        "parentVersion": saved.version - 1,
        "restoredFrom": 0,
        "version": saved.version,
        "created": saved.created,
        "message": saved.message,
        "data": dict(sorted(data.items())),
        "createdBy": saved.created_by,
    }


def restore(call: Call) -> Response:
    """`POST /api/dashboards/uid/{uid}/restore`: an old version becomes a new one."""
    dashboard = find(call.state, call.parameters[0])
    saved = _saved(dashboard, str(call.body({"version": int}).get("version", 0)))
    message = f"Restored from version {saved.version}"
    marks = _marks(dashboard)
    managed = dashboard.managed_fields
    write = Write(dashboard.uid, dashboard.folder, saved.spec, message, "v0alpha1", *marks, managed)
    _changed(call, dashboard, write)
    return answer(
        {
            "id": dashboard.id,
            "slug": slug(dashboard.title),
            "status": "success",
            "uid": dashboard.uid,
            "url": url_of(dashboard),
            "version": dashboard.generation,
        }
    )
