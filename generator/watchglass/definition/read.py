"""A definition's files → what was written, typed and knowing its places; or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from watchglass.definition.fields import may_be_left_out
from watchglass.definition.files import source_beside
from watchglass.definition.include import Gathered, gather
from watchglass.definition.model import DefinitionModel
from watchglass.definition.model_errors import explain_model
from watchglass.definition.source_text import source_text
from watchglass.definition.yaml_nodes import ScalarNode
from watchglass.definition.yaml_reader import DataPath, Place
from watchglass.problems import Problem, Span, arrange, has_errors
from watchglass.sql.pieces import SourceText


class Texts(Mapping[DataPath, SourceText]):
    """Every text of a definition with the place of each of its lines, found when it is asked for."""

    def __init__(self, scalars: Mapping[DataPath, ScalarNode]) -> None:
        self._scalars = scalars

    def __getitem__(self, path: DataPath) -> SourceText:
        return source_text(self._scalars[path], path)

    def __iter__(self) -> Iterator[DataPath]:
        return iter(self._scalars)

    def __len__(self) -> int:
        return len(self._scalars)


@dataclass(frozen=True, slots=True)
class Places:
    """Where paths of a definition stand; one that is not written has the place of the nearest part above."""

    written: Mapping[DataPath, Place]
    whole: Span

    def span(self, path: DataPath) -> Span:
        """Give the place of a value."""
        place = self._nearest(path)
        return place.value if place else self.whole

    def key_span(self, path: DataPath) -> Span:
        """Give the place of the key before a value; of an item of a list, its own."""
        place = self._nearest(path)
        return (place.key or place.value) if place else self.whole

    def _nearest(self, path: DataPath) -> Place | None:
        for length in range(len(path), 0, -1):
            place = self.written.get(path[:length])
            if place is not None:
                return place
        return None


@dataclass(frozen=True, slots=True)
class Definition:
    """
    What was written.

    Args:
        file: the definition's path as given, with forward slashes.
        folder: its folder, which the files that it names are below.
        sources: name → text of each file read, for excerpts; grows with every file read by ``beside``.
    """

    model: DefinitionModel
    file: str
    folder: Path
    places: Places
    texts: Mapping[DataPath, SourceText]
    sources: dict[str, str]

    def span(self, path: DataPath) -> Span:
        """Give the place of a value, or of the nearest part above it."""
        return self.places.span(path)

    def key_span(self, path: DataPath) -> Span:
        """Give the place of the key before a value, or of the nearest part above it."""
        return self.places.key_span(path)

    def text(self, path: DataPath) -> SourceText:
        """Give a text with its places; an empty one at the nearest place where none is written."""
        found = self.texts.get(path)
        if found is not None:
            return found
        at = self.span(path)
        return SourceText(at.file, path, "", ((at.line, at.column),), exact=False)

    def beside(self, relative: str, path: DataPath) -> SourceText | Problem:
        """
        Read the text of a file that the definition names, and keep it for excerpts.

        Args:
            relative: the file's path below the definition's folder, as written.
            path: where it is written; the text's own path too.
        """
        file = source_beside(self.folder, relative, self.span(path))
        if isinstance(file, Problem):
            return file
        self.sources[file.name] = file.text
        starts = tuple((line, 1) for line in range(1, len(file.lines) + 1))
        return SourceText(file.name, path, "\n".join(file.lines), starts)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The definition, None where a problem is an error; all problems; and the files' texts by name."""

    definition: Definition | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


def read(path: Path | str, texts: Mapping[str, str] | None = None) -> ReadResult:
    """
    Read a definition and the files that it includes.

    Args:
        texts: name of a file → what is to be read in place of its content.
    """
    path = Path(path)
    gathered = gather(path, texts)
    places = _places(gathered, path)
    model, found = validate(DefinitionModel, gathered, places)
    problems = arrange([*gathered.problems, *found])
    sources = {name: file.text for name, file in gathered.files.items()}
    if has_errors(problems) or not isinstance(model, DefinitionModel):
        return ReadResult(None, problems, sources)
    scalars = Texts(gathered.scalars)
    definition = Definition(model, path.as_posix(), path.parent, places, scalars, sources)
    return ReadResult(definition, problems, sources)


def validate(
    model: type[BaseModel], gathered: Gathered, places: Places
) -> tuple[BaseModel | None, tuple[Problem, ...]]:
    """Type what was gathered by a model; nothing is judged where a file is missing from it."""
    if not gathered.complete:
        return None, ()
    unsaid = tuple(_unsaid(model, gathered.data, places))
    try:
        return model.model_validate(gathered.data), unsaid
    except ValidationError as error:
        return None, (*unsaid, *explain_model(error, model, gathered.data, places))


def _unsaid(model: type[BaseModel], data: Any, places: Places) -> Iterator[Problem]:
    """Report keys that may be left out and stand there without a value: `heartbeat:` alone asks for no heartbeat."""
    for path in _empty(data, ()):
        if may_be_left_out(model, path):
            message = f"nothing stands behind '{path[-1]}'"
            hint = "write its value, or remove the key"
            yield Problem("wrong-type", message, places.key_span(path), hint=hint)


def _empty(data: Any, path: DataPath) -> Iterator[DataPath]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in inside:
        if value is None:
            yield (*path, name)
        yield from _empty(value, (*path, name))


def _places(gathered: Gathered, path: Path) -> Places:
    name = path.as_posix()
    file = gathered.files.get(name)
    return Places(gathered.places, file.point(0, 0) if file else Span.of_file(name))
