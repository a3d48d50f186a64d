"""
Dashboards of Grafana 12.3 as grafanalib's objects, and those as plain JSON in the order of reading.

grafanalib's own panels write shapes of older versions (a base step of "null", the options of Grafana 7 for gauges and bar
gauges, no options of today's alert list), so that every panel here is a ``Visual``: its base class, with the options
of today. What Grafana fills in itself, and what it has forgotten, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grafanalib import core

from watchglass.artifact import Json

SCHEMA_VERSION = 42
"""The classic form's version in Grafana 12.3; older ones are migrated when a dashboard is opened."""

_FORGOTTEN = frozenset(
    {
        "__inputs",
        "gnetId",
        "hideControls",
        "id",
        "rows",
        "sharedCrosshair",
        "style",
        "timepicker",
        "version",
    }
)
_PANEL_FORGOTTEN = frozenset(
    {"cacheTimeout", "editable", "error", "height", "minSpan", "span", "repeatDirection", "maxPerRow"}
)
_DASHBOARD_ORDER = (
    "uid",
    "title",
    "description",
    "tags",
    "editable",
    "timezone",
    "weekStart",
    "time",
    "refresh",
    "graphTooltip",
    "links",
    "templating",
    "annotations",
    "schemaVersion",
    "panels",
)
_PANEL_ORDER = (
    "id",
    "type",
    "title",
    "description",
    "gridPos",
    "datasource",
    "timeFrom",
    "targets",
    "transformations",
    "fieldConfig",
    "options",
    "links",
)


class Visual(core.Panel):  # type: ignore[misc]
    """
    A panel of today's form.

    Args:
        kind: Grafana's panel type, such as ``timeseries``.
        defaults: ``fieldConfig.defaults``; None for a panel without fields.
    """

    def __init__(
        self,
        *,
        kind: str,
        options: Json,
        defaults: Json | None = None,
        overrides: list[Json] | None = None,
        **panel: Any,
    ) -> None:
        super().__init__(**panel)
        self.kind, self.options, self.defaults, self.overrides = kind, options, defaults, overrides or []

    def to_json_data(self) -> dict[str, Json]:
        """Give the panel with its type, fields and options."""
        made: dict[str, Json] = self.panel_json({"type": self.kind, "options": self.options})
        made["maxDataPoints"] = None
        made.pop("fieldConfig")
        if self.defaults is not None:
            made["fieldConfig"] = {"defaults": self.defaults, "overrides": self.overrides}
        return made


class Row(core.RowPanel):  # type: ignore[misc]
    """A titled row; a folded one holds its panels."""

    def to_json_data(self) -> dict[str, Json]:
        """Give the row without what only panels with fields have."""
        return {
            "id": self.id,
            "type": "row",
            "title": self.title,
            "collapsed": self.collapsed,
            "gridPos": self.gridPos,
            "panels": self.panels,
        }


class SqlTarget(core.Target):  # type: ignore[misc]
    """A query of the PostgreSQL data source."""

    def __init__(self, *, sql: str, shape: str, **target: Any) -> None:
        super().__init__(**target)
        self.sql, self.shape = sql, shape

    def to_json_data(self) -> dict[str, Json]:
        """Give the query; without ``format`` the server refuses it."""
        return {
            "refId": self.refId,
            "datasource": self.datasource,
            "format": self.shape,
            "rawQuery": True,
            "editorMode": "code",
            "rawSql": self.sql,
        }


class Variable(core.Template):  # type: ignore[misc]
    """
    A variable.

    Args:
        start: what is chosen when the dashboard opens, ``{"text", "value"}``; lists where several may be.
    """

    def __init__(self, *, start: Json, **template: Any) -> None:
        super().__init__(**template)
        self.start = start

    def to_json_data(self) -> dict[str, Json]:
        """Give the variable as 12.3 stores it."""
        made = {
            "name": self.name,
            "type": self.type,
            "label": self.label,
            "datasource": self.dataSource,
            "query": self.query,
            "current": self.start,
            "multi": self.multi,
            "includeAll": self.includeAll,
            "allValue": self.allValue,
            "allowCustomValue": False,
            "refresh": self.refresh if self.type == "query" else None,
            "sort": 0 if self.type == "query" else None,
        }
        return {key: value for key, value in made.items() if value is not None}


class Dashboard(core.Dashboard):  # type: ignore[misc]
    """A dashboard whose weeks begin on Monday, as PostgreSQL's do."""

    def to_json_data(self) -> dict[str, Json]:
        """Give the dashboard without the keys of versions long gone."""
        made: dict[str, Json] = super().to_json_data()
        return {key: value for key, value in made.items() if key not in _FORGOTTEN} | {"weekStart": "monday"}


def as_json(dashboard: Dashboard) -> dict[str, Json]:
    """Give a dashboard as plain JSON, its keys ordered for reading."""
    made = _ordered(_plain(dashboard), _DASHBOARD_ORDER)
    made["panels"] = [_panel(panel) for panel in made["panels"]]
    return made


def _panel(panel: dict[str, Json]) -> dict[str, Json]:
    kept = {
        key: value
        for key, value in panel.items()
        if key not in _PANEL_FORGOTTEN and (value not in (None, [], "", False) or _said(panel, key))
    }
    if "panels" in kept:
        kept["panels"] = [_panel(inner) for inner in kept["panels"]]
    return _ordered(kept, _PANEL_ORDER)


def _said(panel: Mapping[str, Json], key: str) -> bool:
    """Tell whether an empty value must stand: a row's keys are all needed."""
    return panel["type"] == "row" and key in ("collapsed", "panels", "title")


def _ordered(made: Mapping[str, Json], order: tuple[str, ...]) -> dict[str, Json]:
    known = {key: made[key] for key in order if key in made}
    return known | {key: made[key] for key in sorted(made) if key not in known}


def _plain(value: Any) -> Any:
    if hasattr(value, "to_json_data"):
        return _plain(value.to_json_data())
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
