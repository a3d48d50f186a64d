"""``watchglass sample``: the numbers of recorded metrics, written down once or as time goes by."""

from __future__ import annotations

import datetime
import os
import signal
from typing import TYPE_CHECKING

import click

from watchglass.cli import exit_codes
from watchglass.cli.inputs import filled_dsn, find_definitions, refuse_strangers
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from watchglass.pipeline import Compiled
    from watchglass.recording import Sampler


@click.command()
@click.argument("definitions", nargs=-1)
@click.option("--once", is_flag=True, help="Record once and end, as a job of a scheduler does; the default.")
@click.option("--every", metavar="LENGTH", help="Go on recording, such as every 5m.")
@click.option("--ddl", is_flag=True, help="Print the SQL that makes the table and its roles, and end.")
@click.option("--writer", help="With --ddl, the role that records.")
@click.option(
    "--dsn",
    "given",
    callback=filled_dsn,
    multiple=True,
    help="The database that is read; SOURCE=DSN where there are several sources.",
)
@click.option(
    "--into",
    callback=filled_dsn,
    multiple=True,
    help="The database that readings are written to, as a role that may; SOURCE=DSN for one source; else WATCHGLASS_INTO.",
)
@environment_option
def command(
    definitions: tuple[str, ...],
    once: bool,
    every: str | None,
    ddl: bool,
    writer: str | None,
    given: tuple[str, ...],
    into: tuple[str, ...],
    environment: str | None,
) -> int:
    """
    Record the metrics of DEFINITIONS (else definitions/*.yaml) whose history says `record:`.

    Exit codes: 0, 1 problems, also where a number could not be read (once).
    """
    from watchglass.cli.reporting import tell
    from watchglass.pipeline import compile_definition
    from watchglass.problems import has_errors
    from watchglass.validate.session import is_filled

    if once and every:
        raise click.UsageError("--once and --every exclude each other")
    today = datetime.datetime.now(tz=datetime.UTC).date()
    compiled = [compile_definition(path, environment, today) for path in find_definitions(definitions)]
    problems = [problem for each in compiled for problem in each.problems]
    if has_errors(problems):
        tell(problems, "text", {name: text for each in compiled for name, text in each.sources.items()})
        return exit_codes.PROBLEMS
    if ddl:
        return _print_ddl(compiled, writer)
    written = into or tuple(filter(is_filled, [os.environ.get("WATCHGLASS_INTO", "")]))
    refuse_strangers(given, compiled)
    refuse_strangers(written, compiled, "--into")
    samplers = [made for each in compiled for made in _samplers(each, given, written, environment)]
    if not samplers:
        raise click.UsageError("no metric is recorded: add history: {record: 5m, keep: 90d} to one")
    return _go_on(samplers, _seconds(every, samplers)) if every else _once(samplers)


def _print_ddl(compiled: Sequence[Compiled], writer: str | None) -> int:
    from watchglass.recording.sampler import recorded_metrics
    from watchglass.sql import readings

    sources = {
        source.id: source
        for each in compiled
        if each.service
        for _, _, source in recorded_metrics(each.service)
    }
    if not sources:
        raise click.UsageError("no metric is recorded: add history: {record: 5m, keep: 90d} to one")
    for source in sources.values():
        click.echo(f"-- source {source.id}: run once by the owner of the database")
        click.echo(readings.TABLE_SQL, nl=False)
        click.echo(readings.writer_sql(writer or readings.WRITER), nl=False)
        click.echo(readings.reader_sql(source.role or "dashboards"), nl=False)
    return exit_codes.FINE


def _samplers(
    compiled: Compiled, given: tuple[str, ...], into: tuple[str, ...], environment: str | None
) -> list[Sampler]:
    from watchglass.cli.reporting import databases_told
    from watchglass.recording import Sampler
    from watchglass.validate.session import dsns_of

    if compiled.definition is None or compiled.service is None:
        return []
    with databases_told():
        dsns = dsns_of(compiled.definition, compiled.service, given, environment)
    writers = dsns_of(compiled.definition, compiled.service, into, None)
    sampler = Sampler(compiled.definition, compiled.service, dsns, writers)
    for metric, _, source in sampler.metrics:
        if metric.query.source.id not in dsns:
            raise click.UsageError(
                f"which database is read? --dsn {metric.query.source.id}=…, or an environment with a dsn"
            )
        if source.id not in writers:
            raise click.UsageError(
                f"where are readings written? --into {source.id}=…, or the variable WATCHGLASS_INTO"
            )
    return [sampler] if sampler.metrics else []


def _seconds(every: str, samplers: Sequence[Sampler]) -> float:
    from watchglass.durations import parse_duration

    try:
        seconds = parse_duration(every).seconds
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--every") from None
    if seconds < 1:
        raise click.BadParameter(f"'{every}' is under a second", param_hint="--every")
    for sampler in samplers:
        for metric, recording, _ in sampler.metrics:
            if recording.every.seconds % seconds:
                message = f"{metric.id} is recorded every {recording.every.words}: --every {every} misses instants of it"
                click.echo(f"watchglass: {message}", err=True)
    return seconds


def _once(samplers: Sequence[Sampler]) -> int:
    failed = [_tick(sampler) for sampler in samplers]
    return exit_codes.PROBLEMS if any(failed) else exit_codes.FINE


def _go_on(samplers: Sequence[Sampler], seconds: float) -> int:
    from watchglass.cli.stopping import Stop
    from watchglass.recording import following

    stop = Stop()
    while not stop.asked:
        for sampler in samplers:
            if not stop.asked:
                _tick(sampler)
        due = following(_now(), seconds)
        while not stop.asked and (left := (due - _now()).total_seconds()) > 0:
            stop.wait(left)
    return exit_codes.INTERRUPTED if stop.signal == signal.SIGINT else exit_codes.FINE


def _tick(sampler: Sampler) -> bool:
    """Record, tell what came of it, and say whether something failed."""
    tick = sampler.tick(_now())
    told = "another sampler is at work" if tick.locked else f"{tick.written} readings"
    click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} {sampler.name}: {told}", err=True)
    for failure in tick.failures:
        click.echo(f"{_now():%Y-%m-%dT%H:%M:%SZ} {sampler.name}: {failure}", err=True)
    return bool(tick.failures)


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC)
