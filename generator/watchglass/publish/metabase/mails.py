"""
What is mailed of an object of ours, known by the object's mark: subscriptions and alerts have no room for a mark of their own.

What is to be made is written into the mark before it is made, with its digest; so one whose answer was lost is found again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

from watchglass.artifact import Json
from watchglass.publish.client import Client
from watchglass.publish.errors import Refused, Strange, Uncertain
from watchglass.publish.metabase import marks
from watchglass.publish.metabase.inventory import Inventory, Model, Raw
from watchglass.publish.metabase.kept import hold
from watchglass.publish.metabase.marks import CUT, Mail
from watchglass.publish.resource import Desired, Key, Live, digest

_UNFINISHED = "an_earlier_apply_was_cut_off"


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
    """What a write needs: the server's number, our id of what is mailed."""

    id: int
    home: str


class Mails(ABC):
    """
    One kind of mails of our objects, by the marks of these.

    A kind says what it is of (``model``), under which path it is, and whether a server deletes it by itself.
    """

    name: str
    noun: str
    model: Model
    deleted: bool
    """Whether a server deletes one for good, so that a 404 says that it is gone; else a key may just not see it."""

    def __init__(self, client: Client, owner: str, inventory: Inventory, reader: Reader) -> None:
        self._client, self._owner, self._inventory, self._reader = client, owner, inventory, reader

    @property
    @abstractmethod
    def _path(self) -> str:
        """Give the path below which they are."""

    @abstractmethod
    def _rows(self, home: int | None = None) -> dict[int, Raw]:
        """List those that the key may see and that send, of one object or of all, by number."""

    @abstractmethod
    def _whole(self, body: Json) -> Raw:
        """Take one as a server answered it."""

    @abstractmethod
    def _home(self, body: Mapping[str, Json]) -> str:
        """Give our id of what a body in the normal form is of."""

    @abstractmethod
    def _is_of(self, raw: Raw) -> Json:
        """Give the number of what it is of."""

    @abstractmethod
    def _rests(self, raw: Raw) -> bool:
        """Tell whether it sends nothing any more."""

    @abstractmethod
    def _title(self, home: str, raw: Raw) -> str:
        """Give what people call it."""

    @abstractmethod
    def _form(self, home: str, raw: Raw) -> dict[str, Json]:
        """Bring it to the normal form."""

    @abstractmethod
    def _alike(self, held: Mapping[str, Json], raw: Raw, body: Mapping[str, Json]) -> bool:
        """Tell whether nobody's is the same mail as a wanted one."""

    @abstractmethod
    def _sent(self, body: Mapping[str, Json], home: str, raw: Raw | None) -> dict[str, Json]:
        """Give it as a server takes it, awake; ``raw`` is what is there."""

    @abstractmethod
    def _ended(self, raw: Raw) -> dict[str, Json]:
        """Give what is sent to end it."""

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those that marks list, and on the object of a wanted one what is the same mail already."""
        listed = [
            (home, mail)
            for home in self._homes()
            for mail in self._mails(home)
            if mail.number or mail.id in wanted
        ]
        if not wanted and not listed:
            return {}
        rows = self._rows()
        known: dict[str, list[Live]] = {}
        for home, mail in listed:
            live = self._known(home, mail, rows, wanted.get(mail.id))
            if live is not None:
                known.setdefault(mail.id, []).append(live)
        found = {key: self._sending(lives, wanted.get(key)) for key, lives in known.items()}
        for key in wanted.keys() - found.keys():
            same = self._same(wanted[key], rows)
            found |= {key: same} if same is not None else {}
        return found

    def _homes(self) -> list[str]:
        """List our ids of what mails may be of."""
        return sorted(key for model, key in self._inventory.numbers if model == self.model)

    def _number(self, home: str) -> int | None:
        return self._inventory.numbers.get((self.model, home))

    def _held(self, home: str) -> Raw | None:
        number = self._number(home) or 0
        return (
            self._inventory.boards.get(number)
            if self.model == "dashboard"
            else self._inventory.cards.get(number)
        )

    def _mark(self, home: str) -> marks.Mark | None:
        raw = self._held(home)
        return self._inventory.mark_of(raw, self.model) if raw is not None else None

    def _mails(self, home: str) -> tuple[Mail, ...]:
        """List what the mark of an object of ours says."""
        mark = self._mark(home)
        return mark.mails if mark is not None else ()

    def _one(self, number: int) -> tuple[Raw | None, bool]:
        """Read one; where there is none, tell whether it may be there all the same, and the key does not see it."""
        answer = self._client.get(f"{self._path}/{number}", also=(403, 404))
        if answer.status in (403, 404):
            return None, not self._reader.sees_all and not (self.deleted and answer.status == 404)
        return self._whole(answer.body), False

    def _known(self, home: str, mail: Mail, rows: Mapping[int, Raw], desired: Desired | None) -> Live | None:
        """Give what a mark lists; what is ended, only where it is wanted there."""
        if not mail.number:
            raw = self._begun(home, mail, rows)
            return _unfinished(self._live(home, raw, mail)) if raw is not None else None
        stands = self._stands(desired, home)
        if mail.number not in rows and not stands and mail.sums == (CUT,):
            return None  # we ended it ourselves, or its dashboard did
        raw, hidden = (rows[mail.number], False) if mail.number in rows else self._one(mail.number)
        if raw is not None:
            return None if self._rests(raw) and not stands else self._live(home, raw, mail)
        return self._unseen(home, mail) if hidden else None

    def _unseen(self, home: str, mail: Mail) -> Live:
        """Give one that another user's key made."""
        reason = (
            f"the {self.noun} {mail.number} was made with another key, and this one may not see it: "
            f"use that key, or an administrator's"
        )
        key = Key("metabase", self.name, mail.id)
        hidden: dict[str, Json] = {"hidden": mail.number}
        return Live(key, mail.id, hidden, self._owner, "", reason, Handle(mail.number, home))

    def _begun(self, home: str, mail: Mail, rows: Mapping[int, Raw]) -> Raw | None:
        """Find what was made and never written down: the first of ours there with the digest."""
        for number in sorted(rows):
            raw = rows[number]
            ours = self._free(home, raw) and raw.get("creator_id") == self._reader.user
            if ours and digest(self._form(home, raw)) in mail.sums:
                return raw
        return None

    def _free(self, home: str, raw: Raw) -> bool:
        """Tell whether one is of this object, and in no line of its mark."""
        number = self._number(home)
        if number is None or self._is_of(raw) != number:  # a pulse of old is of no dashboard
            return False
        return int(raw["id"]) not in {mail.number for mail in self._mails(home)}

    def _same(self, desired: Desired, rows: Mapping[int, Raw]) -> Live | None:
        """Give nobody's that is the same mail."""
        home = self._home(desired.body)
        found = [
            (raw, held)
            for raw in rows.values()
            if self._free(home, raw)
            for held in (self._form(home, raw),)
            if self._alike(held, raw, desired.body)
        ]
        if not found:
            return None
        raw, held = found[0]
        numbers = ", ".join(str(each["id"]) for each, _ in found)
        locked = f"{len(found)} {self.noun}s could be it ({numbers}): archive all but one"
        if len(found) > 1:
            held["twins"] = [each["id"] for each, _ in found]
        return Live(
            Key("metabase", self.name, desired.key.id), self._title(home, raw), held, "", "",
            locked if len(found) > 1 else "", Handle(int(raw["id"]), home),
        )  # fmt: skip

    def _live(self, home: str, raw: Raw, mail: Mail) -> Live:
        body = self._form(home, raw)
        now = digest(body)
        ours = mail.sums == (CUT,) or now in mail.sums
        key = Key("metabase", self.name, mail.id)
        handle = Handle(int(raw["id"]), home)
        total = now if ours else mail.sums[-1]
        live = Live(key, self._title(home, raw), body, self._owner, total, "", handle, self._rests(raw))
        return _unfinished(live) if ours and len(mail.sums) > 1 else live

    def read_one(self, key: str) -> Live | None:
        """Read one that a mark lists."""
        for home in self._homes():
            for mail in self._mails(home):
                if mail.id == key and mail.number:
                    raw, _ = self._one(mail.number)
                    return self._live(home, raw, mail) if raw is not None else None
        return None

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make it, or bring it up to date; of another object, a new one is made and the old one ended."""
        home = self._home(desired.body)
        if live is not None and live.handle.home != home:
            self.remove(live)
            live = self._resting(desired.key.id, home)
        if live is None:
            self._make(desired, home)
        else:
            self._bring(desired, live)

    def _resting(self, key: str, home: str) -> Live | None:
        """Give the one that we ended before."""
        mail = next((each for each in self._mails(home) if each.id == key and each.number), None)
        raw = self._one(mail.number)[0] if mail is not None else None
        return self._live(home, raw, mail) if mail is not None and raw is not None else None

    def _bring(self, desired: Desired, live: Live) -> None:
        number, home, key = live.handle.id, live.handle.home, desired.key.id
        raw, _ = self._one(number)
        body = self._form(home, raw) if raw is not None else {}
        ours = Mail(key, number, (CUT,)) in self._mails(home)
        known = {name: value for name, value in live.body.items() if name != _UNFINISHED}
        if raw is None or (not ours and body not in (known, desired.body)):
            raise Refused(
                f"{self.noun} '{desired.title}' was changed while the plan was applied",
                "make a plan anew and read it",
            )
        before, after = digest(body), digest(desired.body)
        if before != after:  # an edit mails people
            self._note(home, Mail(key, number, (before, after)))
            sent = self._sent(desired.body, home, raw)
            self._check(desired, home, self._whole(self._client.put(f"{self._path}/{number}", sent).body))
        self._note(home, Mail(key, number, (after,)))  # what was there before is somebody's edit from now on

    def _make(self, desired: Desired, home: str) -> None:
        begun = Mail(desired.key.id, 0, (digest(desired.body),))
        self._note(home, begun)
        raw = self._begun(home, begun, self._rows(self._inventory.existing(self.model, home)))
        if raw is None:
            raw = self._post(desired, home, begun)
        self._check(desired, home, raw)
        self._note(home, replace(begun, number=int(raw["id"])))

    def _post(self, desired: Desired, home: str, begun: Mail) -> Raw:
        try:
            raw = self._whole(self._client.post(self._path, self._sent(desired.body, home, None)).body)
        except (Uncertain, Strange):
            found = self._begun(home, begun, self._rows(self._inventory.existing(self.model, home)))
            if found is None:
                raise
            raw = found
        self._alone(desired, home, begun, raw)
        return raw

    def _alone(self, desired: Desired, home: str, begun: Mail, raw: Raw) -> None:
        """
        See that nobody made the same at the same time: the younger one goes.

        Raises:
            Refused: another apply runs beside this one.
        """
        first = self._begun(home, begun, self._rows(self._inventory.existing(self.model, home)))
        if first is not None and int(first["id"]) < int(raw["id"]):
            self._end(raw)
            raise Refused(
                f"another apply made the {self.noun} '{desired.key.id}' at the same time",
                "let it end, then plan anew",
            )

    def _check(self, desired: Desired, home: str, raw: Raw) -> None:
        hold(self.noun, desired.title, desired.body, self._form(home, raw))

    def _note(self, home: str, mail: Mail) -> None:
        """
        Write a mail into the mark of what it is of, which is read once more right before.

        Raises:
            Refused: the object is not there, or not ours any more.
        """
        inventory = self._inventory
        number = inventory.existing(self.model, home)
        raw = inventory.read_board(number) if self.model == "dashboard" else inventory.read_card(number)
        mark = inventory.mark_of(raw, self.model) if raw is not None else None
        if raw is None or mark is None:
            raise Refused(
                f"what the {self.noun} is of, '{home}', is not ours any more", "make a plan anew and read it"
            )
        if mail in mark.mails:
            return
        others = [each for each in mark.mails if each.id != mail.id]
        text, _ = marks.split(raw.get("description"))
        mails = tuple(sorted([*others, mail], key=lambda each: each.id))
        sent = {"description": marks.joined(text, replace(mark, mails=mails))}
        self._client.put(f"/api/{self.model}/{number}", sent)
        take = inventory.take_board if self.model == "dashboard" else inventory.take_card
        take({**raw, **sent})

    def remove(self, live: Live) -> None:
        """End it, which is all that a server can do; it comes back when it is wanted again."""
        raw, _ = self._one(live.handle.id)
        if raw is None or self._rests(raw):
            return
        self._note(live.handle.home, Mail(live.key.id, live.handle.id, (CUT,)))
        self._end(raw)

    def _end(self, raw: Raw) -> None:
        self._client.put(f"{self._path}/{raw['id']}", self._ended(raw), also=(404,))

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell of nothing: the mails go on."""
        return ""

    def _sending(self, lives: list[Live], desired: Desired | None) -> Live:
        """Choose the one that sends, of the wanted object first; two that do are for a person to part."""
        sending = [each for each in lives if not each.body.get("archived")]
        first = min(sending or lives, key=lambda each: not self._stands(desired, each.handle.home))
        if len(sending) < 2:
            return first
        numbers = [each.handle.id for each in sending]
        listed = ", ".join(map(str, numbers))
        locked = f"{len(sending)} {self.noun}s send it ({listed}): archive all but one"
        return replace(first, body=first.body | {"twins": numbers}, locked=locked)

    def _stands(self, desired: Desired | None, home: str) -> bool:
        """Tell whether a wanted one is of this object."""
        return desired is not None and self._home(desired.body) == home


def _unfinished(live: Live) -> Live:
    """Let the plan see that a write was not ended: the mark does not say yet what stands there, and nothing else."""
    body = live.body | {_UNFINISHED: True}
    return replace(live, body=body, sum=digest(body))
