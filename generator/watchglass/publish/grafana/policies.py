"""
Our part of the policy tree, which is written whole: all other parts stay as the server has them.

Whose a part is, and the digest of our last write, stand in a route of it that matches no alert. Ours stands before what would
take our alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.grafana import normal
from watchglass.publish.resource import Desired, Key, Live, digest

_PLACE = "/api/v1/provisioning/policies"
_LABEL = "watchglass"
"""The label of the route that matches no alert."""
_FILE = "the policy tree comes from a file at the server, which would take this back: remove it there, or use publish: per_rule"
_LISTS = ("group_by", "mute_time_intervals", "active_time_intervals")
_LENGTHS = ("group_wait", "group_interval", "repeat_interval")
_OLD = re.compile(r'\s*([\w:]+)\s*(=~|!~|!=|=)\s*"?(.*?)"?\s*')


@dataclass(frozen=True, slots=True)
class _Tree:
    """The whole tree as it was read."""

    root: dict[str, Json]
    provenance: str

    @property
    def routes(self) -> list[dict[str, Json]]:
        return list(self.root.get("routes") or [])


class Policies:
    """Our part of the policy tree; its id is the owner."""

    name, noun = "policies", "routes"

    def __init__(self, client: Client, owner: str) -> None:
        self._client, self._owner = client, owner
        self._wanted: Json = None
        """The matchers that ours has, or will have."""

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read our part, and a stranger's that has the matchers of ours."""
        tree = self._tree()
        self._wanted = next((each.body["route"]["object_matchers"] for each in wanted.values()), None)
        found = self._find(tree, self._wanted)
        if found is None and wanted and tree.provenance == "file":
            key = Key("grafana", self.name, self._owner)
            return {self._owner: Live(key, "routes", form({}), locked=_FILE)}
        return {} if found is None else {self._owner: self._live(tree, found)}

    def read_one(self, key: str) -> Live | None:
        """Read our part once more."""
        tree = self._tree()
        found = self._find(tree, self._wanted)
        return self._live(tree, found) if found is not None and key == self._owner else None

    def _tree(self) -> _Tree:
        body = dict(only(self._client.get(_PLACE).body, dict, "the policy tree"))
        return _Tree(body, str(body.pop("provenance", "") or ""))

    def _find(self, tree: _Tree, matchers: Json) -> int | None:
        """Find our part by its mark, else by the matchers that ours would have."""
        for index, each in enumerate(tree.routes):
            if mark_of(each)[0] == self._owner:
                return index
        places = [
            index for index, each in enumerate(tree.routes) if node(each).get("object_matchers") == matchers
        ]
        return places[0] if places and matchers else None

    def _live(self, tree: _Tree, index: int) -> Live:
        raw = tree.routes[index]
        owner, total = mark_of(raw)
        body = form(node(raw), taken=bool(list(_takers(tree.routes[:index], raw))))
        locked = _FILE if tree.provenance == "file" else ""
        return Live(Key("grafana", self.name, self._owner), "routes", body, owner, total, locked)

    def write(self, desired: Desired, live: Live | None) -> None:
        """Put our part into the tree as it is now: in its place, or before what would take our alerts."""
        del live
        tree = self._tree()
        ours = _sent(desired.body["route"], f"{self._owner} {digest(desired.body)}")
        index = self._find(tree, desired.body["route"]["object_matchers"])
        routes = tree.routes
        if index is not None:
            del routes[index]
        takers = list(_takers(routes, ours))
        place = min([len(routes) if index is None else index, *takers])
        self._put(tree, [*routes[:place], ours, *routes[place:]])

    def remove(self, live: Live) -> None:
        """Take our part out of the tree."""
        del live
        tree = self._tree()
        index = self._find(tree, None)
        if index is not None:
            routes = tree.routes
            del routes[index]
            self._put(tree, routes)

    def _put(self, tree: _Tree, routes: Iterable[Mapping[str, Json]]) -> None:
        """Write the tree; what people could edit at the server they can edit afterwards."""
        body = {**tree.root, "routes": [*routes]}
        headers = {} if tree.provenance else {"X-Disable-Provenance": "true"}
        self._client.put(_PLACE, _on_the_wire(body), headers=headers)

    def resets(self, desired: Desired, live: Live) -> str:
        """Say that new routes are new groups of messages."""
        del desired, live
        return "what fires now may be told once more"


