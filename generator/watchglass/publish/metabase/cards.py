"""Questions: made once, found again by their mark, read back after each write."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client
from watchglass.publish.errors import Refused, Strange, Uncertain
from watchglass.publish.metabase import bodies, marks, normal
from watchglass.publish.metabase.alerts import Alerts, costs_alerts
from watchglass.publish.metabase.inventory import Inventory, Raw
from watchglass.publish.metabase.kept import hold
from watchglass.publish.metabase.marks import Mark
from watchglass.publish.resource import Desired, Key, Live, digest

KIND = "card"


class Cards:
    """
    Questions by their mark.

    Args:
        alerts: those of people, which some edits would end.
    """

    name, noun = "cards", "question"

    def __init__(self, client: Client, owner: str, inventory: Inventory, alerts: Alerts) -> None:
        self._client, self._owner, self._inventory, self._alerts = client, owner, inventory, alerts

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those with our mark, wherever they lie, and one in our collection that has a wanted one's name."""
        inventory = self._inventory
        inventory.open()
        found = inventory.marked("card")
        found |= inventory.elsewhere("card", wanted.keys() - found.keys())
        for key in wanted.keys() - found.keys():
            strangers = inventory.unmarked("card", wanted[key].body["name"])
            found |= {key: strangers} if strangers else {}
        inventory.bodies(number for numbers in found.values() for number in numbers)
        for key, numbers in found.items():
            inventory.know("card", key, numbers[0])
        seen = {
            key: self._live(key, inventory.cards[numbers[0]], numbers)
            for key, numbers in found.items()
            if numbers[0] in inventory.cards
        }
        hidden = inventory.hidden()
        return seen | {
            key: self._unseen(key, hidden[key]) for key in (wanted.keys() - seen.keys()) & hidden.keys()
        }

    def _unseen(self, key: str, number: int) -> Live:
        """Give a question that somebody moved to where the key sees nothing."""
        reason = f"the question {number} stands in its place, and the key may not see it: move it back"
        return Live(Key("metabase", self.name, key), key, {"hidden": number}, self._owner, "", reason)

    def _live(self, key: str, raw: Raw, numbers: list[int]) -> Live:
        _, mark = marks.split(raw.get("description"))
        body = self._normal(raw)
        locked = self._inventory.copies("card", numbers)
        if locked:
            body["twins"] = numbers
        owner = mark.owner if mark is not None else ""
        total = mark.sum if mark is not None else ""
        return Live(
            Key("metabase", self.name, key),
            str(raw["name"]),
            body,
            owner,
            total,
            locked,
            raw,
            bool(raw.get("archived")),
        )

    def _normal(self, raw: Raw) -> dict[str, Json]:
        text, mark = marks.split(raw.get("description"))
        query = raw.get("dataset_query") or {}
        database, databases = int(query.get("database") or 0), self._inventory.databases
        held = normal.query(query, lambda number: databases.column(database, number))
        held["database"] = databases.name(database)
        made = normal.card(raw, self._inventory.place(raw), text, held)
        if mark is not None and mark.paused:
            made[normal.PAUSED] = list(mark.paused)
        return made

    def read_one(self, key: str) -> Live | None:
        """Read a question; one that is not there is looked for once more before the first of them is made."""
        number = self._inventory.number("card", key)
        raw = self._inventory.read_card(number) if number is not None else None
        if raw is None:
            return None
        self._inventory.know("card", key, int(raw["id"]))
        return self._live(key, raw, [int(raw["id"])])

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the question, or bring it up to date; alerts that this would end sleep meanwhile."""
        sent = bodies.card(desired.body, self._inventory.home, self._inventory.databases)
        if live is None:
            self._make(desired, sent)
            return
        place = f"/api/card/{live.handle['id']}"
        sleeping = self._pause(desired, live, place)
        if live.handle.get("archived"):
            sent["archived"] = False
        raw = self._put(
            place, sent | {"description": self._described(desired.key.id, desired.body, sleeping, live)}
        )
        self._check(desired, raw, sleeping)
        if sleeping:
            self._alerts.wake(int(live.handle["id"]), sleeping, desired.body)
            self._put(place, {"description": self._described(desired.key.id, desired.body, (), live)})

    def _pause(self, desired: Desired, live: Live, place: str) -> tuple[int, ...]:
        """Put alerts to sleep that the edit would end, and write down which before the first does."""
        known: tuple[int, ...] = tuple(live.body.get(normal.PAUSED, ()))
        number = int(live.handle["id"])
        awake = self._alerts.of(number) if costs_alerts(live.body, desired.body) else ()
        sleeping = tuple(sorted({*known, *(each.id for each in awake)}))
        if sleeping != known:
            self._put(place, {"description": self._described(desired.key.id, live.body, sleeping, live)})
        self._alerts.pause(awake)
        return sleeping

    def _described(
        self, key: str, body: Mapping[str, Json], sleeping: tuple[int, ...], live: Live | None = None
    ) -> str:
        """Join a description and its mark, which goes on listing what is mailed of the question that is there."""
        there = self._inventory.mark_of(live.handle, KIND) if live is not None else None
        mails = there.mails if there is not None else ()
        mark = Mark(self._owner, KIND, key, digest(_holding(body, sleeping)), sleeping, mails)
        return marks.joined(body["description"], mark)

    def _put(self, place: str, sent: Mapping[str, Json]) -> Raw:
        return self._inventory.take_card(self._client.put(place, dict(sent)).body)

    def _make(self, desired: Desired, sent: Mapping[str, Json]) -> None:
        key = desired.key.id
        try:
            answer = self._client.post(
                "/api/card", dict(sent) | {"description": self._described(desired.key.id, desired.body, ())}
            )
            raw: Raw | None = self._inventory.take_card(answer.body)
        except (Uncertain, Strange):
            number = self._inventory.look_again("card", key)
            raw = self._inventory.read_card(number) if number is not None else None
            if raw is None:
                raise
        assert raw is not None, "it was answered, or found"
        self._inventory.know("card", key, int(raw["id"]))
        self._inventory.alone("card", key, int(raw["id"]))
        self._check(desired, raw, ())

    def _check(self, desired: Desired, raw: Raw, sleeping: tuple[int, ...]) -> None:
        """
        Hold what the server kept against what it was sent.

        Raises:
            Refused: it is something else.
        """
        made = self._normal(raw)
        if made["dataset_query"]["native"]["query"] is None:
            raise Refused(
                f"Metabase kept the question '{desired.title}' without its SQL", "report its version to us"
            )
        hold(self.noun, desired.title, _holding(desired.body, sleeping), made)

    def remove(self, live: Live) -> None:
        """Put the question into the Trash."""
        description = self._described(live.key.id, live.body | {"collection": normal.TRASH}, (), live)
        self._client.put(f"/api/card/{live.handle['id']}", {"archived": True, "description": description})

    def ends(self, live: Live) -> str:
        """Tell which alerts of people go with the question."""
        mark = self._inventory.mark_of(live.handle, KIND)
        ours = [mail.number for mail in mark.mails] if mark is not None else []
        return self._alerts.ended(int(live.handle["id"]), ours)

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell which alerts of people the edit would end, and what becomes of them."""
        if not costs_alerts(live.body, desired.body):
            return ""
        return self._alerts.told(int(live.handle["id"]), desired.body)


def _holding(body: Mapping[str, Json], sleeping: tuple[int, ...]) -> dict[str, Json]:
    """Give a body as it is read while alerts sleep."""
    kept = {key: value for key, value in body.items() if key != normal.PAUSED}
    return kept | ({normal.PAUSED: list(sleeping)} if sleeping else {})
