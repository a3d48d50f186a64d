"""``watchglass destroy``: removes all that is ours at Grafana and Metabase."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from watchglass.cli.apply import agree, make, refuse_unready
from watchglass.cli.exit_codes import FINE
from watchglass.cli.lock import alone, lock_option, locks
from watchglass.cli.publishing import Options, server_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option


@click.command()
@click.argument("definitions", nargs=-1)
@server_options
@click.option("--overwrite-drift", is_flag=True, help="Remove what somebody else changed of ours, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@lock_option
@environment_option
def command(
    definitions: tuple[str, ...], yes: bool, no_lock: bool, environment: str | None, **typed: Any
) -> int:
    """
    Remove what carries the mark of DEFINITIONS (else definitions/*.yaml), and nothing else.

    Exit codes: 0 all is gone, 1 it could not be done, 130 stopped by a signal.
    """
    from watchglass.cli.publishing import compile_all, failures_told, sessions

    options = replace(Options(environment=environment, **typed), prune=True, allow_large=True)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    dsns = locks(compiled, redactor, no_lock=no_lock)
    with failures_told(redactor):
        ready = list(sessions(compiled, options, redactor, empty=True))
    refuse_unready(ready, None, redactor)
    if not any(each.plan.writes for each in ready):
        click.echo("nothing of ours is there")
        return FINE
    agree(ready, redactor, yes=yes)
    with alone(compiled, dsns, redactor):
        return make(ready, redactor)
