"""A compiled definition against PostgreSQL: one of the run's own, filled from the fixtures, or a real one."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from watchglass.artifact import Artifact, Statement
from watchglass.database.connection import CannotConnect, connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError, scratch_database
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.prover import Prover
from watchglass.database.rights import identifier
from watchglass.database.roles import Objection, has_role, role_objections
from watchglass.database.wire import ConnectionLost
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.problems import Problem, Span
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span as span_in
from watchglass.validate import rights
from watchglass.validate.engine import Report, statements_of, validate
from watchglass.validate.finding import in_statements, merged
from watchglass.validate.place import problem_at

Progress = Callable[[int, int], None]
_ENVIRONMENT = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Wishes:
    """
    What a run looks at beyond the statements' rows.

    Args:
        role: the role to run as; empty: the fixture's, or the connection's own.
    """

    role: str = ""


_PLAIN = Wishes()


class Unset(Exception):
    """A variable of the process's environment that a connection string names is unset or empty."""


def expand_environment(text: str) -> str:
    """
    Fill ``${env:NAME}`` in.

    Raises:
        Unset: a variable is unset or empty.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1], "")
        if not found:
            raise Unset(f"the environment variable {match[1]} is unset or empty")
        return found

    return _ENVIRONMENT.sub(value, text)


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
            place = _Place(definition, service, source, dsns.get(source.id), server)
            reports.append(_validate_source(place, mine, progress, wishes))
    return Report(
        merged(finding for report in reports for finding in report.findings),
        tuple(timing for report in reports for timing in report.timings),
        tuple(proof for report in reports for proof in report.proofs),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A source of a definition, and where its database is: a connection string, else the run's own server."""

    definition: Definition
    service: Service
    source: Source
    dsn: str | None
    server: Server | None


def _validate_source(
    place: _Place, statements: Sequence[Statement], progress: Progress | None, wishes: Wishes
) -> Report:
    now = datetime.datetime.now(tz=datetime.UTC)
    with contextlib.ExitStack() as stack:
        opened = open_source(
            place.definition, place.service, place.source, place.dsn, place.server, wishes.role, stack
        )
        if not isinstance(opened, Prover):
            return _kept_from(statements, opened)
        report = validate(place.service, statements, opened, now, progress)
        ran = [proof.case for proof in report.proofs if proof.outcome.error is None]
        try:
            more = rights.judge(opened, ran, views=bool(wishes.role))
        except (ConnectionLost, InquiryRefused):
            more = []  # the statements' own outcomes tell it
        return replace(report, findings=(*report.findings, *more))


def open_source(  # noqa: PLR0917  (each is a thing of its own)
    definition: Definition,
    service: Service,
    source: Source,
    dsn: str | None,
    server: Server | None,
    role: str,
    stack: contextlib.ExitStack,
) -> Prover | tuple[Problem, ...]:
    """
    Connect to a source's database, or make one from its fixtures, until the stack closes.

    Returns:
        What proves statements as the role, or why there is nothing of the kind.
    """
    try:
        if dsn is None:
            problems, dsn = _own_database(definition, service, source, server, role, stack)
            if problems:
                return problems
            connection = stack.enter_context(connect(dsn))
        else:
            connection = stack.enter_context(connect(dsn))
            objections = role_objections(connection)
            if objections:
                return tuple(_too_strong(source, each) for each in objections)
            if role and role != connection.info.user:
                return (_other_login(source, role, connection.info.user),)
        return Prover(connection, trusted=source.trusted)
    except CannotConnect as error:
        return (problem_at("database-unreachable", error.message, source.at, hint=error.hint),)


def _other_login(source: Source, role: str, login: str) -> Problem:
    return problem_at(
        "role-not-login",
        f"the statements are to run as {role}, but the connection's login is {login}",
        source.at,
        hint=f"connect as {role} itself: a query could go back from a role that was set to the login",
    )


def _kept_from(statements: Sequence[Statement], problems: Iterable[Problem]) -> Report:
    """Report what kept all statements of a source from being run: it is a problem of each of them."""
    return Report(tuple(in_statements(problem, *statements) for problem in problems))


def _too_strong(source: Source, objection: Objection) -> Problem:
    return problem_at(
        "role-too-strong",
        f"the role must not be used for proving statements: {objection.message}",
        source.at,
        hint=objection.hint,
    )


def _own_database(
    definition: Definition,
    service: Service,
    source: Source,
    server: Server | None,
    role: str,
    stack: contextlib.ExitStack,
) -> tuple[tuple[Problem, ...], str]:
    if source.schema is None or server is None:
        hint = "add fixture: {schema: …, data: …} to the source, or give a database with --dsn"
        return (
            problem_at("fixture-missing", f"the source '{source.id}' names no fixture", source.at, hint=hint),
        ), ""
    path = ("sources", source.id, "fixture")
    named = [(source.schema, (*path, "schema")), *((name, (*path, "data")) for name in source.data)]
    texts = [definition.beside(name, place) for name, place in named]
    refused = tuple(text for text in texts if isinstance(text, Problem))
    if refused:
        return refused, ""
    files = [text for text in texts if isinstance(text, SourceText)]
    scratch = stack.enter_context(scratch_database(server, f"{service.id}-{source.id}"[:63]))
    try:
        scratch.load([file.text for file in files])
    except FixtureError as error:
        return (_refused(files[error.file], error),), ""
    wanted = role or source.role
    with connect(scratch.dsn()) as connection:
        if not wanted or has_role(connection, wanted):
            return (), scratch.dsn(wanted)
    message, hint = (
        f"the fixture makes no role '{wanted}'",
        f"add CREATE ROLE {identifier(wanted)} to its schema",
    )
    return (problem_at("role-missing", message, source.at, hint=hint),), ""


def _refused(file: SourceText, error: FixtureError) -> Problem:
    place = span_in(file, error.offset, error.offset + 1) if file.text else Span.of_file(file.file)
    return Problem(
        "fixture-refused", f"PostgreSQL refused the fixture: {error.message}", place, hint=error.hint
    )
