"""Bodies that the tests of the stand-in send."""

from __future__ import annotations

from typing import Any

RULES = "/api/v1/provisioning/alert-rules"
GROUP = "/api/v1/provisioning/folder/f/rule-groups/g"
CONTACTS = "/api/v1/provisioning/contact-points"
POLICIES = "/api/v1/provisioning/policies"
TIMINGS = "/api/v1/provisioning/mute-timings"
TEMPLATES = "/api/v1/provisioning/templates"
DASHBOARDS = "/apis/dashboard.grafana.app/v1beta1/namespaces/default/dashboards"
UNMARKED = {"x-disable-provenance": "true"}


def folder(uid: str = "f", title: str = "Folder", parent: str = "") -> dict[str, Any]:
    """A folder to make."""
    return {"uid": uid, "title": title, "parentUid": parent}


def dashboard(uid: str = "d", title: str = "Board", folder: str = "f", **more: Any) -> dict[str, Any]:
    """A dashboard to save."""
    options: dict[str, Any] = {name: more.pop(name) for name in ("overwrite", "message") if name in more}
    return {"dashboard": {"uid": uid, "title": title, **more}, "folderUid": folder, **options}


def rule(uid: str = "r", **more: Any) -> dict[str, Any]:
    """A rule with one query and a threshold."""
    query = {
        "refId": "A",
        "datasourceUid": "pg",
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": {"refId": "A", "rawSql": "select 1 as v", "format": "table"},
    }
    threshold = {
        "refId": "C",
        "datasourceUid": "__expr__",
        "model": {"type": "threshold", "refId": "C", "expression": "A"},
    }
    whole = {
        "uid": uid,
        "title": uid,
        "folderUID": "f",
        "ruleGroup": "g",
        "condition": "C",
        "noDataState": "NoData",
        "execErrState": "Error",
        "for": "5m",
        "data": [query, threshold],
    }
    return whole | more


def contact(uid: str = "c", name: str = "ops", **settings: str) -> dict[str, Any]:
    """A Slack contact point."""
    secret = {"recipient": "#ops", "token": "xoxb"}
    return {"uid": uid, "name": name, "type": "slack", "settings": secret | settings}


def timing(name: str = "hours", /, **interval: Any) -> dict[str, Any]:
    """A mute timing of working hours, or of what is given."""
    hours = {"times": [{"start_time": "09:00", "end_time": "18:00"}]}
    return {"name": name, "time_intervals": [interval or hours]}


def source(name: str = "pg", **more: Any) -> dict[str, Any]:
    """A PostgreSQL data source."""
    return {"name": name, "uid": name, "type": "postgres", "access": "proxy", "url": "db:5432", **more}
