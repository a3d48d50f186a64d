"""``watchglass check``: all that can be judged without a database."""

from __future__ import annotations

import datetime

import click

from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import Format, environment_option, format_option


@click.command()
@click.argument("definitions", nargs=-1)
@environment_option
@format_option
def command(definitions: tuple[str, ...], environment: str | None, form: Format) -> int:
    """
    Judge DEFINITIONS (else definitions/*.yaml): form, names, thresholds, SQL templates, what targets refuse.

    Exit codes: 0 no error, 1 errors.
    """
    from watchglass.cli.reporting import of_notes, tell
    from watchglass.pipeline import colliding, compile_definition
    from watchglass.problems import has_errors

    today = datetime.datetime.now(tz=datetime.UTC).date()
    compiled = {path: compile_definition(path, environment, today) for path in find_definitions(definitions)}
    problems = [*colliding(compiled)]
    sources: dict[str, str] = {}
    for each in compiled.values():
        problems += each.problems
        sources |= each.sources
        if form != "text":
            problems += of_notes(each.notes, each.service.unrendered if each.service else ())
    tell(problems, form, sources)
    if form == "text" and not problems:
        click.echo(f"{len(compiled)} {'definition' if len(compiled) == 1 else 'definitions'}: no problems")
    return 1 if has_errors(problems) else 0
