"""The folder that holds a service's dashboards and rules: it is ours by its uid, which nobody else makes."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass.publish.client import Client, only
from watchglass.publish.errors import Kept, Refused
from watchglass.publish.resource import Desired, Key, Live, digest


class Folders:
    """Folders by uid."""

    name, noun = "folders", "folder"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read the wanted ones; a server keeps no mark on a folder, so that others are never ours to remove."""
        found = {uid: self.read_one(uid) for uid in wanted}
        return {uid: live for uid, live in found.items() if live is not None}

    def read_one(self, uid: str) -> Live | None:
        """Read one folder."""
        answer = self._client.get(f"/api/folders/{uid}", also=(404,))
        if answer.status == 404:
            return None
        folder = only(answer.body, dict, "a folder")
        body = {"title": folder["title"]}
        locked = "" if folder.get("canSave", True) else "the token may not write into this folder"
        return Live(
            Key("grafana", self.name, uid), folder["title"], body, self._owner, digest(body), locked, folder
        )

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the folder, or give it its title."""
        title = desired.body["title"]
        if live is None:
            answer = self._client.post("/api/folders", {"uid": desired.key.id, "title": title}, also=(412,))
            if answer.status == 412 and self.read_one(desired.key.id) is None:
                raise Refused(f"the folder '{title}' was not made, though one of its uid is said to be there")
            return
        self._client.put(
            f"/api/folders/{desired.key.id}", {"title": title, "version": live.handle["version"]}
        )

    def remove(self, live: Live) -> None:
        """
        Remove the folder where nothing is left in it.

        Raises:
            Kept: something of others' is.
        """
        uid = live.key.id
        inside = self._client.get("/api/search", {"folderUIDs": uid, "limit": 1}).body
        answer = None if inside else self._client.delete(f"/api/folders/{uid}", also=(400, 404))
        if answer is None or answer.status == 400:  # rules of others stand in it
            raise Kept(f"the folder '{live.title}' holds something that is not ours")

    def resets(self, desired: Desired, live: Live) -> str:
        """Tell of a new title: it is part of every alert's identity."""
        del desired, live
        return "every alert in it starts anew: what fires now is sent as resolved"
