"""`/apis/dashboard.grafana.app`: whole dashboards in pages, and writes that a resource version guards."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from tests.servers.grafana import dashboards
from tests.servers.grafana.call import Call
from tests.servers.grafana.conversion import problem_of, v1beta1
from tests.servers.grafana.fields import MAX_UID, UID, parsed, sorted_keys
from tests.servers.grafana.managed_fields import entry, merged, object_fields
from tests.servers.grafana.refusals import kubernetes
from tests.servers.grafana.state import Dashboard, Json, second
from tests.servers.messages import Response, answer

GROUP = "dashboard.grafana.app"
SERVED = ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1")
CONVERTED = ("v1beta1", "v0alpha1")
"""The versions that the stand-in speaks; the others are listed only."""

PAGE = 500
"""Items in a page, whatever the limit says; a real one is cut at 2 to 3 MB besides."""

_OWN_LABEL = "grafana.app/deprecatedInternalID"
_FOLDER = "grafana.app/folder"
_SERVER_MADE = frozenset(
    {_FOLDER, "grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp"}
)


def group(call: Call) -> Response:
    """`GET /apis/dashboard.grafana.app`."""
    versions = [{"groupVersion": f"{GROUP}/{each}", "version": each} for each in SERVED]
    body = {"kind": "APIGroup", "apiVersion": "v1", "name": GROUP, "versions": versions}
    return answer(body | {"preferredVersion": versions[0]})


def _find(call: Call, name: str) -> Dashboard:
    dashboard = call.state.dashboards.get(name)
    if dashboard is None:
        raise kubernetes(404, f'dashboards.{GROUP} "{name}" not found', "NotFound", name)
    return dashboard


def _shown(call: Call, dashboard: Dashboard, api_version: str) -> dict[str, Any]:
    stored = dashboard.stored_as
    conversion = {"conversion": {"failed": False, "storedVersion": stored}} if stored != api_version else {}
    spec = v1beta1(dashboard.spec) if api_version == "v1beta1" else dashboard.spec
    return {
        "kind": "Dashboard",
        "apiVersion": f"{GROUP}/{api_version}",
        "metadata": _metadata(call, dashboard),
        "spec": spec,
        "status": conversion,
    }


def _metadata(call: Call, dashboard: Dashboard) -> dict[str, Any]:
    metadata = {
        "name": dashboard.uid,
        "namespace": "default",
        "uid": dashboard.kubernetes_uid,
        "resourceVersion": dashboard.resource_version,
        "generation": dashboard.generation,
        "creationTimestamp": dashboard.created,
        "labels": {_OWN_LABEL: str(dashboard.id), **dashboard.labels},
        "annotations": dict(sorted((_annotations(call, dashboard) | dashboard.annotations).items())),
    }
    return metadata | ({"managedFields": dashboard.managed_fields} if call.version.unified else {})


def _annotations(call: Call, dashboard: Dashboard) -> dict[str, str]:
    found = {"grafana.app/createdBy": dashboard.creator}
    if dashboard.folder:
        found[_FOLDER] = dashboard.folder
    if dashboard.generation > 1 or not call.version.unified:
        found |= {
            "grafana.app/updatedBy": dashboard.updater,
            "grafana.app/updatedTimestamp": dashboard.updated,
        }
    return found


def get(call: Call) -> Response:
    """`GET …/dashboards/{name}`."""
    return answer(_shown(call, _find(call, call.parameters[2]), call.parameters[0]))


def listed(call: Call) -> Response:
    """`GET …/dashboards?limit&continue&labelSelector`."""
    selector = call.one("labelSelector")
    if selector and not call.version.unified:
        raise kubernetes(500, "labels not yet supported")
    found = [each for each in _in_order(call) if _matches(each, selector)]
    start = _start(call, found)
    limit = min(call.number("limit", PAGE) or PAGE, PAGE)
    page = found[start : start + limit]
    metadata = {"resourceVersion": str(int(call.now.timestamp() * 1_000_000))}
    if start + limit < len(found):
        metadata["continue"] = _token(call, page, start + limit)
    items = [_item(call, each) for each in page]
    api_version = f"{GROUP}/{call.parameters[0]}"
    return answer({"kind": "DashboardList", "apiVersion": api_version, "metadata": metadata, "items": items})


def _in_order(call: Call) -> list[Dashboard]:
    every = call.state.dashboards.values()
    if call.version.unified:
        return sorted(every, key=lambda each: each.uid)
    return sorted(every, key=lambda each: -each.id)


def _matches(dashboard: Dashboard, selector: str) -> bool:
    wanted: Iterable[str] = (each for each in selector.split(",") if each)
    return all(_meets(dashboard.labels, each) for each in wanted)


def _meets(labels: dict[str, str], wanted: str) -> bool:
    if "!=" in wanted:
        name, _, value = wanted.partition("!=")
        return labels.get(name) != value
    name, equals, value = wanted.replace("==", "=").partition("=")
    return labels.get(name) == value if equals else name in labels


def _token(call: Call, page: list[Dashboard], offset: int) -> str:
    if not call.version.unified:
        return f"org:1/start:{page[-1].id}/folder:"
    text = json.dumps(
        {"o": offset, "v": int(call.now.timestamp() * 1_000_000), "s": False}, separators=(",", ":")
    )
    return base64.b64encode(text.encode()).decode()


def _start(call: Call, found: list[Dashboard]) -> int:
    token = call.one("continue")
    if not token:
        return 0
    try:
        if call.version.unified:
            return int(json.loads(base64.b64decode(token))["o"])
        last = int(token.removeprefix("org:1/start:").removesuffix("/folder:"))
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise kubernetes(400, "invalid continue token", "BadRequest") from None
    return next((index for index, each in enumerate(found) if each.id < last), len(found))


def _item(call: Call, dashboard: Dashboard) -> dict[str, Any]:
    shown = _shown(call, dashboard, call.parameters[0])
    if not call.version.unified:
        del shown["kind"], shown["apiVersion"]
    return shown


def create(call: Call) -> Response:
    """`POST …/dashboards`."""
    body = _body(call)
    name = body["metadata"].get("name") or call.state.random_text()
    if name in call.state.dashboards:
        raise kubernetes(409, f'dashboards.{GROUP} "{name}" already exists', "AlreadyExists", name)
    return _written(call, name, body, 201)


def update(call: Call) -> Response:
    """`PUT …/dashboards/{name}`: creates what is not there; a stale resource version is refused."""
    body, name = _body(call), call.parameters[2]
    existing = call.state.dashboards.get(name)
    given = body["metadata"].get("resourceVersion")
    if existing is not None and given and given != existing.resource_version:
        message = (
            "the object has been modified; please apply your changes to the latest version and try again"
        )
        whole = f'Operation cannot be fulfilled on dashboards.{GROUP} "{name}": {message}'
        raise kubernetes(409, whole, "Conflict", name)
    return _written(call, name, body, 201 if existing is None else 200)


def _body(call: Call) -> Json:
    body = parsed(call.request)
    if not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
        raise kubernetes(400, "the object provided is unrecognized", "BadRequest")
    name = body["metadata"].get("name") or (call.parameters[2] if len(call.parameters) > 2 else "")
    problem = problem_of(body.get("spec"))
    if not isinstance(name, str) or not UID.fullmatch(name) or len(name) > MAX_UID:
        raise kubernetes(400, "uid contains illegal characters", "BadRequest", str(name))
    if problem and call.one("fieldValidation") != "Ignore":
        raise kubernetes(422, f'Dashboard.{GROUP} "{name}" is invalid: {problem}', "Invalid", name)
    return body


def _written(call: Call, name: str, body: Json, status: int) -> Response:
    api_version = call.parameters[0]
    labels = {key: value for key, value in _texts(body, "labels").items() if key != _OWN_LABEL}
    given = _texts(body, "annotations")
    annotations = {key: value for key, value in given.items() if key not in _SERVER_MADE}
    folder = given.get(_FOLDER, "")
    if folder and folder not in call.state.folders:
        raise kubernetes(404, f'folders.folder.grafana.app "{folder}" not found', "NotFound", folder)
    spec = {
        key: value for key, value in sorted_keys(body["spec"]).items() if key not in {"id", "uid", "version"}
    }
    spec = v1beta1(spec) if api_version == "v1beta1" else spec
    managed = _managed(call, name, body, labels, annotations | ({_FOLDER: folder} if folder else {}))
    write = dashboards.Write(name, folder, spec, "", api_version, labels, annotations, managed)
    dashboard, _ = dashboards.store(call, write)
    return answer(_reply(call, dashboard, write), status)


def _texts(body: Json, name: str) -> dict[str, str]:
    found = body["metadata"].get(name) or {}
    return (
        {key: value for key, value in found.items() if isinstance(value, str)}
        if isinstance(found, dict)
        else {}
    )


def _managed(call: Call, name: str, body: Json, labels: Json, annotations: Json) -> list[Json]:
    manager = call.request.headers.get("user-agent", "").partition("/")[0] or "unknown"
    existing = call.state.dashboards.get(name)
    if existing is None or not existing.managed_fields:
        fields = object_fields(annotations, labels, body["spec"])
        return [entry(manager, call.parameters[0], call.now, fields)]
    fresh = {key: value for key, value in body["spec"].items() if existing.spec.get(key) != value}
    last = existing.managed_fields[-1]
    fields = merged(last["fieldsV1"], object_fields({}, {}, fresh))
    note = entry(manager, call.parameters[0], call.now, fields)
    return (
        [*existing.managed_fields[:-1], note]
        if last["manager"] == manager
        else [*existing.managed_fields, note]
    )


def _reply(call: Call, dashboard: Dashboard, write: dashboards.Write) -> dict[str, Any]:
    shown = _shown(call, dashboard, call.parameters[0])
    metadata = shown["metadata"]
    metadata["labels"] = metadata["labels"] | write.labels
    metadata["annotations"] = dict(sorted((metadata["annotations"] | write.annotations).items()))
    if dashboard.generation == 1:
        for made in ("updatedBy", "updatedTimestamp"):
            metadata["annotations"].pop(f"grafana.app/{made}", None)
        metadata["managedFields"] = write.managed_fields
        metadata["creationTimestamp"] = second(call.now)
    return shown


def delete(call: Call) -> Response:
    """`DELETE …/dashboards/{name}`."""
    dashboard = _find(call, call.parameters[2])
    del call.state.dashboards[dashboard.uid]
    details = {"name": dashboard.uid, "group": GROUP, "kind": "dashboards", "uid": dashboard.kubernetes_uid}
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return answer(body)
