"""A definition's statements → the smallest SQL that lets a role run them: nothing that PUBLIC may do already."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.artifact import Artifact
from watchglass.database.embedded import Server
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.proof import DatabaseError
from watchglass.database.prover import Mentions, Prover
from watchglass.database.rights import PUBLIC, Need
from watchglass.database.wire import ConnectionLost
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.problems import Problem
from watchglass.sql.columns import columns_read
from watchglass.sql.pieces import Filter
from watchglass.validate.cases import Case
from watchglass.validate.databases import Place, open_database
from watchglass.validate.engine import make_cases, statements_of
from watchglass.validate.place import problem_at, span_at, span_of

_SAMPLES: Mapping[str, str] = {
    "integer": "1",
    "number": "1",
    "boolean": "true",
    "interval": "1 day",
    "date": "2026-01-01",
    "timestamp": "2026-01-01T00:00:00Z",
    "uuid": "00000000-0000-0000-0000-000000000000",
}
"""A value by type of a filter, so that the parts of a statement that stand for a choice are seen, too."""


@dataclass(frozen=True, slots=True)
class Grants:
    """
    What a role needs on one source's database.

    Args:
        lines: SQL as (GRANT without its end, why).
    """

    source: str
    role: str
    lines: tuple[tuple[str, str], ...]


def grants_of(
    definition: Definition,
    service: Service,
    artifacts: Sequence[Artifact],
    dsns: Mapping[str, str],
    server: Server | None,
    role: str,
    *,
    columns: bool = False,
) -> tuple[tuple[Grants, ...], tuple[Problem, ...]]:
    """
    Look up what the statements need; none of them is sent.

    Args:
        role: as SQL names it; empty: the fixture's.
        columns: whether columns of tables are granted, not tables.
    """
    found: list[Grants] = []
    problems: list[Problem] = []
    for source in service.sources.values():
        mine = [each for each in statements_of(artifacts) if each.source in ("", source.id)]
        if source.type != "postgres" or not mine:
            continue
        cases, broken = make_cases(
            service, mine, _samples(service.filters.values()), datetime.datetime.now(tz=datetime.UTC)
        )
        problems += [finding.problem for finding in broken]
        with contextlib.ExitStack() as stack:
            opened = open_database(
                Place(definition, service, source, dsns.get(source.id), server), stack, sends=False
            )
            if isinstance(opened, tuple):
                problems += opened
                continue
            lines, more = _lines(
                Prover(opened, trusted=source.trusted), source, cases, role or source.role, columns
            )
            problems += more
            found.append(Grants(source.id, role or source.role, lines))
    return tuple(found), tuple(dict.fromkeys(problems))


def _samples(filters: Iterable[Filter]) -> dict[str, tuple[str, ...]]:
    return {
        of.id: tuple(value for value, _ in of.options)[:2] or (_SAMPLES.get(of.type, "x"),) for of in filters
    }


def _lines(
    prover: Prover, source: Source, cases: Sequence[Case], role: str, columns: bool
) -> tuple[tuple[tuple[str, str], ...], tuple[Problem, ...]]:
    try:
        studied = prover.study([case.sent for case in cases])
        sound = [
            (case, mentions) for case, (mentions, error) in zip(cases, studied, strict=True) if error is None
        ]
        needs = {prover.rights.database(): None}
        for _, mentions in sound:
            needs |= dict.fromkeys(replace(need, at=None, by=0) for need in prover.rights.needs(mentions))
        lacks = prover.rights.lacks(tuple(needs), PUBLIC)
        only = _columns(prover, sound) if columns else {}
        problems = [
            problem
            for case, (mentions, error) in zip(cases, studied, strict=True)
            for problem in _problems(prover, case, mentions, error)
        ]
    except (ConnectionLost, InquiryRefused) as lost:
        message = f"the catalog could not be read: {lost}"
        return (), (problem_at("database-unreachable", message, source.at),)
    lines: dict[str, Need] = {}
    for need in (lack.need for lack in lacks):
        lines.setdefault(need.grant(role, () if need.holder else only.get(need.oid, ())), need)
    return tuple((line, _why(need)) for line, need in sorted(lines.items(), key=_order)), tuple(problems)


def _columns(prover: Prover, studied: Sequence[tuple[Case, Mentions]]) -> dict[int, tuple[str, ...]]:
    """Give the columns of each table that are read by who sends the statements; none where it is all of them."""
    rights = prover.rights
    needs = {
        case.sent.sql: [
            need for need in rights.needs(mentions, every=True) if need.kind == "relation" and not need.holder
        ]
        for case, mentions in studied
    }
    every = [need for each in needs.values() for need in each]
    known, below = rights.columns(every), rights.columns_below(every)
    read: dict[int, set[str]] = {}
    for case, mentions in studied:
        for oid, names in _named(prover, case.sent.sql, mentions, known):
            read.setdefault(oid, set()).update(names)
    for need in every:
        if need.by:
            names = below.get((need.by, need.oid)) or known[need.oid]
            read.setdefault(need.oid, set()).update(names)
    # PostgreSQL lets a table be counted by who may read any column of it.
    return {
        oid: tuple(name for name in known[oid] if name in names) or known[oid][:1]
        for oid, names in read.items()
        if names < set(known[oid])
    }


def _named(
    prover: Prover, sql: str, mentions: Mentions, known: Mapping[int, tuple[str, ...]]
) -> Iterator[tuple[int, Iterable[str]]]:
    """Give the columns that a statement itself names, by its tables' numbers."""
    tables = {
        mention.name: prover.rights.table_of(mention.name)
        for mention in mentions
        if mention.kind == "relation"
    }
    for name, each in columns_read(sql, lambda name: frozenset(known.get(tables.get(name, 0), ()))).items():
        yield tables[name], known[tables[name]] if each.whole else each.columns


def _order(line: tuple[str, Need]) -> tuple[int, str]:
    return line[1].order, line[0]


def _why(need: Need) -> str:
    return f"for {' → '.join(need.through)}" if need.through else ""


def _problems(
    prover: Prover, case: Case, mentions: Mentions, error: DatabaseError | None
) -> Iterator[Problem]:
    if error is not None:
        code = error.refusal or "sql-error"
        yield Problem(code, error.message, span_of(case, error.position), hint=error.hint)
        return
    for name, at in prover.rights.unknown(mentions):
        yield Problem("relation-missing", f"the database has no table or view '{name}'", span_at(case, at))
