"""Time intervals by name: whose one is stands in its name, the digest of our last write in a member that never holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Uncertain
from watchglass.publish.grafana.normal import FILE
from watchglass.publish.resource import Desired, Key, Live, digest, stands

_PLACE = "/api/v1/provisioning/mute-timings"
_YEAR = "1970"
"""The year of the member that never holds."""
_TIMES, _MINUTES = 6, 1440
_KEPT = 15
"""Hexadecimal digits of a digest that six times of a day can hold."""


class TimeIntervals:
    """Time intervals by name."""

    name, noun = "time-intervals", "time interval"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read all with our name and mark, and those of the wanted names."""
        listed = only(self._client.get(_PLACE).body or [], list, "the list of time intervals")
        found = {each["name"]: self._live(each) for each in listed}
        return {name: live for name, live in found.items() if live.owner == self._owner or name in wanted}

    def read_one(self, key: str) -> Live | None:
        """Read one time interval."""
        answer = self._client.get(_place(key), also=(404,))
        return None if answer.status == 404 else self._live(only(answer.body, dict, "a time interval"))

    def _live(self, got: Mapping[str, Json]) -> Live:
        name, members = str(got["name"]), list(got.get("time_intervals") or [])
        kept = next((_sum(each) for each in members if _is_mark(each)), "")
        body = form(each for each in members if not _is_mark(each))
        owner = name.partition(": ")[0] if kept and ": " in name else ""
        whole = digest(body)
        total = whole if kept == whole[:_KEPT] else kept
        locked = FILE if got.get("provenance") == "file" else ""
        handle = {"version": got.get("version", "")}
        return Live(Key("grafana", self.name, name), name, body, owner, total, locked, handle)

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the interval, or replace it over the version that was read."""
        name = desired.key.id
        sent = {"name": name, "time_intervals": [*desired.body["members"], mark(digest(desired.body))]}
        if live is None:
            self._make(desired, sent)
            return
        answer = self._client.put(_place(name), sent | {"version": live.handle["version"]}, also=(409,))
        if answer.status == 409 and not stands(self.read_one(desired.key.id), desired):
            raise Refused(
                f"the time interval '{name}' was changed by somebody else a moment ago", "plan once more"
            )

    def _make(self, desired: Desired, sent: Json) -> None:
        try:
            answer = self._client.post(_PLACE, sent, also=(400,))
        except Uncertain:
            if stands(self.read_one(desired.key.id), desired):
                return
            raise
        if answer.status == 400 and not stands(self.read_one(desired.key.id), desired):
            said = answer.body.get("message", "") if isinstance(answer.body, dict) else ""
            raise Refused(f"the time interval '{desired.title}' was refused: {said}", status=400)

    def remove(self, live: Live) -> None:
        """Delete the interval; one that a route or a rule of others names stays."""
        answer = self._client.delete(_place(live.key.id), also=(404, 409))
        if answer.status == 409:
            raise Refused(f"the time interval '{live.title}' is named by a route or a rule that is not ours")

    def resets(self, desired: Desired, live: Live) -> str:
        """Say nothing: an interval's change ends no alert."""
        del desired, live
        return ""


def form(members: Iterable[Mapping[str, Json]]) -> dict[str, Json]:
    """Give the normal form: members without what is empty."""
    return {
        "members": [
            {key: value for key, value in each.items() if value not in (None, [], "")} for each in members
        ]
    }


def mark(total: str) -> dict[str, Json]:
    """Make the member that never holds: its times are the digest."""
    number, times = int(total[:_KEPT], 16), []
    for _ in range(_TIMES):
        number, minute = divmod(number, _MINUTES)
        times.append({"start_time": f"{minute // 60:02}:{minute % 60:02}", "end_time": "24:00"})
    return {"times": times, "years": [_YEAR]}


def _is_mark(member: Mapping[str, Json]) -> bool:
    return member.get("years") == [_YEAR] and len(member.get("times") or []) == _TIMES


def _sum(member: Mapping[str, Json]) -> str:
    number = 0
    for each in reversed(member["times"]):
        hours, _, minutes = str(each["start_time"]).partition(":")
        number = number * _MINUTES + int(hours) * 60 + int(minutes)
    return f"{number:0{_KEPT}x}"


def _place(name: str) -> str:
    return f"{_PLACE}/{quote(name, safe='')}"
