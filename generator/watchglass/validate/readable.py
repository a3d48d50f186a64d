"""How many rows a statement gave → warnings where a panel holds more than a reader can take, or the target shows less."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from watchglass.artifact import Statement
from watchglass.database.proof import Outcome
from watchglass.definition.service import Panel, Service
from watchglass.problems import Problem
from watchglass.validate.cases import Case
from watchglass.validate.finding import Finding, in_cases
from watchglass.validate.place import told
from watchglass.validate.shapes import field_type

SERIES = 20
"""Lines of a chart, or rows of a state timeline."""

POINTS = 10_000
"""Points of a chart, over all its lines."""

SLICES = 8
"""Slices of a pie."""

BARS = 50
"""Bars, or gauges, beside each other."""

ROWS = 1_000
"""Rows of a table or of logs; values that a variable offers; marks of an annotation."""

CARD_ROWS = 2_000
"""Rows that Metabase shows of a question; it drops the rest without a word."""

_OVER_TIME = frozenset({"lines", "area", "bars", "states"})
_BESIDE = frozenset({"bar", "bar_gauge"})


def judge(service: Service, ran: Iterable[tuple[Case, Outcome]]) -> list[Finding]:
    """Compare what each statement gave at most with what its panel can take."""
    panels = {
        f"{board.id}/{panel.id}": panel
        for board in service.dashboards.values()
        for row in board.rows
        for panel in row.panels
    }
    most: dict[tuple[str, str, str], tuple[int, str, int, Case]] = {}
    for case, outcome in ran:
        statement = case.statement
        for what, count, limit in _counts(statement, panels.get(statement.name), outcome):
            key = (statement.target, statement.name, what)
            if count > limit and count > most.get(key, (0,))[0]:
                most[key] = (count, what, limit, case)
    return [_finding(*each) for each in most.values()]


def _finding(count: int, what: str, limit: int, case: Case) -> Finding:
    message = (
        f"{told(case.statement, case.name)} gives {count:,} {what}; over {limit:,} {_WHY.get(what, _TOLD)}"
    )
    hint = "take the largest and join the rest (LIMIT, limit:), cut the time coarser, or make several panels of it"
    return in_cases(Problem("panel-rows", message, case.statement.span, "warning", hint), [case])


_TOLD = "cannot be told apart"
_WHY: Mapping[str, str] = {
    "rows": "nobody reads them",
    "rows in all": "Metabase leaves out",
    "points": "a chart is slow, and no screen has as many columns",
    "values": "nobody finds one among them",
    "marks": "they cover the chart",
}


def _counts(statement: Statement, panel: Panel | None, outcome: Outcome) -> Iterator[tuple[str, int, int]]:
    rows = len(outcome.rows)
    if statement.role == "variable":
        yield "values", rows, ROWS
    elif statement.role == "annotation":
        yield "marks", rows, ROWS
    elif statement.role == "card":
        yield "rows in all", rows, CARD_ROWS
    if panel is None or statement.role not in ("panel", "card"):
        return
    if panel.kind in _OVER_TIME:
        series, numbers = _series(statement, panel, outcome)
        yield "series", series, SERIES
        yield "points", rows * numbers, POINTS
    elif panel.kind == "pie":
        yield "slices", min(rows, panel.limit or rows), SLICES
    elif panel.kind in _BESIDE:
        yield "bars", min(rows, panel.limit or rows), BARS
    elif panel.kind in ("table", "logs"):
        yield "rows", min(rows, panel.limit or rows), ROWS


def _series(statement: Statement, panel: Panel, outcome: Outcome) -> tuple[int, int]:
    """Count the lines of a chart, and its columns of numbers."""
    kinds = [field_type(column.name, column.type_name) for column in outcome.columns]
    names = [column.name for column in outcome.columns]
    if statement.target == "grafana" and statement.format == "time_series":
        labels = [index for index, kind in enumerate(kinds) if kind == "string"]
    else:
        labels = [names.index(panel.series)] if panel.series in names else []
    numbers = max(1, sum(kind in ("number", "boolean") for kind in kinds))
    return _distinct(outcome.rows, labels) * numbers, numbers


def _distinct(rows: Sequence[Sequence[Any]], columns: Sequence[int]) -> int:
    return len({tuple(str(row[index]) for index in columns) for row in rows}) if rows else 0
