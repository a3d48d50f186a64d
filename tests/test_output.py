"""The output folder: whole or untouched, whatever the disk does; what is not ours is never followed or removed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pathlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from watchglass.artifact import Artifact
from watchglass.output import MANIFEST, OutputError, files_of, previous_ids, write

HOME = "shop"
Tree = dict[str, bytes]


def artifact(name: str, body: Any) -> Artifact:
    return Artifact("grafana", "dashboards", name, f"{HOME}/grafana/dashboards/{name}.json", body)


def made(**bodies: Any) -> Tree:
    """Files of a service whose dashboards have these bodies."""
    return files_of(HOME, [artifact(name, body) for name, body in bodies.items()], {"dashboards": bodies})


def tree(folder: Path) -> Tree:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


OLD, NEW = made(board={"n": 1}, gone={"n": 1}), made(board={"n": 2}, added={"n": 2})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder as an earlier run left it."""
    write(tmp_path / "output", HOME, OLD)
    return tmp_path / "output"


def test_a_first_run_writes_every_file_and_a_second_one_none(tmp_path: Path) -> None:
    assert set(write(tmp_path, HOME, OLD).created) == set(OLD)
    assert write(tmp_path, HOME, OLD).unchanged == len(OLD)
    assert tree(tmp_path) == OLD


def test_a_later_run_changes_adds_and_removes(folder: Path) -> None:
    done = write(folder, HOME, NEW)
    assert done.removed == ("shop/grafana/dashboards/gone.json",)
    assert tree(folder) == NEW


def test_checking_tells_the_same_and_writes_nothing(folder: Path) -> None:
    told = write(folder, HOME, NEW, check=True)
    assert tree(folder) == OLD
    assert told == write(folder, HOME, NEW)


def test_the_files_of_artifacts_are_the_same_in_any_order() -> None:
    listed = [artifact(name, {"z": 1, "a": [name]}) for name in ("b", "a", "c")]
    assert list(files_of(HOME, listed, {}).items()) == list(files_of(HOME, listed[::-1], {}).items())


def test_the_manifest_says_which_ids_an_earlier_run_knew(folder: Path) -> None:
    assert previous_ids(folder, HOME) == {"dashboards": ("board", "gone")}
    assert previous_ids(folder, "other") == {}


def test_two_artifacts_never_share_a_file_on_a_disk_that_is_blind_to_case() -> None:
    with pytest.raises(AssertionError):
        files_of(HOME, [artifact("board", {}), artifact("Board", {})], {})


# Fault 55 of the reliability page: no space, an I/O error or missing rights at each step.

CALLS: tuple[tuple[Any, str], ...] = (
    (tempfile, "mkstemp"),
    (os, "fdopen"),
    (os, "fsync"),
    (shutil, "copy2"),
    (pathlib.Path, "chmod"),
    (pathlib.Path, "replace"),
    (pathlib.Path, "unlink"),
    (pathlib.Path, "mkdir"),
)


