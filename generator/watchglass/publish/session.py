"""One definition at one server: what is wanted and what is there, read in few requests; a plan; an apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from watchglass.publish.apply import Applied, apply
from watchglass.publish.plan import Change, Instance, Plan, Wish, make_plan
from watchglass.publish.resource import Desired, Key, Kind, Live

UNMARKED = frozenset({"folders"})
"""Kinds whose objects carry no mark: they are ours by their id, and are found by it alone."""


@dataclass(frozen=True, slots=True)
class Session:
    """
    A server, and what one definition wants there.

    Args:
        kinds: in the order in which objects are made.
        owner: what our objects carry.
        left: what is ours by its id alone and not wanted any more.
        reread: kinds of which the server refuses no stale write itself: they are read once more right before it.
    """

    instance: Instance
    kinds: tuple[Kind, ...]
    owner: str
    desired: tuple[Desired, ...]
    reread: frozenset[str] = frozenset()
    left: tuple[Desired, ...] = ()

    @property
    def wanted(self) -> dict[Key, Desired]:
        """The wanted objects by key."""
        return {each.key: each for each in self.desired}

    def look(self) -> dict[Key, Live]:
        """Read what is there; nothing is written."""
        found: dict[Key, Live] = {}
        for kind in self.kinds:
            known = (*self.desired, *self.left)
            wanted = {each.key.id: each for each in known if each.key.kind == kind.name}
            found |= {live.key: live for live in kind.read(wanted).values()}
        return found

    def plan(self, live: Mapping[Key, Live], wish: Wish) -> Plan:
        """Plan from what was read."""
        return make_plan(self.instance, self.owner, self.kinds, self.desired, live, wish)

    def apply(
        self,
        plan: Plan,
        live: Mapping[Key, Live],
        progress: Callable[[int, int, Change], None] | None = None,
        finished: Callable[[Change], None] | None = None,
        asked_to_stop: Callable[[], bool] = lambda: False,
    ) -> Applied:
        """Make the plan's changes."""
        return apply(
            plan,
            self.kinds,
            self.wanted,
            self._current(live),
            progress=progress,
            finished=finished,
            asked_to_stop=asked_to_stop,
        )

    def _current(self, live: Mapping[Key, Live]) -> Callable[[Key], Live | None]:
        by_name = {kind.name: kind for kind in self.kinds}

        def read(key: Key) -> Live | None:
            if key.kind not in self.reread:
                return live.get(key)
            return by_name[key.kind].read_one(key.id)

        return read


def emptied(session: Session) -> Session:
    """Give the session of a definition that wants nothing: its plan removes all that is ours."""
    left = tuple(each for each in session.desired if each.key.kind in UNMARKED)
    return replace(session, desired=(), left=left)
