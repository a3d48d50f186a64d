"""``watchglass drift``: what somebody else changed of ours at Grafana and Metabase; reads only."""

from __future__ import annotations

from dataclasses import replace
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
    Show which objects of DEFINITIONS (else definitions/*.yaml) somebody changed since the last apply, and how.

    Exit codes: 0 nobody, 3 somebody, 1 a server that cannot be read.
    """
    from watchglass.cli.publishing import color, compile_all, failures_told, sessions
    from watchglass.publish.redacted import redacted
    from watchglass.review import plan_report
    from watchglass.review.excerpt import neutral

    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    found = False
    with failures_told(redactor):
        for each in sessions(compiled, options, redactor):
            drifted = tuple(change for change in each.plan.changes if change.drifted)
            found = found or bool(drifted)
            shown = replace(each.plan, changes=drifted, instance=replace(each.plan.instance, notes=()))
            text = (
                plan_report.text(redacted(shown, redactor), color=color())
                if drifted
                else f"{each.plan.instance.target}: no drift\n"
            )
            click.echo(redactor.clean(f"{neutral(str(each.path))}\n{text}"), nl=False)
    return DIFFERENCES if found else FINE
