"""Where a source's rows are: a database that was given, or one of the run's own, filled from the fixtures."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from watchglass.database.connection import CannotConnect, Connection, connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError, scratch_database
from watchglass.database.roles import Objection, has_role, role_objections
from watchglass.definition.fixture import fixture_texts
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.problems import Problem, Span
from watchglass.sql import readings
from watchglass.sql.literals import identifier
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span as span_in
from watchglass.validate.place import problem_at


@dataclass(frozen=True, slots=True)
class Place:
    """A source of a definition, and where its database is: a connection string, else the run's own server."""

    definition: Definition
    service: Service
    source: Source
    dsn: str | None
    server: Server | None


def open_database(
    place: Place, stack: contextlib.ExitStack, *, role: str = "", sends: bool = True
) -> Connection | tuple[Problem, ...]:
    """
    Connect to a source's database, or make one from its fixtures, until the stack closes.

    Args:
        role: who the session acts as; empty: the fixture's role, or the connection's own.
        sends: whether statements of the definition will be sent; then the role must do no more than read. Else the
            session may be anybody's, and that of the fixture's owner is taken.

    Returns:
        The session, or why there is none.
    """
    try:
        return _open(place, stack, role, sends=sends)
    except CannotConnect as error:
        return (problem_at("database-unreachable", error.message, place.source.at, hint=error.hint),)


def _open(
    place: Place, stack: contextlib.ExitStack, role: str, *, sends: bool
) -> Connection | tuple[Problem, ...]:
    if place.dsn is None:
        problems, dsn = own_database(place, (role or place.source.role) if sends else "", stack)
        return problems or stack.enter_context(connect(dsn))
    connection = stack.enter_context(connect(place.dsn))
    problems = _unfit(place.source, connection, role) if sends else ()
    return problems or connection


def _unfit(source: Source, connection: Connection, role: str) -> tuple[Problem, ...]:
    objections = role_objections(connection)
    if objections:
        return tuple(_too_strong(source, each) for each in objections)
    if role and role != connection.info.user:
        return (_other_login(source, role, connection.info.user),)
    return ()


def _other_login(source: Source, role: str, login: str) -> Problem:
    return problem_at(
        "role-not-login",
        f"the statements are to run as {role}, but the connection's login is {login}",
        source.at,
        hint=f"connect as {role} itself: a query could go back from a role that was set to the login",
    )


def _too_strong(source: Source, objection: Objection) -> Problem:
    return problem_at(
        "role-too-strong",
        f"the role must not be used for proving statements: {objection.message}",
        source.at,
        hint=objection.hint,
    )


def own_database(place: Place, role: str, stack: contextlib.ExitStack) -> tuple[tuple[Problem, ...], str]:
    """
    Fill a database of the run's own from the fixture, until the stack closes.

    Returns:
        Why there is none, and the connection string for the role.
    """
    source, server = place.source, place.server
    if source.schema is None or server is None:
        hint = "add fixture: {schema: …, data: …} to the source, or give a database with --dsn"
        return (
            problem_at("fixture-missing", f"the source '{source.id}' names no fixture", source.at, hint=hint),
        ), ""
    files, missing = fixture_texts(place.definition, source)
    if missing:
        return missing, ""
    scratch = stack.enter_context(scratch_database(server, f"{place.service.id}-{source.id}"[:63]))
    try:
        scratch.load([file.text for file in files])
    except FixtureError as error:
        return (refused_fixture(files[error.file], error),), ""
    with connect(scratch.dsn()) as connection:
        if records(place.service, source):
            _add_readings(connection, {role, source.role} - {""})
        if not role or has_role(connection, role):
            return (), scratch.dsn(role)
    return (role_missing(source, role),), ""


def records(service: Service, source: Source) -> bool:
    """Tell whether a source keeps what is recorded of some metric."""
    histories = [metric.history for metric in service.metrics.values()]
    return any(each and each.recording and each.query.source.id == source.id for each in histories)


def _add_readings(connection: Connection, readers: set[str]) -> None:
    """Make the empty table that `watchglass sample` fills in a real database."""
    connection.execute(readings.TABLE_SQL.encode())
    for role in sorted(readers):
        if has_role(connection, role):
            connection.execute(readings.reader_sql(role).encode())


def role_missing(source: Source, role: str) -> Problem:
    """Say that the fixture makes no such role."""
    hint = f"add CREATE ROLE {identifier(role)} to its schema"
    return problem_at("role-missing", f"the fixture makes no role '{role}'", source.at, hint=hint)


def refused_fixture(file: SourceText, error: FixtureError) -> Problem:
    """Say what PostgreSQL refused of a fixture's file, at its place."""
    place = span_in(file, error.offset, error.offset + 1) if file.text else Span.of_file(file.file)
    return Problem(
        "fixture-refused", f"PostgreSQL refused the fixture: {error.message}", place, hint=error.hint
    )
