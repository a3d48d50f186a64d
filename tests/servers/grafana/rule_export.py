"""`…/export`: rules in the form of provisioning files, as YAML or JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from tests.servers.grafana import durations, yaml_text
from tests.servers.grafana.access import reaches
from tests.servers.grafana.alert_rules import find, readable
from tests.servers.grafana.call import Call
from tests.servers.grafana.folders import path_of
from tests.servers.grafana.refusals import coded, missing, plain
from tests.servers.grafana.rule_form import EXPRESSION
from tests.servers.grafana.state import Json, Rule
from tests.servers.messages import Response, answer


def every(call: Call) -> Response:
    """`GET …/alert-rules/export?folderUid&group&ruleUid&format`."""
    wanted = call.request.query
    if "group" in wanted and len(wanted.get("folderUid", [])) != 1:
        raise plain(400, "group name must be specified together with one folder UID")
    folders, group, uid = wanted.get("folderUid"), wanted.get("group"), wanted.get("ruleUid")
    rules = [
        rule
        for rule in readable(call)
        if (folders is None or rule.folder in folders)
        and (group is None or rule.group in group)
        and (uid is None or rule.uid in uid)
    ]
    if not rules:
        raise missing()
    return _file(call, rules)


def one(call: Call) -> Response:
    """`GET …/alert-rules/{uid}/export`."""
    return _file(call, [find(call, call.parameters[0])])


def group(call: Call) -> Response:
    """`GET …/folder/{folder}/rule-groups/{group}/export`."""
    key = call.parameters[:2]
    rules = [rule for rule in readable(call) if (rule.folder, rule.group) == key]
    if not rules or not reaches(call, key[0]):
        raise coded(404, "alerting.alert-rule.notFound", "NotFound")
    return _file(call, rules)


def _file(call: Call, rules: Iterable[Rule]) -> Response:
    rules = list(rules)
    if any(rule.folder not in call.state.folders for rule in rules):
        raise plain(500, "failed to get alert rules")
    groups = [
        _group(call, folder, name, list(members))
        for (folder, name), members in itertools.groupby(rules, key=lambda rule: (rule.folder, rule.group))
    ]
    file = {"apiVersion": 1, "groups": groups}
    form = call.one("format", "yaml")
    if form == "json":
        return answer(file)
    if form != "yaml":
        raise plain(400, f"unsupported export format {form}")
    return Response(200, yaml_text.written(file).encode(), "text/yaml")


def _group(call: Call, folder: str, name: str, rules: list[Rule]) -> Json:
    return {
        "orgId": 1,
        "name": _escaped(name),
        "folder": _escaped(path_of(call.state, folder)),
        "interval": durations.text_of(rules[0].interval * 1000),
        "rules": [_rule(rule) for rule in rules],
    }


def _escaped(text: str) -> str:
    """Write a text so that a file's reader, which expands `$`, gets it back."""
    return text.replace("$", "$$")


def _rule(rule: Rule) -> Json:
    form = rule.form
    found: Json = {
        "uid": rule.uid,
        "title": _escaped(form["title"]),
        "condition": form["condition"],
        "data": [_query(each) for each in form["data"]],
    }
    if "__dashboardUid__" in form["annotations"]:
        found["dashboardUid"] = form["annotations"]["__dashboardUid__"]
        found["panelId"] = int(form["annotations"]["__panelId__"])
    found |= {"noDataState": form["noDataState"], "execErrState": form["execErrState"]}
    found["for"] = durations.text_of(form["for"])
    if form["keep_firing_for"]:
        found["keepFiringFor"] = durations.text_of(form["keep_firing_for"])
    if form["missingSeriesEvalsToResolve"] is not None:
        found["missing_series_evals_to_resolve"] = form["missingSeriesEvalsToResolve"]
    if form["annotations"]:
        found["annotations"] = form["annotations"]
    if form["labels"]:
        found["labels"] = {name: _escaped(value) for name, value in form["labels"].items()}
    found["isPaused"] = form["isPaused"]
    optional = {name: form[name] for name in ("notification_settings", "record") if form[name] is not None}
    return found | optional


def _query(query: Json) -> Json:
    bare = query["datasourceUid"] == EXPRESSION and not any(query["relativeTimeRange"].values())
    left_out = {"relativeTimeRange"} if bare else set()
    return {key: each for key, each in query.items() if key not in left_out and (key != "queryType" or each)}
