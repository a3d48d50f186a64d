"""
Bodies of Grafana's in one normal form, whether they come from our files or from a server.

Each rule here is a cause of false drift: what a server puts in, leaves out, or writes in another way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchglass.artifact import Json

OWNER = "watchglass:"
"""How the tag begins that says whose a dashboard is."""

SUM = "watchglass-sum:"
"""How the tag begins that holds the digest of our last write."""

MARK = "__watchglass__"
"""The annotation that says whose a rule is, and the digest of our last write: ``<owner> <sum>``."""

FILE = "it comes from a file at the server: change the file, or remove it there first"
"""Why nobody may write an object through the API that Grafana provisions."""

_DASHBOARD_DEFAULTS: Mapping[str, Json] = {
    "fiscalYearStartMonth": 0,
    "liveNow": False,
    "preload": False,
    "timepicker": {},
    "links": [],
    "description": "",
    "refresh": "",
}
_SERVERS_OWN = frozenset({"id", "version", "iteration", "gnetId", "revision"})
_PANEL_DEFAULTS: Mapping[str, Json] = {"links": [], "transparent": False, "pluginVersion": ""}
_RULE_OWN = frozenset({"id", "orgID", "updated", "provenance", "folderUID", "ruleGroup"})
_MODEL_DEFAULTS: Mapping[str, Json] = {"intervalMs": 1000, "maxDataPoints": 43200, "hide": False}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|y|w|d|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}


def dashboard(body: Mapping[str, Json]) -> dict[str, Json]:
    """Give a dashboard without its mark, its number and version, nulls, and what a server fills in."""
    kept = _without(_no_nulls(body), _DASHBOARD_DEFAULTS, _SERVERS_OWN)
    kept["tags"] = sorted(tag for tag in kept.get("tags") or [] if not tag.startswith(SUM))
    kept["panels"] = [_panel(panel) for panel in kept.get("panels") or []]
    for key in ("templating", "annotations"):
        kept.setdefault(key, {"list": []})
    return kept


def _panel(panel: dict[str, Json]) -> dict[str, Json]:
    kept = _without(panel, _PANEL_DEFAULTS, frozenset())
    if "panels" in kept:
        kept["panels"] = [_panel(inner) for inner in kept["panels"]]
    return kept


def owner_of_tags(tags: list[str]) -> str:
    """Give whose a dashboard is, by its tags; empty for nobody's."""
    return next((tag.removeprefix(OWNER) for tag in tags if tag.startswith(OWNER)), "")


def sum_of_tags(tags: list[str]) -> str:
    """Give the digest of our last write."""
    return next((tag.removeprefix(SUM) for tag in tags if tag.startswith(SUM)), "")


def rule(body: Mapping[str, Json]) -> dict[str, Json]:
    """Give a rule without its mark and place, lengths of time in one form, and without what a server fills in."""
    kept = {key: value for key, value in _no_nulls(body).items() if key not in _RULE_OWN}
    for key in ("for", "keep_firing_for"):
        kept[key] = duration(str(kept.get(key) or "0s"))
    kept["isPaused"] = bool(kept.get("isPaused"))
    kept["labels"] = kept.get("labels") or {}
    kept["annotations"] = {
        name: text for name, text in (kept.get("annotations") or {}).items() if name != MARK
    }
    kept["data"] = [_query(query) for query in kept.get("data") or []]
    if "notification_settings" in kept:
        kept["notification_settings"] = _settings(kept["notification_settings"])
    return kept


def _query(query: Mapping[str, Json]) -> dict[str, Json]:
    kept = {key: value for key, value in query.items() if (key, value) != ("queryType", "")}
    span = kept.get("relativeTimeRange") or {}
    kept["relativeTimeRange"] = {"from": span.get("from", 0), "to": span.get("to", 0)}
    kept["model"] = _without(dict(kept.get("model") or {}), _MODEL_DEFAULTS, frozenset())
    return kept


def _settings(settings: Mapping[str, Json]) -> dict[str, Json]:
    kept = {key: value for key, value in settings.items() if value not in (None, [], "")}
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if key in kept:
            kept[key] = duration(str(kept[key]))
    return kept


def mark_of_rule(body: Mapping[str, Json]) -> tuple[str, str]:
    """Give whose a rule is, and the digest of our last write; both empty for nobody's."""
    owner, _, total = str((body.get("annotations") or {}).get(MARK, "")).partition(" ")
    return owner, total


def duration(text: str) -> str:
    """Write a length of time in one form: ``5m0s``, ``300s`` and ``5m`` are the same, and so are ``24h`` and ``1d``."""
    try:
        left = milliseconds(text)
    except ValueError:
        return text
    made = ""
    for unit in ("w", "d", "h", "m", "s", "ms"):
        length = round(_SECONDS[unit] * 1000)
        if unit == "w" and left % length:
            continue
        if left >= length:
            made += f"{left // length}{unit}"
            left %= length
    return made or "0s"


def milliseconds(text: str) -> int:
    """
    Give a length of time as a number.

    Raises:
        ValueError: the text is none.
    """
    parts = _PART.findall(text)
    if "".join(number + unit for number, unit in parts) != text or not parts:
        raise ValueError(f"'{text}' is no length of time")
    return round(sum(float(number) * _SECONDS[unit] for number, unit in parts) * 1000)


def _without(
    body: Mapping[str, Json], defaults: Mapping[str, Json], names: frozenset[str]
) -> dict[str, Json]:
    return {
        key: value
        for key, value in body.items()
        if key not in names and not (key in defaults and value == defaults[key])
    }


def _no_nulls(value: Json) -> Json:
    """Leave out what is null: a base step's number is, in one form of a dashboard, and missing in the other."""
    if isinstance(value, dict):
        return {key: _no_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_no_nulls(inner) for inner in value]
    return value
