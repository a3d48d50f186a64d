"""No file can hang, crash or exhaust the reader (faults 1, 2 and 6 of the reliability page)."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.definition.yaml_helpers import only, read_text, read_yaml
from watchglass.definition.yaml_events import MAX_DEPTH, MAX_OBJECTS

LETTERS = "abcdefghij"


def alias_bomb() -> str:
    lines = ["a: &a [" + ",".join("x" * 10) + "]"]
    lines += [f"{b}: &{b} [{','.join(['*' + a] * 10)}]" for a, b in pairwise(LETTERS)]
    return "\n".join(lines) + "\n"


def merge_bomb() -> str:
    lines = ["a: &a {x: 1}"]
    lines += [f"{b}: &{b} {{<<: [{','.join(['*' + a] * 10)}]}}" for a, b in pairwise(LETTERS)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("bomb", [alias_bomb(), merge_bomb()], ids=["alias", "merge"])
def test_fault_1_a_bomb_is_refused_at_once(bomb: str) -> None:
    start = time.process_time()
    problem = only(bomb)
    assert problem.code == "yaml-alias-bomb"
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "text", ["a: &a [1, *a]\n", "a: &a {b: {c: *a}}\n", "a: &a\n  <<: *a\n", "a: *nobody\n"]
)
def test_fault_1_an_alias_inside_of_itself_or_of_nothing_is_refused(text: str) -> None:
    assert only(text).code == "yaml-alias"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "], ids=["lists", "maps", "items", "keys"])
def test_fault_2_a_hundred_thousand_levels_are_refused(opening: str) -> None:
    assert only(opening * 100_000).code == "yaml-too-deep"


def test_fault_2_aliases_cannot_hide_depth() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, MAX_DEPTH + 1)]
    assert only("\n".join(lines)).code == "yaml-too-deep"


def test_the_deepest_allowed_level_is_read() -> None:
    inner = MAX_DEPTH - 1
    assert read_text("a: " + "[" * inner + "]" * inner + "\n").data


def test_fault_6_more_than_ten_thousand_objects_are_refused() -> None:
    assert read_text("a:\n" + "- []\n" * (MAX_OBJECTS - 2)).data
    assert only("a:\n" + "- []\n" * MAX_OBJECTS).code == "yaml-too-large"


def test_fault_6_a_file_over_five_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n" + "#" * 5_000_000)
    result = read_yaml(path)
    assert isinstance(result, tuple)
    assert result[0].code == "yaml-too-large"


def test_five_megabytes_of_values_are_refused_quickly() -> None:
    start = time.process_time()
    assert only("a: [" + "1," * 2_400_000 + "]\n").code == "yaml-too-large"
    assert time.process_time() - start < 10
