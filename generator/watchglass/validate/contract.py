"""A query's columns contract against what PostgreSQL gives: names, types, nullability, the key."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from watchglass.definition.service import Column, Query
from watchglass.problems import Problem
from watchglass.validate.place import problem_at, suggestion

Described = Sequence[tuple[str, str]]
"""Columns as (name, PostgreSQL type name)."""

_TYPES: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"int2", "int4", "int8"}),
    "number": frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"}),
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"timestamptz", "timestamp"}),
    "interval": frozenset({"interval"}),
    "uuid": frozenset({"uuid"}),
    "json": frozenset({"json", "jsonb"}),
}
_NOT_TEXT = frozenset().union(*_TYPES.values())
_MOST_ROWS = 10_000
_RATIO = "ratio"
_MOST_RATIO = 5
"""From 500 % on, a ratio is taken for a percentage with the wrong unit."""


def judge_columns(query: Query, described: Described) -> tuple[Problem, ...]:
    """Compare names and types with the contract."""
    given = dict(described)
    problems = [
        _twice(query, name) for name, count in Counter(name for name, _ in described).items() if count > 1
    ]
    for column in query.columns.values():
        if column.name not in given:
            hint = suggestion(column.name, given)
            problems.append(
                problem_at(
                    "column-missing", f"'{query.id}' gives no column '{column.name}'", column.at, hint=hint
                )
            )
        elif not _fits(column, given[column.name]):
            problems.append(_wrong_type(query, column, given[column.name]))
    for name in given:
        if name not in query.columns:
            hint = "add it to columns:, or take it out of the SELECT"
            problems.append(
                problem_at(
                    "column-unknown",
                    f"'{query.id}' gives a column '{name}' that its contract does not list",
                    query.at,
                    hint=hint,
                )
            )
    return tuple(problems)


def _twice(query: Query, name: str) -> Problem:
    return problem_at(
        "column-twice",
        f"'{query.id}' gives two columns named '{name}'",
        query.at,
        hint="name one of them with AS",
    )


def _fits(column: Column, given: str) -> bool:
    return given not in _NOT_TEXT if column.type == "text" else given in _TYPES[column.type]


def _wrong_type(query: Query, column: Column, given: str) -> Problem:
    hint = ""
    if column.type == "integer" and given == "numeric":
        hint = "sum() of a bigint is numeric: cast it, such as sum(n)::bigint, or say number"
    elif given == "money":
        hint = "money arrives as text: cast it with ::numeric"
    elif column.type == "date" and given in ("timestamptz", "timestamp"):
        hint = "say timestamp, or cast in the service's time zone"
    elif column.type == "timestamp" and given == "date":
        hint = "say date"
    elif column.type == "text":
        hint = f"say {next((kind for kind, names in _TYPES.items() if given in names), 'another type')}, or cast it with ::text"
    message = f"'{query.id}.{column.name}' is of PostgreSQL's type {given}, which is no {column.type}"
    return problem_at("column-type", message, column.at, hint=hint)


def judge_rows(
    query: Query, described: Described, rows: Sequence[Sequence[object]], *, single: Iterable[str]
) -> tuple[Problem, ...]:
    """
    Judge what the rows say of the contract.

    Args:
        single: ids of the metrics that take one row of this query without `where`, `pick` or a key.
    """
    names = [name for name, _ in described]
    problems = [*_nulls(query, names, rows), *_ratios(query, names, rows), *_sparklines(query, names, rows)]
    problems += _key(query, names, rows)
    metrics = sorted(single)
    if len(rows) > 1 and metrics:
        problems.append(
            problem_at(
                "metric-many-rows",
                f"'{query.id}' gives {len(rows)} rows, but '{metrics[0]}' is one number",
                query.at,
                hint="add a key: to the query, or where: or pick: to the metric",
            )
        )
    if len(rows) >= _MOST_ROWS:
        problems.append(
            problem_at(
                "rows-many",
                f"'{query.id}' gives {len(rows):,} rows or more",
                query.at,
                hint="add a LIMIT or a range",
            )
        )
    return tuple(problems)


def _nulls(query: Query, names: list[str], rows: Sequence[Sequence[object]]) -> Iterable[Problem]:
    for index, name in enumerate(names):
        column = query.columns.get(name)
        if column is not None and not column.nullable and any(row[index] is None for row in rows):
            hint = "add nullable: true, and say what NULL means where an alert reads it; or keep NULL out of the SELECT"
            yield problem_at(
                "column-null",
                f"'{query.id}.{name}' is NULL in a row, but its contract does not allow that",
                column.at,
                hint=hint,
            )


def _ratios(query: Query, names: list[str], rows: Sequence[Sequence[object]]) -> Iterable[Problem]:
    """Tell ratios that are surely percentages: a target shows them a hundred times too large."""
    for index, name in enumerate(names):
        column = query.columns.get(name)
        if column is None or column.unit is None or column.unit.id != _RATIO:
            continue
        numbers = (row[index] for row in rows)
        most = max((abs(float(n)) for n in numbers if isinstance(n, int | float | Decimal)), default=0.0)
        most *= abs(column.scale or 1)
        if _MOST_RATIO < most < float("inf"):
            yield problem_at(
                "unit-scale",
                f"'{query.id}.{name}' is {most:g} in a row, which its unit 'ratio' shows as {most * 100:,.0f} %",
                column.at,
                hint="say unit: percent, which is written 0-100; or do not multiply by 100",
                level="warning",
            )


def _sparklines(query: Query, names: list[str], rows: Sequence[Sequence[object]]) -> Iterable[Problem]:
    """Tell values that are no array of numbers: a target draws nothing of them."""
    for index, name in enumerate(names):
        column = query.columns.get(name)
        if column is None or not column.sparkline:
            continue
        if not all(row[index] is None or _is_curve(row[index]) for row in rows):
            yield problem_at(
                "sparkline-form",
                f"'{query.id}.{name}' is not an array of numbers in a row, so that no curve is drawn",
                column.at,
                hint="such as json_agg(n ORDER BY day)",
            )


def _is_curve(value: object) -> bool:
    found = json.loads(value) if isinstance(value, str) else value
    return isinstance(found, list) and all(
        each is None or (isinstance(each, int | float) and not isinstance(each, bool)) for each in found
    )


def _key(query: Query, names: list[str], rows: Sequence[Sequence[object]]) -> list[Problem]:
    places = [names.index(name) for name in query.key if name in names]
    if not places or len(places) != len(query.key):
        return []
    counted = Counter(tuple(str(row[place]) for place in places) for row in rows)
    double = [key for key, count in counted.items() if count > 1]
    if not double:
        return []
    shown = ", ".join(double[0])
    return [
        problem_at(
            "key-twice",
            f"two rows of '{query.id}' have the key {shown}"
            + (f", and {len(double) - 1} more keys" if len(double) > 1 else ""),
            query.at,
            hint="group by the key, or add the column that tells the rows apart",
        )
    ]
