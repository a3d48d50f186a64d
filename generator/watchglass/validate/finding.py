"""A problem together with the statements and cases that show it, so that each statement can be told its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from watchglass.artifact import Statement
from watchglass.problems import Problem
from watchglass.validate.cases import Case


class Sight(NamedTuple):
    """Where a problem shows: a statement, by its target and name, in one of its cases (empty: in all, or the plain one)."""

    target: str
    statement: str
    case: str = ""


def sight_of(case: Case) -> Sight:
    """Name a case."""
    return Sight(case.statement.target, case.statement.name, case.name)


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and where it shows; nowhere where it is no statement's."""

    problem: Problem
    sights: tuple[Sight, ...] = ()


def in_cases(problem: Problem, cases: Iterable[Case]) -> Finding:
    """Give a problem that some cases show."""
    return Finding(problem, tuple(map(sight_of, cases)))


def in_statements(problem: Problem, *statements: Statement) -> Finding:
    """Give a problem of whole statements."""
    return Finding(problem, tuple(Sight(statement.target, statement.name) for statement in statements))


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """List each problem once, by file and place, with all that show it."""
    sights: dict[Problem, dict[Sight, None]] = {}
    for finding in findings:
        sights.setdefault(finding.problem, {}).update(dict.fromkeys(finding.sights))
    return tuple(
        Finding(problem, tuple(sights[problem])) for problem in sorted(sights, key=lambda each: each.order)
    )
