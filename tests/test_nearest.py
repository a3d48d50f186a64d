"""An unknown name is answered with the nearest known one."""

from __future__ import annotations

import pytest

from watchglass.nearest import nearest, suggest


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("draft_stat", "draft_state"),
        ("Draft-State", "draft_state"),
        ("DRAFTSTATE", "draft_state"),
        ("zebra", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_found_by_spelling(name: str, found: str | None) -> None:
    assert nearest(name, ["draft_state", "orders"]) == found


def test_without_a_near_name_the_first_known_ones_are_listed() -> None:
    assert suggest("zebra", ["b", "a"], "columns") == "columns: a, b"
    many = [f"key{number:02}" for number in range(50)]
    assert suggest("zebra", many) == f"known: {', '.join(many[:12])}, …"
    assert suggest("zebra", []) == ""
