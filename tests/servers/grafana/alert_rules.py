"""`/api/v1/provisioning/alert-rules`: one rule at a time; last write wins, provenance decides who may write."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana import rule_form
from tests.servers.grafana.access import reaches
from tests.servers.grafana.call import Call
from tests.servers.grafana.fields import parsed
from tests.servers.grafana.refusals import Refusal, coded, internal, missing, plain
from tests.servers.grafana.state import Json, Rule, State, nanosecond, second
from tests.servers.messages import JSON, Response, answer

DEFAULT_INTERVAL = 60


def ordered(state: State) -> list[Rule]:
    """Give every rule: by folder, group and place in it."""
    return sorted(state.rules.values(), key=lambda rule: (rule.folder, rule.group, rule.index, rule.id))


def readable(call: Call) -> list[Rule]:
    """Give the rules that somebody may read: of folders that are not reached, none, without a word."""
    seen: dict[str, bool] = {}
    for rule in call.state.rules.values():
        if rule.folder not in seen:
            seen[rule.folder] = reaches(call, rule.folder)
    return [rule for rule in ordered(call.state) if seen[rule.folder]]


def shown(rule: Rule, updated: str | None = None, provenance: str | None = None) -> Json:
    """Give a stored rule as the API shows it."""
    about = {
        "id": rule.id,
        "uid": rule.uid,
        "orgID": 1,
        "folderUID": rule.folder,
        "ruleGroup": rule.group,
    }
    who = rule.provenance if provenance is None else provenance
    return rule_form.shown(rule.form, about, updated or rule.updated, who)


def listed(call: Call) -> Response:
    """`GET …/alert-rules`."""
    return answer([shown(rule) for rule in readable(call)])


def find(call: Call, uid: str) -> Rule:
    """Give a rule that somebody may read, or refuse."""
    rule = call.state.rules.get(uid)
    if rule is None:
        raise missing()
    if not reaches(call, rule.folder):
        raise coded(403, "alerting.unauthorized", "user is not authorized to access rule group")
    return rule


def get(call: Call) -> Response:
    """`GET …/alert-rules/{uid}`."""
    return answer(shown(find(call, call.parameters[0])))


def create(call: Call) -> Response:
    """`POST …/alert-rules`."""
    sent = rule_form.read(parsed(call.request))
    form, state = sent.form, call.state
    rule_form.checked_states(form)
    rule_form.checked_uid(sent.uid)
    _checked_folder(call, sent.folder)
    _checked(call, form, sent.group)
    uid = sent.uid or state.random_text()
    if uid in state.rules:
        raise _conflict(uid)
    mates = [rule for rule in state.rules.values() if (rule.folder, rule.group) == (sent.folder, sent.group)]
    rule = Rule(
        id=state.next_id("rule"),
        uid=uid,
        folder=sent.folder,
        group=sent.group,
        index=0,
        interval=mates[0].interval if mates else DEFAULT_INTERVAL,
        form=rule_form.normal(form),
        provenance=call.provenance,
        updated=second(call.now),
        updated_by=call.identity.login,
    )
    state.rules[uid] = rule
    return answer(shown(rule, nanosecond(call.now)), 201)


def _conflict(uid: str) -> Refusal:
    cause = "UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid"
    text = f"Failed to save alert rule '{uid}' in organization 1 due to conflict: {cause}"
    return coded(409, "alerting.alert-rule.conflict", text, {"Error": cause, "OrgID": 1, "RuleUID": uid})


def _checked_folder(call: Call, folder: str) -> None:
    if folder not in call.state.folders:
        raise plain(400, "invalid alert rule: folder does not exist")
    if not reaches(call, folder):
        raise internal()


def _checked(call: Call, form: Json, group: str) -> None:
    rule_form.checked_links(form, call.state)
    rule_form.checked_lengths(group, DEFAULT_INTERVAL)
    if not group:
        raise plain(400, "invalid alert rule: rule group cannot be empty")
    rule_form.checked(form)


def update(call: Call) -> Response:
    """`PUT …/alert-rules/{uid}`: replaces the rule, keeps its interval, sets its place in the group to the first."""
    sent = rule_form.read(parsed(call.request))
    rule = call.state.rules.get(call.parameters[0])
    rule_form.checked_states(sent.form)
    if rule is None:
        raise missing()
    _checked_folder(call, sent.folder)
    if not reaches(call, rule.folder) or rule.provenance not in {"", call.provenance}:
        raise internal()
    _checked(call, sent.form, sent.group)
    replace(call, rule, rule_form.normal(sent.form))
    rule.folder, rule.group, rule.index, rule.provenance = sent.folder, sent.group, 0, call.provenance
    return answer(shown(rule, nanosecond(call.now)))


def replace(call: Call, rule: Rule, form: Json) -> None:
    """Store a rule's new form."""
    rule.form = form
    rule.version += 1
    rule.updated, rule.updated_by = second(call.now), call.identity.login


def delete(call: Call) -> Response:
    """`DELETE …/alert-rules/{uid}`: 204 also for a rule that is not there."""
    rule = call.state.rules.get(call.parameters[0])
    if rule is not None:
        if not reaches(call, rule.folder):
            raise internal()
        if rule.provenance not in {"", call.provenance}:
            raise provenance_mismatch(rule.provenance, call.provenance)
        del call.state.rules[rule.uid]
    return no_content()


def provenance_mismatch(stored: str, given: str) -> Refusal:
    """Refuse to touch what another way of provisioning has made."""
    text = f"cannot delete with provided provenance '{given}', needs '{stored}'"
    return coded(409, "alerting.provenanceMismatch", text)


def no_content() -> Response:
    """Say that it is done, and nothing else."""
    return Response(204, b"", JSON)


def zero_updated(form: Json, about: dict[str, Any]) -> Json:
    """Give a rule that was never stored, as an echo shows it."""
    return rule_form.shown(form, about, "0001-01-01T00:00:00Z", "")
