"""An alert rule of Grafana's as one value, and its two written forms: a provisioning file and the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchglass.artifact import Json, Path, Statement
from watchglass.durations import Duration

_UNITS = (
    ("y", 31_536_000, True),
    ("w", 604_800, True),
    ("d", 86_400, False),
    ("h", 3600, False),
    ("m", 60, False),
    ("s", 1, False),
)
_FILE_KEYS: Mapping[str, str] = {
    "keep_firing_for": "keepFiringFor",
    "missingSeriesEvalsToResolve": "missing_series_evals_to_resolve",
}
"""Keys that the API and files spell differently; each swallows the other's without a word."""


@dataclass(frozen=True, slots=True)
class GrafanaRule:
    """
    One rule.

    Args:
        data: queries and expressions, in the form that both files share.
        missing: evaluations after which a series that is gone counts as resolved; None leaves Grafana's two.
        origins: pointer within the rule as the API takes it → path in the definition.
        statements: the queries' texts; their pointers stand within the rule.
    """

    uid: str
    title: str
    condition: str
    data: tuple[Json, ...]
    no_data: str
    on_error: str
    pending: Duration
    keep_firing: Duration
    missing: int | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    paused: bool
    origins: Mapping[str, Path] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    """Who is told of it; empty where the policy tree says it."""


def duration(seconds: float) -> str:
    """Write a length of time as Grafana gives it back: ``1m30s``, ``1d``, ``0s``; what is under a second counts as one."""
    left, parts = int(-(-seconds // 1)), ""
    for unit, length, exact in _UNITS:
        if exact and left % length:
            continue
        if left >= length:
            parts += f"{left // length}{unit}"
            left %= length
    return parts or "0s"


def as_api(rule: GrafanaRule, folder: str, group: str) -> dict[str, Json]:
    """Write a rule as ``PUT …/rule-groups/{group}`` takes it."""
    return {"uid": rule.uid, "folderUID": folder, "ruleGroup": group, **_body(rule)}


def as_file(rule: GrafanaRule) -> dict[str, Json]:
    """
    Write a rule as a provisioning file holds it.

    ``$`` is doubled in the title and the labels, where Grafana expands variables of its own environment, and not in
    annotations and query models, where it does not (grafana-provisioning.json).
    """
    made = {_FILE_KEYS.get(key, key): value for key, value in _body(rule).items()}
    made["title"] = escaped(rule.title)
    made["labels"] = {name: escaped(value) for name, value in rule.labels.items()}
    return {"uid": rule.uid, **made}


def file_pointer(pointer: str) -> str:
    """Give the place in a file's rule of what stands at a pointer in the API's."""
    return "/" + _FILE_KEYS.get(pointer[1:], pointer[1:])


def present(rule: GrafanaRule) -> dict[str, Path]:
    """Give the origins of what the rule really has."""
    body = _body(rule)
    return {pointer: path for pointer, path in rule.origins.items() if _has(body, pointer[1:].split("/"))}


def escaped(text: str) -> str:
    """Keep Grafana from expanding ``$`` in a provisioning file."""
    return text.replace("$", "$$")


def escaped_folder(title: str) -> str:
    """Write a folder's title as a file names it, where a bare slash would part a folder from one inside it."""
    return escaped(title).replace("/", "\\/")


def _body(rule: GrafanaRule) -> dict[str, Json]:
    made: dict[str, Json] = {
        "title": rule.title,
        "condition": rule.condition,
        "for": duration(rule.pending.seconds),
        "keep_firing_for": duration(rule.keep_firing.seconds),
        "noDataState": rule.no_data,
        "execErrState": rule.on_error,
        "isPaused": rule.paused,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
        "data": list(rule.data),
    }
    if rule.settings:
        made["notification_settings"] = dict(rule.settings)
    return made | ({"missingSeriesEvalsToResolve": rule.missing} if rule.missing is not None else {})


def _has(value: Json, tokens: list[str]) -> bool:
    for token in (token.replace("~1", "/").replace("~0", "~") for token in tokens):
        if isinstance(value, list):
            if not (token.isdigit() and int(token) < len(value)):
                return False
            value = value[int(token)]
        elif isinstance(value, dict) and token in value:
            value = value[token]
        else:
            return False
    return True
