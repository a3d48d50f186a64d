"""A compiled definition against PostgreSQL: one of the run's own, filled from the fixtures, or a real one."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.artifact import Artifact, Statement
from watchglass.database.embedded import Server
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.prover import Prover
from watchglass.database.wire import ConnectionLost
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.validate import readable, rights, scans
from watchglass.validate.databases import Place, open_database
from watchglass.validate.engine import Report, statements_of, validate
from watchglass.validate.finding import in_statements, merged

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    What a run looks at beyond the statements' rows.

    Args:
        role: the role to run as; empty: the fixture's, or the connection's own.
        plans: whether to ask for the plans, and tell large tables that are read whole.
    """

    role: str = ""
    plans: bool = False


_PLAIN = Wishes()


def validate_definition(
    definition: Definition,
    service: Service,
    artifacts: Sequence[Artifact],
    dsns: Mapping[str, str],
    server: Server | None,
    progress: Progress | None = None,
    *,
    wishes: Wishes = _PLAIN,
) -> Report:
    """
    Validate every source's statements on its database.

    Args:
        dsns: source → connection string; a source that is not there is filled from its fixtures on ``server``.
    """
    statements = statements_of(artifacts)
    reports = []
    for source in service.sources.values():
        mine = [statement for statement in statements if statement.source in ("", source.id)]
        if source.type == "postgres" and mine:
            place = Place(definition, service, source, dsns.get(source.id), server)
            reports.append(_validate_source(place, mine, progress, wishes))
    return Report(
        merged(finding for report in reports for finding in report.findings),
        tuple(timing for report in reports for timing in report.timings),
        tuple(proof for report in reports for proof in report.proofs),
    )


def _validate_source(
    place: Place, statements: Sequence[Statement], progress: Progress | None, wishes: Wishes
) -> Report:
    now = datetime.datetime.now(tz=datetime.UTC)
    with contextlib.ExitStack() as stack:
        opened = open_database(place, stack, role=wishes.role)
        if isinstance(opened, tuple):
            return _kept_from(statements, opened)
        prover = Prover(opened, trusted=place.source.trusted)
        report = validate(place.service, statements, prover, now, progress)
        ran = [proof.case for proof in report.proofs if proof.outcome.error is None]
        try:
            more = rights.judge(prover, ran, views=bool(wishes.role))
            more += scans.judge(prover, ran) if wishes.plans else []
        except (ConnectionLost, InquiryRefused):
            more = []  # the statements' own outcomes tell it
        more += readable.judge(place.service, [(proof.case, proof.outcome) for proof in report.proofs])
        return replace(report, findings=(*report.findings, *more))


def _kept_from(statements: Sequence[Statement], problems: Iterable[Problem]) -> Report:
    """Report what kept all statements of a source from being run: it is a problem of each of them."""
    return Report(tuple(in_statements(problem, *statements) for problem in problems))
