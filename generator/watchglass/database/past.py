"""
A query and instants of the past → what it would have given then, on a database that is not ours and is only read.

Nothing is installed there: the clock is moved inside of the query, and tables that only grow are cut at each instant. What
cannot be moved so, such as a view or a function that may read the clock or a table, is told, and nothing is asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import postgast
import psycopg

from watchglass.database.connection import Connection
from watchglass.database.moments import Question, ask_at
from watchglass.database.moving import rewritten
from watchglass.database.proof import Outcome, Statement
from watchglass.database.prover import Prover
from watchglass.database.wire import ConnectionLost
from watchglass.sql import gate
from watchglass.sql.clock_schema import MOMENT
from watchglass.sql.cut import Keep, Kept, Name, NotCut, cut, tables_of
from watchglass.sql.literals import quoted_name

_LOOKS = 24
"""Instants at which a query is tried for rows of its future."""

_SETTINGS = (("jit", "off"),)
"""A statement over many instants looks expensive enough to be compiled anew in each round trip, and is not."""

_OF_THE_ROWS = ("21", "22")
"""Classes of errors that rows make."""

_TABLES = """
SELECT given.name, c.oid::int8, c.relkind::text, ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN (1082, 1114, 1184)
      AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY a.attnum
), ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY a.attnum
)
FROM unnest(%s::text[]) AS given(name)
LEFT JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(given.name)
"""
_FUNCTIONS = """
SELECT DISTINCT pg_catalog.format('%%I.%%I', n.nspname, p.proname)
FROM unnest(%s::text[]) AS given(name)
JOIN pg_catalog.pg_proc AS p ON p.proname = split_part(given.name, '.', 1 + (given.name LIKE '%%.%%')::integer)
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE p.oid >= 16384 AND p.provolatile <> 'i'
  AND (n.nspname = split_part(given.name, '.', 1)
       OR (given.name NOT LIKE '%%.%%' AND n.nspname = ANY (pg_catalog.current_schemas(true))))
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class PastQuery:
    """
    A query whose past can be asked for.

    Args:
        since: append-only table → the column since when a row is there; empty: its rows are taken as they are. None: every
            table is taken so, and it is tried whether the query then sees rows that came later.
    """

    sql: str
    parameters: tuple[object, ...] = ()
    since: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a query cannot be asked for its past: a code, a sentence, what to do."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that a query reads: as PostgreSQL knows it, with its columns of time and all its columns."""

    name: Name
    oid: int | None
    kind: str
    times: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def told(self) -> str:
        return ".".join(self.name)


