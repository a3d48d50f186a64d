"""A definition and its fixtures → the rows of every query and the readings of every metric, with the clock standing still."""

from __future__ import annotations

import contextlib
import datetime
import decimal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from watchglass.artifact import Artifact, Statement
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError
from watchglass.database.moving import MovingDatabase, moving_template
from watchglass.database.proof import Outcome
from watchglass.database.proof import Statement as Sent
from watchglass.definition.read import Definition
from watchglass.definition.service import Metric, Service, Source
from watchglass.sql.pieces import SourceText
from watchglass.validate.engine import statements_of

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What a query gives.

    Args:
        columns: names, as far as their values are the same whenever the fixtures are run; ids made by chance are not.
        error: why there is no answer.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    error: str = ""

    def only(self, columns: Sequence[str]) -> Answer:
        """Give some of the columns; one that is not there is no value."""
        places = [self.columns.index(name) if name in self.columns else None for name in columns]
        rows = tuple(tuple(None if at is None else row[at] for at in places) for row in self.rows)
        return Answer(tuple(columns), rows, self.error)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers at an instant: by query, and by metric (its key, its number, its level)."""

    at: datetime.datetime
    queries: Mapping[str, Answer] = field(default_factory=dict)
    metrics: Mapping[str, Answer] = field(default_factory=dict)


@contextlib.contextmanager
def frozen(
    definition: Definition, source: Source, server: Server, at: datetime.datetime
) -> Iterator[MovingDatabase | None]:
    """
    Fill a source's database from its fixtures, with the clock standing still; None where there are no fixtures.

    A server has one such database at a time: roles are the server's.

    Raises:
        FixtureError: PostgreSQL refused the fixtures.
    """
    texts = _fixture(definition, source)
    if texts is None:
        yield None
        return
    made = moving_template(
        server,
        f"answers-{source.id}"[:50],
        texts,
        made=at.astimezone(datetime.UTC),
        role=source.role,
        trusted=source.trusted,
    )
    with made as template, template.copy() as database:
        database.at(at)
        yield database


def statements_asked(service: Service, artifacts: Iterable[Artifact]) -> tuple[Statement, ...]:
    """List the statements that give a query's own rows, each with its source."""
    first = next(iter(service.sources), "")
    return tuple(
        replace(statement, source=statement.source or first)
        for statement in statements_of(artifacts)
        if statement.target == "plain" and statement.query
    )


def ask(database: MovingDatabase, statements: Sequence[Statement]) -> dict[str, Answer]:
    """Run queries of one source."""
    outcomes = database.ask([Sent(statement.sql.text) for statement in statements])
    return {
        statement.query: _answer(outcome) for statement, outcome in zip(statements, outcomes, strict=True)
    }


def readings(service: Service, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Give what each metric makes of its query's rows: the number of each key, and the level that it is at."""
    found = {
        metric.id: _reading(metric, answers[metric.query.id])
        for metric in service.metrics.values()
        if metric.query.id in answers and not answers[metric.query.id].error
    }
    return {name: answer for name, answer in found.items() if answer is not None}


def ask_all(
    definition: Definition,
    service: Service,
    artifacts: Iterable[Artifact],
    server: Server,
    at: datetime.datetime,
) -> Answers:
    """Run every query on its source's fixtures; one whose fixture is refused has no answer (`validate` says why)."""
    statements = statements_asked(service, artifacts)
    found: dict[str, Answer] = {}
    for source in service.sources.values():
        mine = [statement for statement in statements if statement.source == source.id]
        with contextlib.suppress(FixtureError), frozen(definition, source, server, at) as database:
            found |= ask(database, mine) if database is not None and mine else {}
    return Answers(at, found, readings(service, found))


def _fixture(definition: Definition, source: Source) -> list[str] | None:
    if source.type != "postgres" or source.schema is None:
        return None
    path = ("sources", source.id, "fixture")
    files = [(source.schema, (*path, "schema")), *((name, (*path, "data")) for name in source.data)]
    texts = [definition.beside(name, at) for name, at in files]
    found = [text.text for text in texts if isinstance(text, SourceText)]
    return found if len(found) == len(texts) else None


def _answer(outcome: Outcome) -> Answer:
    if outcome.error is not None:
        return Answer(error=outcome.error.message)
    names = tuple(column.name for column in outcome.columns)
    return Answer(names, tuple(tuple(map(_cell, row)) for row in outcome.rows))


def _cell(value: object) -> Cell:
    """Give a value that JSON has, and that is written alike everywhere."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.datetime):
        return (value.astimezone(datetime.UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds():.6f} s"
    if isinstance(value, float | decimal.Decimal):
        return _number(value)
    return str(value)


def _number(value: float | decimal.Decimal) -> Cell:
    made = decimal.Decimal(f"{value:.12g}") if isinstance(value, float) else value
    return int(made) if made.is_finite() and made == made.to_integral_value() else str(made)


def _reading(metric: Metric, answer: Answer) -> Answer | None:
    if metric.column.name not in answer.columns:
        return None
    rows = list(_picked(metric, answer))
    keys = metric.query.key if metric.keyed else ()
    made = [
        (*(_of(answer, row, key) for key in keys), *_valued(metric, _of(answer, row, metric.column.name)))
        for row in rows
    ]
    return Answer((*keys, "value", "level"), tuple(made))


def _of(answer: Answer, row: Row, column: str) -> Cell:
    return row[answer.columns.index(column)] if column in answer.columns else None


def _picked(metric: Metric, answer: Answer) -> Iterator[Row]:
    rows = [
        row
        for row in answer.rows
        if all(str(_of(answer, row, name)) == wanted for name, wanted in metric.where)
    ]
    if metric.pick is not None:
        rows = rows[:1] if metric.pick == "first" else rows[-1:]
    yield from rows


def _valued(metric: Metric, value: Cell) -> tuple[Cell, Cell]:
    """Give the number, a stated one in place of NULL, and its level."""
    if value is None and metric.when_null is not None and metric.when_null.value is not None:
        value = _number(metric.when_null.value)
    if value is None or isinstance(value, bool) or metric.thresholds is None:
        return value, None
    try:
        return value, metric.thresholds.level_of(float(value)).name
    except ValueError:
        return value, None
