"""
All that lies where ours lies, read in few requests: our collection by its mark, its items, the boards with their cards.

Nothing is looked for by search: its index is behind. Cards come whole with the dashboards that show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Strange
from watchglass.publish.metabase import marks, normal
from watchglass.publish.metabase.marks import Mark
from watchglass.publish.metabase.references import Databases

Model = Literal["card", "dashboard"]
Raw = Mapping[str, Json]

PAGE = 500
NEWEST = 50
_ONE_BY_ONE = 10
"""Up to as many are read one by one; of more, boards come some at once, and cards on no board of ours all in one answer."""

_CARDS = ("card", "dataset", "metric")
_MODELS = {"card": _CARDS, "dashboard": ("dashboard",)}
_NOUNS: Mapping[Model, str] = {"card": "question", "dashboard": "dashboard"}


@dataclass(slots=True)
class Inventory:
    """
    What was found, and where.

    Args:
        home: the number of our collection; None before it is made. ``buried``: whether it lies in the Trash.
        collections: all that the key may see; ``items``: what lies in ours, by model.
        boards: dashboards that were read whole, by number; ``cards``: questions, likewise.
        keys: our ids of questions by number; ``numbers``: the other way.
    """

    client: Client
    owner: str
    databases: Databases
    home: int | None = None
    buried: bool = False
    collections: list[Raw] = field(default_factory=list)
    items: dict[Model, list[Raw]] = field(default_factory=dict)
    boards: dict[int, Raw] = field(default_factory=dict)
    cards: dict[int, Raw] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    numbers: dict[tuple[Model, str], int] = field(default_factory=dict)
    _trash: list[Raw] | None = None
    _again: set[Model] = field(default_factory=set)

    def begin(self) -> None:
        """Forget all, and list the collections."""
        self.databases.forget()
        self.home, self.buried, self._trash = None, False, None
        for held in (self.items, self.boards, self.cards, self.keys, self.numbers, self._again):
            held.clear()
        self.collections = self.list_collections()

    def list_collections(self, *, archived: bool = False) -> list[Raw]:
        """List the collections that the key may see."""
        body = self.client.get("/api/collection", {"archived": "true"} if archived else None).body
        return list(only(body, list, "the list of collections"))

    def settle(self, home: int, *, buried: bool) -> None:
        """Say which collection is ours, and whether it lies in the Trash."""
        self.home, self.buried = home, buried

    def open(self) -> None:
        """Read what lies in our collection: its items by pages, each of our boards with its cards."""
        if self.home is None or self.items:
            return
        rows = list(self._pages(f"/api/collection/{self.home}/items", (*_CARDS, "dashboard"), self.buried))
        self.items["card"] = [each for each in rows if each["model"] in _CARDS]
        self.items["dashboard"] = [each for each in rows if each["model"] == "dashboard"]
        self._read_boards(
            [int(each["id"]) for each in self.items["dashboard"] if self.mark_of(each, "dashboard")]
        )

    def _read_boards(self, numbers: list[int]) -> None:
        if len(numbers) <= _ONE_BY_ONE:
            for number in numbers:
                self.read_board(number)
            return
        for answer in self.client.get_all([f"/api/dashboard/{number}" for number in numbers], also=(404,)):
            if answer.status != 404:
                self.take_board(answer.body)

    def _pages(self, path: str, models: Iterable[str], archived: bool) -> Iterator[Raw]:
        query = "&".join(f"models={model}" for model in models) + ("&archived=true" if archived else "")
        offset = 0
        while True:
            body = self.client.get(f"{path}?{query}&limit={PAGE}&offset={offset}").body
            rows = only(only(body, dict, "a collection's items").get("data"), list, "a collection's items")
            yield from rows
            offset += len(rows)
            if not rows or offset >= body.get("total", 0):
                return

    def mark_of(self, raw: Raw, kind: str) -> Mark | None:
        """Give the mark of an object, if it is ours and of that kind."""
        _, mark = marks.split(raw.get("description"))
        return mark if mark is not None and (mark.owner, mark.kind) == (self.owner, kind) else None

    def read_board(self, number: int) -> Raw | None:
        """Read a dashboard, and take up the cards on it."""
        answer = self.client.get(f"/api/dashboard/{number}", also=(404,))
        return None if answer.status == 404 else self.take_board(answer.body)

    def take_board(self, body: Json) -> Raw:
        """Take up a dashboard as a server answered it, with its cards."""
        board: Raw = whole(body, "a dashboard", "dashcards")
        self.boards[int(board["id"])] = board
        for place in board.get("dashcards") or []:
            if "dataset_query" in (place.get("card") or {}):
                self.take_card(place["card"])
        return board

    def take_card(self, body: Json) -> Raw:
        """Take up a question as a server answered it."""
        raw = whole(body, "a question", "dataset_query")
        number = int(raw["id"])
        self.cards[number] = raw
        mark = self.mark_of(raw, "card")
        if mark is not None and self.numbers.get(("card", mark.id), number) == number:
            self.keys[number] = mark.id  # a copy of ours, mark and all, is a stranger
        return raw

    def know(self, model: Model, key: str, number: int) -> None:
        """Say which object is the one of a mark."""
        self.numbers[model, key] = number
        if model == "card":
            self.keys = {each: held for each, held in self.keys.items() if held != key} | {number: key}

    def read_card(self, number: int) -> Raw | None:
        """Read a question."""
        answer = self.client.get(f"/api/card/{number}", also=(404,))
        return None if answer.status == 404 else self.take_card(answer.body)

    def bodies(self, numbers: Iterable[int]) -> None:
        """Read the questions that came with no board: one by one, or all that there are at once."""
        missing = sorted(set(numbers) - self.cards.keys())
        if len(missing) > _ONE_BY_ONE:
            self._every_card()
        for number in missing:
            if number not in self.cards:
                self.read_card(number)

    def _every_card(self) -> bool:
        """Read every question that the key may see; False where that is too much for one answer."""
        try:
            rows = only(self.client.get("/api/card", {"f": "all"}).body, list, "the list of questions")
        except Strange:
            return False
        for each in rows:
            self.take_card(each)
        return True

    def marked(self, model: Model) -> dict[str, list[int]]:
        """List our objects of a model in the collection and on its boards: id → numbers, the oldest first."""
        found = self._by_mark(self.items.get(model, ()), model)
        if model == "card":
            # What stands on a board of ours and not in the collection, somebody moved.
            moved = self._by_mark(self.cards.values(), model)
            found |= {key: numbers for key, numbers in moved.items() if key not in found}
        return found

    def unmarked(self, model: Model, name: str) -> list[int]:
        """List what is nobody's in our collection and has a name, by number."""
        return [
            int(each["id"])
            for each in self.items.get(model, [])
            if each["name"] == name and marks.split(each.get("description"))[1] is None
        ]

    def hidden(self) -> dict[str, int]:
        """List questions that stand on boards of ours where the key may not see them: our id → number."""
        found: dict[str, int] = {}
        for board in self.boards.values():
            mark = self.mark_of(board, "dashboard")
            for place in board["dashcards"] if mark is not None else ():
                slot = (place.get("visualization_settings") or {}).get(normal.SLOT)
                if place.get("card_id") is not None and place["card_id"] not in self.cards:
                    found[f"{mark.id if mark else ''}/{slot}"] = place["card_id"]
        return found

    def elsewhere(self, model: Model, missing: set[str]) -> dict[str, list[int]]:
        """
        Look for our objects where somebody may have put them: in the Trash, then in any other collection.

        On a first publish there is nowhere to look: the collection is empty.
        """
        if not missing or self.home is None:
            return {}
        found = self._by_mark(self._in_trash(), model, missing)
        left = missing - found.keys()
        if left and any(self.items.values()):
            found |= self._by_mark(self._everywhere(model), model, left)
        return found

    def _by_mark(
        self, rows: Iterable[Raw], model: Model, wanted: set[str] | None = None
    ) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for each in rows:
            mark = self.mark_of(each, model)
            if mark is not None and (wanted is None or mark.id in wanted):
                found.setdefault(mark.id, []).append(int(each["id"]))
        return {key: sorted(set(numbers)) for key, numbers in found.items()}

    def _in_trash(self) -> list[Raw]:
        if self._trash is None:
            self._trash = list(
                self._pages("/api/collection/trash/items", (*_CARDS, "dashboard"), archived=False)
            )
        return self._trash

    def _everywhere(self, model: Model) -> list[Raw]:
        if model == "dashboard":
            listed = self.client.get("/api/dashboard", {"f": "all"}).body
            return list(only(listed, list, "the list of dashboards"))
        if self._every_card():
            return list(self.cards.values())
        rows: list[Raw] = []
        for each in self.collections:
            rows += self._pages(f"/api/collection/{each['id']}/items", _CARDS, archived=False)
        return rows

    def look_again(self, model: Model, key: str) -> int | None:
        """List our collection once more, and give the number of an object of ours that is there by now."""
        if self.home is None:
            return None
        rows = list(self._pages(f"/api/collection/{self.home}/items", _MODELS[model], archived=False))
        for found, numbers in self._by_mark(rows, model).items():
            if (model, found) not in self.numbers:
                self.know(model, found, numbers[0])
        return self.numbers.get((model, key))

    def number(self, model: Model, key: str) -> int | None:
        """Give the number of an object of ours; before the first of a model is made, the collection is listed anew."""
        known = self.numbers.get((model, key))
        if known is not None or model in self._again:
            return known
        self._again.add(model)
        return self.look_again(model, key)

    def existing(self, model: Model, key: str) -> int:
        """
        Give the number of an object of ours that was read or made before.

        Raises:
            Refused: it is not there.
        """
        number = self.numbers.get((model, key))
        if number is None:
            raise Refused(f"the {_NOUNS[model]} '{key}' is not there", "plan once more")
        return number

    def alone(self, model: Model, key: str, number: int) -> None:
        """
        See that nobody made the same at the same time: the younger one goes.

        Raises:
            Refused: another apply runs beside this one.
        """
        if any(each < number for each in self._twins(model, key)):
            self.client.delete(f"/api/{model}/{number}")
            raise Refused(
                f"another apply made the {_NOUNS[model]} '{key}' at the same time",
                "let it end, then plan anew",
            )

    def _twins(self, model: Model, key: str) -> list[int]:
        """List the numbers with one mark among what was changed last: another apply may run beside this one."""
        query = "&".join(f"models={each}" for each in _MODELS[model])
        order = f"sort_column=last_edited_at&sort_direction=desc&limit={NEWEST}&offset=0"
        body = self.client.get(f"/api/collection/{self.home}/items?{query}&{order}").body
        return self._by_mark(only(body, dict, "a collection's items")["data"], model, {key}).get(key, [])

    def copies(self, model: Model, numbers: list[int]) -> str:
        """Say that several objects carry one mark, so that nobody knows which is ours; empty where one does."""
        if len(numbers) < 2:
            return ""
        listed = ", ".join(map(str, numbers))
        return (
            f"{len(numbers)} {_NOUNS[model]}s could be it ({listed}): take the mark's line out of the copies"
        )

    def place(self, raw: Raw) -> str:
        """Say where a card or dashboard lies."""
        home = raw.get("collection_id")
        if home == self.home and not raw.get("archived_directly"):
            return normal.OURS
        if raw.get("archived"):
            return normal.TRASH
        if home is None:
            return "Our analytics"
        known = next((each["name"] for each in self.collections if each["id"] == home), None)
        return f"{known} ({home})" if known is not None else f"collection {home}"

    def named(self, number: Json) -> Json:
        """Give a question as the definition calls it; a stranger's keeps its number."""
        if number is None or isinstance(number, dict):
            return number
        return {"card": self.keys[number]} if number in self.keys else number


def whole(body: Json, what: str, part: str) -> Raw:
    """
    Give an object as a server answered it.

    Raises:
        Strange: it is none, such as the word of a failure under the status of a success.
    """
    raw: Raw = only(body, dict, what)
    if "id" not in raw or raw.get(part) is None:
        raise Strange(f"the answer is not {what}: {str(raw.get('error') or raw.get('message') or '')[:200]}")
    return raw
