"""A service's statements, as every target will send them, run on one PostgreSQL: problems, and how long each took."""

from __future__ import annotations

import contextlib
import datetime
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchglass.artifact import Artifact, Statement
from watchglass.database.proof import Outcome
from watchglass.database.proof import Statement as Sent
from watchglass.database.prover import Prover
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.sql.literals import name as sql_name
from watchglass.sql.offsets import OffsetMap
from watchglass.validate import contract, parity, shapes
from watchglass.validate.cases import Case, Window, grafana_cases, metabase_cases, window_of
from watchglass.validate.expansion import ExpansionError
from watchglass.validate.finding import Finding, in_cases, in_statements, merged
from watchglass.validate.place import span_of, told

Values = Mapping[str, tuple[str, ...]]
_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a statement took at most, over its cases, in milliseconds."""

    statement: Statement
    milliseconds: float
    cases: int


@dataclass(frozen=True, slots=True)
class Proof:
    """One case that was run, with what PostgreSQL gave."""

    case: Case
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """What validating a service found: problems, each with the statements that show it, and times."""

    findings: tuple[Finding, ...] = ()
    timings: tuple[Timing, ...] = ()
    proofs: tuple[Proof, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems alone."""
        return tuple(finding.problem for finding in self.findings)


def statements_of(artifacts: Iterable[Artifact]) -> tuple[Statement, ...]:
    """List all statements that targets will send."""
    return tuple(statement for artifact in artifacts for statement in artifact.statements)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """
    Leave the collector of cycles off.

    Parse trees and rows have none; it would walk them, and the whole program with them, again and again. What is there in the
    end counts as old, so that it is not walked at once either.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@_uncollected()
def validate(
    service: Service,
    statements: Sequence[Statement],
    prover: Prover,
    now: datetime.datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """
    Run every case of the statements, and judge what comes back.

    Args:
        now: the instant before which the tried ranges end.
        progress: told how many of how many cases are done.
    """
    prover.foresee(statement.sql.text for statement in statements)
    asked = _Asked(service, statements, filter_values(service, prover), now)
    outcomes = prover.groups(asked.groups(), progress)
    answered = [*zip(asked.made, outcomes, strict=True)]
    cases = [(case, group) for case, group in answered if isinstance(case, Case)]
    proofs = tuple(Proof(case, group[0]) for case, group in cases)
    findings = [*asked.findings, *failures(proofs)]
    for proof in proofs:
        if proof.outcome.error is None:
            findings += [in_cases(problem, [proof.case]) for problem in judge(service, proof)]
    findings += parity.judge((pair, group) for pair, group in answered if isinstance(pair, parity.Pair))
    told_already = {each.problem.span for each in findings if each.problem.code == "session-timezone"}
    findings += [finding for finding in parity.judge_zones(cases) if finding.problem.span not in told_already]
    timings = _timings(proofs)
    findings += _over_budget(timings)
    return Report(merged(findings), timings, proofs)


class _Asked:
    """All that is asked of the database, made while it is asked: every case, and the twins behind the cases of both."""

    def __init__(
        self, service: Service, statements: Sequence[Statement], values: Values, now: datetime.datetime
    ) -> None:
        self._service, self._statements, self._values, self._now = service, statements, values, now
        self.made: list[Case | parity.Pair] = []
        self.findings: list[Finding] = []

    def groups(self) -> Iterator[Sequence[Sent]]:
        """Give what goes into one transaction each: a case, a query also in another time zone; a pair of twins."""
        twins = self._twins()
        for at, statement in enumerate(self._statements):
            cases, findings = make_cases(self._service, [statement], self._values, self._now)
            self.findings += findings
            for case in cases:
                self.made.append(case)
                yield parity.in_zones(case)
            for twin in twins.get(at, ()):
                for pair in parity.pairs(self._service, *twin, self._values, self._now):
                    self.made.append(pair)
                    yield pair.sent

    def _twins(self) -> Mapping[int, Sequence[tuple[Statement, Statement]]]:
        """Give the twins by the place of the later one."""
        places = {id(statement): at for at, statement in enumerate(self._statements)}
        found: dict[int, list[tuple[Statement, Statement]]] = {}
        for twin in parity.twins(self._statements):
            found.setdefault(max(places[id(each)] for each in twin), []).append(twin)
        return found


def filter_values(service: Service, prover: Prover) -> Values:
    """Ask for a few values of every filter; a filter whose table cannot be read has none (its own query says why)."""
    listed = [of for of in service.filters.values() if of.table is not None]
    sent = [
        Sent(
            f"SELECT DISTINCT {sql_name(of.value)}::text FROM {sql_name(of.table or '')}"
            f" WHERE {sql_name(of.value)} IS NOT NULL ORDER BY 1 LIMIT {_SAMPLE}"
        )
        for of in listed
    ]
    values = {of.id: tuple(value for value, _ in of.options)[:_SAMPLE] for of in service.filters.values()}
    for of, outcome in zip(listed, prover.run(sent), strict=True):
        values[of.id] = () if outcome.error else tuple(str(row[0]) for row in outcome.rows)
    return values


def make_cases(
    service: Service, statements: Sequence[Statement], values: Values, now: datetime.datetime
) -> tuple[list[Case], list[Finding]]:
    """Expand every statement; one that a target could not expand is a problem."""
    cases: list[Case] = []
    findings: list[Finding] = []
    for statement in statements:
        at = window_of(statement, now, service.timezone)
        try:
            cases += _cases(service, statement, values, at)
        except ExpansionError as error:
            message = f"{told(statement, '')}: the target cannot expand the statement: {error}"
            problem = Problem("statement-expansion", message, statement.span)
            findings.append(in_statements(problem, statement))
    return cases, findings


def _cases(service: Service, statement: Statement, values: Values, at: Window) -> tuple[Case, ...]:
    if statement.target == "grafana":
        return grafana_cases(service, statement, values, at)
    if statement.target == "metabase":
        return metabase_cases(service, statement, values, at)
    return (Case(statement, "", Sent(statement.sql.text), OffsetMap.identity(len(statement.sql.text)), {}),)


def failures(proofs: Iterable[Proof]) -> list[Finding]:
    """Tell every statement that PostgreSQL refused; one cause that many statements share is told once."""
    grouped: dict[tuple[object, str], list[Proof]] = {}
    for proof in proofs:
        error = proof.outcome.error
        if error is not None:
            grouped.setdefault((span_of(proof.case, error.position), error.message), []).append(proof)
    return [in_cases(_failure(group), [proof.case for proof in group]) for group in grouped.values()]


def _failure(group: list[Proof]) -> Problem:
    first = group[0]
    error = first.outcome.error
    assert error is not None, "the group is of failures"
    names = list(dict.fromkeys(told(proof.case.statement, "") for proof in group))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    hint = "; ".join(part for part in (error.hint, error.detail) if part)
    where, at = f"in {', '.join(names[:3])}{more}", span_of(first.case, error.position)
    if error.refusal and error.refusal != "sql-syntax":
        return Problem(error.refusal, f"{error.message} ({where})", at, hint=hint)
    if error.lacking:
        return Problem(
            "grant-missing", f"PostgreSQL: {error.message} {where}: {error.lacking}", at, hint=error.hint
        )
    return Problem("sql-error", f"PostgreSQL: {error.message} [{error.sqlstate}] {where}", at, hint=hint)


def judge(service: Service, proof: Proof) -> tuple[Problem, ...]:
    """Judge the rows of one case: the contract of its query, and the shape that its target takes."""
    statement, described = (
        proof.case.statement,
        [(column.name, column.type_name) for column in proof.outcome.columns],
    )
    found = shapes.judge(statement, proof.case.name, described, proof.outcome.rows)
    if statement.target != "plain" or statement.query not in service.queries:
        return found
    query = service.queries[statement.query]
    single = [
        metric.id
        for metric in service.metrics.values()
        if metric.query.id == query.id and not (metric.keyed or metric.where or metric.pick)
    ]
    return (
        *found,
        *contract.judge_columns(query, described),
        *contract.judge_rows(query, described, proof.outcome.rows, single=single),
    )


def _timings(proofs: Iterable[Proof]) -> tuple[Timing, ...]:
    slowest: dict[tuple[str, str], Timing] = {}
    for proof in proofs:
        statement = proof.case.statement
        key = statement.target, statement.name
        known = slowest.get(key)
        most = max(proof.outcome.elapsed_ms, known.milliseconds if known else 0.0)
        slowest[key] = Timing(statement, most, (known.cases if known else 0) + 1)
    return tuple(slowest.values())


def _over_budget(timings: Iterable[Timing]) -> list[Finding]:
    return [
        in_statements(_slow(timing, timing.statement.budget_ms), timing.statement)
        for timing in timings
        if timing.statement.budget_ms is not None and timing.milliseconds > timing.statement.budget_ms
    ]


def _slow(timing: Timing, budget: float) -> Problem:
    message = f"{told(timing.statement, '')} took {timing.milliseconds:.0f} ms, its budget is {budget:.0f} ms"
    return Problem("over-budget", message, timing.statement.span, "warning")
