"""Metrics by mail as Metabase's alerts on questions, known by the marks of the questions."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.metabase import alert_form
from watchglass.publish.metabase.alerts import NOTIFICATIONS_SINCE, on_the_wire
from watchglass.publish.metabase.inventory import Inventory, Model, Raw, whole
from watchglass.publish.metabase.mails import Mails, Reader
from watchglass.publish.resource import Desired, Live


class QuestionAlerts(Mails):
    """
    Alerts on our questions: notifications from 0.54 on, pulses with a condition before.

    A server deletes one for good where its question changes so that it can't carry it, or goes to the Trash.

    Args:
        major: the server's version, such as 58 of 0.58.
    """

    name, noun = "alerts", "alert"
    model: Model = "card"
    deleted = True

    def __init__(self, client: Client, owner: str, inventory: Inventory, reader: Reader, major: int) -> None:
        super().__init__(client, owner, inventory, reader)
        self._newer = major >= NOTIFICATIONS_SINCE

    @property
    def _path(self) -> str:
        return "/api/notification" if self._newer else "/api/alert"

    def _rows(self, home: int | None = None) -> dict[int, Raw]:
        query: dict[str, str | int] = {}
        if self._newer:
            query = {"payload_type": "notification/card"} | ({"card_id": home} if home is not None else {})
        rows = only(self._client.get(self._path, query or None).body, list, "the list of alerts")
        return {int(each["id"]): each for each in rows if home is None or self._is_of(each) == home}

    def _whole(self, body: Json) -> Raw:
        return whole(body, "an alert", "payload" if self._newer else "channels")

    def _home(self, body: Mapping[str, Json]) -> str:
        return str(body["card"]["card"])

    def _is_of(self, raw: Raw) -> Json:
        return alert_form.card_of(raw)

    def _rests(self, raw: Raw) -> bool:
        return alert_form.rests(raw)

    def _title(self, home: str, raw: Raw) -> str:
        """Call it as its question: it has no name."""
        held = self._held(home)
        return str(held["name"]) if held is not None else home

    def _alike(self, held: Mapping[str, Json], raw: Raw, body: Mapping[str, Json]) -> bool:
        return all(held[part] == body[part] for part in ("condition", "channels"))

    def _form(self, home: str, raw: Raw) -> dict[str, Json]:
        mark = self._mark(home)
        return alert_form.form(raw, home, self._reader.timezone, mark.paused if mark is not None else ())

    def _sent(self, body: Mapping[str, Json], home: str, raw: Raw | None) -> dict[str, Json]:
        number = self._inventory.existing("card", home)
        if self._newer:
            return alert_form.notification(body, number, raw)
        return alert_form.pulse(body, number, raw) | ({"archived": False} if raw is not None else {})

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell whom the server mails about the change."""
        before, after = _people(live.body), _people(desired.body)
        if live.handle.home != self._home(desired.body):
            return f"it moves to another question: people are mailed ({', '.join(sorted(before | after))})"
        changed = ", ".join(sorted(before ^ after))
        return f"people are mailed that they were added or removed ({changed})" if changed else ""

    def _ended(self, raw: Raw) -> dict[str, Json]:
        return on_the_wire(raw) | {"active": False} if self._newer else {"archived": True}


def _people(body: Mapping[str, Json]) -> set[str]:
    """List whom an alert mails; a channel of Slack is no such."""
    return {address for each in body.get("channels", []) for address in each["recipients"]}
