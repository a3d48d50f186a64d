"""A definition and the files that it includes → one map, every value still knowing its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchglass.definition.files import display_name, locate, read_source
from watchglass.definition.source_file import SourceFile
from watchglass.definition.yaml_events import MAX_NODES
from watchglass.definition.yaml_nodes import ScalarNode
from watchglass.definition.yaml_reader import DataPath, Document, Place, parse_yaml
from watchglass.problems import Problem, Related, Span
from watchglass.visible import quoted

MAX_FILES = 200
_LISTS = frozenset({"tests"})
"""Sections that are lists: each file adds to them."""

_DEEPER = frozenset({"notify"})
"""Sections whose maps are merged too; elsewhere what stands below a section's key comes from one file."""


@dataclass(slots=True)
class Gathered:
    """
    All files of a definition as one.

    Args:
        files: name → file, in the order of reading.
        complete: False where a file could not be read, so that what is missing may stand in it.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[DataPath, Place] = field(default_factory=dict)
    scalars: dict[DataPath, ScalarNode] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True


def gather(path: Path, texts: Mapping[str, str] | None = None) -> Gathered:
    """
    Read a definition and, in the order of their naming, the files that it includes, each once.

    Args:
        texts: name of a file → what is to be read in place of its content.
    """
    gatherer = _Gatherer(path.parent, texts or {})
    gatherer.read(path, path.as_posix(), None)
    return gatherer.gathered


class _Gatherer:
    def __init__(self, folder: Path, texts: Mapping[str, str]) -> None:
        self.gathered = Gathered()
        self._folder, self._texts = folder, texts
        self._seen: set[Path] = set()
        self._open: list[tuple[Path, str]] = []

    def read(self, path: Path, name: str, named_at: Span | None) -> None:
        """Read one file and those that it includes."""
        real = path.resolve()
        self._seen.add(real)
        instead = self._texts.get(name)
        file = read_source(path, name, named_at) if instead is None else SourceFile.of(name, instead)
        document = (file,) if isinstance(file, Problem) else self._parse(file)
        if not isinstance(document, Document):
            self.gathered.problems += document
            self.gathered.complete = False
            return
        self._add(document)
        self._open.append((real, name))
        for relative, span in self._includes(document):
            self._include(relative, span)
        self._open.pop()

    def _parse(self, file: SourceFile) -> Document | tuple[Problem, ...]:
        self.gathered.files[file.name] = file
        return parse_yaml(file)

    def _includes(self, document: Document) -> list[tuple[str, Span]]:
        written = document.data.get("include")
        if written is None:
            return []
        many = written if isinstance(written, list) else [written]
        wrong = next((index for index, item in enumerate(many) if not isinstance(item, str)), None)
        if wrong is None:
            return [(str(item), self._span(document, written, index)) for index, item in enumerate(many)]
        span = self._span(document, written, wrong)
        self.gathered.problems.append(
            Problem("wrong-type", "expected the path of a file to include, or a list of them", span)
        )
        self.gathered.data.pop("include", None)
        return []

    @staticmethod
    def _span(document: Document, written: Any, index: int) -> Span:
        path: DataPath = ("include", index) if isinstance(written, list) else ("include",)
        return document.places[path].value

    def _include(self, relative: str, span: Span) -> None:
        path = locate(self._folder, relative, span)
        if isinstance(path, Problem):
            self.gathered.problems.append(path)
            self.gathered.complete = False
        elif any(path == real for real, _ in self._open):
            self._report_cycle(path, relative, span)
        elif path not in self._seen:
            if len(self._seen) >= MAX_FILES or len(self.gathered.places) > MAX_NODES:
                self.gathered.problems.append(_too_much(span))
                self.gathered.complete = False
            else:
                self.read(path, display_name(self._folder, relative), span)

    def _report_cycle(self, path: Path, relative: str, span: Span) -> None:
        names = [name for _, name in self._open]
        first = next(index for index, (real, _) in enumerate(self._open) if real == path)
        circle = " → ".join([*names[first:], names[first]])
        self.gathered.problems.append(
            Problem(
                "include-cycle",
                f"{quoted(relative)} includes itself: {circle}",
                span,
                hint="remove one of the includes",
            )
        )

    def _add(self, document: Document) -> None:
        gathered = self.gathered
        if not gathered.data:
            gathered.data = document.data
            gathered.places = dict(document.places)
            gathered.scalars = dict(document.scalars)
            return
        brought: set[DataPath] = set()
        for section, value in document.data.items():
            if section in _LISTS and isinstance(value, list) and isinstance(gathered.data.get(section), list):
                self._append(document, section)
            elif section != "include":
                brought |= self._merge(document, gathered.data, (section,), value)
        gathered.places.update(
            (path, place) for path, place in document.places.items() if _below(path, brought)
        )
        gathered.scalars.update(
            (path, node) for path, node in document.scalars.items() if _below(path, brought)
        )

    def _append(self, document: Document, section: str) -> None:
        """Put a list behind the one that is there, with the places of its items."""
        gathered = self.gathered
        shift = len(gathered.data[section])
        gathered.data[section] = [*gathered.data[section], *document.data[section]]

        def moved(path: DataPath) -> DataPath:
            return (section, int(path[1]) + shift, *path[2:])

        inside = [path for path in document.places if path[:1] == (section,) and len(path) > 1]
        gathered.places.update((moved(path), document.places[path]) for path in inside)
        gathered.scalars.update(
            (moved(path), document.scalars[path]) for path in inside if path in document.scalars
        )

    def _merge(self, document: Document, into: dict[str, Any], path: DataPath, value: Any) -> set[DataPath]:
        """Merge one key; gives the paths of what came into the whole."""
        name = str(path[-1])
        present = into.get(name)
        if name not in into:
            into[name] = value
            return {path}
        if isinstance(present, dict) and isinstance(value, dict) and _merges(path):
            parts = [self._merge(document, present, (*path, key), inner) for key, inner in value.items()]
            return set().union(*parts)
        if path != ("version",) or present != value:
            self._report_clash(document, path)
        return set()

    def _report_clash(self, document: Document, path: DataPath) -> None:
        second, first = document.places[path], self.gathered.places[path]
        self.gathered.problems.append(
            Problem(
                "include-clash",
                f"{quoted('.'.join(map(str, path)))} stands in two files",
                second.key or second.value,
                hint="keep it in one of them",
                related=(Related(first.key or first.value, "it stands here already"),),
            )
        )


def _below(path: DataPath, brought: set[DataPath]) -> bool:
    return any(path[:length] in brought for length in (1, 2, 3))


def _merges(path: DataPath) -> bool:
    return len(path) == 1 or (len(path) == 2 and path[0] in _DEEPER)


def _too_much(span: Span) -> Problem:
    return Problem(
        "yaml-too-large", f"a definition has at most {MAX_FILES} files and {MAX_NODES:,} values", span
    )
