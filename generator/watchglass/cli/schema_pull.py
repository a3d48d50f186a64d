"""``watchglass schema-pull``: the structure of a real database as a fixture's schema."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchglass.cli.inputs import filled_dsn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from watchglass.database.structure.pull import Pulled


@click.command()
@click.option(
    "--dsn",
    required=True,
    callback=filled_dsn,
    help="The database; ${env:NAME} and ${file:PATH} in it are filled in.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; printed if left out.",
)
@click.option(
    "--schemas",
    default="",
    metavar="A,B",
    help="The schemas to take; all that the login may use if left out.",
)
@click.option(
    "--role", "roles", multiple=True, help="Whose rights to keep; repeat it. Everybody's if left out."
)
def command(dsn: str, output: Path | None, schemas: str, roles: tuple[str, ...]) -> int:
    """
    Write the structure of a database: tables, types, views, functions, policies and rights to read, without a single row.

    Only the catalog is read, in a read-only transaction: any login may do it. What the embedded server does not load is
    left out and told. Exit code: 0.
    """
    pulled = _pull(dsn, tuple(name.strip() for name in schemas.split(",") if name.strip()), roles)
    if output is None:
        click.echo(pulled.text, nl=False)
    else:
        output.write_bytes(pulled.text.encode())
    for left in pulled.left_out:
        click.echo(f"left out: {left.told}: {left.reason}", err=True)
    for line in _secrets(pulled.text):
        click.echo(line, err=True)
    where = f"{output.as_posix()}: " if output is not None else ""
    click.echo(f"{where}{len(pulled.steps)} statements, {len(pulled.left_out)} objects left out", err=True)
    return 0


def _pull(dsn: str, schemas: tuple[str, ...], roles: tuple[str, ...]) -> Pulled:
    from watchglass.cli.reporting import databases_told
    from watchglass.database.connection import CannotConnect
    from watchglass.database.embedded import embedded_server
    from watchglass.database.structure.copying import pull_structure
    from watchglass.database.structure.pull import UnknownRole, UnknownSchema
    from watchglass.database.structure.reading import StructureRefused
    from watchglass.references import filled

    try:
        with databases_told(), embedded_server() as server:
            return pull_structure(filled(dsn, os.environ, Path()), server, schemas=schemas, roles=roles)
    except CannotConnect as error:
        raise click.ClickException(f"{error.message}\n{error.hint}".strip()) from error
    except UnknownSchema as error:
        raise click.UsageError(f"--schemas: the database has no schema '{error}'") from error
    except UnknownRole as error:
        raise click.UsageError(f"--role: the server has no role '{error}'") from error
    except StructureRefused as error:
        raise click.ClickException(f"PostgreSQL does not tell its structure: {error}") from error


def _secrets(text: str) -> Iterator[str]:
    """Tell what looks like a secret: bodies of functions hold some, and the file is to be committed."""
    from watchglass.lint.secrets import known

    for secret in known(text, sql=True):
        line = text.count("\n", 0, secret.start) + 1
        yield f"line {line} looks as if it held {secret.what}: take it out of the database before you commit this"
