"""``watchglass check``: all that can be judged without a database."""

from __future__ import annotations

import datetime

import click

from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import Format, environment_option, format_option


@click.command()
@click.argument("definitions", nargs=-1)
@click.option("--strict", is_flag=True, help="Exit with 1 on a warning, too.")
@environment_option
@format_option
def command(definitions: tuple[str, ...], strict: bool, environment: str | None, form: Format) -> int:
    """
    Judge DEFINITIONS (else definitions/*.yaml): form, names, thresholds, SQL, what targets refuse, and by rules.

    Exit codes: 0 no error, 1 errors (with --strict: or warnings).
    """
    from watchglass.cli.reporting import of_notes, tell
    from watchglass.lint import lint
    from watchglass.pipeline import Order, colliding, produce_all
    from watchglass.problems import has_errors

    today = datetime.datetime.now(tz=datetime.UTC).date()
    products = produce_all(find_definitions(definitions), Order(environment, today, judge=lint))
    problems = [*colliding(products)]
    sources: dict[str, str] = {}
    for product in products:
        problems += product.problems
        sources |= product.sources
        if form != "text":
            problems += of_notes(product.notes, product.unrendered)
    tell(problems, form, sources)
    if form == "text" and not problems:
        click.echo(f"{len(products)} {'definition' if len(products) == 1 else 'definitions'}: no problems")
    return 1 if has_errors(problems) or (strict and any(each.level == "warning" for each in problems)) else 0
