"""The queries of rules, asked on a moving database as Grafana sends them, become the answers of each evaluation."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from watchglass.alert_tests.published import PublishedQuery
from watchglass.database.moving import MovingDatabase
from watchglass.database.proof import DatabaseError, Outcome
from watchglass.database.proof import Statement as Sent
from watchglass.evaluation import Answer, Failure, failed, table_of
from watchglass.problems import Span
from watchglass.sql.offsets import Expanded
from watchglass.validate.cases import Case
from watchglass.validate.grafana_expand import expand_macros
from watchglass.validate.place import span_of

_INTERVAL = datetime.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Refusal:
    """PostgreSQL refused a query, or it was not sent at all: why, and where in the definition."""

    ref: str
    message: str
    hint: str
    span: Span


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query gave at one evaluation."""

    answer: Answer
    refusal: Refusal | None = None


def ask(
    database: MovingDatabase, query: PublishedQuery, instants: Sequence[datetime.datetime]
) -> list[Asked]:
    """Ask a query at each of several evaluations between which the database does not change."""
    if not instants:
        return []
    texts = [_expanded(query, at) for at in instants]
    if texts[0].text == texts[-1].text:
        outcomes = database.many(Sent(texts[0].text), instants)
    else:
        outcomes = []
        for at, text in zip(instants, texts, strict=True):
            database.at(at)
            outcomes += database.ask([Sent(text.text)])
    return [_asked(query, text, outcome) for text, outcome in zip(texts, outcomes, strict=True)]


def _expanded(query: PublishedQuery, at: datetime.datetime) -> Expanded:
    since = at - datetime.timedelta(seconds=query.window)
    return expand_macros(query.statement.sql.text, time_from=since, time_to=at, interval=_INTERVAL)


def _asked(query: PublishedQuery, text: Expanded, outcome: Outcome) -> Asked:
    if outcome.error is not None:
        return Asked(failed(outcome.error.message), _refusal(query, text, outcome.error))
    if outcome.cut:
        message = f"the query gives over {len(outcome.rows):,} rows"
        return Asked(Failure(message), Refusal(query.ref, message, "", query.statement.span))
    columns = [(each.name, each.type_name) for each in outcome.columns]
    return Asked(table_of(columns, outcome.rows))


def _refusal(query: PublishedQuery, text: Expanded, error: DatabaseError) -> Refusal:
    case = Case(query.statement, "", Sent(text.text), text.map, {})
    return Refusal(query.ref, error.message, error.hint, span_of(case, error.position))
