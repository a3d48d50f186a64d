"""``watchglass backtest``: what an alert would have done over a stretch of the past, as it is and with changes."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import click

from watchglass.cli.inputs import filled_dsn, find_definitions
from watchglass.cli.reporting import databases_told, environment_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from watchglass.backtest import Report, Variant, Window
    from watchglass.definition.read import Definition
    from watchglass.definition.service import Service
    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem

_DAYS = 30
Form = Literal["text", "json", "markdown"]


@click.command()
@click.argument("definitions", nargs=-1)
@click.option("--alert", required=True, help="The alert to replay.")
@click.option(
    "--from", "start", help="Where the stretch begins: a day, or a day with time; 30 days before its end."
)
@click.option("--to", "end", help="Where it ends; now, if left out.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="METRIC.LEVEL=NUMBER",
    help="Compare with another threshold, or ALERT.for=LENGTH.",
)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False),
    help="Compare with another version of the file.",
)
@click.option(
    "--suggest",
    "most",
    type=click.IntRange(min=0),
    help="Name the threshold that would have fired at most N times.",
)
@click.option(
    "--svg", type=click.Path(dir_okay=False), help="Draw the values, levels and firings into a file."
)
@click.option(
    "--dsn",
    "given",
    callback=filled_dsn,
    multiple=True,
    help="A database in place of the fixtures; SOURCE=DSN where there are several sources.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json", "markdown")),
    default="text",
    show_default=True,
    help="How the result is told.",
)
@environment_option
def command(
    definitions: tuple[str, ...],
    alert: str,
    start: str | None,
    end: str | None,
    changes: tuple[str, ...],
    against: str | None,
    most: int | None,
    svg: str | None,
    given: tuple[str, ...],
    form: Form,
    environment: str | None,
) -> int:
    """
    Replay an alert of DEFINITIONS (else definitions/*.yaml) over the past.

    Only what can be told honestly is replayed: queries over rows that are only added, and recorded histories.
    Exit codes: 0, 1 problems.
    """
    from watchglass.cli.reporting import tell
    from watchglass.past import Refused

    if changes and against:
        raise click.UsageError("--set and --against exclude each other: write the change into the other file")
    today = datetime.datetime.now(tz=datetime.UTC)
    subject = _subject(definitions, alert, environment, today.date())
    other = _other(subject, changes, against, environment, today.date())
    problems = (*subject.problems, *(other.problems if other else ()))
    if subject.service is None or (other is not None and other.service is None):
        tell(problems, "text", _sources(subject, other))
        return 1
    window = _window(start, end, subject.service.timezone, today)
    try:
        report = _replay(subject, other, window, _dsns(subject, given, environment), most)
    except Refused as refused:
        tell((*problems, *refused.problems), "text", _sources(subject, other))
        return 1
    tell(problems, "text", _sources(subject, other))
    click.echo(_written(report, form), nl=False)
    if svg:
        from watchglass.review.backtest_svg import as_svg

        Path(svg).write_text(as_svg(report), encoding="utf-8")
        click.echo(f"{svg}: written", err=True)
    return 0


@dataclass(frozen=True, slots=True)
class _Side:
    """
    One version of the definition; no service where its problems are errors.

    Args:
        sources: name → text of each file read so far; a replay reads those of fixtures, too.
    """

    name: str
    told: str
    alert: str
    definition: Definition | None
    service: Service | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


def _subject(given: tuple[str, ...], alert: str, environment: str | None, today: datetime.date) -> _Side:
    """Find the definition that has the alert."""
    from watchglass.nearest import suggest
    from watchglass.pipeline import compile_definition

    known: list[str] = []
    broken: list[_Side] = []
    for path in find_definitions(given):
        compiled = compile_definition(path, environment, today)
        side = _side("now", "", alert, compiled)
        if side.service is None:
            broken.append(side)
        elif alert in side.service.alerts:
            return side
        else:
            known += side.service.alerts
    if broken:
        return broken[0]
    hint = suggest(alert, known, "alerts")
    raise click.UsageError(f"no alert '{alert}'{'; ' if hint else ''}{hint}")


def _side(name: str, told: str, alert: str, compiled: Compiled) -> _Side:
    sources = compiled.definition.sources if compiled.definition else compiled.sources
    service = None if compiled.failed else compiled.service
    return _Side(name, told, alert, compiled.definition, service, compiled.problems, sources)


def _other(
    subject: _Side,
    changes: tuple[str, ...],
    against: str | None,
    environment: str | None,
    today: datetime.date,
) -> _Side | None:
    """Make the version that is compared, if one is asked for."""
    from watchglass.definition.overrides import WrongChange, changed, read_change
    from watchglass.definition.resolve import resolve
    from watchglass.pipeline import compile_definition

    if against:
        other = _side(
            "changed", against, subject.alert, compile_definition(Path(against), environment, today)
        )
        if other.service is not None and subject.alert not in other.service.alerts:
            raise click.UsageError(f"{against} has no alert '{subject.alert}'")
        return other
    if not changes or subject.definition is None or subject.service is None:
        return None
    try:
        definition = changed(subject.definition, map(read_change, changes))
    except WrongChange as error:
        raise click.UsageError(f"--set: {error}") from None
    resolved = resolve(definition, environment, today)
    service, told = resolved.service, ", ".join(changes)
    return _Side("changed", told, subject.alert, definition, service, resolved.problems, definition.sources)


def _sources(subject: _Side, other: _Side | None) -> dict[str, str]:
    """Give the texts that were read so far, for excerpts."""
    return {**subject.sources, **(other.sources if other else {})}


def _window(start: str | None, end: str | None, timezone: str, now: datetime.datetime) -> Window:
    from watchglass.backtest import Window

    until = _instant("--to", end, timezone, now) if end else now.replace(microsecond=0)
    since = _instant("--from", start, timezone, until) if start else until - datetime.timedelta(days=_DAYS)
    if since >= until:
        raise click.UsageError(f"--from {since.isoformat()} is not before --to {until.isoformat()}")
    if until > now:
        raise click.UsageError(f"--to {until.isoformat()} is still to come")
    return Window(since, until)


def _instant(option: str, text: str, timezone: str, until: datetime.datetime) -> datetime.datetime:
    """Read a day, a day with time (in the service's time zone unless said), or a length before the end."""
    from watchglass.durations import parse_duration

    with contextlib.suppress(ValueError):
        read = datetime.datetime.fromisoformat(text)
        return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(timezone))
    with contextlib.suppress(ValueError):
        return until - datetime.timedelta(seconds=parse_duration(text).seconds)
    raise click.BadParameter(
        f"'{text}' is no time; write 2026-11-01, 2026-11-01T08:00+01:00, or a length such as 14d",
        param_hint=option,
    )


def _dsns(subject: _Side, given: tuple[str, ...], environment: str | None) -> dict[str, str]:
    from watchglass.validate.session import dsns_of, strangers

    assert subject.definition is not None, "a service has a definition"
    assert subject.service is not None, "checked by the caller"
    unknown = strangers(given, [subject.service])
    if unknown:
        raise click.UsageError(f"--dsn names a source '{unknown[0]}' that no definition has")
    with databases_told():
        return dsns_of(subject.definition, subject.service, given, environment)


def _replay(
    subject: _Side, other: _Side | None, window: Window, dsns: dict[str, str], most: int | None
) -> Report:
    from watchglass.backtest import Report, TooMany, differences
    from watchglass.past import Backtests, Wish

    assert subject.service is not None, "checked by the caller"
    variants: list[Variant] = []
    try:
        with databases_told(), Backtests(dsns) as backtests:
            for side in (subject, other):
                if side is not None and side.definition is not None and side.service is not None:
                    alert = side.service.alerts[side.alert]
                    wish = Wish(side.name, side.told, window, most if side is subject else None)
                    variants.append(backtests.run(side.definition, side.service, alert, wish))
    except TooMany as error:
        raise click.UsageError(str(error)) from None
    found = {
        now.rule.rule.id: differences(now, changed)
        for now in variants[0].replays
        for changed in (variants[1].replays if len(variants) > 1 else ())
        if now.rule.rule.id == changed.rule.rule.id
    }
    service = subject.service
    version = service.environment.grafana_version
    return Report(service.id, service.timezone, version, window, tuple(variants), found, most)


def _written(report: Report, form: Form) -> str:
    from watchglass.review import backtest_report

    writers = {
        "text": backtest_report.as_text,
        "json": backtest_report.as_json,
        "markdown": backtest_report.as_markdown,
    }
    return writers[form](report)
