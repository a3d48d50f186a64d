"""Alert tests: what is put in at which time, and what is expected. Their inner forms are read while resolving."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from watchglass.definition.model.base import Filled, Id, Length, Part, Text

DataChoice = Literal["none", "fixture"]
DatabaseWord = Literal["up", "down"]

_SERIES = [
    {"type": "string", "examples": ["0x10 40x20", "1+1x5", "_", "null", "error"]},
    {"type": "number"},
]
_GIVEN = {"anyOf": [*_SERIES, {"type": "object"}, {"type": "null"}]}
_WORD = {
    "type": "string",
    "examples": ["normal", "pending", "firing", "recovering", "none", "firing (error)"],
}
_WANTED = {
    "type": "object",
    "properties": {
        "is": _WORD,
        "labels": {"type": "object"},
        "level": {"type": "string"},
        "value": {"type": ["number", "string"]},
        "values": {"type": "object"},
        "summary": {"type": "string"},
        "description": {"type": "string"},
    },
}
_EXPECTED = {"anyOf": [_WORD, _WANTED, {"type": "array", "items": _WANTED}]}

Given = Annotated[Any, WithJsonSchema(_GIVEN)]
Expected = Annotated[Any, WithJsonSchema(_EXPECTED)]
RowCell = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {
                    "type": "object",
                    "properties": {name: {"type": "string"} for name in ("ago", "ahead", "sql")},
                    "additionalProperties": False,
                },
            ]
        }
    ),
]


class StepPart(Part):
    """One time of an alert test: what changes then, and what is expected afterwards."""

    at: Length
    """How long after the test's start."""
    sql: Text | None = None
    """Changes the test's own database."""
    rows: dict[Filled, list[dict[Filled, RowCell]]] | None = None
    """Table → rows that are inserted."""
    values: dict[Id, Given] | None = None
    """Metric → its numbers from now on, in place of a database."""
    database: DatabaseWord | dict[Id, DatabaseWord] | None = None
    """`down`: from now on every query fails; `up`: no more."""
    expect: dict[Id, Expected] | None = None
    """Alert → its state, or its instances."""


class TestPart(Part):
    """An alert test: numbers or a database, with a clock that moves."""

    name: Filled
    start: Filled | None = None
    """The instant of `at: 0m`; Monday, 5 January 2026, 9:00 in the service's time zone where left out."""
    environment: Id | None = None
    """Whose thresholds hold."""
    version: Filled | None = None
    """The version of Grafana; the environment's where left out."""
    data: DataChoice | None = None
    """`fixture` loads the fixture's rows, too; `none` (default) its schema alone."""
    interval: Length | None = None
    """How long one number of a series stands; the alerts' own interval where left out."""
    steps: list[StepPart]