@dataclass(frozen=True, slots=True)
class Past:
    """Asks one database."""

    connection: Connection
    prover: Prover

    def obstacles(self, query: PastQuery, instants: Sequence[datetime.datetime]) -> tuple[Obstacle, ...]:
        """Say what keeps a query from being asked at the instants; empty where nothing does."""
        facts = gate.inspect(query.sql, parameters=bool(query.parameters))
        if facts.refusals:
            return tuple(Obstacle(each.code, each.message) for each in facts.refusals)
        try:
            tables = self._tables(tables_of(query.sql))
            known = self._known(query)
        except postgast.PgQueryError as error:
            return (_refusal("sql-syntax", str(error.message)),)
        found = [*self._functions(sorted(facts.functions))]
        for table in tables:
            found += _of_table(table, None if query.since is None else known)
        if found:
            return tuple(found)
        try:
            cut(query.sql, _as_of_now(tables, known))
        except NotCut as odd:
            return (_refusal("backtest-table", str(odd), "read the whole table"),)
        return tuple(self._future(query, tables, instants)) if query.since is None else ()

    def ask(self, query: PastQuery, instants: Sequence[datetime.datetime]) -> list[Outcome]:
        """
        Ask at each of the instants; without obstacles, the outcomes are what the query gave then.

        An error that no rows make comes with any instant: after the first one none is asked.
        """
        keep = _as_of_now(self._tables(tables_of(query.sql)), self._known(query))
        question = self._question(query, keep)
        first = ask_at(self.prover, question, instants[:1])
        if first and not of_the_rows(first[0]):
            return first * len(instants)
        return ask_at(self.prover, question, instants)

    def _question(self, query: PastQuery, keep: Keep) -> Question:
        """Make a query ready for instants; one alone is asked for in the form that many are."""
        moved = rewritten(self.connection, cut(query.sql, keep).text, at=MOMENT).text
        sent = Statement(moved, query.parameters, settings=_SETTINGS)
        sql = Question(sent, _never).over(()).sql

        def alone(instant: datetime.datetime) -> Statement:
            return replace(sent, sql=sql, parameters=(*query.parameters, f'{{"{instant.isoformat()}"}}'))

        return Question(sent, alone)

    def _known(self, query: PastQuery) -> dict[int, str]:
        """Give the tables that are append-only by their numbers, with the column of each."""
        parts = {tuple(name.split(".")): column for name, column in (query.since or {}).items()}
        tables = self._tables(tuple(parts))
        return {table.oid: parts[table.name] for table in tables if table.oid is not None}

    def _tables(self, names: tuple[Name, ...]) -> tuple[_Table, ...]:
        given = {".".join(map(quoted_name, name)): name for name in names}
        rows = self._rows(_TABLES, list(given))
        return tuple(
            _Table(given[name], oid, kind or "", tuple(times), tuple(columns))
            for name, oid, kind, times, columns in rows
        )

    def _rows(self, question: str, names: list[str]) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(question.encode(), (names,)).fetchall()
        except psycopg.OperationalError as error:
            raise ConnectionLost(f"no answer of the catalog ({type(error).__name__})") from None

    def _functions(self, names: Sequence[str]) -> Iterator[Obstacle]:
        for (name,) in self._rows(_FUNCTIONS, list(names)):
            yield _refusal(
                "backtest-view",
                f"the query calls {name}(), which may read the clock, or tables as they are today",
                "write what it does into the query, or declare it IMMUTABLE where it reads neither",
            )

    def _future(
        self, query: PastQuery, tables: Sequence[_Table], instants: Sequence[datetime.datetime]
    ) -> Iterator[Obstacle]:
        """Try whether the query sees rows that came later: by each column of time of each of its tables."""
        step = max(1, len(instants) // _LOOKS)
        looks = instants[::step]
        whole = ask_at(self.prover, self._question(query, _all), looks)
        for table in tables:
            for column in table.times:
                part = ask_at(self.prover, self._question(query, _until_now(table, column)), looks)
                for instant, one, other in zip(looks, whole, part, strict=True):
                    if one.error is None and other.error is None and one.rows != other.rows:
                        yield _sees_the_future(table, column, instant)
                        return


def _refusal(code: str, message: str, hint: str = "") -> Obstacle:
    return Obstacle(code, message, hint)


def of_the_rows(outcome: Outcome) -> bool:
    """Tell whether the rows made what came, be it an error: the query would have given the same then."""
    return outcome.error is None or outcome.error.sqlstate[:2] in _OF_THE_ROWS


def _as_of_now(tables: Sequence[_Table], known: Mapping[int, str]) -> Keep:
    """Keep of the tables that are append-only the rows that are there at the clock's instant."""
    named = {table.name: table for table in tables}

    def keep(name: Name) -> Kept | None:
        table = named[name]
        column = known.get(table.oid or 0, "")
        return Kept(table.columns, f"{quoted_name(column)} <= now()") if column else None

    return keep


def _until_now(table: _Table, column: str) -> Keep:
    quoted = quoted_name(column)
    kept = Kept(table.columns, f"({quoted} <= now() OR {quoted} IS NULL)")
    return lambda name: kept if name == table.name else None


def _sees_the_future(table: _Table, column: str, instant: datetime.datetime) -> Obstacle:
    at = instant.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M")
    return _refusal(
        "backtest-future",
        f"at {at} UTC the query sees rows of {table.told} whose {column} is later",
        f"say since when a row is there, append_only: {{{table.told}: {column}}}, or true in its place if that is meant",
    )


def _of_table(table: _Table, known: Mapping[int, str] | None) -> Iterator[Obstacle]:
    """Judge one table; ``known`` is None where all are append-only."""
    if table.oid is None:
        yield _refusal("sql-error", f"there is no table {table.told}")
    elif table.kind not in ("r", "p"):
        what = {"v": "the view", "m": "the materialized view"}.get(table.kind, "the foreign table")
        yield _refusal(
            "backtest-view",
            f"the query reads through {what} {table.told}, which shows what stands there today",
            "read its tables in the query itself",
        )
    elif known is None:
        return
    elif table.oid not in known:
        yield _refusal(
            "backtest-table",
            f"the query reads {table.told}, of which append_only says nothing",
            f"name it: {{{table.told}: <column since when a row is there>}}, or {{{table.told}: true}} where it is as good as "
            "unchanged",
        )
    elif known[table.oid] and known[table.oid] not in table.columns:
        near = ", ".join(table.times) or "none of time"
        yield _refusal("backtest-table", f"{table.told} has no column '{known[table.oid]}'", f"it has {near}")


def _all(name: Name) -> None:
    """Keep all of every table."""
    del name


def _never(instant: datetime.datetime) -> Statement:
    raise AssertionError(f"{instant} is asked together")
