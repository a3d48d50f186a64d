"""``watchglass notify-test``: a message to one contact, sent by Grafana itself."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from watchglass.cli.exit_codes import FINE, INTERRUPTED
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from watchglass.definition.service import Service
    from watchglass.durations import Duration
    from watchglass.pipeline import Compiled
    from watchglass.publish.grafana.trial import Trial


@click.command()
@click.argument("contact")
@click.argument("definitions", nargs=-1)
@click.option(
    "--wait", "waiting", default="2m", show_default=True, metavar="TIME", help="How long before it fires."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--ca", "authority", default="", metavar="FILE", help="Certificates of an authority of yours.")
@click.option("--insecure", is_flag=True, help="Take any certificate.")
@click.option("--allow-http", is_flag=True, help="Send the token over http:// to another machine.")
@environment_option
def command(
    contact: str,
    definitions: tuple[str, ...],
    waiting: str,
    yes: bool,
    authority: str,
    insecure: bool,
    allow_http: bool,
    environment: str | None,
) -> int:
    """
    Send a test to CONTACT of DEFINITIONS (else definitions/*.yaml), by a rule that fires for a moment.

    Exit codes: 0 the rule fired, 1 it did not, 130 stopped by a signal.
    """
    import datetime

    from watchglass.cli.publishing import Options, Patience, client_of, compile_all, failures_told
    from watchglass.cli.redaction import run_redactor
    from watchglass.publish.grafana import trial as trials

    wait = _length(waiting)
    options = Options(environment, ("grafana",), authority, insecure, allow_http)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    path, each = _with_contact(compiled, contact)
    assert each.service is not None, "there was no error"
    patience = Patience()
    with failures_told(redactor):
        client = client_of(path, each, "grafana", options, redactor)
        assert client is not None, "Grafana was asked for"
        trial = _trial(each.service, contact, wait)
        trials.check_ready(client, trial)
        _agree(trial, yes=yes)
        with patience.watching():
            now = datetime.datetime.now(tz=datetime.UTC)
            fired = trials.send(client, trial, now, time.sleep, patience)
    if not fired:
        click.echo("stopped; the rule is removed again", err=True)
        return INTERRUPTED
    click.echo(
        f"the rule fired, and is removed again: did '{contact}' get its message? Its end follows within minutes"
    )
    return FINE


def _length(text: str) -> Duration:
    from watchglass.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--wait") from error


def _with_contact(compiled: Mapping[Path, Compiled], contact: str) -> tuple[Path, Compiled]:
    """Give the definition that has the contact, and tells it of anything in this environment."""
    from watchglass.nearest import suggest

    told = {
        path: (each.service.notification.contacts if each.service and each.service.notification else {})
        for path, each in compiled.items()
    }
    having = [path for path, contacts in told.items() if contact in contacts]
    if not having:
        for each in compiled.values():
            _refuse_replaced(each, contact)
        hint = suggest(contact, [name for contacts in told.values() for name in contacts], "contacts")
        raise click.UsageError(
            f"nobody tells a contact '{contact}' anything here" + (f"; {hint}" if hint else "")
        )
    if len(having) > 1:
        raise click.UsageError(f"several definitions have a contact '{contact}'; name one")
    return having[0], compiled[having[0]]


def _refuse_replaced(compiled: Compiled, contact: str) -> None:
    """
    Say where an environment puts somebody else, or nobody, in a contact's place.

    Raises:
        click.UsageError: it does.
    """
    from watchglass.definition.notification import NOBODY

    assert compiled.definition is not None and compiled.service is not None, "there was no error"
    environment = compiled.service.environment.id
    part = compiled.definition.model.environments.get(environment)
    instead = part.contacts.get(contact) if part is not None else None
    if instead is None:
        return
    told = "nobody is" if instead == NOBODY else f"'{instead}' is"
    raise click.UsageError(
        f"in the environment '{environment}' {told} told in place of '{contact}': "
        f"it says `contacts: {{{contact}: {instead}}}`"
    )


def _trial(service: Service, contact: str, wait: Duration) -> Trial:
    from watchglass import naming
    from watchglass.publish.grafana.trial import Trial

    suffix = service.environment.suffix
    source = next((each for each in service.sources.values() if each.type == "postgres"), None)
    if source is None:
        raise click.ClickException(
            "a test needs a source of type postgres: Grafana evaluates no rule without one"
        )
    return Trial(
        naming.owner_of(service.id, suffix),
        service.id,
        naming.uid(service.id, suffix, "folder"),
        contact,
        naming.uid(service.id, suffix, "contact", contact),
        naming.owned_name(service.id, suffix, contact),
        source.grafana_uid,
        wait,
    )


def _agree(trial: Trial, *, yes: bool) -> None:
    """
    Say what will be done, and ask.

    Raises:
        click.UsageError: there is nobody to ask.
        click.Abort: the answer is no.
    """
    if yes:
        return
    click.echo(
        f"A rule in the group '{trial.group}' fires after {trial.wait.words} and tells '{trial.contact}' alone; "
        "it is removed again."
    )
    if not sys.stdin.isatty():
        raise click.UsageError("nobody is there to ask: say --yes")
    click.confirm("Send it?", abort=True)
