"""``watchglass grants``: the SQL that lets the dashboards' role read what they read, and no more."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click

from watchglass.cli.inputs import filled_dsn, find_definitions, refuse_strangers
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem
    from watchglass.validate.grants import Grants
    from watchglass.validate.session import Session


@click.command()
@click.argument("definitions", nargs=-1)
@click.option(
    "--dsn",
    "given",
    callback=filled_dsn,
    multiple=True,
    help="A database in place of the fixtures; SOURCE=DSN where there are several sources.",
)
@click.option("--role", default="", help="Who is granted; the fixture's role if left out.")
@click.option("--columns", is_flag=True, help="Grant the columns that are read, not whole tables.")
@environment_option
def command(
    definitions: tuple[str, ...], given: tuple[str, ...], role: str, columns: bool, environment: str | None
) -> int:
    """
    Print the grants that the statements of DEFINITIONS (else definitions/*.yaml) need.

    The catalog is read, no statement is sent. What PUBLIC may do already is left out. Exit codes: 0, 1 problems.
    """
    from watchglass.cli.reporting import databases_told, tell
    from watchglass.pipeline import compile_definition
    from watchglass.problems import has_errors
    from watchglass.sql.literals import identifier
    from watchglass.validate.session import Session

    today = datetime.datetime.now(tz=datetime.UTC).date()
    compiled = {path: compile_definition(path, environment, today) for path in find_definitions(definitions)}
    refuse_strangers(given, compiled.values())
    with databases_told(), Session(given, environment) as session:
        found, problems = _collect(compiled, session, identifier(role) if role else "", columns=columns)
    if any(not each.role for each in found):
        raise click.UsageError("the fixture names no role; say whom to grant with --role")
    sources: dict[str, str] = {}
    for each in compiled.values():
        problems += each.problems
        sources |= each.sources
    tell(problems, "text", sources)
    _print(found)
    return 1 if has_errors(problems) else 0


def _collect(
    compiled: Mapping[Path, Compiled], session: Session, role: str, *, columns: bool
) -> tuple[list[Grants], list[Problem]]:
    found: list[Grants] = []
    problems: list[Problem] = []
    for each in compiled.values():
        if each.definition is None or each.service is None or each.failed:
            continue
        grants, more = session.grants(each.definition, each.service, each.artifacts, role, columns=columns)
        found += grants
        problems += more
    return found, problems


def _print(found: Iterable[Grants]) -> None:
    """Print each line once, under its source."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for each in found:
        lines.setdefault((each.source, each.role), {}).update(each.lines)
    for (source, role), granted in lines.items():
        click.echo(f"-- source {source}: what {role} needs beyond what PUBLIC may do")
        for line, why in granted.items():
            click.echo(f"{line};" + (f"  -- {why}" if why else ""))
