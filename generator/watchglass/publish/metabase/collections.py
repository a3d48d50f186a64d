"""The collection that holds all of a service's: known by its mark, wherever in the tree somebody puts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Kept, Refused, Uncertain
from watchglass.publish.metabase import marks
from watchglass.publish.metabase.inventory import Inventory, Raw
from watchglass.publish.metabase.marks import Mark
from watchglass.publish.resource import Desired, Key, Live, digest

KIND = "collection"


class Collections:
    """Collections by their mark."""

    name, noun = "collections", KIND

    def __init__(self, client: Client, owner: str, inventory: Inventory) -> None:
        self._client, self._owner, self._inventory = client, owner, inventory

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those with our mark, and one of a wanted one's name at the top that nobody's mark is on."""
        inventory = self._inventory
        inventory.begin()
        found = self._ours(inventory.collections)
        if not found:
            buried = inventory.list_collections(archived=True)
            found = {key: rows for key, rows in self._ours(buried).items() if key in wanted}
        for key, each in wanted.items():
            strangers = self._of_name(each.body["name"])
            if key not in found and strangers:
                found[key] = strangers
        for rows in found.values():
            inventory.settle(int(rows[0]["id"]), buried=bool(rows[0].get("archived")))
        return {key: self._live(key, rows) for key, rows in found.items()}

    def _ours(self, rows: Iterable[Raw]) -> dict[str, list[Raw]]:
        found: dict[str, list[Raw]] = {}
        for each in rows:
            mark = self._inventory.mark_of(each, KIND)
            if mark is not None:
                found.setdefault(mark.id, []).append(each)
        return found

    def _of_name(self, name: str) -> list[Raw]:
        listed = self._inventory.collections
        return [each for each in listed if each["name"] == name and each.get("location") == "/"]

    def _live(self, key: str, rows: list[Raw]) -> Live:
        raw = rows[0]
        text, mark = marks.split(raw.get("description"))
        body: dict[str, Json] = {
            "name": raw["name"],
            "description": text,
            "archived": bool(raw.get("archived")),
        }
        locked = ""
        if len(rows) > 1:
            numbers = [int(each["id"]) for each in rows]
            body["twins"] = numbers
            locked = f"{len(rows)} collections could be it ({_numbers(numbers)}): leave the mark or the name on one"
        owner = mark.owner if mark is not None else ""
        total = mark.sum if mark is not None else ""
        return Live(
            Key("metabase", self.name, key),
            raw["name"],
            body,
            owner,
            total,
            locked,
            raw,
            body["archived"] is True,
        )

    def read_one(self, key: str) -> Live | None:
        """Read ours once more."""
        home = self._inventory.home
        if home is None:
            rows = self._ours(self._inventory.list_collections()).get(key)
            return self._live(key, rows) if rows else None
        answer = self._client.get(f"/api/collection/{home}", also=(404,))
        return None if answer.status == 404 else self._live(key, [only(answer.body, dict, "a collection")])

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the collection at the top, or bring it up to date where it stands."""
        if live is not None:
            self._inventory.settle(int(live.handle["id"]), buried=False)
            if live.body == desired.body and not live.drifted and live.owner == self._owner:
                return
        sent = {
            "name": desired.body["name"],
            "description": self._description(desired.key.id, desired.body),
        }
        if live is None:
            self._make(desired, sent)
            return
        self._client.put(f"/api/collection/{live.handle['id']}", sent | {"archived": False})

    def _make(self, desired: Desired, sent: Mapping[str, Json]) -> None:
        lost: Uncertain | None = None
        try:
            self._client.post("/api/collection", dict(sent))
        except Uncertain as error:
            lost = error
        rows = self._ours(self._inventory.list_collections()).get(desired.key.id, [])
        if len(rows) > 1:
            raise Refused(
                f"two collections of '{desired.title}' were made at the same time", "plan anew, and leave one"
            )
        if not rows:
            raise lost or Refused(f"the collection '{desired.title}' was not made, though Metabase says so")
        self._inventory.settle(int(rows[0]["id"]), buried=False)

    def _description(self, key: str, body: Mapping[str, Json]) -> str:
        return marks.joined(body["description"], Mark(self._owner, KIND, key, digest(body)))

    def remove(self, live: Live) -> None:
        """
        Put the collection into the Trash.

        Raises:
            Kept: something of others' is in it.
        """
        place = f"/api/collection/{live.handle['id']}"
        inside = only(self._client.get(f"{place}/items?limit=1&offset=0").body, dict, "a collection's items")
        if inside["data"]:
            raise Kept(f"the collection '{live.title}' holds something that is not ours")
        body = live.body | {"archived": True}
        sent = {
            "name": live.body["name"],
            "archived": True,
            "description": self._description(live.key.id, body),
        }
        self._client.put(place, sent)

    def resets(self, desired: Desired, live: Live) -> str:
        """Nobody on call notices a collection's change."""
        del desired, live
        return ""


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
