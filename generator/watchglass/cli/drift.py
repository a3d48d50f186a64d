"""``watchglass drift``: what somebody else changed or removed of ours at Grafana and Metabase; reads only."""

from __future__ import annotations

from typing import Any

import click

from watchglass.cli.exit_codes import DIFFERENCES, FINE
from watchglass.cli.publishing import Options, server_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option


@click.command()
@click.argument("definitions", nargs=-1)
@server_options
@environment_option
def command(definitions: tuple[str, ...], environment: str | None, **typed: Any) -> int:
    """
    Show which objects of DEFINITIONS (else definitions/*.yaml) somebody changed or removed since the last apply, and how.

    Exit codes: 0 nobody, 3 somebody, 1 a server that cannot be read.
    """
    from watchglass.cli.publishing import color, compile_all, failures_told, sessions
    from watchglass.publish.redacted import redacted
    from watchglass.review import drift_report
    from watchglass.review.excerpt import neutral

    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    found = False
    with failures_told(redactor):
        for each in sessions(compiled, options, redactor):
            drift = drift_report.drift_of(redacted(each.plan, redactor))
            found = found or bool(drift.changed or drift.missing)
            text = drift_report.text(drift, color=color())
            click.echo(redactor.clean(f"{neutral(each.title)}\n{text}"), nl=False)
    return DIFFERENCES if found else FINE
