"""Whether Grafana takes the rows of a statement: what a panel, an alert rule, a variable and an annotation need."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from watchglass.artifact import Statement
from watchglass.problems import Problem
from watchglass.validate.place import told

Described = Sequence[tuple[str, str]]
Rows = Sequence[Sequence[object]]

NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
TIMES = frozenset({"date", "timestamp", "timestamptz", "time", "timetz"})
NO_TIME = (
    "db has no time column: time column is missing; make sure your data includes a time column for time series format "
    "or switch to a table format that doesn't require it"
)


def field_type(name: str, pg_type: str) -> str:
    """
    Give the type that Grafana's data source makes of a column: number, boolean, time or string.

    Source: grafana-postgresql.json, ``types`` and ``shapes``: a column named ``time`` with a number becomes a time.
    """
    if pg_type in TIMES or (name == "time" and pg_type in NUMBERS):
        return "time"
    if pg_type in NUMBERS:
        return "number"
    return "boolean" if pg_type == "bool" else "string"


def judge(statement: Statement, case: str, described: Described, rows: Rows) -> tuple[Problem, ...]:
    """Judge the rows that a statement of Grafana's gave; other targets take every shape."""
    if statement.target != "grafana":
        return ()
    panel = judge_series if statement.format == "time_series" else judge_table
    judges = {"alert": judge_alert, "variable": judge_variable, "annotation": judge_annotation}
    found = judges.get(statement.role, panel)(described, rows)
    return tuple(
        Problem(code, f"{told(statement, case)}: {message}", statement.span, hint=_HINTS.get(code, ""))
        for code, message in found
    )


Found = Iterator[tuple[str, str]]
_HINTS = {
    "series-twice": "name the column that tells the lines apart, as in series: region, or sum it up",
}


def judge_table(described: Described, rows: Rows) -> Found:
    """Judge a table: it takes every column, but not two of one name."""
    del rows
    for name, count in Counter(name for name, _ in described).items():
        if count > 1:
            yield "column-twice", f"two columns are named '{name}'"


def judge_series(described: Described, rows: Rows) -> Found:
    """Judge a time series: a `time` column that ascends and is never NULL, one value for each time and label set."""
    names = [name for name, _ in described]
    kinds = [field_type(name, kind) for name, kind in described]
    if not rows:
        return
    if "time" not in names:
        yield "series-no-time", NO_TIME
        return
    at = names.index("time")
    if kinds[at] != "time":
        yield "series-no-time", f"the column time is of PostgreSQL's type {described[at][1]}"
    labels = [index for index, kind in enumerate(kinds) if kind == "string"]
    if not any(kind in ("number", "boolean") for kind in kinds):
        yield "series-no-value", "there is no column with numbers"
    times = [row[at] for row in rows]
    if any(time is None for time in times):
        yield "series-null-time", "a row has no time"
        return
    if labels and any(later < earlier for earlier, later in itertools.pairwise(times)):  # type: ignore[operator]
        yield "series-order", "rows with labels must ascend by time"
    twice = [
        key
        for key, count in Counter((row[at], *(str(row[index]) for index in labels)) for row in rows).items()
        if count > 1
    ]
    if twice:
        yield (
            "series-twice",
            f"two rows have the time {twice[0][0]} and the same labels: only the last would be drawn",
        )


def judge_alert(described: Described, rows: Rows) -> Found:
    """Judge an alert's query: exactly one number, the rest text, each label set once."""
    kinds = [field_type(name, kind) for name, kind in described]
    numbers = kinds.count("number")
    if numbers != 1 or any(kind in ("boolean", "time") for kind in kinds):
        shown = ", ".join(f"{name} ({kind})" for (name, _), kind in zip(described, kinds, strict=True))
        yield (
            "alert-shape",
            f"an alert's query gives exactly one number and otherwise text; this one gives {shown}",
        )
        return
    labels = [index for index, kind in enumerate(kinds) if kind == "string"]
    twice = [
        key
        for key, count in Counter(tuple(row[index] or "" for index in labels) for row in rows).items()
        if count > 1
    ]
    if twice:
        yield "alert-labels-twice", f"two rows have the labels {twice[0]}: the whole rule would fail"


def judge_variable(described: Described, rows: Rows) -> Found:
    """Judge a variable's query: `__text` and `__value`, each text once."""
    names = [name for name, _ in described]
    if names != ["__text", "__value"]:
        yield (
            "variable-shape",
            f"a variable's query gives __text and __value, this one gives {', '.join(names)}",
        )
        return
    if any(count > 1 for count in Counter(row[0] for row in rows).values()):
        yield "variable-twice", "two values have the same name: Grafana would offer one of them"


def judge_annotation(described: Described, rows: Rows) -> Found:
    """Judge an annotation's query: a `time` column that is a time."""
    del rows
    kinds = {name: field_type(name, kind) for name, kind in described}
    for name in ("time", "timeend"):
        if kinds.get(name, "time" if name == "timeend" else "") != "time":
            yield "series-no-time", f"an annotation's query gives a time column '{name}'"