@contextmanager
def failing(nth: int, code: int, *, forever: bool = False) -> Iterator[list[str]]:
    """Let the nth call of the disk fail, and with ``forever`` all later ones that need room; list the calls."""
    calls: list[str] = []

    def broken(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(name)
            full = forever and len(calls) > nth and name not in ("unlink", "replace")
            if len(calls) == nth or full:
                raise OSError(code, os.strerror(code), "disk")
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in CALLS:
            patch.setattr(owner, name, broken(name, getattr(owner, name)))
        yield calls


def _count(folder: Path) -> int:
    with failing(0, 0) as calls:
        write(folder, HOME, NEW)
    return len(calls)


@pytest.mark.parametrize("forever", [False, True], ids=["once", "and from then on"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
def test_fault_55_a_disk_that_fails_at_any_step_leaves_the_old_output_whole(
    tmp_path: Path, code: int, forever: bool
) -> None:
    write(tmp_path / "tried", HOME, OLD)
    steps = _count(tmp_path / "tried")
    assert steps > 15
    failures = 0
    for nth in range(1, steps + 1):
        folder = tmp_path / str(nth)
        write(folder, HOME, OLD)
        with failing(nth, code, forever=forever):
            failures += _fails_or_is_done(folder)
        assert tree(folder) in (OLD, NEW), f"step {nth}"
    assert failures > 10


def _fails_or_is_done(folder: Path) -> bool:
    """Tell whether the run failed; one that only could not tidy up has done its work."""
    try:
        write(folder, HOME, NEW)
    except OutputError:
        assert tree_without_litter(folder) == OLD
        return True
    assert tree_without_litter(folder) == NEW
    for path in list(folder.rglob(".watchglass-*")):
        path.unlink()
    return False


def tree_without_litter(folder: Path) -> Tree:
    return {path: content for path, content in tree(folder).items() if "/.watchglass-" not in path}


def test_fault_55_an_interrupt_leaves_the_old_output_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swaps: list[Path] = []
    real = pathlib.Path.replace

    def replace(self: Path, target: Path) -> Path:
        swaps.append(self)
        if len(swaps) == 2:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(pathlib.Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write(folder, HOME, NEW)
    assert tree(folder) == OLD


def test_a_first_run_that_fails_leaves_no_folder_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="Input/output error"):
        write(tmp_path / "output", HOME, OLD)
    assert list(tmp_path.iterdir()) == []


def test_the_only_copy_of_an_old_file_is_kept_where_it_cannot_be_put_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, done = pathlib.Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        done.append(self)
        if len(done) > 2:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(pathlib.Path, "replace", replace)
    with pytest.raises(OutputError):
        write(folder, HOME, NEW)
    assert OLD["shop/grafana/dashboards/board.json"] in tree(folder).values()


# Fault 56: links, folders and foreign files in the output folder; a disk that is blind to case.


def test_fault_56_a_link_in_place_of_a_file_is_not_followed(folder: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.json"
    foreign.write_text("mine")
    board = folder / "shop/grafana/dashboards/board.json"
    board.unlink()
    board.symlink_to(foreign)
    with pytest.raises(OutputError, match="no plain file"):
        write(folder, HOME, NEW)
    assert foreign.read_text() == "mine"


def test_fault_56_a_link_in_place_of_a_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "shop/grafana", tmp_path / "elsewhere")
    (folder / "shop/grafana").symlink_to(tmp_path / "elsewhere")
    before = tree(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="no folder of ours"):
        write(folder, HOME, NEW)
    assert tree(tmp_path / "elsewhere") == before


def test_fault_56_nothing_is_removed_behind_a_link(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "shop/grafana", tmp_path / "elsewhere")
    (folder / "shop/grafana").symlink_to(tmp_path / "elsewhere")
    done = write(folder, HOME, files_of(HOME, [], {}))
    assert done.removed == ()
    assert (tmp_path / "elsewhere/dashboards/gone.json").exists()


def test_fault_56_a_folder_in_place_of_a_file_stays(folder: Path) -> None:
    board = folder / "shop/grafana/dashboards/board.json"
    board.unlink()
    (board / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match="no plain file"):
        write(folder, HOME, NEW)
    assert (board / "inside").is_dir()


def test_fault_56_a_foreign_file_in_the_way_stays_unless_it_is_said(folder: Path) -> None:
    added = folder / "shop/grafana/dashboards/added.json"
    added.write_text("mine")
    with pytest.raises(OutputError, match="not written by an earlier run"):
        write(folder, HOME, NEW)
    assert added.read_text() == "mine"
    write(folder, HOME, NEW, overwrite=True)
    assert tree(folder) == NEW


def test_fault_56_a_foreign_file_beside_ours_stays(folder: Path) -> None:
    (folder / "shop/grafana/dashboards/note.txt").write_text("mine")
    write(folder, HOME, files_of(HOME, [], {}))
    assert (folder / "shop/grafana/dashboards/note.txt").read_text() == "mine"


def test_a_stale_file_that_somebody_changed_stays_and_is_named(folder: Path) -> None:
    (folder / "shop/grafana/dashboards/gone.json").write_text("changed by hand")
    assert write(folder, HOME, NEW).kept == ("shop/grafana/dashboards/gone.json",)
    assert (folder / "shop/grafana/dashboards/gone.json").exists()


def test_fault_56_on_a_disk_blind_to_case_the_new_file_is_not_taken_for_a_stale_one(tmp_path: Path) -> None:
    old = made(Board={"n": 1})
    write(tmp_path, HOME, old)
    home = tmp_path / "shop/grafana/dashboards"
    # What such a disk shows: one file under both names.
    os.link(home / "Board.json", home / "board.json")
    done = write(tmp_path, HOME, made(board={"n": 1}))
    assert done.removed == ()
    assert (home / "board.json").exists()


@pytest.mark.parametrize(
    "path",
    [
        "../outside.json",
        "shop/../outside.json",
        "/outside.json",
        "other/outside.json",
        "shop\\..\\outside.json",
    ],
)
def test_a_manifest_that_names_what_lies_elsewhere_removes_nothing_there(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "output"
    write(folder, HOME, OLD)
    for place in (tmp_path / "outside.json", folder / "outside.json", folder / "other/outside.json"):
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(b"mine")
    manifest = json.loads((folder / HOME / MANIFEST).read_text())
    manifest["files"] |= {path: hashlib.sha256(b"mine").hexdigest()}
    (folder / HOME / MANIFEST).write_text(json.dumps(manifest))
    assert write(folder, HOME, OLD).removed == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"files": 1, "objects": {}}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "a list", "without files", "files no map", "not UTF-8", "deep"],
)
def test_a_manifest_that_cannot_be_read_is_no_reason_to_guess(folder: Path, content: bytes) -> None:
    (folder / HOME / MANIFEST).write_bytes(content)
    with pytest.raises(OutputError, match="cannot be read"):
        write(folder, HOME, NEW)
    assert (folder / "shop/grafana/dashboards/gone.json").exists()
