"""`…/folder/{folder}/rule-groups/{group}`: a group is written whole; a rule that is not listed is deleted."""

from __future__ import annotations

import json
from typing import Any

from tests.servers.grafana import rule_form
from tests.servers.grafana.access import reaches
from tests.servers.grafana.alert_rules import (
    no_content,
    ordered,
    provenance_mismatch,
    replace,
    shown,
    zero_updated,
)
from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import decode, parsed
from tests.servers.grafana.refusals import Refusal, coded, forbidden, internal, plain
from tests.servers.grafana.state import Json, Role, Rule, second
from tests.servers.messages import Response, answer

_GROUP = {"title": str, "folderUid": str, "interval": int, "rules": list}
_WRITE = ("alert.rule:create", "alert.rule:write")


def _members(call: Call) -> list[Rule]:
    key = call.parameters[:2]
    return [rule for rule in ordered(call.state) if (rule.folder, rule.group) == key]


def _found(call: Call) -> list[Rule]:
    members = _members(call)
    if not members or not reaches(call, call.parameters[0]):
        raise coded(404, "alerting.alert-rule.notFound", "NotFound")
    return members


def get(call: Call) -> Response:
    """`GET …`: the rules in their order, their provenance left out."""
    members = _found(call)
    folder, group = call.parameters
    rules = [shown(rule, provenance="") for rule in members]
    return answer({"title": group, "folderUid": folder, "interval": members[0].interval, "rules": rules})


def delete(call: Call) -> Response:
    """`DELETE …`."""
    members = _members(call)
    if not members:
        raise coded(404, "alerting.alert-rule.notFound", "NotFound")
    if not reaches(call, call.parameters[0]):
        raise internal()
    for rule in members:
        _checked_provenance(call, rule)
    for rule in members:
        del call.state.rules[rule.uid]
    return no_content()


def _checked_provenance(call: Call, rule: Rule) -> None:
    if rule.provenance not in {"", "api", call.provenance}:
        raise provenance_mismatch(rule.provenance, call.provenance)


def put(call: Call) -> Response:
    """`PUT …`: all or nothing; answers with the request, not with what was stored."""
    body = parsed(call.request)
    found = decode(body, _GROUP)
    sent = [rule_form.read(each) for each in found.get("rules", [])]
    interval = found.get("interval", 0)
    rule_form.checked_lengths(call.parameters[1], interval)
    _checked_folder(call)
    changes = _changes(call, sent) if sent else []
    if sent:
        _apply(call, changes)
    for rule in _members(call):
        if rule.interval != interval:
            rule.interval = interval
            rule.version += 1
    title, folder = found.get("title", ""), found.get("folderUid", "")
    echo = [_echo(each) for each in sent]
    return answer({"title": title, "folderUid": folder, "interval": interval, "rules": echo})


def _checked_folder(call: Call) -> None:
    folder = call.parameters[0]
    if folder not in call.state.folders:
        if call.version.groups_need_folder:
            raise plain(400, "invalid alert rule: folder does not exist")
        if call.identity.role < Role.ADMIN:
            raise forbidden(_WRITE, call.state.next_id("refusal"))
    elif not reaches(call, folder):
        raise internal()


def _echo(sent: rule_form.Sent) -> Json:
    about = {
        "id": 0,
        "uid": sent.uid,
        "orgID": sent.organization,
        "folderUID": sent.folder,
        "ruleGroup": sent.group,
    }
    return zero_updated(sent.form, about)


def _changes(call: Call, sent: list[rule_form.Sent]) -> list[tuple[Rule | None, str, Json]]:
    """Check everything, before anything is written; give each rule's stored one, its uid and its new form."""
    given = [each.uid for each in sent if each.uid]
    if len(set(given)) != len(given):
        twice = next(uid for uid in given if given.count(uid) > 1)
        raise plain(400, f"invalid alert rule: rule with UID {twice} is listed more than once")
    for rule in _members(call):
        _checked_provenance(call, rule)
    return [_change(call, each) for each in sent]


def _change(call: Call, sent: rule_form.Sent) -> tuple[Rule | None, str, Json]:
    existing = call.state.rules.get(sent.uid)
    form = _kept(existing.form, sent.form) if existing is not None else sent.form
    rule_form.checked_states(form)
    rule_form.checked_uid(sent.uid)
    rule_form.checked_links(form, call.state)
    if existing is not None:
        _checked_provenance(call, existing)
        if not reaches(call, existing.folder):
            raise internal()
    try:
        rule_form.checked(form)
    except Refusal as refusal:
        verb = "insert" if existing is None else "update"
        message = json.loads(refusal.response.body)["message"]
        raise plain(400, f"failed to {verb} alert rules: {message}") from None
    return existing, sent.uid or call.state.random_text(), form


def _kept(stored: Json, sent: Json) -> Json:
    """Put in what is left empty: title, both states, and condition and data together; all else is replaced."""
    kept: dict[str, Any] = {}
    for name in ("title", "noDataState", "execErrState"):
        if not sent[name]:
            kept[name] = stored[name]
    if not sent["condition"] or not sent["data"]:
        kept |= {"condition": stored["condition"], "data": stored["data"]}
    if sent["missingSeriesEvalsToResolve"] == -1:
        kept["missingSeriesEvalsToResolve"] = stored["missingSeriesEvalsToResolve"]
    return sent | kept


def _apply(call: Call, changes: list[tuple[Rule | None, str, Json]]) -> None:
    listed = {uid for _, uid, _ in changes}
    for rule in _members(call):
        if rule.uid not in listed:
            del call.state.rules[rule.uid]
    for index, (existing, uid, form) in enumerate(changes, start=1):
        if existing is None:
            _insert(call, uid, index, form)
        else:
            _store(call, existing, index, form)


def _insert(call: Call, uid: str, index: int, form: Json) -> None:
    folder, group = call.parameters
    call.state.rules[uid] = Rule(
        id=call.state.next_id("rule"),
        uid=uid,
        folder=folder,
        group=group,
        index=index,
        interval=0,
        form=rule_form.normal(form),
        provenance=call.provenance,
        updated=second(call.now),
        updated_by=call.identity.login,
        version=0,
    )


def _store(call: Call, rule: Rule, index: int, form: Json) -> None:
    folder, group = call.parameters
    place = (folder, group, index)
    same = json.dumps(form) == json.dumps(rule.form) and place == (rule.folder, rule.group, rule.index)
    if not same:
        replace(call, rule, rule_form.normal(form))
    rule.folder, rule.group, rule.index = place
    rule.provenance = call.provenance
