"""Dashboards: a first request makes one, a second fills it; places and tabs that stay keep their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Strange, Uncertain
from watchglass.publish.metabase import bodies, marks, normal
from watchglass.publish.metabase.inventory import Inventory, Raw
from watchglass.publish.metabase.kept import hold
from watchglass.publish.metabase.marks import BEGUN, Mail, Mark
from watchglass.publish.resource import Desired, Key, Live, digest

KIND = "dashboard"


@dataclass(frozen=True, slots=True)
class Handle:
    """
    What a write needs of the server's numbers.

    Args:
        places: cards' places by key; ``tabs``: by name.
        mails: our subscriptions to it, which its mark lists.
    """

    id: int
    places: Mapping[str, int]
    tabs: Mapping[str, int]
    archived: bool
    mails: tuple[Mail, ...] = ()


class Dashboards:
    """Dashboards by their mark."""

    name, noun = "dashboards", KIND

    def __init__(self, client: Client, owner: str, inventory: Inventory) -> None:
        self._client, self._owner, self._inventory = client, owner, inventory

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those with our mark, wherever they lie, and one in our collection that has a wanted one's name."""
        inventory = self._inventory
        inventory.open()
        found = inventory.marked("dashboard")
        found |= inventory.elsewhere("dashboard", wanted.keys() - found.keys())
        for key in wanted.keys() - found.keys():
            strangers = inventory.unmarked("dashboard", wanted[key].body["name"])
            found |= {key: strangers} if strangers else {}
        for numbers in found.values():
            if numbers[0] not in inventory.boards:
                inventory.read_board(numbers[0])
        inventory.numbers |= {("dashboard", key): numbers[0] for key, numbers in found.items()}
        return {
            key: self._live(key, inventory.boards[numbers[0]], numbers)
            for key, numbers in found.items()
            if numbers[0] in inventory.boards
        }

    def _live(self, key: str, raw: Raw, numbers: list[int]) -> Live:
        _, mark = marks.split(raw.get("description"))
        places = places_of(raw, key, self._inventory)
        body = self._normal(raw, places)
        locked = self._inventory.copies("dashboard", numbers)
        if locked:
            body["twins"] = numbers
        total = mark.sum if mark is not None else ""
        if total == BEGUN and not body["dashcards"]:
            total = digest(body)  # our own first request, whose second one never came
        owner = mark.owner if mark is not None else ""
        tabs = {tab["name"]: int(tab["id"]) for tab in raw.get("tabs") or []}
        handle = Handle(
            int(raw["id"]),
            {place: number for number, place in places.items()},
            tabs,
            bool(raw.get("archived")),
            mark.mails if mark is not None else (),
        )
        return Live(
            Key("metabase", self.name, key),
            str(raw["name"]),
            body,
            owner,
            total,
            locked,
            handle,
            handle.archived,
        )

    def _normal(self, raw: Raw, places: Mapping[int, str]) -> dict[str, Json]:
        text, _ = marks.split(raw.get("description"))
        tabs = {tab["id"]: tab["name"] for tab in raw.get("tabs") or []}
        dashcards = [
            normal.dashcard(
                each, places[each["id"]], tabs.get(each.get("dashboard_tab_id")), self._inventory.named
            )
            for each in raw.get("dashcards") or []
        ]
        return normal.dashboard(raw, self._inventory.place(raw), text, list(tabs.values()), dashcards)

    def read_one(self, key: str) -> Live | None:
        """Read a dashboard; one that is not there is looked for once more before the first of them is made."""
        number = self._inventory.number("dashboard", key)
        raw = self._inventory.read_board(number) if number is not None else None
        if raw is None:
            return None
        self._inventory.know("dashboard", key, int(raw["id"]))
        return self._live(key, raw, [int(raw["id"])])

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the dashboard, or bring it up to date: all of it in one request, both lists whole."""
        there = live if live is not None else self._make(desired)
        handle: Handle = there.handle
        place = f"/api/dashboard/{handle.id}"
        home = self._inventory.home
        if handle.archived:  # a server takes no cards for one in the Trash
            held = there.body | {"collection": normal.OURS}
            back = {"archived": False, "collection_id": home}
            description = self._description(desired.key.id, held, marks.loosened(handle.mails))
            self._client.put(place, back | {"description": description})
        sent = bodies.dashboard(
            desired.body, home, handle.places, handle.tabs, partial(self._inventory.existing, "card")
        )
        cut = handle.archived or any(_lost(there.body, desired.body))
        mails = marks.loosened(handle.mails) if cut else handle.mails
        sent["description"] = self._description(desired.key.id, desired.body, mails)
        self._check(desired, self._inventory.take_board(self._client.put(place, sent).body))

    def _make(self, desired: Desired) -> Live:
        key = desired.key.id
        sent = {
            "name": desired.body["name"],
            "description": marks.joined(desired.body["description"], Mark(self._owner, KIND, key, BEGUN)),
            "collection_id": self._inventory.home,
            "parameters": desired.body["parameters"],
        }
        try:
            number = int(self._inventory.take_board(self._client.post("/api/dashboard", sent).body)["id"])
        except (Uncertain, Strange):
            found = self._inventory.look_again("dashboard", key)
            if found is None:
                raise
            number = found
        self._inventory.know("dashboard", key, number)
        self._inventory.alone("dashboard", key, number)
        live = self.read_one(key)
        if live is None:
            raise Refused(f"the dashboard '{desired.title}' was deleted a moment ago", "plan once more")
        return live

    def _check(self, desired: Desired, raw: Raw) -> None:
        made = self._normal(raw, places_of(raw, desired.key.id, self._inventory))
        hold(self.noun, desired.title, desired.body, made)

    def remove(self, live: Live) -> None:
        """Put the dashboard into the Trash."""
        gone = live.body | {"collection": normal.TRASH}
        description = self._description(live.key.id, gone, marks.loosened(live.handle.mails))
        self._client.put(f"/api/dashboard/{live.handle.id}", {"archived": True, "description": description})

    def _description(self, key: str, body: Mapping[str, Json], mails: tuple[Mail, ...]) -> str:
        return marks.joined(body["description"], Mark(self._owner, KIND, key, digest(body), mails=mails))

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell which subscriptions end or lose an attachment with the edit; ours are mended right after it."""
        parameters, places = _lost(live.body, desired.body)
        if not parameters and not places:
            return ""
        query = {"dashboard_id": live.handle.id}
        found = only(self._client.get("/api/pulse", query).body, list, "the list of subscriptions")
        ended = [
            each for each in found if parameters & {part.get("id") for part in each.get("parameters") or []}
        ]
        numbers = {live.handle.places[key] for key in places}
        ours = {each.number for each in live.handle.mails}
        cut = [
            each
            for each in found
            if each not in ended
            and each["id"] not in ours
            and numbers & {card.get("dashboard_card_id") for card in each.get("cards") or []}
        ]
        return "; ".join(
            said.format(_names(each))
            for said, each in (
                (_ENDED, [each for each in ended if each["id"] not in ours]),
                (_BACK, [each for each in ended if each["id"] in ours]),
                (_LOSE, cut),
            )
            if each
        )


