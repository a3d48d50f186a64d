"""Rule groups by folder and name, each written whole: whose a rule is stands in an annotation, which resets no state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused
from watchglass.publish.grafana import normal
from watchglass.publish.resource import Desired, Key, Live, digest

_RULES = "/api/v1/provisioning/alert-rules"
_FILE = "it comes from a file at the server: remove it there first"
_RESET = (
    "title",
    "labels",
    "data",
    "for",
    "condition",
    "noDataState",
    "execErrState",
    "isPaused",
    "notification_settings",
)
"""What makes Grafana drop the state of a rule's alerts; annotations, the interval and keep-firing do not."""


def group_id(folder: str, group: str) -> str:
    """Give the id of a group: groups have a name in a folder, and no uid."""
    return f"{folder}/{group}"


class RuleGroups:
    """Rule groups, ours whole."""

    name, noun = "alert-rules", "rule group"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read the groups that hold a rule of ours, and those at the wanted names."""
        rules = only(self._client.get_once(_RULES).body, list, "the list of rules")
        groups: dict[str, list[Mapping[str, Json]]] = {}
        for each in rules:
            groups.setdefault(group_id(each["folderUID"], each["ruleGroup"]), []).append(each)
        ours = {
            key: members
            for key, members in groups.items()
            if key in wanted or any(normal.mark_of_rule(each)[0] == self._owner for each in members)
        }
        intervals = self._intervals(ours) if ours else {}
        return {
            key: self._live(key, members, intervals[key]) for key, members in ours.items() if key in intervals
        }

    def _intervals(self, groups: Mapping[str, list[Mapping[str, Json]]]) -> dict[str, str]:
        """
        Ask for all intervals at once; where one rule stands in a folder that is gone, that fails, and each group is asked.

        Returns:
            id of a group → its interval; one that went meanwhile is left out.
        """
        of: dict[str, str] = {}
        answer = self._client.get_once(f"{_RULES}/export", {"format": "json"}, also=(500,))
        if answer.status == 200:
            of = {
                rule["uid"]: group["interval"]
                for group in (answer.body or {}).get("groups") or []
                for rule in group["rules"]
            }
        found = {
            key: of.get(members[0]["uid"]) or self._interval(members[0]) for key, members in groups.items()
        }
        return {key: normal.duration(str(interval)) for key, interval in found.items() if interval}

    def _interval(self, member: Mapping[str, Json]) -> str:
        """Ask for one group's interval; empty where the group is gone."""
        answer = self._client.get(place_of(member["folderUID"], member["ruleGroup"]), also=(404,))
        return "" if answer.status == 404 else f"{only(answer.body, dict, 'a rule group')['interval']}s"

    def read_one(self, key: str) -> Live | None:
        """Read one group."""
        folder, _, group = key.partition("/")
        answer = self._client.get(place_of(folder, group), also=(404,))
        if answer.status == 404:
            return None
        body = only(answer.body, dict, "a rule group")
        # The provenance is missing in this answer, and matters for the first read alone.
        return self._live(key, body["rules"], normal.duration(f"{body['interval']}s"))

    def _live(self, key: str, members: Iterable[Mapping[str, Json]], interval: str) -> Live:
        listed = list(members)
        folder, _, group = key.partition("/")
        marks = {normal.mark_of_rule(each) for each in listed}
        owners = {owner for owner, _ in marks}
        sums = {total for _, total in marks}
        locked = _FILE if any(each.get("provenance") == "file" for each in listed) else ""
        body = form(folder, group, interval, listed)
        # A rule of nobody's in our group is an edit of the group; a group without one of ours is a stranger's.
        owner = self._owner if self._owner in owners else next(iter(sorted(owners - {""})), "")
        total = sums.pop() if len(sums) == 1 else ""
        parts = {each["uid"]: each["title"] for each in listed if normal.mark_of_rule(each)[0] == self._owner}
        return Live(Key("grafana", self.name, key), group, body, owner, total, locked, parts=parts)

    def write(self, desired: Desired, live: Live | None) -> None:
        """Put the whole group; a rule that it does not list is deleted with it."""
        del live
        body = desired.body
        mark = f"{self._owner} {digest(body)}"
        rules = [
            each
            | {
                "annotations": each["annotations"] | {normal.MARK: mark},
                "folderUID": body["folder"],
                "ruleGroup": body["title"],
            }
            for each in body["rules"]
        ]
        sent = {
            "title": body["title"],
            "folderUid": body["folder"],
            "interval": normal.milliseconds(body["interval"]) // 1000,
            "rules": rules,
        }
        answer = self._client.put(place_of(body["folder"], body["title"]), sent, also=(500,))
        if answer.status == 500:
            raise Refused(
                f"the rule group '{body['title']}' was refused: {(answer.body or {}).get('message', '')}",
                "a rule of it may come from a file, or the token's rights to the folder are some seconds old: try once more",
                500,
            )

    def remove(self, live: Live) -> None:
        """Delete the group with its rules."""
        self._client.delete(place_of(live.body["folder"], live.body["title"]))

    def resets(self, desired: Desired, live: Live) -> str:
        """Name the rules whose alerts start anew: what fires now is sent as resolved."""
        before = {each["uid"]: each for each in live.body["rules"]}
        named = [
            each["title"]
            for each in desired.body["rules"]
            if each["uid"] in before and any(each.get(key) != before[each["uid"]].get(key) for key in _RESET)
        ]
        gone = [each["title"] for uid, each in before.items() if uid not in _uids(desired.body)]
        told = []
        if named:
            told.append(f"alerts start anew, and what fires now is sent as resolved: {', '.join(named)}")
        if gone:
            told.append(f"alerts end: {', '.join(gone)}")
        return "; ".join(told)


def form(folder: str, title: str, interval: str, rules: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Give a group's normal form; its rules keep their order, which is the order of evaluation."""
    return {
        "folder": folder,
        "title": title,
        "interval": interval,
        "rules": [normal.rule(each) for each in rules],
    }


def _uids(body: Mapping[str, Json]) -> set[str]:
    return {each["uid"] for each in body["rules"]}


def place_of(folder: str, group: str) -> str:
    """Give the path at which a group is read and written."""
    return f"/api/v1/provisioning/folder/{quote(folder, safe='')}/rule-groups/{quote(group, safe='')}"
