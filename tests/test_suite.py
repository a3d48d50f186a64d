"""The suite's own helpers: expected outputs, and tests that need a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import expected, live


def test_a_text_other_than_expected_fails(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("one\n")
    with pytest.raises(AssertionError, match="says something else"):
        expected.compare(path, "two\n")


def test_an_expected_text_passes_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_bytes(b"one\r\n\xc3\xa9")
    expected.compare(path, "one\r\né")


def test_a_missing_expectation_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="make golden"):
        expected.compare(tmp_path / "out.txt", "")


def test_rewriting_makes_the_text_the_expected_one(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.txt"
    expected.compare(path, "one\r\n", rewrite=True)
    assert path.read_bytes() == b"one\r\n"


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"WATCHGLASS_CI": "1"}], ids=["CI", "ours"])
def test_a_missing_server_fails_in_ci(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="no PostgreSQL 15; CI has to have it"):
        live.missing("no PostgreSQL 15", environment)


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "false"}, {"WATCHGLASS_CI": "0"}])
def test_a_missing_server_skips_on_a_laptop_with_the_reason(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.skip.Exception, match="no PostgreSQL 15"):
        live.missing("no PostgreSQL 15", environment)
