"""The nodes of a YAML document: texts, lists and maps with the place of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from watchglass.definition.source_file import SourceFile
from watchglass.problems import Span

Style = Literal["plain", "quoted", "block", "folded"]

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What a plain scalar means nothing by."""


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text as it stands in its file; its type is the schema's business."""

    value: str
    style: Style
    span: Span
    file: SourceFile
    size: int = 1
    height: int = 0

    @property
    def null(self) -> bool:
        """Whether nothing is written, or a plain ``null`` or ``~``."""
        return self.style == "plain" and self.value in NULLS


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list; ``size`` counts the nodes with every alias written out, ``height`` the levels below."""

    items: tuple[Node, ...]
    span: Span
    size: int
    height: int


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map whose keys are texts, each once, merges done; ``size`` also counts what a merge brought twice."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    span: Span
    size: int
    height: int


Node = ScalarNode | ListNode | MapNode
