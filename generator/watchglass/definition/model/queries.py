"""Queries and metrics: SQL with its contract, and the numbers that are watched."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from watchglass.definition.model.base import (
    ONE_OR_MANY,
    Allowed,
    Boolean,
    Decimals,
    Filled,
    Id,
    Length,
    Number,
    Part,
    Short,
    Text,
    _boolean,
    _number,
    filled,
    problem,
)

ColumnKind = Literal["text", "integer", "number", "boolean", "date", "timestamp", "interval", "uuid", "json"]


class Sql(Short):
    """SQL in place, or from a file beside the definition."""

    short: ClassVar[str] = "text"
    text: Text | None = None
    file: Filled | None = None


class ValueNamePart(Short):
    """How one value is shown; one word alone is a colour where it is one, else a text."""

    short: ClassVar[str] = "text"
    text: Text = ""
    color: Text = ""


class ColumnPart(Short):
    """One column of a query's contract, tried against live PostgreSQL."""

    short: ClassVar[str] = "type"
    type: ColumnKind
    title: Text = ""
    description: Text = ""
    unit: Filled | None = None
    """percent (0-100), ratio (0-1), seconds, bytes, EUR, …; any other text is shown behind the number."""
    nullable: Boolean = False
    levels: Id | None = None
    """A metric whose thresholds colour the cells."""
    values: dict[Text, ValueNamePart] = Field(default_factory=dict)
    """Names or colours of single values, such as {1: Monday} or {failed: red}."""
    decimals: Decimals | None = None
    scale: Number | None = None
    """Multiplies the number, before unit and thresholds."""
    sparkline: Boolean = False
    """A json array of numbers, drawn as a small curve in a table's cell."""


def _append_only(value: Any) -> bool | dict[str, str]:
    if not isinstance(value, dict):
        return _boolean(value)
    if not value:
        raise problem("empty-text", "no table is named", "write true, or each table with its column")
    return {filled(table): _since(column) for table, column in value.items()}


def _since(value: Any) -> str:
    """Read a column; `true` is empty: the table's rows are taken as they are."""
    if value in ("false", False):
        raise problem(
            "wrong-type",
            "expected a column, or true for a table whose rows do not change",
            "leave the table out where rows are changed or deleted: its past cannot be asked for",
        )
    return "" if value in ("true", True) else filled(value)


AppendOnly = Annotated[
    bool | dict[str, str],
    PlainValidator(_append_only),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"anyOf": [{"type": "string"}, {"const": True}]},
                },
            ]
        }
    ),
]


class QueryPart(Part):
    """One SQL statement, written once for every target."""

    title: Text = ""
    description: Text = ""
    source: Id | None = None
    """The source that it reads; may be left out where there is one."""
    every: Length | None = None
    """How often it is worth asking: default interval of its alerts, refresh."""
    budget: Length | None = None
    """Time that it may take, measured against live PostgreSQL."""
    range: Length | None = None
    """The window where nothing picks one."""
    key: Annotated[list[Id], ONE_OR_MANY] = Field(default_factory=list)
    """Columns that make a row this row: unique, text; one alert instance each."""
    append_only: AppendOnly = False
    """Rows are never changed or deleted, so that the past can be asked for; or table → the column since when a row is there."""
    sql: Sql
    columns: dict[Id, ColumnPart]
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for this query."""


class Schedule(Part):
    """A number by hours."""

    during: dict[Id, Number]
    otherwise: Number


class Baseline(Part):
    """A number that follows the past."""

    of: Literal["moving_average", "same_hour_and_weekday"]
    over: Length
    factor: Number
    at_least: Number | None = None


ThresholdValue = int | float | tuple[float, float] | Schedule | Baseline


def _threshold(value: Any) -> ThresholdValue:
    if isinstance(value, dict):
        kind = Schedule if "during" in value or "otherwise" in value else Baseline
        return kind.model_validate(value)
    if isinstance(value, list):
        if len(value) != 2:
            raise problem("wrong-type", "a pair has two numbers, the lower one first")
        return _number(value[0]), _number(value[1])
    return _number(value)


Threshold = Annotated[
    ThresholdValue,
    PlainValidator(_threshold),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                {"type": "object"},
            ],
            "examples": [10, [18, 25]],
        }
    ),
]


def _when_null(value: Any) -> str | float:
    if value == "skip":
        return "skip"
    try:
        return _number(value)
    except ValueError:
        if isinstance(value, str) and value:
            return str(value)
        raise


class HistoryPart(Part):
    """The same quantity over time: another query, or readings that are recorded."""

    query: Id | None = None
    time: Id | None = None
    column: Id | None = None
    record: Length | None = None
    """How often `watchglass sample` records the number."""
    keep: Length | None = None
    """How long a reading is kept."""
    source: Id | None = None
    """The source where the readings are kept; the metric's own where left out."""


class MetricPart(Part):
    """One number of a query, or one a key."""

    title: Text = ""
    description: Text = ""
    query: Id
    column: Id
    where: dict[Id, Text] = Field(default_factory=dict)
    """One row of many, by the text of its columns."""
    pick: Literal["first", "last"] | None = None
    when_null: Annotated[
        str | float | None, PlainValidator(_when_null), WithJsonSchema({"type": ["number", "string"]})
    ] = None
    """What NULL or no row means: a number, a level, or skip."""
    better: Literal["lower", "higher", "within"] | None = None
    thresholds: dict[Id, Threshold] = Field(default_factory=dict)
    """Level → where it begins; the only place these numbers stand."""
    same_as: Id | None = None
    """A metric whose thresholds are shared."""
    target: Filled | None = None
    """What is aimed at: `better than <level>`, or above / at least / below / at most and a number."""
    unit: Filled | None = None
    decimals: Decimals | None = None
    history: HistoryPart | None = None
    allow: Allowed = Field(default_factory=dict)
    """Rule of `check` → why it does not hold for this metric."""
