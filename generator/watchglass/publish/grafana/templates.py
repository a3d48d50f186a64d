"""Groups of message templates by name: whose one is, and the digest of our last write, stand in a comment before them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused
from watchglass.publish.grafana.normal import FILE
from watchglass.publish.resource import Desired, Key, Live, digest, stands

_PLACE = "/api/v1/provisioning/templates"
_MARK = re.compile(r"\{\{/\* watchglass (\S+) ([0-9a-f]*) \*/\}\}\n?")


class Templates:
    """Groups of message templates by name."""

    name, noun = "message-templates", "message templates"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read all with our mark, and those of the wanted names."""
        listed = only(self._client.get(_PLACE).body or [], list, "the list of message templates")
        found = {each["name"]: self._live(each) for each in listed}
        return {name: live for name, live in found.items() if live.owner == self._owner or name in wanted}

    def read_one(self, key: str) -> Live | None:
        """Read one group."""
        answer = self._client.get(_place(key), also=(404,))
        return None if answer.status == 404 else self._live(only(answer.body, dict, "a group of templates"))

    def _live(self, got: Mapping[str, Json]) -> Live:
        name, text = str(got["name"]), str(got.get("template", ""))
        found = _MARK.match(text)
        owner, total = (found[1], found[2]) if found is not None else ("", "")
        locked = FILE if got.get("provenance") == "file" else ""
        handle = {"version": got.get("version", "")}
        return Live(
            Key("grafana", self.name, name), name, form(_MARK.sub("", text, 1)), owner, total, locked, handle
        )

    def write(self, desired: Desired, live: Live | None) -> None:
        """Put the group over the version that was read."""
        text = f"{{{{/* watchglass {self._owner} {digest(desired.body)} */}}}}\n{desired.body['template']}"
        version = live.handle["version"] if live is not None else ""
        sent = {"template": text} | ({"version": version} if version else {})
        answer = self._client.put(_place(desired.key.id), sent, also=(409,))
        if answer.status == 409 and not stands(self.read_one(desired.key.id), desired):
            raise Refused(
                f"the templates '{desired.title}' were changed by somebody else a moment ago",
                "plan once more",
            )

    def remove(self, live: Live) -> None:
        """Delete the group; Grafana does not ask who uses it."""
        self._client.delete(_place(live.key.id))

    def resets(self, desired: Desired, live: Live) -> str:
        """Say nothing: a message's change ends no alert."""
        del desired, live
        return ""


def form(text: str) -> dict[str, Json]:
    """Give the normal form of a group's text."""
    return {"template": text.strip()}


def _place(name: str) -> str:
    return f"{_PLACE}/{quote(name, safe='')}"
