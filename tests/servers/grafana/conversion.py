"""A classic dashboard in the form of `v1beta1`: what is missing at its top put in, what is empty inside left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.grafana.fields import sorted_keys
from tests.servers.grafana.state import Json

SCHEMA_VERSION = 42

_BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}

_DEFAULTS: Mapping[str, Any] = {
    "annotations": {"list": [_BUILT_IN]},
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "links": [],
    "templating": {"list": []},
    "timepicker": {},
    "weekStart": "",
}


def v1beta1(spec: Json) -> Json:
    """Give a spec as `v1beta1` shows it."""
    whole = {**_DEFAULTS, **spec, "schemaVersion": SCHEMA_VERSION}
    if isinstance(whole.get("panels"), list):
        whole["panels"] = [_panel(panel) for panel in whole["panels"]]
    listed = whole["annotations"].get("list") if isinstance(whole["annotations"], dict) else None
    if isinstance(listed, list) and not any(each.get("builtIn") for each in listed if isinstance(each, dict)):
        whole["annotations"] = {**whole["annotations"], "list": [_BUILT_IN, *listed]}
    return sorted_keys(whole)  # type: ignore[no-any-return]


def _panel(panel: Any) -> Any:
    if not isinstance(panel, dict):
        return panel
    kept = {key: value for key, value in panel.items() if (key, value) != ("options", {})}
    if isinstance(kept.get("panels"), list):
        kept["panels"] = [_panel(inner) for inner in kept["panels"]]
    return _without_null_steps(kept)


def _without_null_steps(value: Any) -> Any:
    """Leave out the null value of a lowest threshold step."""
    if isinstance(value, list):
        return [_without_null_steps(each) for each in value]
    if not isinstance(value, dict):
        return value
    steps = value.get("steps")
    if isinstance(steps, list) and "mode" in value:
        return {**value, "steps": [_step(step) for step in steps]}
    return {key: _without_null_steps(each) for key, each in value.items()}


def _step(step: Any) -> Any:
    if not isinstance(step, dict):
        return step
    return {key: each for key, each in step.items() if (key, each) != ("value", None)}


def problem_of(spec: Any) -> str:
    """Say what the schema has against a spec; nothing where it takes it."""
    if not isinstance(spec, dict):
        return "spec: Required value"
    if not isinstance(spec.get("title"), str) or not spec["title"].strip():
        return "spec.title: Required value"
    if "panels" in spec and not isinstance(spec["panels"], list):
        return "spec.panels: Invalid value: conflicting values (mismatched types list)"
    if "tags" in spec and not _all_texts(spec["tags"]):
        return "spec.tags: Invalid value: conflicting values (mismatched types list)"
    return ""


def _all_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
