"""``watchglass route``: who hears of an alert, now or at an instant, and how that changes in a week."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from watchglass.definition.hearing import Hearing, Subject
    from watchglass.definition.notification import Notification
    from watchglass.definition.service import Service

_MINUTE = datetime.timedelta(minutes=1)
_WEEK = datetime.timedelta(days=7)


@click.command()
@click.argument("alert")
@click.argument("definitions", nargs=-1)
@click.option("--at", "moment", default="", metavar="TIME", help="Such as 2026-03-02T08:00; now if left out.")
@click.option("--severity", default="", help="Another severity than the alert's.")
@click.option("--label", "given", multiple=True, metavar="NAME=VALUE", help="A label of one instance.")
@click.option("--week", is_flag=True, help="Also how it changes in the seven days that follow.")
@environment_option
def command(
    alert: str,
    definitions: tuple[str, ...],
    moment: str,
    severity: str,
    given: tuple[str, ...],
    week: bool,
    environment: str | None,
) -> int:
    """
    Say who hears of ALERT, by the routes of DEFINITIONS (else definitions/*.yaml).

    Exit codes: 0 said, 1 problems.
    """
    service = _service(alert, definitions, environment)
    notification = service.notification
    if notification is None:
        raise click.ClickException(f"'{service.id}' has no `notify:`: Grafana's own policies decide")
    _check_severity(service, severity)
    instant = _instant(moment, service.timezone)
    own = dict(_pair(each) for each in given) | ({"severity": severity} if severity else {})
    for subject in _subjects(service, alert, severity):
        labels = {**subject.labels, **({} if subject.escalation else own)}
        _tell(notification, subject, labels, instant)
        if week:
            _tell_week(notification, subject, labels, instant)
    return 0


def _service(alert: str, definitions: tuple[str, ...], environment: str | None) -> Service:
    """Compile the definitions, and give the one that has the alert."""
    from watchglass.cli.reporting import tell
    from watchglass.nearest import suggest
    from watchglass.pipeline import compile_definition
    from watchglass.problems import has_errors

    compiled = [compile_definition(path, environment) for path in find_definitions(definitions)]
    problems = [problem for each in compiled for problem in each.problems]
    if has_errors(problems):
        tell(problems, "text", {name: text for each in compiled for name, text in each.sources.items()})
        raise SystemExit(1)
    found = [each.service for each in compiled if each.service is not None]
    having = [service for service in found if alert in service.alerts]
    if not having:
        hint = suggest(alert, [name for service in found for name in service.alerts], "alerts")
        raise click.UsageError(f"no alert '{alert}'" + (f"; {hint}" if hint else ""))
    if len(having) > 1:
        raise click.UsageError(f"several definitions have an alert '{alert}'; name one")
    return having[0]


def _check_severity(service: Service, severity: str) -> None:
    """
    Refuse a severity that nothing of the definition has.

    Raises:
        click.UsageError: with the known ones.
    """
    from watchglass.nearest import suggest

    alerts = service.alerts.values()
    known = {rule.severity for alert in alerts for rule in alert.rules}
    known |= {step.severity for alert in alerts for step in alert.escalate if step.severity}
    known |= {
        each
        for route in (service.notification.routes if service.notification else ())
        for each in route.severities
    }
    if severity and severity not in known:
        raise click.UsageError(
            f"--severity {severity}: nothing in the definition has it; {suggest(severity, known, 'severities')}"
        )


def _instant(text: str, timezone: str) -> datetime.datetime:
    zone = ZoneInfo(timezone)
    if not text:
        return datetime.datetime.now(tz=zone)
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"'{text}' is no time, such as 2026-03-02T08:00", param_hint="--at"
        ) from error
    return found.astimezone(zone) if found.tzinfo is not None else found.replace(tzinfo=zone)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise click.BadParameter(f"'{text}' is no NAME=VALUE", param_hint="--label")
    return name, value


def _subjects(service: Service, alert: str, severity: str) -> list[Subject]:
    """List what is routed; of a severity that is asked for, the alert's rule of that severity where it has one."""
    from watchglass.definition.hearing import subjects_of

    listed = list(subjects_of(service, service.alerts[alert]))
    rules = {each.rule.id for each in listed if each.rule.severity == severity}
    return [each for each in listed if each.rule.id in rules] if rules else listed


def _tell(
    notification: Notification, subject: Subject, labels: Mapping[str, str], instant: datetime.datetime
) -> None:
    from watchglass.definition.hearing import hears

    after = subject.escalation.after if subject.escalation is not None else None
    if after is not None:
        instant = _later(instant, after.seconds)
    head = (
        f"after {after.words}, "
        if after is not None
        else f"{subject.rule.id}, severity {labels['severity']}, "
    )
    hearing = hears(notification, labels, instant, subject.alert.during)
    click.echo(
        f"{'  ' if after is not None else ''}{head}{instant:%a %Y-%m-%d %H:%M %Z}: {_said(notification, hearing)}"
    )
    if hearing.kind in ("held", "muted"):
        later = next(_changes(notification, subject, labels, instant), None)
        if later is not None:
            click.echo(
                f"  from {later[0]:%a %Y-%m-%d %H:%M %Z}: {_said(notification, later[1])}, if it still fires"
            )


def _later(instant: datetime.datetime, seconds: float) -> datetime.datetime:
    """Pass real time: a clock that is moved in between does not lengthen it."""
    return (instant.astimezone(datetime.UTC) + datetime.timedelta(seconds=seconds)).astimezone(instant.tzinfo)


def _said(notification: Notification, hearing: Hearing) -> str:
    route = hearing.route
    places = {id(each): f" (route {number})" for number, each in enumerate(notification.routes, 1)}
    by = places.get(id(route), "")
    return {
        "told": f"{hearing.contact}{by}",
        "nobody": f"nobody{by}",
        "held": f"nobody now, held for {hearing.contact}{by}",
        "muted": "nobody: the alert does not speak at this hour",
        "unrouted": "nobody that the definition names: no route matches",
    }[hearing.kind]


def _tell_week(
    notification: Notification, subject: Subject, labels: Mapping[str, str], instant: datetime.datetime
) -> None:
    for moment, hearing in _changes(notification, subject, labels, instant):
        click.echo(f"    {moment:%a %H:%M}  {_said(notification, hearing)}")


def _changes(
    notification: Notification, subject: Subject, labels: Mapping[str, str], instant: datetime.datetime
) -> Iterator[tuple[datetime.datetime, Hearing]]:
    """List the minutes of a week at which somebody else begins to hear."""
    from watchglass.definition.hearing import hears

    zone, during = instant.tzinfo, subject.alert.during
    start = instant.astimezone(datetime.UTC).replace(second=0, microsecond=0)
    before = hears(notification, labels, start, during)
    moment = start + _MINUTE
    while moment < start + _WEEK:
        now = hears(notification, labels, moment, during)
        if now != before:
            yield moment.astimezone(zone), now
            before = now
        moment += _MINUTE
