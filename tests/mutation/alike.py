"""Changes that say the same: a panel that only stands elsewhere, and statements that no database tried tells apart."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import psycopg

from watchglass.artifact import Statement
from watchglass.database.embedded import embedded_server
from watchglass.database.moving import MovingDatabase, MovingTemplate, moving_template
from watchglass.database.proof import Statement as Sent
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.sql.pieces import SourceText
from watchglass.validate.cases import Window, grafana_case

_PLACE = frozenset({"gridPos", "size_x", "size_y", "row", "col", "decimals"})
"""Where a panel stands, how large it is, and how many digits it shows, as Grafana and Metabase call it."""

_INSTANTS = (
    "2026-01-08T00:00", "2026-01-12T00:00", "2026-02-01T00:00", "2026-01-01T00:00", "2025-10-26T01:30", "2026-03-29T03:00",
    "2025-12-20T09:00", "2026-01-07T17:00", "2026-01-07T14:36:59", "2024-01-01T00:00", "2026-03-05T12:00",
)  # fmt: skip
"""The first moment of a day, a week, a month and a year, the hours in which the clocks change, and others."""

_TABLES = b"""SELECT format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""


def bare(body: object) -> object:
    """Leave out of an artifact what only says where a panel stands, how large it is, and how many digits it shows."""
    if isinstance(body, Mapping):
        return {name: bare(part) for name, part in body.items() if name not in _PLACE}
    if isinstance(body, list | tuple):
        return [
            bare(part) for part in body if not (isinstance(part, Mapping) and part.get("id") == "decimals")
        ]
    return body


@dataclass(frozen=True, slots=True)
class Trial:
    """A database in another state than the one that answers were recorded with, and the instant at which it is asked."""

    database: MovingDatabase
    at: datetime.datetime


def apart(trial: Trial, one: str, other: str) -> bool:
    """Ask two statements, and tell whether they give different rows."""
    trial.database.at(trial.at)
    first, second = trial.database.ask([Sent(one), Sent(other)])
    return (first.error is None, first.rows) != (second.error is None, second.rows)


def ahead(service: Service, statement: Statement, at: datetime.datetime) -> str:
    """Expand a statement of a Grafana panel for a range that ends forty days after an instant."""
    length = datetime.timedelta(days=40)
    window = Window(at - length, at + length, at.date(), at.date())
    return grafana_case(service, statement, {}, "all", "", window).sent.sql


@contextlib.contextmanager
def trials(
    definition: Definition, service: Service, source: Source, recorded: datetime.datetime
) -> Iterator[tuple[Trial, ...]]:
    """Fill a source's database once more: as it is, also at other instants, and with each of its tables emptied."""
    zone = ZoneInfo(service.timezone)
    instants = [recorded, *(datetime.datetime.fromisoformat(at).replace(tzinfo=zone) for at in _INSTANTS)]
    with contextlib.ExitStack() as stack:
        template = stack.enter_context(_filled(definition, source, recorded))
        whole = stack.enter_context(template.copy())
        found = [Trial(whole, at) for at in instants]
        for table in _tables(template.scratch.dsn()):
            database = stack.enter_context(template.copy())
            database.change(f"TRUNCATE {table} CASCADE")
            found.append(Trial(database, recorded))
        yield tuple(found)


@contextlib.contextmanager
def _filled(definition: Definition, source: Source, at: datetime.datetime) -> Iterator[MovingTemplate]:
    path = ("sources", source.id, "fixture")
    files = [definition.beside(name, path) for name in (source.schema, *source.data) if name is not None]
    texts = [file.text for file in files if isinstance(file, SourceText)]
    made = at.astimezone(datetime.UTC)
    with (
        embedded_server() as server,
        moving_template(
            server, "trials", texts, made=made, role=source.role, trusted=source.trusted
        ) as template,
    ):
        yield template


def _tables(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [name for (name,) in connection.execute(_TABLES)]
