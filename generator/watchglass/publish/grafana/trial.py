"""
A message for one contact, sent by a rule that fires for a moment: made in our folder, watched, and removed again.

The rule names the contact in its own notification settings, so that no policy is touched. It waits before it fires, until
every part of the server knows these settings: an alert that came before them would go where unknown alerts go. It asks for
the time, and stops by itself at its deadline, should nobody be left to remove it.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.durations import Duration
from watchglass.publish.client import Client, only
from watchglass.publish.errors import PublishError, Refused
from watchglass.publish.grafana import normal
from watchglass.publish.grafana.rule_groups import RuleGroups, form, group_id, place_of
from watchglass.publish.resource import Desired, Key

GROUP = "notify-test"
_EVERY = 10.0
"""Seconds between evaluations; no server evaluates more often by itself."""
_PATIENCE = 60.0
"""Seconds beyond the wait until the rule has to fire."""
SETTLE = 20.0
"""Seconds for which it fires, so that the message leaves before its end."""
_SPARE = datetime.timedelta(minutes=10)
_POLICY = {"group_wait": "1s", "group_interval": "1m", "repeat_interval": "4h"}


@dataclass(frozen=True, slots=True)
class Trial:
    """
    What is tried.

    Args:
        contact: as the definition calls it; ``point`` and ``name``: uid and name of its contact point at the server.
        source: uid of the data source that is asked for the time.
        wait: how long the rule waits before it fires.
    """

    owner: str
    service: str
    folder: str
    contact: str
    point: str
    name: str
    source: str
    wait: Duration

    @property
    def group(self) -> str:
        """The name of the rule's group."""
        return f"{self.owner} {GROUP}"


def check_ready(client: Client, trial: Trial) -> None:
    """
    See whether all that a test needs is at the server.

    Raises:
        Refused: the folder or the contact point is not published yet.
    """
    if client.get(f"/api/folders/{quote(trial.folder, safe='')}", also=(404,)).status == 404:
        raise Refused("the folder of the service is not there yet", "watchglass apply makes it")
    listed = only(client.get("/api/v1/provisioning/contact-points").body or [], list, "the contact points")
    if not any(each.get("uid") == trial.point and each.get("name") == trial.name for each in listed):
        raise Refused(
            f"the contact point of '{trial.contact}' is not there yet", "watchglass apply publishes it"
        )


def send(
    client: Client,
    trial: Trial,
    now: datetime.datetime,
    sleep: Callable[[float], None],
    asked_to_stop: Callable[[], bool] = lambda: False,
) -> bool:
    """
    Let the rule fire, and remove it whatever happens; tell whether it fired to the end.

    Raises:
        PublishError: it could not be written, did not fire, or could not be removed.
    """
    try:
        RuleGroups(client, trial.owner).write(_group(trial, now), None)
        return _watch(client, trial, sleep, asked_to_stop)
    finally:
        _remove(client, trial, now)


def _watch(
    client: Client, trial: Trial, sleep: Callable[[float], None], asked_to_stop: Callable[[], bool]
) -> bool:
    """
    Wait until the rule fires, and a moment longer.

    Raises:
        Refused: it does not fire in time.
    """
    left = trial.wait.seconds + _PATIENCE
    while not asked_to_stop():
        if _state(client, trial) == "firing":
            return _pause(SETTLE, sleep, asked_to_stop)
        if left <= 0:
            raise Refused(
                f"the test did not fire within {trial.wait.seconds + _PATIENCE:.0f} seconds: no message was sent",
                f"does Grafana evaluate rules, and does the data source '{trial.source}' answer?",
            )
        left -= _EVERY
        _pause(_EVERY, sleep, asked_to_stop)
    return False


def _pause(seconds: float, sleep: Callable[[float], None], asked_to_stop: Callable[[], bool]) -> bool:
    """Sleep in small steps; tell whether nobody asked to stop."""
    while seconds > 0 and not asked_to_stop():
        sleep(min(1.0, seconds))
        seconds -= 1.0
    return not asked_to_stop()


def _state(client: Client, trial: Trial) -> str:
    query = {"folder_uid": trial.folder, "rule_group": trial.group}
    body = only(client.get("/api/prometheus/grafana/api/v1/rules", query).body, dict, "the states of rules")
    mine = [
        rule
        for group in body["data"]["groups"]
        if (group["folderUid"], group["name"]) == (trial.folder, trial.group)
        for rule in group["rules"]
    ]
    return str(mine[0]["state"]) if mine else ""


def _remove(client: Client, trial: Trial, now: datetime.datetime) -> None:
    """
    Delete the group.

    Raises:
        Refused: it could not be deleted.
    """
    try:
        client.delete(place_of(trial.folder, trial.group), also=(404,))
    except PublishError as error:
        raise Refused(
            f"the rule group '{trial.group}' could not be removed: {error.message}",
            f"it stops by itself at {_deadline(trial, now)}; run the test again, or delete it at Grafana",
        ) from None


def _deadline(trial: Trial, now: datetime.datetime) -> str:
    ends = now.astimezone(datetime.UTC) + datetime.timedelta(seconds=trial.wait.seconds) + _SPARE
    return ends.strftime("%Y-%m-%d %H:%M:%S+00")


def _group(trial: Trial, now: datetime.datetime) -> Desired:
    """Make the group in the form of all others: should it ever be left behind, a prune knows it."""
    body = form(trial.folder, trial.group, normal.duration(f"{_EVERY:.0f}s"), [_rule(trial, now)])
    return Desired(Key("grafana", RuleGroups.name, group_id(trial.folder, trial.group)), trial.group, body)


def _rule(trial: Trial, now: datetime.datetime) -> dict[str, Json]:
    """Make the rule; its uid is new each time: one that is there elsewhere would be moved."""
    sql = f"SELECT CASE WHEN now() < TIMESTAMPTZ '{_deadline(trial, now)}' THEN 1 ELSE 0 END::float8 AS value"
    return {
        "uid": f"{GROUP}-{uuid.uuid4().hex[:20]}",
        "title": f"Test of the contact {trial.contact}",
        "condition": "C",
        "for": f"{trial.wait.seconds:.0f}s",
        "keep_firing_for": "0s",
        "noDataState": "OK",
        "execErrState": "OK",
        "isPaused": False,
        "labels": {"service": trial.service, "alert": GROUP, "severity": "test"},
        "annotations": {
            "summary": f"A test: the contact '{trial.contact}' is told of alerts",
            "description": "Somebody ran `watchglass notify-test`. Nothing is wrong; the end follows by itself.",
        },
        "notification_settings": {
            "receiver": trial.name, "group_by": ["grafana_folder", "alertname"], **_POLICY,
        },
        "data": [_query(trial.source, sql), _threshold()],
    }  # fmt: skip


def _query(source: str, sql: str) -> Json:
    return {
        "refId": "A",
        "relativeTimeRange": {"from": 600, "to": 0},
        "datasourceUid": source,
        "model": {"refId": "A", "format": "table", "rawQuery": True, "editorMode": "code", "rawSql": sql},
    }


def _threshold() -> Json:
    conditions = [{"evaluator": {"type": "gt", "params": [0.5]}}]
    return {
        "refId": "C",
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": "__expr__",
        "model": {"refId": "C", "type": "threshold", "expression": "A", "conditions": conditions},
    }
