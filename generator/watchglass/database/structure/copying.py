"""A connection string → a script of the database's structure, tried on a server of the run's own."""

from __future__ import annotations

from collections.abc import Sequence

from watchglass.database.connection import connect
from watchglass.database.embedded import Server
from watchglass.database.fixtures import scratch_database
from watchglass.database.structure.pull import Pulled, load, plan_script, unmade, write
from watchglass.database.structure.reading import read_catalog


def pull_structure(
    dsn: str, server: Server, *, schemas: Sequence[str] = (), roles: Sequence[str] = ()
) -> Pulled:
    """
    Read a database's structure, and leave out what the server does not load.

    Raises:
        CannotConnect: the database cannot be reached.
        StructureRefused: it does not tell its structure.
        UnknownSchema: a schema that was asked for is not there.
        UnknownRole: a role that was asked for is not there.
    """
    with connect(server.dsn()) as home:
        asked = home.execute("SELECT name FROM pg_available_extensions")
        available = [str(row[0]) for row in asked.fetchall()]
    with connect(dsn) as connection:
        catalog = read_catalog(connection, available)
    steps = plan_script(catalog, schemas, roles)
    with scratch_database(server, "watchglass-structure") as scratch:
        taken, left_out = load(scratch, steps)
    return write(catalog, taken, (*unmade(catalog, schemas), *left_out))
