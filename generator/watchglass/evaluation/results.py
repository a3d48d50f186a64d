"""
What a SQL query gave becomes numbers, series, "no data" or an error, as Grafana's converter has it.

A test or a backtest hands over an :data:`Answer`: a :class:`Table` as PostgreSQL gives it, numbers or series that are
there already, or a :class:`Failure`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal, TypeAlias

from watchglass.evaluation.values import NO_LABELS, Labels, NoData, Number, Point, Series, Values, frozen

Kind: TypeAlias = Literal["number", "text", "time", "bool"]
"""What Grafana makes of a column; all that is neither number, bool nor time arrives as text."""

Cell: TypeAlias = float | str | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as PostgreSQL gave them, with the kinds of their columns."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that failed, with PostgreSQL's words."""

    text: str = ""


Answer: TypeAlias = Table | Failure | Sequence[Number] | Sequence[Series]


class Unreadable(ValueError):
    """A result of which Grafana cannot make values; the message is Grafana's."""


class Refused(Unreadable):
    """A result that the data source itself refuses, before Grafana sees it."""


_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), "number"),
    "bool": "bool",
    **dict.fromkeys(("timestamp", "timestamptz", "date"), "time"),
}
"""PostgreSQL's name of a type → what Grafana's data source makes of a column of it."""


def table_of(columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[object]]) -> Table:
    """
    Make a table of what PostgreSQL gave.

    Args:
        columns: each one's name, and PostgreSQL's name of its type.
    """
    made = tuple(Column(name, _KINDS.get(kind, "text")) for name, kind in columns)
    kinds = [column.kind for column in made]
    return Table(made, tuple(tuple(map(_cell, row, kinds)) for row in rows))


def _cell(value: object, kind: Kind) -> Cell:
    if value is None or isinstance(value, (bool, datetime)):
        return value
    return float(str(value)) if kind == "number" else str(value)


def failed(message: str) -> Failure:
    """Write what PostgreSQL says of a query that failed as Grafana's data source tells it."""
    return Failure(f"pq: {message}")


def numbers(rows: Iterable[tuple[Mapping[str, str], float | None]]) -> tuple[Number, ...]:
    """Make numbers of pairs of labels and a value; a NULL of a table is NaN to Grafana, never "no data"."""
    return tuple(
        Number(frozen(labels.items()), math.nan if value is None else float(value)) for labels, value in rows
    )


def read(answer: Table | Sequence[Number] | Sequence[Series], form: str) -> Values:
    """
    Read a result in a query's format.

    Args:
        form: ``table`` or ``time_series``, the query model's ``format``.

    Raises:
        Unreadable: Grafana makes an error of it.
    """
    if not isinstance(answer, Table):
        return tuple(answer) or (NoData(),)
    if not answer.rows:
        return (NoData(),)
    if form == "time_series":
        return _time_series(answer)
    kinds = [column.kind for column in answer.columns]
    if kinds.count("number") == 1 and not {"bool", "time"} & set(kinds):
        return _numbers(answer)
    if kinds.count("time") >= 1 and "number" in kinds and "text" not in kinds:
        return _wide(answer)
    raise Unreadable(_not_wide("long" if "time" in kinds and "number" in kinds else "not"))


def _not_wide(kind: str) -> str:
    return f"input data must be a wide series but got type {kind} (input refid)"


def _numbers(table: Table) -> Values:
    at = next(index for index, column in enumerate(table.columns) if column.kind == "number")
    name = table.columns[at].name
    return tuple(Number(_labels(table, row), _float(row[at], math.nan), name) for row in table.rows)


def _labels(table: Table, row: Sequence[Cell]) -> Labels:
    return frozen(
        (column.name, "" if cell is None else str(cell))
        for column, cell in zip(table.columns, row, strict=True)
        if column.kind == "text"
    )


def _float(cell: Cell, null: float | None) -> float | None:
    return null if cell is None else float(cell)  # type: ignore[arg-type]


def _time_series(table: Table) -> Values:
    if not any(column.kind == "time" and column.name == "time" for column in table.columns):
        raise Refused("no time column found")
    if any(column.kind == "text" for column in table.columns):
        return _long(table)
    return _wide(table)


def _time_at(table: Table) -> int:
    return next(index for index, column in enumerate(table.columns) if column.kind == "time")


def _wide(table: Table) -> Values:
    """Each number column is a series of its own, all without labels."""
    at = _time_at(table)
    columns = [i for i, column in enumerate(table.columns) if column.kind in {"number", "bool"}]
    times = [_time(row[at]) for row in table.rows]
    return tuple(
        Series(
            NO_LABELS,
            tuple(Point(time, _float(row[i], None)) for time, row in zip(times, table.rows, strict=True)),
            table.columns[i].name,
        )
        for i in columns
    )


def _long(table: Table) -> Values:
    """
    Texts name the series; a time that a series lacks is a null point of it.

    Of three columns with one named ``metric``, its text is the series' name and no label: several of them collide.
    """
    at = _time_at(table)
    times = [_time(row[at]) for row in table.rows]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise Refused("failed to convert long to wide series: the rows do not ascend by time")
    named = len(table.columns) == 3 and any(column.name == "metric" for column in table.columns)
    found: dict[tuple[str, tuple[tuple[str, str], ...]], dict[datetime, float | None]] = {}
    for time, row in zip(times, table.rows, strict=True):
        labels = _labels(table, row)
        for column, cell in zip(table.columns, row, strict=True):
            if column.kind in {"number", "bool"}:
                name = labels.get("metric", "") if named else column.name
                key = (name, () if named else tuple(labels.items()))
                found.setdefault(key, {})[time] = _float(cell, None)
    every = sorted(dict.fromkeys(times))
    return tuple(
        Series(frozen(labels), tuple(Point(time, points.get(time)) for time in every), name)
        for (name, labels), points in found.items()
    )


def _time(cell: Cell) -> datetime:
    if not isinstance(cell, datetime):
        raise Refused("failed to convert long to wide series: the time of a row is null")
    return cell
