"""
Dashboards by mail, known by the mark of their dashboard: a subscription has no room for a mark of its own.

What is to be made is written into the mark before it is made, with its digest; so one whose answer was lost is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Strange, Uncertain
from watchglass.publish.metabase import marks, subscription_form
from watchglass.publish.metabase.dashboards import places_of
from watchglass.publish.metabase.inventory import Inventory, Raw, whole
from watchglass.publish.metabase.kept import hold
from watchglass.publish.metabase.marks import CUT, Mail
from watchglass.publish.resource import Desired, Key, Live, digest

_UNWRITTEN = "made_and_not_written_down"


@dataclass(frozen=True, slots=True)
class Reader:
    """
    Who reads, and on whose clock.

    Args:
        user: the number of the key's user, who owns what the key makes; ``sees_all``: whether it is an administrator's.
        timezone: the server's.
    """

    user: int
    sees_all: bool
    timezone: str


@dataclass(frozen=True, slots=True)
class Handle:
    """What a write needs: the server's number, our id of the dashboard."""

    id: int
    board: str


class Subscriptions:
    """Subscriptions to our dashboards by the marks of these."""

    name, noun = "subscriptions", "subscription"

    def __init__(self, client: Client, owner: str, inventory: Inventory, reader: Reader) -> None:
        self._client, self._owner, self._inventory, self._reader = client, owner, inventory, reader

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those that marks list, and on the dashboard of a wanted one what is the same mail already."""
        listed = [
            (board, mail)
            for board in self._boards()
            for mail in self._mails(board)
            if mail.number or mail.id in wanted
        ]
        if not wanted and not listed:
            return {}
        rows = self._rows()
        known: dict[str, list[Live]] = {}
        for board, mail in listed:
            live = self._known(board, mail, rows, wanted.get(mail.id))
            if live is not None:
                known.setdefault(mail.id, []).append(live)
        found = {key: _sending(lives, wanted.get(key)) for key, lives in known.items()}
        for key in wanted.keys() - found.keys():
            same = self._same(wanted[key], rows)
            found |= {key: same} if same is not None else {}
        return found

    def _boards(self) -> list[str]:
        """List our ids of dashboards."""
        return sorted(key for model, key in self._inventory.numbers if model == "dashboard")

    def _number(self, board: str) -> int | None:
        return self._inventory.numbers.get(("dashboard", board))

    def _mails(self, board: str) -> tuple[Mail, ...]:
        """List what the mark of a dashboard of ours says."""
        raw = self._inventory.boards.get(self._number(board) or 0)
        mark = self._inventory.mark_of(raw, "dashboard") if raw is not None else None
        return mark.mails if mark is not None else ()

    def _rows(self, board: int | None = None) -> dict[int, Raw]:
        """List what the key may see and is not archived."""
        query = {"dashboard_id": board} if board is not None else None
        rows = only(self._client.get("/api/pulse", query).body, list, "the list of subscriptions")
        return {int(each["id"]): each for each in rows}

    def _one(self, number: int) -> Raw | None:
        answer = self._client.get(f"/api/pulse/{number}", also=(403, 404))
        return _subscription(answer.body) if answer.status not in (403, 404) else None

    def _known(self, board: str, mail: Mail, rows: Mapping[int, Raw], desired: Desired | None) -> Live | None:
        """Give what a mark lists; what is archived, only where it is wanted there."""
        if not mail.number:
            raw = self._begun(board, mail, rows)
            return _unwritten(self._live(board, raw, mail)) if raw is not None else None
        if mail.number not in rows and not _stands(desired, board) and mail.sums == (CUT,):
            return None  # we ended it ourselves, or its dashboard did
        raw = rows.get(mail.number) or self._one(mail.number)
        if raw is not None:
            gone = raw.get("archived") and not _stands(desired, board)
            return None if gone else self._live(board, raw, mail)
        return None if self._reader.sees_all else self._unseen(board, mail)

    def _unseen(self, board: str, mail: Mail) -> Live:
        """Give a subscription that another user's key made."""
        reason = (
            f"the subscription {mail.number} was made with another key, and this one may not see it: "
            f"use that key, or an administrator's"
        )
        key = Key("metabase", self.name, mail.id)
        hidden: dict[str, Json] = {"hidden": mail.number}
        return Live(key, mail.id, hidden, self._owner, "", reason, Handle(mail.number, board))

    def _begun(self, board: str, mail: Mail, rows: Mapping[int, Raw]) -> Raw | None:
        """Find what was made and never written down: the first of ours on the dashboard with the digest."""
        for number in sorted(rows):
            raw = rows[number]
            ours = self._free(board, raw) and raw.get("creator_id") == self._reader.user
            if ours and digest(self._form(board, raw)) in mail.sums:
                return raw
        return None

    def _free(self, board: str, raw: Raw) -> bool:
        """Tell whether a subscription is to this dashboard, and in no line of its mark."""
        number = self._number(board)
        if number is None or raw.get("dashboard_id") != number:  # a pulse of old is to no dashboard
            return False
        return int(raw["id"]) not in {mail.number for mail in self._mails(board)}

    def _same(self, desired: Desired, rows: Mapping[int, Raw]) -> Live | None:
        """Give nobody's subscription that sends the same mail, or has the name and our key's user for its owner."""
        board, body = desired.body["dashboard"], desired.body
        found = [
            (raw, held)
            for raw in rows.values()
            if self._free(board, raw)
            for held in (self._form(board, raw),)
            if held["channels"] == body["channels"]
            or (held["name"] == body["name"] and raw.get("creator_id") == self._reader.user)
        ]
        if not found:
            return None
        raw, held = found[0]
        numbers = ", ".join(str(each["id"]) for each, _ in found)
        locked = f"{len(found)} subscriptions could be it ({numbers}): archive all but one"
        if len(found) > 1:
            held["twins"] = [each["id"] for each, _ in found]
        return Live(
            Key("metabase", self.name, desired.key.id), str(raw["name"]), held, "", "",
            locked if len(found) > 1 else "", Handle(int(raw["id"]), board),
        )  # fmt: skip

    def _form(self, board: str, raw: Raw) -> dict[str, Json]:
        inventory = self._inventory
        held = inventory.boards[inventory.existing("dashboard", board)]
        places = places_of(held, board, inventory)
        return subscription_form.form(
            raw,
            board,
            self._reader.timezone,
            inventory.named,
            lambda number: places.get(number, f"place ({number})"),
        )

    def _live(self, board: str, raw: Raw, mail: Mail) -> Live:
        body = self._form(board, raw)
        now = digest(body)
        total = now if mail.sums == (CUT,) or now in mail.sums else mail.sums[-1]
        key = Key("metabase", self.name, mail.id)
        return Live(key, str(raw["name"]), body, self._owner, total, "", Handle(int(raw["id"]), board))

    def read_one(self, key: str) -> Live | None:
        """Read a subscription that a mark lists."""
        for board in self._boards():
            for mail in self._mails(board):
                if mail.id == key and mail.number:
                    raw = self._one(mail.number)
                    return self._live(board, raw, mail) if raw is not None else None
        return None

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the subscription, or bring it up to date; to another dashboard, a new one is made and the old one archived."""
        board = desired.body["dashboard"]
        if live is not None and live.handle.board != board:
            self.remove(live)
            live = self._resting(desired.key.id, board)
        if live is None:
            self._make(desired, board)
        else:
            self._bring(desired, live)

    def _resting(self, key: str, board: str) -> Live | None:
        """Give the subscription to a dashboard that we ended before."""
        mail = next((each for each in self._mails(board) if each.id == key and each.number), None)
        raw = self._one(mail.number) if mail is not None else None
        return self._live(board, raw, mail) if mail is not None and raw is not None else None

    def _bring(self, desired: Desired, live: Live) -> None:
        number, board, key = live.handle.id, live.handle.board, desired.key.id
        raw = self._one(number)
        body = self._form(board, raw) if raw is not None else {}
        ours = Mail(key, number, (CUT,)) in self._mails(board)
        known = {name: value for name, value in live.body.items() if name != _UNWRITTEN}
        if raw is None or (not ours and body not in (known, desired.body)):
            raise Refused(
                f"subscription '{desired.title}' was changed while the plan was applied",
                "make a plan anew and read it",
            )
        before, after = digest(body), digest(desired.body)
        self._note(board, Mail(key, number, (after,) if before == after else (before, after)))
        if before == after:
            return  # an edit mails people
        sent = self._sent(desired, board, raw) | {"archived": False}
        self._check(desired, board, _subscription(self._client.put(f"/api/pulse/{number}", sent).body))

    def _make(self, desired: Desired, board: str) -> None:
        begun = Mail(desired.key.id, 0, (digest(desired.body),))
        self._note(board, begun)
        raw = self._begun(board, begun, self._rows(self._inventory.existing("dashboard", board)))
        if raw is None:
            raw = self._post(desired, board, begun)
        self._check(desired, board, raw)
        self._note(board, replace(begun, number=int(raw["id"])))

    def _post(self, desired: Desired, board: str, begun: Mail) -> Raw:
        try:
            raw = _subscription(self._client.post("/api/pulse", self._sent(desired, board, None)).body)
        except (Uncertain, Strange):
            found = self._begun(board, begun, self._rows(self._inventory.existing("dashboard", board)))
            if found is None:
                raise
            raw = found
        self._alone(desired, board, begun, raw)
        return raw

    def _alone(self, desired: Desired, board: str, begun: Mail, raw: Raw) -> None:
        """
        See that nobody made the same at the same time: the younger one goes.

        Raises:
            Refused: another apply runs beside this one.
        """
        first = self._begun(board, begun, self._rows(self._inventory.existing("dashboard", board)))
        if first is not None and int(first["id"]) < int(raw["id"]):
            self._archive(int(raw["id"]), raw)
            raise Refused(
                f"another apply made the subscription '{desired.key.id}' at the same time",
                "let it end, then plan anew",
            )

    def _sent(self, desired: Desired, board: str, raw: Raw | None) -> dict[str, Json]:
        inventory = self._inventory
        number = inventory.existing("dashboard", board)
        places = {key: held for held, key in places_of(inventory.boards[number], board, inventory).items()}
        channels = {
            subscription_form.channel_key(each): int(each["id"])
            for each in (raw.get("channels") if raw is not None else None) or []
        }

        def place(key: str) -> int:
            if key not in places:
                raise Refused(f"the place '{key}' on the dashboard '{board}' is not there", "plan once more")
            return places[key]

        return subscription_form.sent(
            desired.body, number, partial(inventory.existing, "card"), place, channels
        )

    def _check(self, desired: Desired, board: str, raw: Raw) -> None:
        hold(self.noun, desired.title, desired.body, self._form(board, raw))

    def _note(self, board: str, mail: Mail) -> None:
        """
        Write a subscription into the mark of its dashboard, which is read once more right before.

        Raises:
            Refused: the dashboard is not there, or not ours any more.
        """
        number = self._inventory.existing("dashboard", board)
        raw = self._inventory.read_board(number)
        mark = self._inventory.mark_of(raw, "dashboard") if raw is not None else None
        if raw is None or mark is None:
            raise Refused(f"the dashboard '{board}' is not ours any more", "make a plan anew and read it")
        if mail in mark.mails:
            return
        others = [each for each in mark.mails if each.id != mail.id]
        text, _ = marks.split(raw.get("description"))
        mails = tuple(sorted([*others, mail], key=lambda each: each.id))
        sent = {"description": marks.joined(text, replace(mark, mails=mails))}
        self._client.put(f"/api/dashboard/{number}", sent)
        self._inventory.take_board({**raw, **sent})

    def remove(self, live: Live) -> None:
        """Archive the subscription, which is all that a server can do; it comes back when it is wanted again."""
        self._note(live.handle.board, Mail(live.key.id, live.handle.id, (CUT,)))
        raw = self._one(live.handle.id)
        if raw is not None and not raw.get("archived"):
            self._archive(live.handle.id, raw)

    def _archive(self, number: int, raw: Raw) -> None:
        sent = {"archived": True, "skip_if_empty": bool(raw.get("skip_if_empty"))}
        self._client.put(f"/api/pulse/{number}", sent, also=(404,))

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell of nothing: the mails go on."""
        return ""


def _unwritten(live: Live) -> Live:
    """Let the plan see that a subscription is made and its number stands in no mark yet."""
    body = live.body | {_UNWRITTEN: True}
    return replace(live, body=body, sum=digest(body))


def _sending(lives: list[Live], desired: Desired | None) -> Live:
    """Choose the one that sends, to the wanted dashboard first; two that do are for a person to part."""
    sending = [each for each in lives if not each.body.get("archived")]
    first = min(sending or lives, key=lambda each: not _stands(desired, each.handle.board))
    if len(sending) < 2:
        return first
    numbers = [each.handle.id for each in sending]
    locked = f"{len(sending)} subscriptions send it ({', '.join(map(str, numbers))}): archive all but one"
    return replace(first, body=first.body | {"twins": numbers}, locked=locked)


def _stands(desired: Desired | None, board: str) -> bool:
    """Tell whether a wanted subscription is to this dashboard."""
    return desired is not None and desired.body["dashboard"] == board


def _subscription(body: Json) -> Raw:
    return whole(body, "a subscription", "channels")