def form(route: Mapping[str, Json], *, taken: bool = False) -> dict[str, Json]:
    """Give the normal form: our part without its mark, and whether one before it takes our alerts."""
    return {"route": dict(route), "taken": taken}


def node(raw: Mapping[str, Json]) -> dict[str, Json]:
    """Bring a node to its normal form: sorted matchers, lengths in one form, nothing that is empty, no mark."""
    made: dict[str, Json] = {"receiver": raw["receiver"]} if raw.get("receiver") else {}
    if raw.get("object_matchers") or raw.get("matchers"):
        made["object_matchers"] = sorted(_matchers(raw))
    made |= {name: list(raw[name]) for name in _LISTS if raw.get(name)}
    made |= {name: normal.duration(str(raw[name])) for name in _LENGTHS if raw.get(name)}
    if raw.get("continue"):
        made["continue"] = True
    routes = [node(each) for each in raw.get("routes") or [] if not _is_mark(each)]
    return made | ({"routes": routes} if routes else {})


def _matchers(raw: Mapping[str, Json]) -> list[list[str]]:
    old = (_OLD.fullmatch(each) for each in raw.get("matchers") or [])
    return [
        *([*each] for each in raw.get("object_matchers") or []),
        *([*each.groups()] for each in old if each),
    ]


def mark_of(raw: Mapping[str, Json]) -> tuple[str, str]:
    """Give whose a part of the tree is, and the digest of our last write; both empty for nobody's."""
    for each in raw.get("routes") or []:
        if _is_mark(each):
            owner, _, total = str(each["object_matchers"][0][2]).partition(" ")
            return owner, total
    return "", ""


def _is_mark(raw: Mapping[str, Json]) -> bool:
    matchers = raw.get("object_matchers") or []
    return len(matchers) == 1 and list(matchers[0])[:2] == [_LABEL, "="]


def _sent(route: Mapping[str, Json], total: str) -> dict[str, Json]:
    mark = {"object_matchers": [[_LABEL, "=", total]]}
    return {**route, "routes": [*(route.get("routes") or []), mark]}


def _takers(before: Iterable[Mapping[str, Json]], ours: Mapping[str, Json]) -> Iterator[int]:
    """List which of the routes before ours take alerts of ours, so that they never come to it."""
    labels = {name: value for name, sign, value in _matchers(ours) if sign == "="}
    for index, each in enumerate(before):
        if not each.get("continue") and all(_may_match(matcher, labels) for matcher in _matchers(each)):
            yield index


def _may_match(matcher: list[str], labels: Mapping[str, str]) -> bool:
    """Tell whether a matcher can hold for an alert of which only these labels are known."""
    name, sign, value = matcher
    if name not in labels:
        return True
    if sign in ("=", "!="):
        return (labels[name] == value) == (sign == "=")
    try:
        found = re.fullmatch(value, labels[name]) is not None
    except re.error:
        return True
    return found == (sign == "=~")


def _on_the_wire(raw: Mapping[str, Json]) -> dict[str, Json]:
    """Quote the values that a server would strip quotes of their own off."""
    made = dict(raw)
    if raw.get("object_matchers"):
        made["object_matchers"] = [
            [name, sign, _quoted(value)] for name, sign, value in raw["object_matchers"]
        ]
    if raw.get("routes"):
        made["routes"] = [_on_the_wire(each) for each in raw["routes"]]
    return made


def _quoted(value: str) -> str:
    return f'"{value}"' if value[:1] == '"' or value[-1:] == '"' else value
