"""Which definitions a command takes, and what it says where there is none."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from watchglass.cli.inputs import Shard, find_definitions
from watchglass.cli.main import run


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


PATHS = tuple(Path(f"definitions/{name}.yaml") for name in "edcba")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_shards_hold_every_definition_once_and_nearly_equally_many(count: int) -> None:
    parts = [Shard(number, count).of(PATHS) for number in range(1, count + 1)]
    assert sorted(path for part in parts for path in part) == sorted(PATHS)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_shard_is_the_same_in_whatever_order_the_definitions_are_named() -> None:
    assert Shard(1, 2).of(PATHS) == Shard(1, 2).of(PATHS[::-1])


@pytest.mark.parametrize("typed", ["", "1", "0/2", "3/2", "-1/2", "a/b", "1/2/3", "1/0"])
def test_a_shard_that_is_none_is_wrong_usage(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").touch()
    assert run(["validate", "a.yaml", "--shard", typed]) == 2
    assert f"'{typed}' is no i/n with i from 1 to n" in capsys.readouterr().err
