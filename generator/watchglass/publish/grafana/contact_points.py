"""
Contact points by uid: mark, digest and what tells a changed secret stand in a setting that Grafana keeps and does not read.

A secret is read from the environment when it is sent; what is compared is its reference and a few bits of a slow hash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Uncertain
from watchglass.publish.grafana.normal import FILE
from watchglass.publish.kept_secrets import MARK, read_mark, reference_of, told, written_mark
from watchglass.publish.resource import Desired, Key, Live, stands
from watchglass.publish.secret import Secret
from watchglass.references import is_reference

Reveal = Callable[[str], Secret]
"""Puts values in place of the references in a text."""

_PLACE = "/api/v1/provisioning/contact-points"
_REDACTED = "[REDACTED]"


class ContactPoints:
    """Contact points by uid; each has one integration."""

    name, noun = "contact-points", "contact point"

    def __init__(self, client: Client, owner: str, reveal: Reveal) -> None:
        self._client, self._owner, self._reveal = client, owner, reveal

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read all with our mark, those at the wanted uids, and strangers of the wanted names."""
        listed = self._listed()
        named = {each.title: uid for uid, each in wanted.items()}
        found: dict[str, Live] = {}
        for each in listed:
            uid, name = str(each.get("uid", "")), str(each["name"])
            live = self._live(each)
            if live.owner == self._owner or uid in wanted:
                found[uid] = live
            elif name in named and named[name] not in {str(other.get("uid")) for other in listed}:
                found[named[name]] = _namesake(live, named[name])
        return found

    def _listed(self) -> list[Mapping[str, Json]]:
        return list(only(self._client.get(_PLACE).body or [], list, "the list of contact points"))

    def read_one(self, key: str) -> Live | None:
        """Read one contact point."""
        return next((self._live(each) for each in self._listed() if each.get("uid") == key), None)

    def _live(self, got: Mapping[str, Json]) -> Live:
        settings = dict(got.get("settings") or {})
        kept = read_mark(settings)
        settings.pop(MARK, None)
        uid = str(got.get("uid", ""))
        secrets = {
            name: _seen(uid, name, settings.pop(name), known)
            for name, known in kept.get("secrets", {}).items()
            if name in settings
        }
        body = form(
            str(got["name"]), str(got["type"]), settings, secrets, bool(got.get("disableResolveMessage"))
        )
        locked = FILE if got.get("provenance") == "file" else ""
        return Live(
            Key("grafana", self.name, uid),
            str(got["name"]),
            body,
            kept.get("owner", ""),
            kept.get("sum", ""),
            locked,
        )

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the contact point, or replace it; secrets are read now."""
        body = desired.body
        secrets = {name: self._reveal(reference_of(each)) for name, each in body["secrets"].items()}
        settings = {**body["settings"], **secrets, MARK: written_mark(self._owner, body)}
        sent = {
            "uid": desired.key.id,
            "name": body["name"],
            "type": body["type"],
            "settings": settings,
            "disableResolveMessage": body["disableResolveMessage"],
        }
        if live is None:
            self._make(desired, sent)
        else:
            self._client.put(f"{_PLACE}/{quote(desired.key.id, safe='')}", sent)

    def _make(self, desired: Desired, sent: Json) -> None:
        try:
            answer = self._client.post(_PLACE, sent, also=(409,))
        except Uncertain:
            if stands(self.read_one(desired.key.id), desired):
                return
            raise
        if answer.status == 409 and not stands(self.read_one(desired.key.id), desired):
            raise Refused(
                f"a contact point of the uid '{desired.key.id}' was made by somebody else a moment ago"
            )

    def remove(self, live: Live) -> None:
        """Delete the contact point; one that a route or a rule of others names stays."""
        answer = self._client.delete(f"{_PLACE}/{quote(live.key.id, safe='')}", also=(404, 409))
        if answer.status == 409:
            raise Refused(f"the contact point '{live.title}' is named by a route or a rule that is not ours")

    def resets(self, desired: Desired, live: Live) -> str:
        """Say nothing: a contact point's change ends no alert."""
        del desired, live
        return ""


def form(
    name: str, kind: str, settings: Mapping[str, Json], secrets: Mapping[str, str], silent: bool
) -> dict[str, Json]:
    """Give the normal form: settings without secrets, and of each secret what tells it."""
    return {
        "name": name,
        "type": kind.lower(),
        "settings": dict(settings),
        "secrets": dict(secrets),
        "disableResolveMessage": silent,
    }


def wanted_form(body: Mapping[str, Json], reveal: Reveal) -> dict[str, Json]:
    """Give the normal form of an artifact's body."""
    plain = {name: value for name, value in body["settings"].items() if not _is_secret(value)}
    secrets = {
        name: told(value, f"{body['uid']}/{name}", reveal(value).reveal())
        for name, value in body["settings"].items()
        if _is_secret(value)
    }
    return form(body["name"], body["type"], plain, secrets, body["disableResolveMessage"])


def _is_secret(value: Json) -> bool:
    return isinstance(value, str) and is_reference(value)


def _seen(uid: str, name: str, value: Json, known: str) -> str:
    """Give what tells a secret that a server has: what we left where it hides it, else a hash of what it shows."""
    return known if value == _REDACTED else told(reference_of(known), f"{uid}/{name}", str(value))


def _namesake(live: Live, uid: str) -> Live:
    """Give a stranger of our name: it would become one contact point with ours."""
    reason = f"another contact point is called '{live.title}'; rename one of them"
    return Live(Key("grafana", ContactPoints.name, uid), live.title, live.body, live.owner, live.sum, reason)
