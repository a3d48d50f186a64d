"""Files that a definition names never lead out of its folder (fault 11 of the reliability page)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from watchglass.definition.files import source_beside
from watchglass.definition.source_file import SourceFile
from watchglass.problems import Problem, Span

AT = Span("x.yaml", 3, 7, 3, 12)


def refused(folder: Path, relative: str) -> Problem:
    result = source_beside(folder, relative, AT)
    assert isinstance(result, Problem), result
    assert result.span == AT
    return result


def test_a_file_below_the_folder_is_read_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "ages.sql").write_bytes(b"SELECT 1\r\nFROM t\n")
    file = source_beside(tmp_path, "sql/ages.sql", AT)
    assert isinstance(file, SourceFile)
    assert file.lines == ("SELECT 1", "FROM t", "")
    assert file.name == (tmp_path / "sql" / "ages.sql").as_posix()


@pytest.mark.parametrize(
    "relative",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "..",
        "~/x",
        "C:/x",
        "a\\..\\b",
        "\\\\host\\x",
        "",
        " ",
        "a\0b",
        "a\nb",
    ],
)
def test_fault_11_a_path_that_is_not_below_the_folder_is_refused(tmp_path: Path, relative: str) -> None:
    assert refused(tmp_path, relative).code == "file-outside"


def test_fault_11_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret").write_text("x")
    (home / "link").symlink_to(tmp_path / "secret")
    (home / "up").symlink_to(tmp_path)
    assert refused(home, "link").code == "file-outside"
    assert refused(home, "up/secret").code == "file-outside"


def test_a_link_inside_of_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("x")
    (tmp_path / "b.sql").symlink_to("a.sql")
    assert isinstance(source_beside(tmp_path, "b.sql", AT), SourceFile)


def test_fault_11_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path, "pipe").code == "file-kind"


def test_fault_11_a_device_is_refused() -> None:
    assert refused(Path("/dev"), "zero").code == "file-kind"


def test_a_folder_a_missing_file_and_a_circle_of_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    assert refused(tmp_path, "folder").code == "file-kind"
    assert refused(tmp_path, "nothing.sql").code == "file-missing"
    assert refused(tmp_path, "circle").code == "file-unreadable"
    assert refused(tmp_path, "x" * 5000).code == "file-unreadable"


def test_a_file_that_is_not_utf8_or_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    (tmp_path / "long").write_bytes(b"x" * 5_000_001)
    result = source_beside(tmp_path, "latin", AT, "latin")
    assert isinstance(result, Problem)
    assert (result.code, result.span.file, result.span.column) == ("yaml-encoding", "latin", 4)
    assert refused(tmp_path, "long").code == "yaml-too-large"
