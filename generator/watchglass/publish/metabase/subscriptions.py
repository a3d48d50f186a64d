"""Dashboards by mail as Metabase's pulses, known by the marks of the dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from watchglass.artifact import Json
from watchglass.publish.client import only
from watchglass.publish.errors import Refused
from watchglass.publish.metabase import subscription_form
from watchglass.publish.metabase.dashboards import places_of
from watchglass.publish.metabase.inventory import Model, Raw, whole
from watchglass.publish.metabase.mails import Mails


class Subscriptions(Mails):
    """Subscriptions to our dashboards."""

    name, noun = "subscriptions", "subscription"
    model: Model = "dashboard"
    deleted = False

    @property
    def _path(self) -> str:
        return "/api/pulse"

    def _rows(self, home: int | None = None) -> dict[int, Raw]:
        query = {"dashboard_id": home} if home is not None else None
        rows = only(self._client.get(self._path, query).body, list, "the list of subscriptions")
        return {int(each["id"]): each for each in rows}

    def _whole(self, body: Json) -> Raw:
        return whole(body, "a subscription", "channels")

    def _home(self, body: Mapping[str, Json]) -> str:
        return str(body["dashboard"])

    def _is_of(self, raw: Raw) -> Json:
        return raw.get("dashboard_id")

    def _rests(self, raw: Raw) -> bool:
        return bool(raw.get("archived"))

    def _title(self, home: str, raw: Raw) -> str:
        return str(raw["name"])

    def _alike(self, held: Mapping[str, Json], raw: Raw, body: Mapping[str, Json]) -> bool:
        """Nobody's is the same where it sends the same mail, or has the name and our key's user for its owner."""
        named = held["name"] == body["name"] and raw.get("creator_id") == self._reader.user
        return held["channels"] == body["channels"] or named

    def _form(self, home: str, raw: Raw) -> dict[str, Json]:
        inventory = self._inventory
        held = inventory.boards[inventory.existing("dashboard", home)]
        places = places_of(held, home, inventory)
        return subscription_form.form(
            raw,
            home,
            self._reader.timezone,
            inventory.named,
            lambda number: places.get(number, f"place ({number})"),
        )

    def _sent(self, body: Mapping[str, Json], home: str, raw: Raw | None) -> dict[str, Json]:
        inventory = self._inventory
        number = inventory.existing("dashboard", home)
        places = {key: held for held, key in places_of(inventory.boards[number], home, inventory).items()}
        channels = {
            subscription_form.channel_key(each): int(each["id"])
            for each in (raw.get("channels") if raw is not None else None) or []
        }

        def place(key: str) -> int:
            if key not in places:
                raise Refused(f"the place '{key}' on the dashboard '{home}' is not there", "plan once more")
            return places[key]

        made = subscription_form.sent(body, number, partial(inventory.existing, "card"), place, channels)
        return made | ({"archived": False} if raw is not None else {})

    def _ended(self, raw: Raw) -> dict[str, Json]:
        return {"archived": True, "skip_if_empty": bool(raw.get("skip_if_empty"))}
