"""The client of others is tried by `make conformance`; here, what happens where it cannot be had, and its lock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance import metabase_client


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("1", 1)])
def test_without_npm_nothing_is_tried_which_is_an_error_in_ci(
    ci: str, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", "")
    monkeypatch.setenv("WATCHGLASS_CI", ci)
    assert metabase_client.main() == code
    assert capsys.readouterr().err == "not tried: there is no npm\n"


def test_the_client_and_all_that_it_needs_are_pinned_by_hash() -> None:
    packages = json.loads((metabase_client.LOCK / "package-lock.json").read_text("utf-8"))["packages"]
    assert packages.pop("")["dependencies"] == {"@metabase/cli": "0.3.1"}
    assert "node_modules/@metabase/cli" in packages
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
