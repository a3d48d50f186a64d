"""``watchglass validate``: every statement of every target on a live PostgreSQL."""

from __future__ import annotations

import contextlib
import datetime
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from watchglass.cli.inputs import (
    Shard,
    filled_dsn,
    find_definitions,
    read_shard,
    refuse_strangers,
    refuse_unknown,
)
from watchglass.cli.reporting import Format, environment_option, format_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem
    from watchglass.validate.engine import Report
    from watchglass.validate.run import Wishes
    from watchglass.validate.session import Session


@click.command()
@click.argument("definitions", nargs=-1)
@click.option(
    "--dsn",
    "given",
    callback=filled_dsn,
    multiple=True,
    help="A database in place of the embedded one; SOURCE=DSN where there are several sources.",
)
@click.option("--explain", is_flag=True, help="Ask for plans, and tell large tables that are read whole.")
@click.option("--role", default="", help="Run as this role, and tell what it may not do or see.")
@click.option(
    "--timings/--no-timings", default=True, help="Show how long each statement took, against its budget."
)
@click.option(
    "--shard",
    metavar="I/N",
    callback=read_shard,
    help="Take the I-th of N parts of the definitions, for N machines.",
)
@click.option(
    "--after",
    "migrations",
    multiple=True,
    metavar="FILE",
    help="Say what this migration breaks or changes; repeat it in order, SOURCE=FILE where there are several sources.",
)
@environment_option
@format_option
def command(
    definitions: tuple[str, ...],
    given: tuple[str, ...],
    explain: bool,
    role: str,
    timings: bool,
    shard: Shard | None,
    migrations: tuple[str, ...],
    environment: str | None,
    form: Format,
) -> int:
    """
    Run every statement of DEFINITIONS (else definitions/*.yaml) as each target will send it.

    Without --dsn and --environment the fixtures are loaded into a PostgreSQL of this run's own. With --after, the migration
    is applied to a copy, and what differs is told; of a database of yours the structure alone is read. Exit codes: 0, 1 problems.
    """
    from watchglass.cli.reporting import tell
    from watchglass.pipeline import compile_definition
    from watchglass.problems import has_errors
    from watchglass.validate.run import Wishes

    today = datetime.datetime.now(tz=datetime.UTC).date()
    paths = find_definitions(definitions)
    taken = shard.of(paths) if shard else paths
    making = partial(compile_definition, environment=environment, today=today)
    compiled = {path: making(path) for path in taken}
    refuse_strangers(given, _of_all_shards(paths, compiled, making))
    if migrations:
        from watchglass.cli.migration import judge, sources_of

        refuse_unknown(sources_of(migrations), _of_all_shards(paths, compiled, making), "--after")
        return judge(compiled, given, environment, Wishes(role), migrations, form)
    reports = _validate_all(compiled, given, environment, Wishes(role, explain))
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    for path, each in compiled.items():
        problems += [*each.problems, *reports[path].problems]
        sources |= each.sources
    tell(problems, form, sources)
    if form == "text":
        _summarize(reports, timings)
        if shard:
            click.echo(f"shard {shard}: {len(taken)} of {len(paths)} definitions")
    return 1 if has_errors(problems) else 0


def _of_all_shards(
    paths: Iterable[Path], compiled: Mapping[Path, Compiled], making: Callable[[Path], Compiled]
) -> Iterator[Compiled]:
    """Compile what another machine validates, too: all of them are given the same."""
    return (compiled.get(path) or making(path) for path in paths)


def _validate_all(
    compiled: Mapping[Path, Compiled],
    given: tuple[str, ...],
    environment: str | None,
    wishes: Wishes,
) -> dict[Path, Report]:
    from watchglass.cli.reporting import databases_told
    from watchglass.validate.session import Session

    with databases_told(), Session(given, environment, wishes) as session:
        return {path: _validate(each, session) for path, each in compiled.items()}


def _validate(compiled: Compiled, session: Session) -> Report:
    from watchglass.validate.engine import Report

    if compiled.service is None or compiled.definition is None or compiled.failed:
        return Report()
    with _bar() as progress:
        return session.validate(compiled.definition, compiled.service, compiled.artifacts, progress)


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("statements", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _summarize(reports: Mapping[Path, Report], timings: bool) -> None:
    for path, report in reports.items():
        if timings and report.timings:
            _table(report)
        cases = sum(timing.cases for timing in report.timings)
        click.echo(f"{path.as_posix()}: {len(report.timings)} statements in {cases} forms on PostgreSQL")


def _table(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("target", "statement", "ms", "budget", box=None, pad_edge=False)
    for timing in sorted(report.timings, key=lambda each: -each.milliseconds)[:20]:
        statement = timing.statement
        budget = f"{statement.budget_ms:.0f}" if statement.budget_ms is not None else ""
        over = statement.budget_ms is not None and timing.milliseconds > statement.budget_ms
        table.add_row(
            statement.target,
            statement.name,
            f"{timing.milliseconds:.1f}",
            budget,
            style="red" if over else "",
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)
