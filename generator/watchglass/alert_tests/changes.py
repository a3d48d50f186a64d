"""A step of a test changes its database: its SQL, then its rows; what PostgreSQL refuses is told at its place."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from itertools import accumulate

from watchglass.alert_tests.worlds import clock_problem
from watchglass.database.fixtures import FixtureError
from watchglass.database.moving import MovingDatabase
from watchglass.definition.alert_tests import Row, Step
from watchglass.definition.read import Definition
from watchglass.problems import Problem, Span
from watchglass.sql.literals import quoted_name
from watchglass.sql.template import span as span_in


def apply(
    definition: Definition, step: Step, at: datetime.datetime, databases: Mapping[str, MovingDatabase]
) -> tuple[Problem, ...]:
    """
    Make the changes of a step, whose clock stands at its time.

    Returns:
        What PostgreSQL refused (then nothing more of the step happened), and what the clock's rewriting has to say.
    """
    if not (step.sql or step.rows):
        return ()
    if len(databases) != 1:
        message = f"the test's alerts read {len(databases)} sources: which one is changed is not said"
        hint = "write a test for the alerts of each source"
        return (Problem("test-form", message, definition.key_span(step.path), hint=hint),)
    database = next(iter(databases.values()))
    database.at(at)
    found: list[Problem] = []
    if step.sql:
        text = definition.text(step.sql)
        try:
            findings = database.change(text.text)
        except FixtureError as error:
            place = span_in(text, error.offset, error.offset + 1)
            return (_refused(error, place),)
        found += [clock_problem(each, span_in(text, each.offset, each.offset + 1)) for each in findings]
    if step.rows:
        try:
            database.change("".join(_scripts(step.rows)))
        except FixtureError as error:
            return (*found, _refused(error, definition.span(_row_at(step.rows, error.offset).path)))
    return tuple(found)


def _scripts(rows: tuple[Row, ...]) -> list[str]:
    return [f"{insert(row)};\n" for row in rows]


def _row_at(rows: tuple[Row, ...], offset: int) -> Row:
    """Find the row whose statement a character of the script belongs to."""
    ends = accumulate(len(script) for script in _scripts(rows))
    return next((row for row, end in zip(rows, ends, strict=True) if offset < end), rows[-1])


def insert(row: Row) -> str:
    """Write a row as SQL; a table's name may have its schema before it."""
    table = ".".join(quoted_name(part) for part in row.table.split("."))
    if not row.cells:
        return f"INSERT INTO {table} DEFAULT VALUES"
    columns = ", ".join(quoted_name(name) for name in row.cells)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(row.cells.values())})"


def _refused(error: FixtureError, place: Span) -> Problem:
    return Problem("test-sql", f"PostgreSQL refused the step: {error.message}", place, hint=error.hint)
