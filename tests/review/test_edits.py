"""Files of a definition are written together: all that was read and nothing that changed since, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from watchglass.problems import Span
from watchglass.review.edits import Changed, Edit, clashes, write_all


@pytest.fixture
def names(tmp_path: Path) -> tuple[str, str]:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(f"old {name}\r\n", "utf-8", newline="")
    return str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")


def content(names: tuple[str, str]) -> list[bytes]:
    return [Path(name).read_bytes() for name in names]


def read(names: tuple[str, str]) -> dict[str, str]:
    return {name: Path(name).read_bytes().decode().removeprefix("\ufeff") for name in names}


def test_all_files_are_written_with_their_marks_and_rights(names: tuple[str, str], tmp_path: Path) -> None:
    Path(names[0]).write_bytes(b"\xef\xbb\xbfold")
    Path(names[1]).chmod(0o640)
    write_all(dict.fromkeys(names, "new\r\n"), read(names))
    assert content(names) == [b"\xef\xbb\xbfnew\r\n", b"new\r\n"]
    assert Path(names[1]).stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]


def test_a_link_stays_a_link(names: tuple[str, str], tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(names[0])
    write_all({str(link): "new"}, {str(link): read(names)[names[0]]})
    assert link.is_symlink()
    assert Path(names[0]).read_bytes() == b"new"


def test_a_file_that_was_changed_since_it_was_read_keeps_all_from_being_written(
    names: tuple[str, str],
) -> None:
    known = read(names)
    Path(names[1]).write_text("mine", "utf-8")
    before = content(names)
    with pytest.raises(Changed, match=r"b\.yaml"):
        write_all(dict.fromkeys(names, "new"), known)
    assert content(names) == before


def test_a_file_that_cannot_be_written_takes_the_others_back(
    names: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace = content(names), Path.replace

    def refusing(self: Path, target: Path) -> Path:
        if target.name == "b.yaml":
            raise PermissionError(13, "no", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refusing)
    with pytest.raises(PermissionError):
        write_all(dict.fromkeys(names, "new"), read(names))
    assert content(names) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "b.yaml"]


def test_two_texts_for_one_place_clash() -> None:
    span = Span("a.yaml", 3, 1, 3, 4)
    first, same, other = (Edit(("version",), span, text, "old", ()) for text in ("1", "1", "2"))
    assert list(clashes([first, same])) == []
    assert list(clashes([first, other])) == [(first, other)]
