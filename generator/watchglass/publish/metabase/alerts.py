"""
Alerts that people have set on our questions: what edit of a question ends them, and how they live through it.

Metabase deletes the active alerts of a question whose look no longer carries them (``update_alerts.clj``). Those that sleep
stay, with their ids and owners: so they are put to sleep before the edit, and woken after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.metabase.normal import TRASH

NOTIFICATIONS_SINCE = 54
_SERIES = frozenset({"line", "bar", "area"})
_GOALS = {"graph.goal_value": _SERIES, "progress.goal": frozenset({"progress"})}
_HYDRATED = frozenset({"creator", "card", "user", "channel", "template"})


@dataclass(frozen=True, slots=True)
class Alert:
    """
    An alert.

    Args:
        goal: whether it looks at the goal of the chart; else at rows.
        raw: as it was answered.
    """

    id: int
    goal: bool
    raw: Mapping[str, Json]


def costs_alerts(before: Mapping[str, Json], after: Mapping[str, Json]) -> bool:
    """Tell whether Metabase would delete the alerts of a question with this edit."""
    if before["collection"] == TRASH:
        return False
    return _other_family(before["display"], after["display"]) or _goal_ends(before, after)


def _other_family(before: str, after: str) -> bool:
    if before == after:
        return False
    if before in _SERIES:
        return after not in _SERIES
    return before == "progress" or after in _SERIES or after == "progress"


def _goal_ends(before: Mapping[str, Json], after: Mapping[str, Json]) -> bool:
    old, new = before["visualization_settings"], after["visualization_settings"]
    if any(old.get(key) is not None and new.get(key) is None for key in _GOALS):
        return True
    several = len(new.get("graph.dimensions") or []) > 1 >= len(old.get("graph.dimensions") or [])
    return several and old.get("graph.goal_value") is not None


def _carries_goal(body: Mapping[str, Json]) -> bool:
    settings, display = body["visualization_settings"], body["display"]
    several = len(settings.get("graph.dimensions") or []) > 1
    return any(
        display in displays and settings.get(key) is not None and not (several and display in _SERIES)
        for key, displays in _GOALS.items()
    )


class Alerts:
    """
    The alerts that a key may see.

    Args:
        major: the server's version, such as 58 of 0.58.
        sees_all: whether the key sees those of others, too.
    """

    def __init__(self, client: Client, major: int, *, sees_all: bool) -> None:
        self._client, self._sees_all = client, sees_all
        self._newer = major >= NOTIFICATIONS_SINCE

    def of(self, card: int) -> tuple[Alert, ...]:
        """List the alerts on a question that are awake."""
        return self._listed(card, asleep=False)

    def _listed(self, card: int, *, asleep: bool) -> tuple[Alert, ...]:
        if self._newer:
            query: dict[str, str | int] = {
                "card_id": card,
                "payload_type": "notification/card",
                "include_inactive": str(asleep).lower(),
            }
            rows = only(self._client.get("/api/notification", query).body, list, "the list of alerts")
        else:
            awake = {"archived": str(asleep).lower()}
            rows = only(self._client.get("/api/alert", awake).body, list, "the list of alerts")
        return self._on(card, rows, asleep=asleep)

    def _on(self, card: int, rows: Iterable[Mapping[str, Json]], *, asleep: bool) -> tuple[Alert, ...]:
        if self._newer:
            return tuple(
                Alert(each["id"], each["payload"]["send_condition"] != "has_result", each)
                for each in rows
                if each["payload"]["card_id"] == card and each["active"] != asleep
            )
        return tuple(
            Alert(each["id"], each["alert_condition"] == "goal", each)
            for each in rows
            if (each.get("card") or {}).get("id") == card
        )

    def ended(self, card: int, ours: Collection[int]) -> str:
        """Say which alerts of people end when a question goes, of all that were listed once in this run."""
        path, query = "/api/alert", {"archived": "false"}
        if self._newer:
            path, query = (
                "/api/notification",
                {"payload_type": "notification/card", "include_inactive": "false"},
            )
        rows = only(self._client.get_once(path, query).body, list, "the list of alerts")
        found = {each.id for each in self._on(card, rows, asleep=False)} - set(ours)
        said = [f"alerts that people have on it end ({_numbers(found)})"] if found else []
        if not self._sees_all:
            said.append("alerts that others have on it end, if there are any: this key does not see them")
        return "; ".join(said)

    def told(self, card: int, after: Mapping[str, Json]) -> str:
        """Say what an edit that ends alerts means for those on a question."""
        found = self.of(card)
        said = []
        carried = [each.id for each in found if not each.goal or _carries_goal(after)]
        ended = sorted({each.id for each in found} - set(carried))
        if carried:
            said.append(f"alerts on it sleep while it is changed, people are mailed ({_numbers(carried)})")
        if ended:
            said.append(
                f"alerts that look at its goal sleep from then on, since it has none ({_numbers(ended)})"
            )
        if not self._sees_all:
            said.append("alerts of other people on it end: only an administrator's key sees and keeps them")
        return "; ".join(said)

    def pause(self, alerts: Iterable[Alert]) -> None:
        """Put alerts to sleep."""
        for each in alerts:
            self._set(each, awake=False)

    def wake(self, card: int, numbers: Iterable[int], body: Mapping[str, Json]) -> None:
        """Wake the alerts of a question that it can still carry."""
        wanted = set(numbers)
        for each in self._listed(card, asleep=True):
            if each.id in wanted and (not each.goal or _carries_goal(body)):
                self._set(each, awake=True)

    def _set(self, alert: Alert, *, awake: bool) -> None:
        if self._newer:
            self._client.put(
                f"/api/notification/{alert.id}", on_the_wire(alert.raw) | {"active": awake}, also=(404,)
            )
        else:
            self._client.put(f"/api/alert/{alert.id}", {"archived": not awake}, also=(404,))


def on_the_wire(raw: Mapping[str, Json]) -> dict[str, Json]:
    """Give the whole object with all its ids, as a change must have it, without what was joined to it for reading."""
    return {key: _stripped(value) for key, value in raw.items() if key not in _HYDRATED}


def _stripped(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _stripped(inner) for key, inner in value.items() if key not in _HYDRATED}
    if isinstance(value, list):
        return [_stripped(inner) for inner in value]
    return value


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
