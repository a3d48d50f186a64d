"""
What roles and teams may do in our folder: those that the definition names, and no other.

Rights have no room for a mark: whatever stands there is brought to what is wanted, and the plan says from what. Source: Grafana's
"Folder Permissions API" (12.4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Uncertain
from watchglass.publish.resource import Desired, Live, digest

_LEVELS = {"view": 1, "edit": 2, "admin": 4}
_NAMES = {level: name for name, level in _LEVELS.items()}
_NONE = "none"
_TEAM = "team:"
_WHO = ("userId", "teamId", "role")
"""By what an entry is of somebody, as a server takes it back."""


class Permissions:
    """The rights in our folder, as one object."""

    name, noun = "permissions", "permissions"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read the rights of the roles and teams that are wanted; none where the folder is not there yet."""
        found = {uid: self._entries(uid) for uid in wanted}
        return {
            uid: self._live(wanted[uid], entries) for uid, entries in found.items() if entries is not None
        }

    def read_one(self, uid: str) -> Live | None:
        """Say nothing: without the wanted roles there is nothing to read."""
        del uid
        return None

    def _entries(self, uid: str) -> list[Mapping[str, Json]] | None:
        answer = self._client.get(f"/api/folders/{uid}/permissions", also=(403, 404))
        if answer.status == 403:
            raise Refused(
                "the token may not read who may do what in the folder",
                "give its account the right Admin on the folder, or take `permissions:` out",
                403,
            )
        if answer.status == 404:
            return None
        return list(only(answer.body, list, "the rights on a folder"))

    def _live(self, desired: Desired, entries: list[Mapping[str, Json]]) -> Live:
        held = {_who(each): _NAMES.get(each.get("permission") or 0, _NONE) for each in entries}
        body = {"rights": {who: held.get(who, _NONE) for who in desired.body["rights"]}}
        return Live(desired.key, desired.title, body, self._owner, digest(body))

    def write(self, desired: Desired, live: Live | None) -> None:
        """Set the rights beside those of others that are read now: a server takes the whole list."""
        del live
        uid, rights = desired.key.id, desired.body["rights"]
        entries = self._entries(uid) or []
        own = [each for each in entries if not each.get("inherited")]
        items = [_kept(each) for each in own if _who(each) not in rights]
        items += self._items(rights, {_who(each): each for each in own})
        lost: Uncertain | None = None
        try:
            self._client.post(f"/api/folders/{uid}/permissions", {"items": items})
        except Uncertain as error:
            lost = error
        made = self._live(desired, self._entries(uid) or [])
        if made.body != desired.body:
            raise lost or Refused(
                f"Grafana kept other rights on the folder than were sent: {made.body['rights']}"
            )

    def _items(
        self, rights: Mapping[str, str], there: Mapping[str, Mapping[str, Json]]
    ) -> Iterator[dict[str, Json]]:
        for who, right in rights.items():
            if right == _NONE:
                continue
            if not who.startswith(_TEAM):
                yield {"role": who.title(), "permission": _LEVELS[right]}
            else:
                number = there[who]["teamId"] if who in there else self._team(who.removeprefix(_TEAM))
                yield {"teamId": number, "permission": _LEVELS[right]}

    def _team(self, name: str) -> int:
        """
        Give the number of a team.

        Raises:
            Refused: there is none of that name, as far as the token sees.
        """
        answer = self._client.get("/api/teams/search", {"name": name}, also=(403,))
        teams = answer.body.get("teams") if answer.status != 403 and isinstance(answer.body, dict) else None
        found = [each for each in teams or [] if each.get("name") == name]
        if not found:
            raise Refused(
                f"Grafana has no team '{name}' that the token may see",
                "make it under Administration, Users and access, Teams; to look teams up takes an Admin's token",
            )
        return int(found[0]["id"])

    def missing(self, desired: Desired) -> Iterator[str]:
        """Say what a write would fail at."""
        there = {_who(each) for each in self._entries(desired.key.id) or []}
        for who, right in desired.body["rights"].items():
            if who.startswith(_TEAM) and who not in there and right != _NONE:
                try:
                    self._team(who.removeprefix(_TEAM))
                except Refused as error:
                    yield f"{error.message}; {error.hint}"

    def remove(self, live: Live) -> None:
        """Leave the rights: they go with the folder."""

    def resets(self, desired: Desired, live: Live) -> str:
        """Nobody on call notices a change of rights."""
        del desired, live
        return ""


def _who(entry: Mapping[str, Json]) -> str:
    """Name whom an entry is of as the definition does; a user has a name that no definition writes."""
    if entry.get("role"):
        return str(entry["role"]).lower()
    return f"{_TEAM}{entry.get('team')}" if entry.get("teamId") else f"user {entry.get('userId')}"


def _kept(entry: Mapping[str, Json]) -> dict[str, Json]:
    return {"permission": entry["permission"]} | {name: entry[name] for name in _WHO if entry.get(name)}
