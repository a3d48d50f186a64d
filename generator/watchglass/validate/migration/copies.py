"""A source → copies of its database on the run's own server: filled from the fixtures, or with a real one's structure alone."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psycopg

from watchglass.database.connection import CannotConnect, connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import FixtureError, copied_database, scratch_database
from watchglass.database.roles import has_role
from watchglass.database.structure.copying import pull_structure
from watchglass.database.structure.reading import StructureRefused
from watchglass.problems import Problem
from watchglass.validate.databases import Place, own_database
from watchglass.validate.place import problem_at

_SUFFIXES = ("after", "watched")


@dataclass(frozen=True, slots=True)
class Copies:
    """
    Databases that are alike.

    Args:
        role: whom statements run as; empty: the server's owner.
        has_data: whether they hold a fixture's rows.
    """

    server: Server
    before: str
    after: str
    watched: str
    role: str
    has_data: bool

    def dsn(self, name: str, role: str = "") -> str:
        """Give the connection string of one of them."""
        return self.server.dsn(name, role)


def copies_of(place: Place, role: str, stack: contextlib.ExitStack) -> Copies | tuple[Problem, ...]:
    """Make the copies until the stack closes, or say why there are none."""
    server = place.server
    assert server is not None, "a migration is tried on the run's own server"
    filled = _structure(place, server, role, stack) if place.dsn else _fixture(place, role, stack)
    if isinstance(filled, tuple):
        return filled
    after, watched = (
        stack.enter_context(copied_database(server, filled, f"{filled[:50]}-{suffix}")).name
        for suffix in _SUFFIXES
    )
    with connect(server.dsn(filled)) as connection:
        wanted = role or place.source.role or _login(place)
        kept = wanted if has_role(connection, wanted) else ""
    return Copies(server, filled, after, watched, kept, place.dsn is None)


def _login(place: Place) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(place.dsn or "").get("user", ""))


def _fixture(place: Place, role: str, stack: contextlib.ExitStack) -> str | tuple[Problem, ...]:
    problems, dsn = own_database(place, role or place.source.role, stack)
    return problems or str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


def _structure(
    place: Place, server: Server, role: str, stack: contextlib.ExitStack
) -> str | tuple[Problem, ...]:
    at = place.source.at
    try:
        pulled = pull_structure(place.dsn or "", server)
    except CannotConnect as error:
        return (problem_at("database-unreachable", error.message, at, hint=error.hint),)
    except StructureRefused as error:
        message = f"the database does not tell its structure: {error}"
        return (problem_at("database-unreachable", message, at),)
    scratch = stack.enter_context(scratch_database(server, f"{place.service.id}-{place.source.id}"[:50]))
    try:
        scratch.load([pulled.text])
    except FixtureError as error:
        return (problem_at("fixture-refused", f"PostgreSQL refused the structure: {error.message}", at),)
    with connect(scratch.dsn()) as connection:
        if role and not has_role(connection, role):
            return (problem_at("role-missing", f"the database has no role '{role}'", at),)
    return scratch.name
