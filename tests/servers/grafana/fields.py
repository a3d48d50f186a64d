"""JSON bodies become values by name: names in any case, unknown ones dropped, wrong types refused, null is absent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tests.servers.grafana import durations
from tests.servers.grafana.refusals import bad_request, plain
from tests.servers.messages import Request

UID = re.compile(r"[a-zA-Z0-9_-]*")
MAX_UID = 40

Types = Mapping[str, type]


def parsed(request: Request) -> Any:
    """Read a request's body; nothing where it is empty, and refused where it is not said to be JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise bad_request()
    if not request.body.strip():
        return {}
    try:
        return json.loads(request.body)
    except ValueError:
        raise bad_request() from None


def decode(body: Any, types: Types) -> dict[str, Any]:
    """Read an object's fields of the types given."""
    if not isinstance(body, dict):
        raise bad_request()
    names = {name.lower(): name for name in types}
    found: dict[str, Any] = {}
    for given, value in body.items():
        name = names.get(given.lower())
        if name is None or value is None:
            continue
        if not _is(value, types[name]):
            raise bad_request()
        found[name] = value
    return found


def _is(value: Any, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)


def texts(value: Any) -> list[str]:
    """Read a list of texts."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise bad_request()
    return list(value)


def text_map(value: Any) -> dict[str, str]:
    """Read an object of texts, sorted by name."""
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise bad_request()
    return dict(sorted(value.items()))


def duration(value: Any) -> int:
    """Read a duration in milliseconds: a text, or nothing at all for 0."""
    if value is None:
        return 0
    found = durations.milliseconds(value) if isinstance(value, str) else None
    if found is None:
        raise bad_request()
    return found


def checked_uid(uid: str) -> str:
    """Refuse a uid that is too long or has other characters than Grafana takes."""
    if not UID.fullmatch(uid):
        raise plain(400, "uid contains illegal characters")
    if len(uid) > MAX_UID:
        raise plain(400, "uid too long, max 40 characters")
    return uid


def sorted_keys(value: Any) -> Any:
    """Sort the keys of every object inside of a value."""
    if isinstance(value, dict):
        return {key: sorted_keys(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [sorted_keys(each) for each in value]
    return value
