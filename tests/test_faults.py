"""Every fault of the list that a database or a statement can have is named by a test, by its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
NAMED = re.compile(r"def test_faults?_(\d+)(?:_and_(\d+))?_(?!to_)")


def numbers() -> set[int]:
    texts = (path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    return {int(number) for text in texts for match in NAMED.findall(text) for number in match if number}


@pytest.mark.parametrize("number", range(13, 31))
def test_a_fault_is_named_by_a_test(number: int) -> None:
    assert number in numbers()


def test_a_stretch_of_faults_names_none_of_them() -> None:
    assert NAMED.search("def test_faults_16_to_27_a_thing") is None
