"""Dashboards by uid: whose one is stands in a tag; a version keeps two writers from undoing each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Uncertain
from watchglass.publish.grafana import normal
from watchglass.publish.resource import Desired, Key, Live, digest, stands

_ONE_BY_ONE = 8
"""Up to as many dashboards are read one by one; more are read by pages of all."""

_LIST = "/apis/dashboard.grafana.app/v1beta1/namespaces/{namespace}/dashboards"


class Dashboards:
    """
    Dashboards by uid.

    Args:
        owner: what stands in the tag; ``namespace``: the organization, as the newer API names it.
    """

    name, noun = "dashboards", "dashboard"

    def __init__(self, client: Client, owner: str, namespace: str, message: str) -> None:
        self._client, self._owner, self._message = client, owner, message
        self._list = _LIST.format(namespace=namespace)

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read those with our tag, and those at the wanted uids."""
        query: dict[str, str | int] = {"type": "dash-db", "tag": normal.OWNER + self._owner, "limit": 5000}
        tagged = only(self._client.get("/api/search", query).body, list, "the search for dashboards")
        uids = sorted({each["uid"] for each in tagged} | set(wanted))
        if len(uids) > _ONE_BY_ONE:
            return {live.key.id: live for live in self._among(set(uids))}
        found = {uid: self.read_one(uid) for uid in uids}
        return {uid: live for uid, live in found.items() if live is not None}

    def read_one(self, uid: str) -> Live | None:
        """Read one dashboard."""
        answer = self._client.get(f"/api/dashboards/uid/{uid}", also=(404,))
        if answer.status == 404:
            return None
        got = only(answer.body, dict, "a dashboard")
        meta, body = got["meta"], got["dashboard"]
        locked = normal.FILE if meta.get("provisioned") else ""
        return self._live(uid, body, meta.get("folderUid", ""), body.get("version"), locked)

    def _among(self, uids: set[str]) -> Iterator[Live]:
        """Read all that there are, and give those that are asked for."""
        more = ""
        while True:
            page = self._client.get_once(
                self._list, {"limit": 500} | ({"continue": more} if more else {})
            ).body
            for item in only(page, dict, "the list of dashboards")["items"]:
                if item["metadata"]["name"] in uids:
                    yield self._item(item)
            more = page.get("metadata", {}).get("continue", "")
            if not more:
                return

    def _item(self, item: Mapping[str, Json]) -> Live:
        meta, spec = item["metadata"], item["spec"]
        notes = meta.get("annotations", {})
        locked = normal.FILE if notes.get("grafana.app/managedBy") == "classic-file-provisioning" else ""
        return self._live(
            meta["name"], spec, notes.get("grafana.app/folder", ""), meta.get("generation"), locked
        )

    def _live(self, uid: str, body: Mapping[str, Json], folder: str, version: Json, locked: str) -> Live:
        tags = list(body.get("tags") or [])
        made = normal.dashboard(dict(body) | {"uid": uid})
        return Live(
            Key("grafana", self.name, uid),
            str(body.get("title", uid)),
            {"folder": folder, "dashboard": made},
            normal.owner_of_tags(tags),
            normal.sum_of_tags(tags),
            locked,
            {"version": version},
        )

    def write(self, desired: Desired, live: Live | None) -> None:
        """Save the dashboard over the version that was read; somebody else's save in between is refused by the server."""
        body = desired.body["dashboard"]
        tags = [*body["tags"], f"{normal.SUM}{digest(desired.body)}"]
        version = {"version": live.handle["version"]} if live is not None else {}
        sent = {
            "dashboard": body | {"tags": tags} | version,
            "folderUid": desired.body["folder"],
            "message": self._message,
            "overwrite": False,
        }
        try:
            answer = self._client.post("/api/dashboards/db", sent, also=(412,))
        except Uncertain:
            if stands(self.read_one(desired.key.id), desired):
                return
            raise
        if answer.status == 412 and not stands(self.read_one(desired.key.id), desired):
            raise Refused(
                f"the dashboard '{desired.title}' was saved by somebody else a moment ago", "plan once more"
            )

    def remove(self, live: Live) -> None:
        """Delete the dashboard."""
        self._client.delete(f"/api/dashboards/uid/{live.key.id}")

    def resets(self, desired: Desired, live: Live) -> str:
        """Nobody on call notices a dashboard's change."""
        del desired, live
        return ""
