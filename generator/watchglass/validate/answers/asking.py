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
from watchglass.definition.fixture import fixture_texts
from watchglass.definition.read import Definition
from watchglass.definition.service import Metric, Service, Source
from watchglass.sql.literals import name as sql_name
from watchglass.sql.pieces import Filter
from watchglass.sql.plain import PlainDialect
from watchglass.sql.render import render
from watchglass.validate.engine import statements_of

_CHOSEN = " | "
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


def ask(service: Service, database: MovingDatabase, statements: Sequence[Statement]) -> dict[str, Answer]:
    """Run queries of one source: with no filter chosen, and those that have filters once more with one value of each."""
    asked = {statement.query: statement.sql.text for statement in statements}
    asked |= _chosen(service, database, statements)
    outcomes = database.ask([Sent(sql) for sql in asked.values()])
    return {name: _answer(outcome) for name, outcome in zip(asked, outcomes, strict=True)}


def query_of(name: str) -> str:
    """Give the query that an answer is of: ``trend | shop`` is that of ``trend`` with a shop chosen."""
    return name.partition(_CHOSEN)[0]


def chosen_of(name: str) -> str:
    """Give the filters that an answer has a value of; empty for none."""
    return name.partition(_CHOSEN)[2]


def _chosen(service: Service, database: MovingDatabase, statements: Sequence[Statement]) -> dict[str, str]:
    """Write the statements that have filters with the first value of each; without a value there is none to choose."""
    wanted = sorted({name for statement in statements for name in statement.variables})
    filters = {name: _with_a_value(service.filters[name], database) for name in wanted}
    found: dict[str, str] = {}
    for statement in statements:
        if statement.variables and all(filters[name] is not None for name in statement.variables):
            chosen = {name: each for name, each in filters.items() if each is not None}
            length = {} if statement.range is None else {"range": statement.range}
            dialect = PlainDialect(service.timezone, {**service.filters, **chosen}, **length)
            text = render(service.queries[statement.query].template.pieces, dialect).text
            name = f"{statement.query}{_CHOSEN}{', '.join(statement.variables)}"
            found[name] = text.strip().removesuffix(";").rstrip()
    return found


def _with_a_value(of: Filter, database: MovingDatabase) -> Filter | None:
    if of.table is None:
        return replace(of, default=(of.options[0][0],)) if of.options else None
    column = sql_name(of.value)
    sql = f"SELECT {column}::text FROM {sql_name(of.table)} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 1"
    (outcome,) = database.ask([Sent(sql)])
    return replace(of, default=(str(outcome.rows[0][0]),)) if outcome.rows else None


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
        if not mine:
            continue
        with contextlib.suppress(FixtureError), frozen(definition, source, server, at) as database:
            found |= ask(service, database, mine) if database is not None else {}
    return Answers(at, found, readings(service, found))


def _fixture(definition: Definition, source: Source) -> list[str] | None:
    if source.type != "postgres" or source.schema is None:
        return None
    files, missing = fixture_texts(definition, source)
    return None if missing else [file.text for file in files]


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
