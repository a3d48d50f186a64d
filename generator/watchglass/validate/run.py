"""A compiled definition against PostgreSQL: one of the run's own, filled from the fixtures, or a real one."""

from __future__ import annotations

import contextlib
import datetime
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from watchglass.artifact import Artifact, Statement
from watchglass.database.connection import CannotConnect, connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError, scratch_database
from watchglass.database.prover import Prover
from watchglass.database.roles import Objection, role_objections
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.problems import Problem, Span
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span as span_in
from watchglass.validate.engine import Report, statements_of, validate
from watchglass.validate.finding import in_statements, merged
from watchglass.validate.place import problem_at

Progress = Callable[[int, int], None]
_ENVIRONMENT = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")


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
            reports.append(
                _validate_source(definition, service, source, mine, dsns.get(source.id), server, progress)
            )
    return Report(
        merged(finding for report in reports for finding in report.findings),
        tuple(timing for report in reports for timing in report.timings),
        tuple(proof for report in reports for proof in report.proofs),
    )


def _validate_source(  # noqa: PLR0917  (each is a thing of its own)
    definition: Definition,
    service: Service,
    source: Source,
    statements: Sequence[Statement],
    dsn: str | None,
    server: Server | None,
    progress: Progress | None,
) -> Report:
    now = datetime.datetime.now(tz=datetime.UTC)
    try:
        with contextlib.ExitStack() as stack:
            if dsn is None:
                problems, dsn = _own_database(definition, service, source, server, stack)
                if problems:
                    return _kept_from(statements, problems)
                connection = stack.enter_context(connect(dsn))
            else:
                connection = stack.enter_context(connect(dsn))
                objections = role_objections(connection)
                if objections:
                    return _kept_from(statements, [_too_strong(source, each) for each in objections])
            return validate(service, statements, Prover(connection, trusted=source.trusted), now, progress)
    except CannotConnect as error:
        problem = problem_at("database-unreachable", error.message, source.at, hint=error.hint)
        return _kept_from(statements, [problem])


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
    return (), scratch.dsn(source.role)


def _refused(file: SourceText, error: FixtureError) -> Problem:
    place = span_in(file, error.offset, error.offset + 1) if file.text else Span.of_file(file.file)
    return Problem(
        "fixture-refused", f"PostgreSQL refused the fixture: {error.message}", place, hint=error.hint
    )