_ENDED = "subscriptions that filter by what goes are archived, people are mailed ({})"
_BACK = "people are mailed that subscriptions end, which come back in the same apply ({})"
_LOSE = "subscriptions lose the attachments of what goes ({})"


def _lost(before: Mapping[str, Json], after: Mapping[str, Json]) -> tuple[set[str], set[str]]:
    """List what goes with an edit: ids of parameters, keys of cards' places."""
    parameters = _gone(before["parameters"], after["parameters"], "id")
    return parameters, _gone(before["dashcards"], after["dashcards"], "key")


def _gone(before: Iterable[Mapping[str, Json]], after: Iterable[Mapping[str, Json]], name: str) -> set[str]:
    return {each[name] for each in before} - {each[name] for each in after}


def _names(subscriptions: Iterable[Mapping[str, Json]]) -> str:
    return ", ".join(f"{each['id']} '{each.get('name')}'" for each in subscriptions)


def places_of(raw: Raw, board: str, inventory: Inventory) -> dict[int, str]:
    """
    Name each card's place on a dashboard: number → key.

    The key stands in the place's own settings, which a server keeps as they are and people do not see. A place that
    somebody's page wrote anew is known by the question that stands there; the second one of a key is a copy.
    """
    found: dict[int, str] = {}
    for each in sorted(raw.get("dashcards") or [], key=lambda place: int(place["id"])):
        key = (each.get("visualization_settings") or {}).get(normal.SLOT)
        if not isinstance(key, str):
            home, _, name = inventory.keys.get(each.get("card_id") or 0, "").partition("/")
            key = name if home == board else ""
        taken = not key or key in found.values()
        found[int(each["id"])] = f"{key or 'place'} ({each['id']})" if taken else key
    return found
