"""Which fields a manager has set, as Kubernetes notes it: `f:` and the name, arrays and plain values as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.servers.grafana.state import Json, second


def fields_of(value: Any) -> Json:
    """Give a value's fields; an object's own mark is a dot."""
    if not isinstance(value, dict):
        return {}
    return {".": {}, **{f"f:{key}": fields_of(each) for key, each in value.items()}}


def entry(manager: str, api_version: str, now: datetime, fields: Json) -> Json:
    """Give the note of a manager's update."""
    return {
        "manager": manager,
        "operation": "Update",
        "apiVersion": f"dashboard.grafana.app/{api_version}",
        "time": second(now),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }


def object_fields(annotations: Json, labels: Json, spec: Json) -> Json:
    """Give the fields of a dashboard's metadata and spec; what is empty is not named."""
    about = {"f:annotations": annotations, "f:labels": labels}
    metadata = {name: fields_of(value) for name, value in about.items() if value}
    found: Json = {"f:metadata": metadata} if metadata else {}
    return found | {"f:spec": {key: value for key, value in fields_of(spec).items() if key != "."}}


def classic_fields(spec: Json, folder: str, now: datetime, changed: bool) -> list[Json]:
    """Give the note of a save through the classic API, which the server makes in its own name."""
    own = ("id", "uid", "version") if changed else ("uid", "version")
    annotations = {"grafana.app/folder": folder} if folder else {}
    fields = object_fields(annotations, {}, {**spec, **dict.fromkeys(own)})
    return [entry("grafana", "v0alpha1", now, fields)]


def merged(old: Any, new: Any) -> Any:
    """Join the fields of two notes."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {key: merged(old.get(key, {}), new.get(key, {})) for key in sorted(old.keys() | new.keys())}
