"""Where two bodies differ: values, what came and went, items by name, order; and nothing where they are equal."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.artifact import Json
from watchglass.publish.compare import differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abuid"), inner, max_size=3),
    max_leaves=12,
)


def told(before: Json, after: Json) -> list[tuple[str, Json, Json]]:
    return [(each.pointer, each.before, each.after) for each in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1}, {"a": 2}, [("/a", 1, 2)]),
        ({"a": 1}, {"a": True}, [("/a", 1, True)]),
        ({"a": 1}, {"a": 1, "b": 2}, [("/b", None, 2)]),
        ({"a/b": 1, "c~d": 1}, {"a/b": 2, "c~d": 2}, [("/a~1b", 1, 2), ("/c~0d", 1, 2)]),
        ([1, 2], [1, 3, 4], [("/1", 2, 3), ("/2", None, 4)]),
        (
            [{"id": 1, "x": 1}, {"id": 2, "x": 2}],
            [{"id": 2, "x": 9}],
            [("/0/x", 2, 9), ("/0", {"id": 1, "x": 1}, None)],
        ),
        ([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}], [("", [1, 2], [2, 1])]),
        ([{"id": 1}, {"id": 1}], [{"id": 1}, {"id": 2}], [("/1/id", 1, 2)]),
        ([{"uid": "a", "n": {"x": 1}}], [{"uid": "a", "n": {"x": 2}}], [("/0/n/x", 1, 2)]),
        (["deputy", "head"], ["head"], [("/0", "deputy", None)]),
        (["head"], ["deputy", "head"], [("/0", None, "deputy")]),
        (["day", "low"], ["day", "high"], [("/1", "low", "high")]),
        (["a", "b"], ["b", "a"], [("", ["a", "b"], ["b", "a"])]),
        (["a", "a"], ["a"], [("/1", "a", None)]),
    ],
    ids=[
        "value",
        "one is not true",
        "new key",
        "escaped",
        "by place",
        "by name",
        "moved",
        "twice",
        "deep",
        "a text less",
        "a text more",
        "a text in place of another",
        "texts in another order",
        "a text twice",
    ],
)
def test_each_difference_has_its_place(
    before: Json, after: Json, found: list[tuple[str, Json, Json]]
) -> None:
    assert told(before, after) == found


def test_an_item_that_is_put_in_front_changes_no_other() -> None:
    panels = [{"id": number, "title": f"panel {number}"} for number in range(5)]
    assert told(panels, [{"id": 9, "title": "new"}, *panels]) == [("/0", None, {"id": 9, "title": "new"})]


@given(JSON)
def test_equal_bodies_have_no_differences(body: Json) -> None:
    assert told(body, copy.deepcopy(body)) == []


@given(JSON, JSON)
def test_bodies_without_differences_are_equal(before: Json, after: Json) -> None:
    if not told(before, after):
        assert before == after
