"""
What groups may do with our collection: the groups that the definition names, and no other.

Rights have no room for a mark: whatever stands there is brought to what is wanted, and the plan says from what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused
from watchglass.publish.metabase.inventory import Inventory
from watchglass.publish.resource import Desired, Live, digest

_PLACE = "/api/collection/graph"
_NO_RIGHT = "none"
"""What a group has of which the server says nothing."""


class Permissions:
    """The rights on our collection, as one object; only an administrator's key may read them."""

    name, noun = "permissions", "permissions"

    def __init__(self, client: Client, owner: str, inventory: Inventory, *, sees_all: bool) -> None:
        self._client, self._owner, self._inventory, self._sees_all = client, owner, inventory, sees_all

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read the rights of the groups that are wanted, after the collections were read."""
        home = self._inventory.home
        if home is None or not self._sees_all or not wanted:
            return {}
        graph = self._graph()
        return {key: self._live(each, graph, home) for key, each in wanted.items()}

    def read_one(self, key: str) -> Live | None:
        """Say nothing: without the wanted groups there is nothing to read."""
        del key
        return None

    def _graph(self) -> dict[str, Json]:
        return dict(only(self._client.get(_PLACE).body, dict, "the rights on collections"))

    def _live(self, desired: Desired, graph: Mapping[str, Json], home: int) -> Live:
        body = {"groups": {group: _right(graph, group, home) for group in desired.body["groups"]}}
        return Live(desired.key, desired.title, body, self._owner, digest(body))

    def missing(self, desired: Desired) -> Iterator[str]:
        """Say which wanted groups are not there; the server lists them all, also those without a right."""
        groups = self._graph()["groups"] if self._sees_all else desired.body["groups"]
        for group in sorted(desired.body["groups"].keys() - groups.keys(), key=int):
            yield f"Metabase has no group {group}: the address of a group's page ends with its number (Admin, People, Groups)"

    def write(self, desired: Desired, live: Live | None) -> None:
        """Set the rights over the revision that is read now; all others go back as they came."""
        del live
        home = self._inventory.home
        assert home is not None, "the collection is made before its rights are set"
        graph = self._graph()
        groups = {group: dict(rights) for group, rights in graph["groups"].items()}
        for group, right in desired.body["groups"].items():
            groups.setdefault(group, {})[str(home)] = right
        answer = self._client.put(_PLACE, {"revision": graph["revision"], "groups": groups}, also=(409,))
        if answer.status == 409 and self._live(desired, self._graph(), home).body != desired.body:
            raise Refused("somebody changed rights on collections a moment ago", "plan once more", 409)

    def remove(self, live: Live) -> None:
        """Leave the rights: they go with the collection."""

    def resets(self, desired: Desired, live: Live) -> str:
        """Nobody on call notices a change of rights."""
        del desired, live
        return ""


def _right(graph: Mapping[str, Json], group: str, home: int) -> str:
    return str((graph["groups"].get(group) or {}).get(str(home), _NO_RIGHT))
