"""What rendering gives: one object of one target, its file, and the statements that the target will send for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from watchglass.durations import Duration
from watchglass.problems import Problem, Span
from watchglass.sql.rendered import Mark, Rendered

__all__ = ["Artifact", "Json", "Mark", "Note", "Path", "Rendered", "Rendering", "Role", "Statement"]

Json = Any
"""A JSON value: dict with str keys, list, str, int, float, bool or None."""

Path = tuple[str | int, ...]
"""A place in a definition, such as ``("metrics", "pollution", "thresholds", "high")``."""

Role = Literal["panel", "alert", "variable", "annotation", "card", "sql"]


@dataclass(frozen=True, slots=True)
class Statement:
    """
    A statement as one target sends it.

    Args:
        target: ``grafana``, ``metabase`` or ``plain``.
        name: what people call it, unique in the target, such as ``overview/pollution``.
        pointer: JSON pointer to the text in the artifact's body.
        format: Grafana's ``table`` or ``time_series``; empty for other targets.
        variables: ids of the filters that the text reads.
        query: id of the definition's query when the rows are that query's rows (its columns contract holds).
        twin: equal for two statements of different targets that must give the same rows.
        tags: Metabase's template tags of the text, as in the artifact.
        range: the window where nothing picks one.
        key: columns that make a row this row: text, unique (alerts, keyed queries).
    """

    target: str
    role: Role
    name: str
    sql: Rendered
    pointer: str
    span: Span
    format: str = ""
    variables: tuple[str, ...] = ()
    query: str = ""
    twin: str = ""
    tags: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    range: Duration | None = None
    key: tuple[str, ...] = ()
    budget_ms: float | None = None
    source: str = ""
    """Id of the source that is asked."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """
    One object of one target.

    Args:
        kind: such as ``dashboards``, ``alert-rules``, ``cards``; also the folder of its file.
        id: unique among the artifacts of its target and kind.
        path: file path below the output folder, with forward slashes.
        body: JSON value; a str is written as it is.
        origins: JSON pointer in the body → path in the definition, for what a definition says of it.
    """

    target: str
    kind: str
    id: str
    path: str
    body: Json
    origins: Mapping[str, Path] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendering:
    """All that one target made of a service: artifacts, and notes on what it cannot show."""

    artifacts: tuple[Artifact, ...]
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What the target could not say without changing a meaning."""


@dataclass(frozen=True, slots=True)
class Note:
    """A change of look at a target: what cannot be shown there and what stands in its place."""

    target: str
    object: str
    message: str
    span: Span
    code: str = "target-limit"
