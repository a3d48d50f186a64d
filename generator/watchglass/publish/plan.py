"""What is wanted and what is there become a plan: one change an object, each with its reason; reads only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from watchglass.artifact import Json, Path
from watchglass.publish.compare import Difference, differences
from watchglass.publish.resource import Desired, Ending, Key, Kind, Live, digest

Action = Literal["create", "update", "adopt", "delete", "keep", "orphan", "conflict"]
FORM = 1
_ENDS: Mapping[str, str] = {
    "alert-rules": "its alerts end: what fires now is sent as resolved",
    "subscriptions": "its mails end",
    "alerts": "its mails end",
}
"""Kind → what a person on call notices when one of its objects goes."""

_BEGINS: Mapping[str, str] = {"alerts": "people are mailed that they were added"}
"""Kind → what people notice when one of its objects is made."""

_MANY = 3
_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Instance:
    """
    One server, as a plan is bound to it.

    Args:
        id: what tells it from every other: its address and organization, or its own id.
        notes: what it cannot do, and what stands in its place.
    """

    target: str
    id: str
    version: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What the person who plans allows.

    Args:
        adopt: ids (``dashboards/x``) of objects of nobody's that become ours; ``*`` stands for all.
        gone: ids that the definition says are gone on purpose; these, and what belongs to them, go without ``prune``.
    """

    prune: bool = False
    overwrite_drift: bool = False
    allow_large: bool = False
    adopt: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """
    What happens to one object.

    Args:
        differences: places in the body, from what is there to what will be; for a drifted object these undo the edit, too.
        drifted: whether somebody else changed it since our last apply.
        reason: why nothing can be done (a conflict), or why it is left alone (an orphan).
        notice: what a person on call will notice.
        returns: whether it comes back from the server's Trash.
    """

    action: Action
    key: Key
    noun: str
    title: str
    differences: tuple[Difference, ...] = ()
    origins: Mapping[str, Path] = field(default_factory=dict)
    drifted: bool = False
    reason: str = ""
    notice: str = ""
    before: str = ""
    after: str = ""
    returns: bool = False

    @property
    def writes(self) -> bool:
        """Whether anything is sent for it."""
        return self.action in ("create", "update", "adopt", "delete")


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of one server, in the order in which they are made."""

    instance: Instance
    owner: str
    changes: tuple[Change, ...]
    owned: int
    """How many objects there are ours now."""
    wish: Wish = field(default_factory=Wish)

    @property
    def writes(self) -> tuple[Change, ...]:
        """The changes for which something is sent."""
        return tuple(change for change in self.changes if change.writes)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """What keeps the plan from being applied."""
        return tuple(change for change in self.changes if change.action == "conflict")

    @property
    def large(self) -> bool:
        """Whether so much of what is ours changes that somebody should look twice."""
        return self._touched > _MANY and self._touched > _SHARE * self._alive

    @property
    def extent(self) -> str:
        """How much of what is ours changes, where it is much."""
        return f"{self._touched} of {self._alive} objects of ours would change, over {_SHARE:.0%}".replace(
            "%", " %"
        )

    @property
    def _touched(self) -> int:
        return sum(change.action in ("update", "delete") and not change.returns for change in self.changes)

    @property
    def _alive(self) -> int:
        return self.owned - sum(change.returns for change in self.changes)

    @property
    def checksum(self) -> str:
        """A digest of all that the plan was made from: the server, what is there, what is wanted."""
        return hashlib.sha256(json.dumps(_bound(self), sort_keys=True).encode()).hexdigest()


def make_plan(
    instance: Instance,
    owner: str,
    kinds: Iterable[Kind],
    desired: Iterable[Desired],
    live: Mapping[Key, Live],
    wish: Wish,
) -> Plan:
    """
    Compare what is wanted with what is there.

    Args:
        kinds: in the order in which objects are made; they are removed in the reverse order, after all else.
        live: all that was read, ours and strangers in our places.
    """
    wanted = {each.key: each for each in desired}
    parts = {part for each in wanted.values() for part in each.parts}
    ordered = list(kinds)
    changes = [
        _ending(change, live.get(key), parts, wish)
        for kind in ordered
        for key in sorted(key for key in wanted if key.kind == kind.name)
        for change in (_wanted(kind, wanted[key], live.get(key), owner, wish),)
    ]
    for kind in reversed(ordered):
        left = sorted(key for key in live if key.kind == kind.name and key not in wanted)
        changes += [_left(kind, live[key], wish) for key in left if live[key].owner == owner]
    owned = sum(each.owner == owner for each in live.values())
    return Plan(instance, owner, tuple(changes), owned, wish)


def _wanted(kind: Kind, desired: Desired, live: Live | None, owner: str, wish: Wish) -> Change:
    made = Change("keep", desired.key, kind.noun, desired.title, after=digest(desired.body))
    if live is None:
        notice = _BEGINS.get(desired.key.kind, "")
        return replace(made, action="create", origins=desired.origins, notice=notice)
    made = replace(made, before=digest(live.body), origins=desired.origins, returns=live.buried)
    found = differences(live.body, desired.body)
    if live.locked:
        return made if not found else replace(made, action="conflict", reason=live.locked, differences=found)
    if live.owner != owner:
        return _stranger(made, live, found, wish)
    if not found:
        return made
    changed = replace(made, differences=found, drifted=live.drifted, notice=kind.resets(desired, live))
    if live.drifted and not wish.overwrite_drift:
        return replace(
            changed,
            action="conflict",
            reason="somebody changed it since the last apply; `watchglass adopt` takes that into the definition,"
            " --overwrite-drift takes it back",
        )
    return replace(changed, action="update")


def _ending(change: Change, live: Live | None, parts: set[str], wish: Wish) -> Change:
    """Refuse an update with which objects of ours would end that nobody said are to go."""
    if change.action != "update" or live is None or wish.prune:
        return change
    lost = [
        title
        for part, title in live.parts.items()
        if part not in parts and not any(part == gone or part.startswith(f"{gone}-") for gone in wish.gone)
    ]
    if not lost:
        return change
    reason = f"no definition names what would end with it: {', '.join(lost)}; --prune ends it, or `retired:` names it"
    return replace(change, action="conflict", reason=reason)


def _stranger(made: Change, live: Live, found: tuple[Difference, ...], wish: Wish) -> Change:
    names = {f"{made.key.kind}/{made.key.id}", made.key.id, "*"}
    whose = f"belongs to '{live.owner}'" if live.owner else "is nobody's"
    if live.owner or not names & wish.adopt:
        hint = "" if live.owner else f"; --adopt {made.key.kind}/{made.key.id} makes it ours"
        return replace(
            made,
            action="conflict",
            differences=found,
            reason=f"a {made.noun} stands there already and {whose}{hint}",
        )
    return replace(made, action="adopt", differences=found)


def _left(kind: Kind, live: Live, wish: Wish) -> Change:
    made = Change("orphan", live.key, kind.noun, live.title, before=digest(live.body), drifted=live.drifted)
    # A question's id begins with that of its board, and goes with it.
    meant = bool({live.key.id, live.key.id.partition("/")[0]} & wish.gone)
    if live.locked:
        return replace(made, reason=live.locked)
    if not wish.prune and not meant:
        return replace(made, reason="no definition names it; --prune deletes it")
    if live.drifted and not wish.overwrite_drift:
        return replace(
            made,
            action="conflict",
            reason="it is to go, but somebody changed it since the last apply; --overwrite-drift deletes it all the same",
        )
    notice = kind.ends(live) if isinstance(kind, Ending) else _ENDS.get(live.key.kind, "")
    return replace(made, action="delete", notice=notice)


def _bound(plan: Plan) -> Json:
    return {
        "form": FORM,
        "instance": [plan.instance.target, plan.instance.id, plan.instance.version],
        "owner": plan.owner,
        "changes": [[each.action, str(each.key), each.before, each.after] for each in plan.changes],
    }


def stale(reviewed: Json, now: Plan) -> Iterator[str]:
    """
    Say what changed since a plan was written down.

    Args:
        reviewed: what ``bound`` gave when the plan was made.
    """
    current = _bound(now)
    for key, what in (("instance", "another server, organization or version"), ("owner", "another service")):
        if reviewed[key] != current[key]:
            yield f"it was made for {what}"
            return  # every object is another one then
    before = {key: (action, was, will) for action, key, was, will in reviewed["changes"]}
    after = {key: (action, was, will) for action, key, was, will in current["changes"]}
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) == after.get(key):
            continue
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield f"{key}: {'appeared' if old is None else 'vanished'} since"
        elif old[1] != new[1]:
            yield f"{key}: it was changed at the server since"
        elif old[2] != new[2]:
            yield f"{key}: the definition wants something else now"
        else:
            yield f"{key}: it was to be {old[0]}, it would be {new[0]} now"


def is_bound(value: Json) -> bool:
    """Tell whether a value has the form of what ``bound`` gives."""
    if not isinstance(value, dict) or value.get("form") != FORM or not {"instance", "owner"} <= value.keys():
        return False
    changes = value.get("changes")
    return isinstance(changes, list) and all(_is_texts(each, 4) for each in changes)


def _is_texts(value: Json, count: int) -> bool:
    return isinstance(value, list) and len(value) == count and all(isinstance(each, str) for each in value)


def bound(plan: Plan) -> Json:
    """Give what a plan is bound to, as JSON: no bodies, no secrets."""
    return _bound(plan) | {"checksum": plan.checksum}
