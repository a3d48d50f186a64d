"""How commands tell problems, notes, and what keeps them from a database."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from watchglass.artifact import Note
    from watchglass.definition.service import Unrendered
    from watchglass.problems import Problem

FORMATS = ("text", "json", "github", "sarif")
Format = Literal["text", "json", "github", "sarif"]

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How problems are told.",
)
environment_option = click.option(
    "-e", "--environment", help="An environment of the definition; its default one if left out."
)


def tell(problems: Iterable[Problem], form: Format, sources: Mapping[str, str]) -> None:
    """Print problems, without secrets: text goes to stderr, what machines read to stdout."""
    from watchglass.problems import arrange
    from watchglass.review import report

    listed = arrange(problems)
    if not listed and form == "text":
        return
    if listed:
        from watchglass.lint import cleaned, hide_secrets

        sources, listed = hide_secrets(sources, listed), tuple(map(cleaned, listed))
    text = report(listed, form, sources, color=form == "text" and sys.stderr.isatty())
    click.echo(text, err=form == "text", nl=not text.endswith("\n"))


@contextlib.contextmanager
def databases_told() -> Iterator[None]:
    """
    Say what keeps a run from its databases: no server can be had, or a connection string refers to nothing.

    Raises:
        click.ClickException: one of them.
    """
    from watchglass.database.embedded import NoServer
    from watchglass.references import Unset

    try:
        yield
    except NoServer as error:
        raise click.ClickException(f"{error.message}\n{error.hint}") from error
    except Unset as error:
        raise click.ClickException(str(error)) from error


def of_notes(notes: Iterable[Note], unrendered: Iterable[Unrendered]) -> tuple[Problem, ...]:
    """Give the limits of targets and the parts that are not compiled yet as findings of the lowest level."""
    from watchglass.problems import Problem

    limits = [
        Problem(note.code, f"{note.target}: {note.object}: {note.message}", note.span, "note")
        for note in notes
    ]
    later = [
        Problem(
            "not-compiled",
            f"{part.part}: read and checked, but this version compiles nothing from it",
            part.span,
            "note",
        )
        for part in unrendered
    ]
    return (*limits, *later)
