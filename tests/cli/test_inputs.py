"""Which definitions a command takes, and what it says where there is none."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from watchglass.cli.inputs import find_definitions


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_arguments_all_of_definitions_are_taken_in_order() -> None:
    Path("definitions").mkdir()
    for name in ("b.yaml", "a.yaml", "c.txt"):
        Path("definitions", name).touch()
    assert [path.name for path in find_definitions(())] == ["a.yaml", "b.yaml"]


def test_a_folder_stands_for_its_definitions_and_a_file_named_twice_is_taken_once() -> None:
    Path("mine").mkdir()
    Path("mine/a.yaml").touch()
    assert find_definitions(("mine", "mine/a.yaml")) == (Path("mine/a.yaml"),)


def test_a_new_user_without_definitions_hears_of_init() -> None:
    with pytest.raises(click.UsageError, match=r"no definition in definitions/; `watchglass init`"):
        find_definitions(())


def test_an_empty_folder_is_named() -> None:
    Path("mine").mkdir()
    with pytest.raises(click.UsageError, match="no definition in mine"):
        find_definitions(("mine",))


def test_a_file_that_is_not_there_is_named() -> None:
    Path("a.yaml").touch()
    with pytest.raises(click.UsageError, match=r"b\.yaml is not there"):
        find_definitions(("a.yaml", "b.yaml"))
