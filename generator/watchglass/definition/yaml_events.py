"""YAML events → nodes, within limits that hold before anything is built: no file can hang the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from watchglass.definition.source_file import SourceFile
from watchglass.definition.yaml_maps import build_list, build_map
from watchglass.definition.yaml_nodes import Node, ScalarNode, Style
from watchglass.problems import Problem, Related, Span
from watchglass.visible import quoted

MAX_DEPTH = 50
MAX_OBJECTS = 10_000
MAX_NODES = 100_000
MAX_ALIASED = 20_000
"""How many nodes aliases and merges may add by repeating what is written once."""

_STYLES: dict[str | None, Style] = {"'": "quoted", '"': "quoted", "|": "block", ">": "folded"}


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not come yet."""

    is_map: bool
    start: Span
    anchor: str | None
    flow: bool
    children: list[Node] = field(default_factory=list)


class TreeBuilder:
    """
    Builds the tree of one document, one event at a time.

    ``feed`` gives a problem when reading must stop; ``problems`` collects those that let it go on.
    """

    def __init__(self, file: SourceFile) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0
        self._objects = 0
        self._nodes = 0
        self._aliased = 0
        self._handlers: dict[type[Any], Callable[[Any], Problem | None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
        }

    def feed(self, event: Any) -> Problem | None:
        """Take the next event."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else None

    def _document(self, event: Any) -> Problem | None:
        self._documents += 1
        if self._documents == 1:
            return None
        return Problem(
            "yaml-documents",
            "a second document begins here; a file holds one definition",
            self._point(event),
            hint="remove the line ---, or move what follows into a file of its own and name it under include:",
        )

    def _scalar(self, event: Any) -> Problem | None:
        self._refuse_tag(event)
        style = _STYLES.get(event.style, "plain")
        span = self._scalar_span(event, style)
        return self._add(ScalarNode(event.value, style, span, self._file), event.anchor, span)

    def _scalar_span(self, event: Any, style: Style) -> Span:
        start, end = event.start_mark, event.end_mark
        line, column = start.line, start.column
        if event.anchor or event.tag:
            line, column = self._behind_properties(line, column, self._file)
        if style in ("block", "folded"):
            last = end.line if end.column else end.line - 1
            while last > line and not self._file.line(last).strip():
                last -= 1
            return self._file.span(line, column, last, len(self._file.line(last)))
        return self._file.span(line, column, end.line, end.column)

    @staticmethod
    def _behind_properties(line: int, column: int, file: SourceFile) -> tuple[int, int]:
        """Skip an anchor and a tag (``&name !tag text``)."""
        while column < len(text := file.line(line)) and text[column] in "&!":
            behind = text[column:].split(maxsplit=1)
            column = len(text) - len(behind[1]) if len(behind) == 2 else len(text)
        return line, column

    def _alias(self, event: Any) -> Problem | None:
        name, span = event.anchor, self._span(event)
        if any(item.anchor == name for item in self._open):
            return Problem("yaml-alias", f"alias '*{name}' stands inside of what it repeats", span)
        node = self._anchors.get(name)
        if node is None:
            return Problem(
                "yaml-alias", f"alias {quoted('*' + name)} has no anchor '&{name}' before it", span
            )
        self._aliased += node.size
        if self._aliased > MAX_ALIASED:
            return Problem(
                "yaml-alias-bomb",
                f"aliases and merges repeat more than {MAX_ALIASED:,} values",
                span,
                hint="write a shared text once under snippets: or constants:, and name it where it is used",
            )
        return self._add(node, None, span)

    def _start(self, event: Any) -> Problem | None:
        self._refuse_tag(event)
        self._objects += 1
        span = self._point(event)
        if self._objects > MAX_OBJECTS:
            return Problem("yaml-too-large", f"the file holds more than {MAX_OBJECTS:,} maps and lists", span)
        self._open.append(
            _Open(isinstance(event, yaml.MappingStartEvent), span, event.anchor, bool(event.flow_style))
        )
        return self._too_deep(span, 0)

    def _end(self, event: Any) -> Problem | None:
        done = self._open.pop()
        span = self._closed(done, event)
        if not done.is_map:
            return self._add(build_list(done.children, span), done.anchor, span)
        node, problems = build_map(done.children, span)
        self.problems += problems
        return self._add(node, done.anchor, span)

    def _closed(self, done: _Open, event: Any) -> Span:
        """Give the span of a collection: to its bracket, or to the end of what stands last in it."""
        if done.flow:
            end = event.end_mark
            return self._file.span(done.start.line - 1, done.start.column - 1, end.line, end.column)
        inside = [
            item.span for item in done.children if (item.span.line, item.span.column) >= (done.start.line, 0)
        ]
        last = max(inside, key=lambda span: (span.end_line, span.end_column), default=done.start)
        return Span(self._file.name, done.start.line, done.start.column, last.end_line, last.end_column)

    def _add(self, node: Node, anchor: str | None, span: Span) -> Problem | None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            return Problem("yaml-too-large", f"the file holds more than {MAX_NODES:,} values", span)
        if anchor:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        return self._too_deep(span, node.height)

    def _too_deep(self, span: Span, below: int) -> Problem | None:
        if len(self._open) + below <= MAX_DEPTH:
            return None
        return Problem(
            "yaml-too-deep",
            f"more than {MAX_DEPTH} maps and lists stand inside each other",
            span,
            related=(Related(self._open[0].start, "the outermost begins here"),),
        )

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is None:
            return
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        self.problems.append(
            Problem(
                "yaml-tag",
                f"the tag {quoted(tag)} is not allowed",
                self._tag_span(event),
                hint="remove it; the schema says of what type a value is, and no value builds an object",
            )
        )

    def _tag_span(self, event: Any) -> Span:
        line, column = event.start_mark.line, event.start_mark.column
        words = self._file.line(line)[column:].split()
        width = len(words[0]) if words and words[0].startswith("!") else 1
        return self._file.span(line, column, line, column + width)

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        return self._file.span(start.line, start.column, end.line, end.column)

    def _point(self, event: Any) -> Span:
        return self._file.point(event.start_mark.line, event.start_mark.column)
