"""`/api/datasources`: sources, their secrets kept, and a health that a test can spoil."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import checked_uid, sorted_keys
from tests.servers.grafana.refusals import plain
from tests.servers.grafana.state import Json, Source
from tests.servers.messages import Response, answer

POSTGRESQL = "grafana-postgresql-datasource"
_KNOWN = {POSTGRESQL: ("PostgreSQL", f"public/plugins/{POSTGRESQL}/img/postgresql_logo.svg")}
_ALIASES = {"postgres": POSTGRESQL}
_FIELDS = {
    "name": str,
    "uid": str,
    "type": str,
    "access": str,
    "url": str,
    "user": str,
    "database": str,
    "basicAuth": bool,
    "basicAuthUser": str,
    "withCredentials": bool,
    "isDefault": bool,
    "jsonData": dict,
    "secureJsonData": dict,
    "version": int,
}
_EMPTY = {
    "access": "",
    "url": "",
    "user": "",
    "database": "",
    "basicAuth": False,
    "basicAuthUser": "",
    "withCredentials": False,
}


def find(call: Call, uid: str) -> Source:
    """Give a source, or refuse."""
    source = call.state.sources.get(uid)
    if source is None:
        raise plain(404, "Data source not found")
    return source


def _shown(source: Source) -> dict[str, Any]:
    fields = source.fields
    return {
        "id": source.id,
        "uid": source.uid,
        "orgId": 1,
        "name": source.name,
        "type": source.type,
        "typeLogoUrl": _KNOWN.get(source.type, ("", ""))[1],
        **{name: fields[name] for name in _EMPTY},
        "isDefault": source.is_default,
        "jsonData": fields["jsonData"],
        "secureJsonFields": dict.fromkeys(sorted(source.secrets), True),
        "version": source.version,
        "readOnly": source.read_only,
        "apiVersion": "",
    }


def listed(call: Call) -> Response:
    """`GET …`: by name, in a shorter form."""
    left_out = {"basicAuthUser", "withCredentials", "secureJsonFields", "version", "apiVersion"}
    sources = sorted(call.state.sources.values(), key=lambda each: each.name.lower())
    found = [
        {"typeName": _KNOWN.get(each.type, (each.type, ""))[0]}
        | {key: value for key, value in _shown(each).items() if key not in left_out}
        for each in sources
    ]
    return answer(found)


def get(call: Call) -> Response:
    """`GET …/uid/{uid}`."""
    return answer(_shown(find(call, call.parameters[0])))


def create(call: Call) -> Response:
    """`POST …`: the first one becomes the default."""
    body = call.body(_FIELDS)
    _checked(body)
    sources = call.state.sources
    uid = checked_uid(body.get("uid", "")) or call.state.random_text()
    _checked_name(call, body["name"], "")
    if uid in sources:
        raise plain(409, "data source with the same uid already exists")
    source = Source(call.state.next_id("source"), uid, "", "", {}, {}, is_default=not sources)
    _store(call, source, body)
    sources[uid] = source
    said = {"datasource": _shown(source), "id": source.id, "message": "Datasource added", "name": source.name}
    return answer(said)


def _checked(body: Json) -> None:
    for name in ("name", "type", "access"):
        if not body.get(name):
            raise plain(400, "bad request data")


def _checked_name(call: Call, name: str, but: str) -> None:
    if any(each.name == name and each.uid != but for each in call.state.sources.values()):
        raise plain(409, "data source with the same name already exists")


def _store(call: Call, source: Source, body: Json) -> None:
    kind: str = body["type"]
    source.name, source.type = body["name"], _ALIASES.get(kind, kind)
    fields = {name: body.get(name, empty) for name, empty in _EMPTY.items()}
    source.fields = fields | {"jsonData": sorted_keys(body.get("jsonData", {}))}
    source.secrets = source.secrets | {
        name: str(text) for name, text in body.get("secureJsonData", {}).items()
    }
    if body.get("isDefault"):
        for other in call.state.sources.values():
            other.is_default = False
        source.is_default = True


def update(call: Call) -> Response:
    """`PUT …/uid/{uid}`: secrets that are left out stay."""
    body = call.body(_FIELDS)
    source = find(call, call.parameters[0])
    _checked(body)
    _checked_writable(source)
    _checked_name(call, body["name"], source.uid)
    if body.get("version") and body["version"] != source.version:
        raise plain(409, "Datasource has already been updated by someone else. Please reload and try again")
    _store(call, source, body)
    source.version += 1
    said = {
        "datasource": _shown(source),
        "id": source.id,
        "message": "Datasource updated",
        "name": source.name,
    }
    return answer(said)


def _checked_writable(source: Source) -> None:
    if source.read_only:
        raise plain(403, "Cannot change a read-only data source")


def delete(call: Call) -> Response:
    """`DELETE …/uid/{uid}`."""
    source = find(call, call.parameters[0])
    _checked_writable(source)
    del call.state.sources[source.uid]
    return answer({"id": source.id, "message": "Data source deleted"})


def health(call: Call) -> Response:
    """`GET …/uid/{uid}/health`."""
    problem = find(call, call.parameters[0]).problem
    if problem:
        return answer({"message": problem, "status": "ERROR"}, 400)
    return answer({"message": "Database Connection OK", "status": "OK"})
