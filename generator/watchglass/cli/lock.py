"""The lock against a second apply: which database holds it, and what is said where none does."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from watchglass.pipeline import Compiled
    from watchglass.publish.secret import Redactor

lock_option = click.option(
    "--no-lock", is_flag=True, help="Take no lock against a second apply: only one runs at a time anyway."
)
_WAY_OUT = "say --no-lock where only one apply runs at a time"


def locks(
    compiled: Mapping[Path, Compiled], redactor: Redactor, *, no_lock: bool
) -> Mapping[Path, str | None]:
    """
    Give the connection string of each definition's lock, before any server is asked; None where there is to be none.

    Raises:
        click.ClickException: it refers to nothing.
    """
    return {path: None if no_lock else _dsn_of(each, path, redactor) for path, each in compiled.items()}


def _dsn_of(compiled: Compiled, path: Path, redactor: Redactor) -> str | None:
    """Give the first connection string of the environment: every apply has to take the lock in the same database."""
    from watchglass.publish.secret import read
    from watchglass.references import Unset

    assert compiled.definition is not None and compiled.service is not None, "there was no error"
    part = compiled.definition.model.environments.get(compiled.service.environment.id)
    written = (
        next((each.dsn for each in part.sources.values() if each.dsn), None) if part is not None else None
    )
    if written is None:
        return None
    try:
        secret = read(written, os.environ, path.parent)
    except Unset as error:
        raise click.ClickException(
            f"{path}: no lock against a second apply: {error}; nothing was sent; set it, or {_WAY_OUT}"
        ) from None
    redactor.learn(secret)
    return secret.reveal()


@contextmanager
def alone(
    compiled: Mapping[Path, Compiled], dsns: Mapping[Path, str | None], redactor: Redactor
) -> Iterator[None]:
    """
    Keep a second apply of the same services out.

    Args:
        dsns: what `locks` gave.

    Raises:
        click.ClickException: another apply is under way, or the lock cannot be had.
    """
    from watchglass.database.connection import CannotConnect
    from watchglass.database.lock import Taken, only_one

    with ExitStack() as held:
        for path, each in compiled.items():
            dsn = dsns[path]
            if dsn is None:
                continue
            try:
                held.enter_context(only_one(dsn, each.home))
            except Taken as error:
                raise click.ClickException(f"{path}: {error}; nothing was written") from None
            except CannotConnect as error:
                reason = redactor.clean(error.message)
                raise click.ClickException(
                    f"{path}: no lock against a second apply: {reason}; nothing was written; {_WAY_OUT}"
                ) from None
        for path in (path for path, dsn in dsns.items() if dsn is None):
            click.echo(f"{path}: no lock against a second apply; let CI run one at a time", err=True)
        yield
