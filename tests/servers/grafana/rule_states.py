"""Rules as the user interface reads them: the ruler's list, and the states, which nobody evaluates here."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from tests.servers.grafana import durations
from tests.servers.grafana.alert_rules import readable
from tests.servers.grafana.call import Call
from tests.servers.grafana.folders import path_of
from tests.servers.grafana.rule_form import EXPRESSION
from tests.servers.grafana.state import Json, Rule
from tests.servers.messages import Response, answer

_NEVER = "0001-01-01T00:00:00Z"


def _groups(call: Call) -> Iterator[tuple[str, str, list[Rule]]]:
    rules = [rule for rule in readable(call) if rule.folder in call.state.folders]
    for (folder, name), members in itertools.groupby(rules, key=lambda rule: (rule.folder, rule.group)):
        yield folder, name, list(members)


def ruler(call: Call) -> Response:
    """`GET /api/ruler/grafana/api/v1/rules`: groups by the full path of their folder, with versions and authors."""
    found: dict[str, list[Json]] = {}
    for folder, name, rules in _groups(call):
        interval = durations.text_of(rules[0].interval * 1000)
        group = {"name": name, "interval": interval, "rules": [_ruled(rule) for rule in rules]}
        found.setdefault(path_of(call.state, folder), []).append(group)
    return answer(found)


def _ruled(rule: Rule) -> Json:
    form = rule.form
    about: dict[str, Any] = {
        "id": rule.id,
        "orgId": 1,
        "title": form["title"],
        "condition": form["condition"],
        "data": form["data"],
        "updated": rule.updated,
        "updated_by": {"uid": rule.updated_by, "name": rule.updated_by},
        "intervalSeconds": rule.interval,
        "version": rule.version,
        "uid": rule.uid,
        "namespace_uid": rule.folder,
        "rule_group": rule.group,
        "no_data_state": form["noDataState"],
        "exec_err_state": form["execErrState"],
        "is_paused": form["isPaused"],
    }
    if rule.provenance:
        about["provenance"] = rule.provenance
    if form["notification_settings"] is not None:
        about["notification_settings"] = form["notification_settings"]
    found: Json = {"expr": "", "for": durations.text_of(form["for"])}
    if form["keep_firing_for"]:
        found["keep_firing_for"] = durations.text_of(form["keep_firing_for"])
    found |= {name: form[name] for name in ("labels", "annotations") if form[name]}
    return found | {"grafana_alert": about}


def states(call: Call) -> Response:
    """`GET /api/prometheus/grafana/api/v1/rules`."""
    folders, names = call.request.query.get("folder_uid"), call.request.query.get("rule_group")
    groups = [
        _state(call, folder, name, rules)
        for folder, name, rules in _groups(call)
        if (folders is None or folder in folders) and (names is None or name in names)
    ]
    totals = {"inactive": sum(len(group["rules"]) for group in groups)}
    return answer({"status": "success", "data": {"groups": groups, "totals": totals if groups else {}}})


def _state(call: Call, folder: str, name: str, rules: list[Rule]) -> Json:
    return {
        "name": name,
        "file": path_of(call.state, folder),
        "folderUid": folder,
        "rules": [_seen(rule, firing=name in call.state.firing) for rule in rules],
        "totals": {"inactive": len(rules)},
        "interval": rules[0].interval,
        "lastEvaluation": _NEVER,
        "evaluationTime": 0,
    }


def _seen(rule: Rule, *, firing: bool) -> Json:
    form = rule.form
    sources = [query["datasourceUid"] for query in form["data"] if query["datasourceUid"] != EXPRESSION]
    found: Json = {
        "state": "firing" if firing else "inactive",
        "name": form["title"],
        "query": json.dumps(form["data"], separators=(",", ":"), ensure_ascii=False),
        "queriedDatasourceUIDs": list(dict.fromkeys(sources)),
        "duration": form["for"] // 1000,
        "keepFiringFor": form["keep_firing_for"] // 1000,
        "annotations": form["annotations"],
        "uid": rule.uid,
        "folderUid": rule.folder,
        "labels": form["labels"],
        "health": "ok",
        "type": "alerting",
        "lastEvaluation": _NEVER,
        "evaluationTime": 0,
        "isPaused": form["isPaused"],
    }
    return found | ({"provenance": rule.provenance} if rule.provenance else {})
