"""References in texts are filled in from the environment and from files, or refused by name where nothing is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.references import Unset, filled, is_reference


def test_references_are_read_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n", "utf-8")
    environment = {"HOST": "grafana.example.com"}
    assert filled("https://${env:HOST}/x", environment, tmp_path) == "https://grafana.example.com/x"
    assert filled("${file:token}", environment, tmp_path) == "from-a-file"
    assert filled("plain", environment, tmp_path) == "plain"
    assert (is_reference("${env:A}"), is_reference("$A")) == (True, False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("${env:NOWHERE}", "${env:NOWHERE} is not set"),
        ("${env:BLANK}", "${env:BLANK} is empty"),
        ("${file:nowhere}", "${file:nowhere} cannot be read"),
        ("${file:empty}", "${file:empty} is empty"),
    ],
)
def test_what_is_not_there_is_refused_by_name(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n", "utf-8")
    with pytest.raises(Unset) as found:
        filled(text, {"BLANK": " "}, tmp_path)
    assert str(found.value) == says
