"""Edits of a definition's lines: values replaced, keys added, all else letter for letter; files are written all or none."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File

from watchglass.artifact import Json, Path
from watchglass.problems import Span
from watchglass.review.words import name_of

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One value of a file and what it is to be, or a key that is added in front of another.

    Args:
        span: of the value; of no length where a key is added.
        text: what is put there.
        old: what stands there; empty where a key is added.
        values: path → what the definition is to say there then.
    """

    path: Path
    span: Span
    text: str
    old: str
    values: tuple[tuple[Path, Json], ...]

    @property
    def told(self) -> str:
        """The edit as a person reads it."""
        where = f"{self.span.file}:{self.span.line}:{self.span.column}"
        if self.old:
            return f"{where}: {name_of(self.path)} {self.old} → {self.text}"
        return f"{where}: {name_of(self.path)}: `{self.text.strip().removesuffix(',')}` is added"


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Put edits into the text of their file; everything else stays letter for letter."""
    head = _BOM * text.startswith(_BOM)  # no part of line 1, where values have their columns
    lines = text.removeprefix(head).splitlines(keepends=True)
    for each in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column), reverse=True):
        line = lines[each.span.line - 1]
        lines[each.span.line - 1] = (
            line[: each.span.column - 1] + each.text + line[each.span.end_column - 1 :]
        )
    return head + "".join(lines)


def clashes(edits: Iterable[Edit]) -> Iterator[tuple[Edit, Edit]]:
    """Find edits of one place that want different texts there, as where two definitions include one file."""
    seen: dict[Span, Edit] = {}
    for edit in edits:
        first = seen.setdefault(edit.span, edit)
        if first.text != edit.text and edit.old:
            yield first, edit


class Changed(Exception):
    """A file is no longer what was read."""


def write_all(texts: Mapping[str, str], known: Mapping[str, str]) -> None:
    """
    Write files, all of them or none.

    Args:
        texts: name → the whole text, without a mark of the byte order.
        known: name → the text that was read, likewise.

    Raises:
        Changed: one of them was changed since it was read.
        OSError: one of them cannot be written.
    """
    before = {name: File(name).read_bytes() for name in texts}
    for name, content in before.items():
        if content.decode("utf-8", "replace").removeprefix(_BOM) != known[name]:
            raise Changed(name)
    made: dict[str, File] = {}
    done: list[str] = []
    try:
        for name, text in texts.items():
            head = _BOM.encode() * before[name].startswith(_BOM.encode())
            made[name] = _beside(name, head + text.encode("utf-8"))
        for name, temporary in made.items():
            temporary.replace(File(name).resolve())
            done.append(name)
    except OSError:
        for name in done:
            _beside(name, before[name]).replace(File(name).resolve())
        raise
    finally:
        for temporary in made.values():
            temporary.unlink(missing_ok=True)


def _beside(name: str, content: bytes) -> File:
    """Write a file beside the one of that name, with its rights."""
    path = File(name).resolve()
    temporary = path.with_name(f".{path.name}.watchglass")
    temporary.write_bytes(content)
    shutil.copymode(path, temporary)
    return temporary
