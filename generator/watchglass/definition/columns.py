"""What a query reads and gives: sources, columns of the contract, and where they stand in the definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchglass.artifact import Path
from watchglass.definition.units import Unit
from watchglass.problems import Span
from watchglass.thresholds import Thresholds

ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp", "interval", "uuid", "json"]
NUMERIC: frozenset[str] = frozenset({"integer", "number", "interval"})
TEMPORAL: frozenset[str] = frozenset({"date", "timestamp"})


@dataclass(frozen=True, slots=True)
class At:
    """Where an object stands: its path in the definition and its span in the file."""

    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class ManagedSource:
    """
    A data source that a target is to have, with references to the environment where values stand.

    Args:
        password, ca: references alone; empty for none.
    """

    name: str
    host: str
    database: str
    user: str
    password: str
    sslmode: str
    ca: str
    max_connections: int | None
    at: At


@dataclass(frozen=True, slots=True)
class Source:
    """A database that queries read."""

    id: str
    type: str
    schema: str | None
    """Path of the fixture's schema file, relative to the definition's folder."""
    data: tuple[str, ...]
    grafana_uid: str
    metabase_database: str
    at: At
    role: str = ""
    """The role that the dashboards use, as the fixture makes it; empty where it makes none."""
    trusted: tuple[str, ...] = ()
    """Functions, as ``schema.name``, that may be called although they are volatile or SECURITY DEFINER."""
    managed: ManagedSource | None = None
    """What the data source at Grafana is; None where somebody else keeps it."""


@dataclass(frozen=True, slots=True)
class ValueName:
    """How one value of a column is shown: a text, a colour name, or both."""

    value: str
    text: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a query's contract."""

    name: str
    type: ColumnType
    title: str
    unit: Unit | None
    nullable: bool
    thresholds: Thresholds | None
    """Levels that colour the column's cells, by `levels: <metric>`."""
    values: tuple[ValueName, ...]
    decimals: int | None
    description: str
    scale: float | None
    at: At
    step_spans: Mapping[str, Path] = field(default_factory=dict)
    """Level → path of its number in the definition, of the metric that `levels:` names."""
    sparkline: bool = False
    """Whether its values are arrays of numbers, drawn as a curve in a table's cell."""

    @property
    def numeric(self) -> bool:
        """Whether the column holds numbers (an interval is shown as seconds)."""
        return self.type in NUMERIC

    @property
    def temporal(self) -> bool:
        """Whether the column holds instants or days."""
        return self.type in TEMPORAL
