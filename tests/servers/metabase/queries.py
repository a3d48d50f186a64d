"""A query as it is sent, as it is kept, and as each generation answers it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.servers.metabase.refusals import Refusal, message
from tests.servers.metabase.state import Json
from tests.servers.metabase.versions import Version

_NATIVE_STAGE = "mbql.stage/native"


def kept(sent: Any, version: Version) -> Json:
    """
    Bring a query to the form in which it is kept.

    A reference of the wrong generation in a tag makes it unreadable: it is kept empty, or refused by newer versions.
    """
    if not isinstance(sent, dict) or not sent:
        raise _no_query()
    legacy = _from_mbql5(sent) if sent.get("lib/type") == "mbql/query" else _from_legacy(sent)
    if legacy is not None:
        return legacy
    if version.strict_queries:
        raise message(500, "Invalid query: value does not match its schema")
    return {"database": sent.get("database"), "type": "native", "native": {}}


def _no_query() -> Refusal:
    return message(500, 'ERROR: null value in column "database_id" of relation "report_card"')


def _from_legacy(sent: Json) -> Json | None:
    native = sent.get("native")
    if (
        sent.get("type") != "native"
        or not isinstance(native, dict)
        or not isinstance(sent.get("database"), int)
    ):
        raise _no_query()
    tags = _tag_map(native.get("template-tags"))
    if any(not _is_legacy(tag["dimension"]) for tag in tags.values() if "dimension" in tag):
        return None
    return _legacy(sent["database"], str(native.get("query", "")), tags)


def _from_mbql5(sent: Json) -> Json | None:
    stages = sent.get("stages") or [{}]
    if stages[0].get("lib/type") != _NATIVE_STAGE or not isinstance(sent.get("database"), int):
        raise _no_query()
    tags = _tag_map(stages[0].get("template-tags"))
    for tag in tags.values():
        if "dimension" in tag:
            if not _is_mbql5(tag["dimension"]):
                return None
            tag["dimension"] = ["field", tag["dimension"][2], None]
    return _legacy(sent["database"], str(stages[0].get("native", "")), tags)


def _legacy(database: int, sql: str, tags: Json) -> Json:
    return {"database": database, "type": "native", "native": {"query": sql, "template-tags": tags}}


def _tag_map(tags: Any) -> Json:
    if isinstance(tags, list):
        return {tag["name"]: dict(tag) for tag in tags}
    return {name: dict(tag) for name, tag in (tags or {}).items()}


def _is_legacy(ref: Any) -> bool:
    return isinstance(ref, list) and len(ref) == 3 and isinstance(ref[1], int) and ref[2] is None


def _is_mbql5(ref: Any) -> bool:
    return isinstance(ref, list) and len(ref) == 3 and isinstance(ref[1], dict) and isinstance(ref[2], int)


def shown(query: Json, version: Version) -> Json:
    """Show a query as a version answers it."""
    return _mbql5(query, version) if version.mbql5 else json.loads(json.dumps(query))


def _mbql5(query: Json, version: Version) -> Json:
    native = query["native"]
    stage: Json = {"lib/type": _NATIVE_STAGE}
    if version.notes_queries:
        stage["lib/uuid"] = _noise("stage", native.get("query", ""))
    if native.get("query") is not None:
        stage["native"] = native["query"]
    tags = {name: _tag(tag, version) for name, tag in native.get("template-tags", {}).items()}
    if tags:
        stage["template-tags"] = list(tags.values()) if version.lists_tags else tags
    shown: Json = {"lib/type": "mbql/query", "stages": [stage], "database": query["database"]}
    if version.notes_queries:
        return shown | {"info": {"card-entity-id": None}}
    return shown | {"lib.convert/converted?": True}


def _tag(tag: Json, version: Version) -> Json:
    if "dimension" not in tag or not version.mbql5_refs:
        return dict(tag)
    number = tag["dimension"][1]
    return tag | {"dimension": ["field", {"lib/uuid": _noise("field", str(number))}, number]}


def _noise(*parts: str) -> str:
    """Give a UUID; the same in each run, since what is not asked for is compared in no test."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)))


def as_text(query: Json) -> str:
    """Write the legacy form as newer versions add it to a card."""
    return json.dumps(query, separators=(",", ":"))


def derived_parameters(query: Json) -> list[Json]:
    """Make the parameters that a card gets where it names none."""
    return [_parameter(tag) for tag in query["native"].get("template-tags", {}).values()]


def _parameter(tag: Json) -> Json:
    kinds = {"date": "date/single", "number": "number/=", "dimension": tag.get("widget-type", "category")}
    kind = "dimension" if tag["type"] == "dimension" else "variable"
    made: Json = {
        "id": tag["id"],
        "type": kinds.get(tag["type"], "category"),
        "target": [kind, ["template-tag", tag["name"]]],
        "name": tag.get("display-name", tag["name"]),
        "slug": tag["name"],
    }
    return made | ({"default": tag["default"]} if "default" in tag else {})
