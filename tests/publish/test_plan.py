"""Each pair of what is wanted and what is there has one outcome: faults 31, 34, 49, 50 and 51 among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.artifact import Json
from watchglass.publish.plan import Instance, Plan, Wish, bound, make_plan, stale
from watchglass.publish.resource import Desired, Key, Live, digest

US, THEM = "shop", "other"
HERE = Instance("grafana", "localhost:3000 org 1", "12.3.0")


class Boards:
    """A kind that nothing is written of: planning reads alone."""

    def __init__(self, name: str = "dashboards") -> None:
        self.name, self.noun = name, "dashboard"

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        raise AssertionError("planning reads nothing by itself")

    def read_one(self, key: str) -> Live | None:
        raise AssertionError("planning reads nothing by itself")

    def write(self, desired: Desired, live: Live | None) -> None:
        raise AssertionError("planning writes nothing")

    def remove(self, live: Live) -> None:
        raise AssertionError("planning removes nothing")

    def resets(self, desired: Desired, live: Live) -> str:
        return "alerts start anew" if desired.body != live.body else ""


def key(name: str, kind: str = "dashboards") -> Key:
    return Key("grafana", kind, name)


def wanted(name: str, body: Json = 1, kind: str = "dashboards") -> Desired:
    return Desired(key(name, kind), name.title(), {"n": body})


def there(name: str, body: Json = 1, owner: str = US, *, edited: bool = False, **more: str) -> Live:
    held = {"n": body}
    total = "" if edited or not owner else digest(held)
    return Live(key(name), name.title(), held, owner, total, **more)


def plan(desired: list[Desired], live: list[Live], **wish: object) -> Plan:
    made = Wish(**wish)  # type: ignore[arg-type]
    return make_plan(HERE, US, [Boards()], desired, {each.key: each for each in live}, made)


def outcome(desired: list[Desired], live: list[Live], **wish: object) -> list[tuple[str, str]]:
    return [(change.key.id, change.action) for change in plan(desired, live, **wish).changes]


@pytest.mark.parametrize(
    ("live", "wish", "action"),
    [
        ([], {}, "create"),
        ([there("a")], {}, "keep"),
        ([there("a", 2)], {}, "update"),
        ([there("a", 2, edited=True)], {}, "conflict"),
        ([there("a", 2, edited=True)], {"overwrite_drift": True}, "update"),
        ([there("a", 1, edited=True)], {}, "keep"),
        ([there("a", 1, "")], {}, "conflict"),
        ([there("a", 2, "")], {"adopt": frozenset({"dashboards/a"})}, "adopt"),
        ([there("a", 2, "")], {"adopt": frozenset({"*"})}, "adopt"),
        ([there("a", 2, "")], {"adopt": frozenset({"dashboards/b"})}, "conflict"),
        ([there("a", 2, THEM)], {"adopt": frozenset({"*"}), "overwrite_drift": True}, "conflict"),
        ([there("a", 2, locked="from a file")], {"overwrite_drift": True}, "conflict"),
        ([there("a", 1, locked="from a file")], {}, "keep"),
    ],
    ids=[
        "nothing there", "as it is", "the definition changed", "49: edited by hand", "49: taken back", "edited to what we want",
        "34: nobody's", "adopted by name", "all adopted", "another one adopted", "another service's", "34: provisioned",
        "provisioned, as wanted",
    ],
)  # fmt: skip
def test_a_wanted_object(live: list[Live], wish: dict[str, object], action: str) -> None:
    assert outcome([wanted("a")], live, **wish) == [("a", action)]


@pytest.mark.parametrize(
    ("live", "wish", "action"),
    [
        (there("a"), {}, "orphan"),
        (there("a"), {"prune": True}, "delete"),
        (there("a"), {"gone": frozenset({"a"})}, "delete"),
        (there("a/b"), {"gone": frozenset({"a"})}, "delete"),
        (there("ab"), {"gone": frozenset({"a"})}, "orphan"),
        (there("a", edited=True), {"prune": True}, "conflict"),
        (there("a", edited=True), {"prune": True, "overwrite_drift": True}, "delete"),
        (there("a", locked="from a file"), {"prune": True}, "orphan"),
    ],
    ids=[
        "51: left alone",
        "pruned",
        "said to be gone",
        "with its board",
        "another one",
        "edited by hand",
        "pruned all the same",
        "provisioned",
    ],
)
def test_an_object_of_ours_that_nobody_wants(live: Live, wish: dict[str, object], action: str) -> None:
    assert outcome([], [live], **wish) == [(live.key.id, action)]


@pytest.mark.parametrize("owner", ["", THEM])
def test_a_strangers_object_that_nobody_wants_is_not_even_named(owner: str) -> None:
    assert (
        outcome([], [there("a", owner=owner)], prune=True, overwrite_drift=True, adopt=frozenset({"*"})) == []
    )


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 2)),
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.tuples(st.integers(1, 2), st.sampled_from([US, THEM, ""]), st.booleans()),
    ),
    st.booleans(),
    st.booleans(),
)
def test_no_plan_touches_what_is_not_ours(
    desired: dict[str, int], live: dict[str, tuple[int, str, bool]], prune: bool, overwrite: bool
) -> None:
    made = plan(
        [wanted(name, body) for name, body in desired.items()],
        [there(name, body, owner, edited=edited) for name, (body, owner, edited) in live.items()],
        prune=prune,
        overwrite_drift=overwrite,
    )
    touched = {change.key.id for change in made.writes if change.action != "create"}
    assert all(live[name][1] == US for name in touched)
    assert all(name not in live for name in (c.key.id for c in made.writes if c.action == "create"))
    assert all(name not in desired for name in (c.key.id for c in made.writes if c.action == "delete"))
    assert prune or not any(change.action == "delete" for change in made.writes)


def test_objects_are_made_in_order_and_removed_in_the_reverse_order_after_all_else() -> None:
    kinds = [Boards("folders"), Boards("dashboards")]
    live = [replace(there("old"), key=key("old", kind)) for kind in ("folders", "dashboards")]
    made = make_plan(
        HERE,
        US,
        kinds,
        [wanted("new", kind="dashboards"), wanted("new", kind="folders")],
        {each.key: each for each in live},
        Wish(prune=True),
    )
    assert [(change.action, change.key.kind) for change in made.changes] == [
        ("create", "folders"),
        ("create", "dashboards"),
        ("delete", "dashboards"),
        ("delete", "folders"),
    ]


@pytest.mark.parametrize(
    ("changed", "kept", "large"),
    [(3, 0, False), (4, 0, True), (4, 5, True), (4, 10, False), (0, 4, False)],
)
def test_fault_51_much_of_what_is_ours_asks_for_a_second_look(changed: int, kept: int, large: bool) -> None:
    names = [f"x{number}" for number in range(changed + kept)]
    live = [there(name, 2 if index < changed else 1) for index, name in enumerate(names)]
    assert plan([wanted(name) for name in names], live).large is large


def test_what_a_person_on_call_notices_is_told() -> None:
    assert plan([wanted("a")], [there("a", 2)]).changes[0].notice == "alerts start anew"


def test_what_ends_with_an_object_is_told() -> None:
    gone = replace(there("a"), key=key("a", "alert-rules"))
    made = make_plan(HERE, US, [Boards("alert-rules")], [], {gone.key: gone}, Wish(prune=True))
    assert made.changes[0].notice == "its alerts end: what fires now is sent as resolved"


@pytest.mark.parametrize(
    ("desired", "live", "here", "says"),
    [
        ([wanted("a")], [there("a", 3)], HERE, "it was changed at the server since"),
        ([wanted("a", 5)], [there("a", 2)], HERE, "the definition wants something else now"),
        ([], [there("a", 2)], HERE, "the definition wants something else now"),
        ([wanted("a")], [], HERE, "it was changed at the server since"),
        ([wanted("a"), wanted("b")], [there("a", 2)], HERE, "appeared since"),
        ([wanted("a")], [there("a", 2)], replace(HERE, id="other org 1"), "another server"),
        ([wanted("a")], [there("a", 2)], replace(HERE, version="12.4.0"), "another server"),
    ],
)  # fmt: skip
def test_fault_50_a_plan_of_another_state_is_refused_by_name(
    desired: list[Desired], live: list[Live], here: Instance, says: str
) -> None:
    reviewed = bound(plan([wanted("a")], [there("a", 2)]))
    now = make_plan(here, US, [Boards()], desired, {each.key: each for each in live}, Wish())
    assert any(says in line for line in stale(reviewed, now))
    assert now.checksum != reviewed["checksum"]


def test_the_same_state_gives_the_same_plan() -> None:
    reviewed = bound(plan([wanted("a")], [there("a", 2)]))
    again = plan([wanted("a")], [there("a", 2)])
    assert list(stale(reviewed, again)) == []
    assert again.checksum == reviewed["checksum"]
