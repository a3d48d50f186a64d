"""Files that a definition names, read as text without ever leaving its folder or waiting on a device."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

from watchglass.definition.source_file import SourceFile
from watchglass.problems import Problem, Span
from watchglass.visible import escape, hidden_in_name, quoted

MAX_BYTES = 5_000_000
"""The longest file that is read."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_source(path: Path, name: str, span: Span | None = None) -> SourceFile | Problem:
    """
    Read a regular file of at most 5 MB as UTF-8; where it is something else, the file is ``broken``.

    Args:
        name: the path by which people know the file.
        span: where the file is named; None where the file itself is the place.
    """
    at = span or Span.of_file(name)
    content = _content(path, name, at)
    return content if isinstance(content, Problem) else decode(content, name)


def read_beside(folder: Path, relative: str, span: Span, name: str = "") -> str | Problem:
    """Read the text of a file that a definition names; see ``source_beside``."""
    file = source_beside(folder, relative, span, name)
    return file if isinstance(file, Problem) else file.text


def source_beside(folder: Path, relative: str, span: Span, name: str = "") -> SourceFile | Problem:
    """
    Read a text file that a definition names, with its lines.

    Args:
        folder: the definition's folder, which the file must not leave.
        relative: the path as written, with forward slashes.
        span: where it is written.
        name: how to call the file in problems; its path below the folder where empty.
    """
    path = locate(folder, relative, span)
    if isinstance(path, Problem):
        return path
    file = read_source(path, name or display_name(folder, relative), span)
    return file if isinstance(file, Problem) else file.broken or file


def display_name(folder: Path, relative: str) -> str:
    """Give the name of a file below a folder, as people would type it."""
    return Path(os.path.normpath(folder / relative)).as_posix()


def locate(folder: Path, relative: str, span: Span) -> Path | Problem:
    """Find the real path of a file below the folder; a path that leaves it, also by a link, is a problem."""
    refusal = _refuse_form(relative)
    if refusal:
        return Problem(
            "file-outside",
            refusal,
            span,
            hint="write a path below the definition's folder, such as sql/ages.sql",
        )
    try:
        home = folder.resolve(strict=True)
        real = (home / relative).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        return _missing(relative, span, error)
    if not real.is_relative_to(home):
        return Problem(
            "file-outside",
            f"{quoted(relative)} leads out of the definition's folder",
            span,
            hint="move the file below that folder; links that lead out of it are not followed",
        )
    return real


def decode(content: bytes, name: str) -> SourceFile:
    """Turn bytes into text with lines; a byte that is not UTF-8 makes the file a broken one."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _broken(content, error.start, name)
    return SourceFile.of(name, text.removeprefix("\ufeff"))


def _broken(content: bytes, start: int, name: str) -> SourceFile:
    file = SourceFile.of(name, content.decode("utf-8", "replace").removeprefix("\ufeff"))
    span = file.at(len(content[:start].decode("utf-8").removeprefix("\ufeff")))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "the file is UTF-16, not UTF-8"
    else:
        message = f"byte 0x{content[start]:02x} is not UTF-8"
    return replace(file, broken=Problem("yaml-encoding", message, span, hint="save the file as UTF-8"))


def _refuse_form(relative: str) -> str:
    hidden = hidden_in_name(relative)
    if hidden:
        return f"a path cannot hold the character {escape(hidden)}"
    if not relative.strip():
        return "the path is empty"
    if relative.startswith(("/", "\\", "~")) or relative[1:2] == ":":
        return f"{quoted(relative)} is no path relative to the definition's folder"
    if "\\" in relative:
        return f"{quoted(relative)} holds a backslash; paths are written with /"
    if ".." in relative.split("/") and os.path.normpath(relative).startswith(".."):
        return f"{quoted(relative)} leads out of the definition's folder"
    return ""


def _content(path: Path, name: str, span: Span) -> bytes | Problem:
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        return _missing(name, span, error)
    try:
        return _read_regular(handle, name, span)
    except OSError as error:
        return _missing(name, span, error)
    finally:
        os.close(handle)


def _read_regular(handle: int, name: str, span: Span) -> bytes | Problem:
    mode = os.fstat(handle).st_mode
    if stat.S_ISDIR(mode):
        return Problem("file-kind", f"{quoted(name)} is a folder, not a file", span)
    if not stat.S_ISREG(mode):
        return Problem("file-kind", f"{quoted(name)} is a device, pipe or socket, not a file", span)
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    while left > 0 and (part := os.read(handle, left)):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        return Problem(
            "yaml-too-large",
            f"{quoted(name)} is longer than 5 MB",
            span,
            hint="split it, or keep data elsewhere",
        )
    return b"".join(parts)


def _missing(relative: str, span: Span, error: OSError | RuntimeError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem("file-missing", f"there is no file {quoted(relative)}", span)
    reason = getattr(error, "strerror", None) or "its links lead in a circle"
    return Problem("file-unreadable", f"{quoted(relative)} cannot be read: {reason.lower()}", span)
