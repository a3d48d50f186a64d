"""One YAML file → its data as texts, lists and maps, with the place of every key and value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import yaml

from watchglass.definition.source_file import SourceFile
from watchglass.definition.source_text import source_text
from watchglass.definition.yaml_errors import explain
from watchglass.definition.yaml_events import TreeBuilder
from watchglass.definition.yaml_nodes import ListNode, MapNode, Node, ScalarNode, Style
from watchglass.problems import Problem, Span, arrange
from watchglass.sql.pieces import SourceText
from watchglass.visible import escape

DataPath = tuple[str | int, ...]

_NOT_YAML = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class Scalar(str):
    """A text as it was written, typed by the schema alone: ``10:00`` is no number, ``no`` no truth value."""

    __slots__ = ("style",)
    style: Style

    def __new__(cls, value: str, style: Style = "plain") -> Self:
        """Make the text; the style says whether it stood in quotes."""
        text = super().__new__(cls, value)
        text.style = style
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and the key before it (None for an item of a list and for the whole)."""

    key: Span | None
    value: Span


@dataclass(frozen=True, slots=True)
class Document:
    """
    What a file says.

    Args:
        data: dicts with text keys, lists, ``Scalar`` texts, None where nothing is written.
        places: path → place; the path of the whole is ``()``.
        scalars: path → node of every text, from which its lines' places are found.
    """

    file: SourceFile
    data: dict[str, Any]
    places: Mapping[DataPath, Place]
    scalars: Mapping[DataPath, ScalarNode]

    def text(self, path: DataPath) -> SourceText | None:
        """Give a text with the place of each of its lines; None where the path holds no text."""
        node = self.scalars.get(path)
        return source_text(node, path) if node else None


def parse_yaml(file: SourceFile) -> Document | tuple[Problem, ...]:
    """Read the text of one file; all that is wrong is found, as far as the text can be followed."""
    if file.broken:
        return (file.broken,)
    wrong = _NOT_YAML.search(file.text)
    if wrong:
        return (_refuse_character(file, wrong),)
    builder = TreeBuilder(file)
    try:
        for event in yaml.parse(file.text, yaml.CSafeLoader):
            stop = builder.feed(event)
            if stop:
                return arrange([*builder.problems, stop])
    except yaml.YAMLError as error:
        return arrange([*builder.problems, explain(error, file)])
    if builder.problems:
        return arrange(builder.problems)
    return _document(file, builder.root)


def _document(file: SourceFile, root: Node | None) -> Document | tuple[Problem, ...]:
    if root is None or (isinstance(root, ScalarNode) and root.null):
        return (
            Problem(
                "yaml-empty",
                "the file holds no definition",
                Span.of_file(file.name),
                hint="`watchglass init` writes one",
            ),
        )
    if not isinstance(root, MapNode):
        kind = "list" if isinstance(root, ListNode) else "text"
        message = f"a definition is a map of keys such as service: and queries:, and this is a {kind}"
        return (Problem("yaml-top", message, root.span),)
    places: dict[DataPath, Place] = {}
    scalars: dict[DataPath, ScalarNode] = {}
    data = _unfold(root, (), None, places, scalars)
    return Document(file, data, places, scalars)


def _unfold(
    node: Node,
    path: DataPath,
    key: Span | None,
    places: dict[DataPath, Place],
    scalars: dict[DataPath, ScalarNode],
) -> Any:
    places[path] = Place(key, node.span)
    if isinstance(node, MapNode):
        return {
            name.value: _unfold(value, (*path, name.value), name.span, places, scalars)
            for name, value in node.entries
        }
    if isinstance(node, ListNode):
        return [_unfold(item, (*path, index), None, places, scalars) for index, item in enumerate(node.items)]
    if node.null:
        return None
    scalars[path] = node
    return Scalar(node.value, node.style)


def _refuse_character(file: SourceFile, match: re.Match[str]) -> Problem:
    shown = escape(match[0])
    return Problem(
        "yaml-character",
        f"the character {shown} is not allowed in a definition",
        file.at(match.start()),
        hint=f'remove it, or write it as "{shown}" inside double quotes where a text needs it',
    )
