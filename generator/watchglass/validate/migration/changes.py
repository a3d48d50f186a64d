"""Two sides of a migration → what broke, and what changed without an error, each with the statements that it is true of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import partial

from watchglass.database.proof import Column
from watchglass.problems import Severity
from watchglass.validate.cases import Case, first_cases
from watchglass.validate.engine import Proof
from watchglass.validate.finding import Sight
from watchglass.validate.migration.change import Change, Comparison, Moment, Spot
from watchglass.validate.migration.looking import Answer
from watchglass.validate.migration.meanings import bodies_changed, nulls_allowed, rows_changed, values_gone
from watchglass.validate.parity import TIMEZONES
from watchglass.validate.place import span_of

_OWN = frozenset(
    {"column-type", "column-missing", "column-unknown", "over-budget", "sql-error", "grant-missing"}
)
"""Codes of findings that are told in words of this page's own."""

_GENERAL = {"session-timezone": "the rows depend on the session's time zone"}
"""Code → what is told of several statements at once, without the rows of each."""

_MOST_ASKED = 5

_WIDER: tuple[frozenset[str], ...] = (
    frozenset({"int2", "int4", "int8"}),
    frozenset({"float4", "float8"}),
    frozenset({"text", "varchar", "bpchar", "name"}),
    frozenset({"json", "jsonb"}),
)
"""Types that stand for one another: a target shows the same."""


def changes_of(comparison: Comparison) -> tuple[Change, ...]:
    """List what is different after the migration."""
    both = [
        (comparison.before.proofs[sight], comparison.after.proofs[sight])
        for sight in comparison.before.proofs
        if sight in comparison.after.proofs and comparison.before.proofs[sight].outcome.error is None
    ]
    found = [change for one, other in both for change in _broken(one, other)]
    found += [change for one, other in both for change in _columns(one, other)]
    found += _findings(comparison, {(spot.target, spot.name) for each in found for spot in each.spots})
    found += values_gone(comparison)
    found += nulls_allowed(comparison)
    comparison.told |= {(spot.target, spot.name) for each in found for spot in each.spots}
    rows = rows_changed(comparison, [pair for pair in both if pair[1].outcome.error is None])
    bodies = tuple(bodies_changed(comparison, rows))
    below = {(spot.target, spot.name) for each in bodies for spot in each.spots}
    return (*found, *bodies, *(each for key, each in rows.items() if key not in below))


def _broken(one: Proof, other: Proof) -> Iterator[Change]:
    error = other.outcome.error
    if error is None:
        return
    state = f" [{error.sqlstate}]" if error.sqlstate else ""
    cause = f"PostgreSQL: {error.message}{state}" if not error.refusal else error.message
    case = one.case
    yield Change(
        cause,
        (Spot.of(case.statement, span_of(other.case, error.position)),),
        lambda moment: bool(moment.ask(case).error),
        hint=error.hint or error.detail,
        breaks=True,
    )


def _columns(one: Proof, other: Proof) -> Iterator[Change]:
    if other.outcome.error is not None:
        return
    case, before, after = one.case, one.outcome.columns, other.outcome.columns
    spots = (Spot.of(case.statement),)
    if [column.name for column in before] != [column.name for column in after]:
        cause = f"the columns were {_named(before)} and are {_named(after)}"
        yield Change(cause, spots, lambda moment: moment.ask(case).columns)
        return
    for was, now in zip(before, after, strict=True):
        if was.type_name != now.type_name:
            level: Severity = "warning" if _like(was.type_name, now.type_name) else "error"
            cause = f"what was of type {was.type_name} is of type {now.type_name}"
            yield Change(cause, spots, partial(_type_of, case, now.name), level, detail=now.name)


def _type_of(case: Case, name: str, moment: Moment) -> object:
    return dict(moment.ask(case).columns).get(name)


def _named(columns: Iterable[Column]) -> str:
    return ", ".join(column.name for column in columns)


def _like(one: str, other: str) -> bool:
    return any(one in types and other in types for types in _WIDER)


def _findings(comparison: Comparison, retyped: Set[tuple[str, str]]) -> Iterator[Change]:
    """
    Give what validation finds after the migration and did not find before: a NULL, a key that is there twice, ….

    Args:
        retyped: statements whose columns are others; what follows from that is not told again.
    """
    known = {
        (each.problem.code, each.problem.message, each.problem.span) for each in comparison.before.findings
    }
    failed = {sight for sight, proof in comparison.after.proofs.items() if proof.outcome.error is not None}
    for finding in comparison.after.findings:
        problem = finding.problem
        new = (problem.code, problem.message, problem.span) not in known
        if not new or problem.level == "note" or problem.code in _OWN or failed & {*finding.sights}:
            continue
        cases = _cases_of(comparison.before.proofs, finding.sights, retyped)
        if cases:
            cause = f"{_GENERAL.get(problem.code, problem.message)} ({problem.code})"
            spots = tuple(Spot.of(case.statement, problem.span) for case in cases)
            probe = partial(_zoned if problem.code == "session-timezone" else _shapes, cases[:_MOST_ASKED])
            yield Change(cause, spots, probe, problem.level, problem.hint)


def _shapes(cases: Sequence[Case], moment: Moment) -> object:
    """Give what is the same whenever cases are asked: columns, which values are NULL, and those that are no ages."""
    return [_shape(moment.ask(case)) for case in cases]


def _shape(answer: Answer) -> object:
    rows = [
        [value is None if not isinstance(value, int | str) else value for value in row] for row in answer.rows
    ]
    return answer.error, answer.columns, rows


def _zoned(cases: Sequence[Case], moment: Moment) -> object:
    sent = cases[0].sent
    zones = [replace(cases[0], sent=replace(sent, timezone=zone)) for zone in TIMEZONES]
    one, other = (moment.ask(each) for each in zones)
    return one.rows == other.rows


def _cases_of(
    proofs: Mapping[Sight, Proof], sights: Iterable[Sight], without: Set[tuple[str, str]]
) -> tuple[Case, ...]:
    names = {(sight.target, sight.statement) for sight in sights} - without
    return first_cases(
        proof.case for sight, proof in proofs.items() if (sight.target, sight.statement) in names
    )
