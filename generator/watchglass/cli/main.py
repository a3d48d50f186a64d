"""The entry point: what a user typed becomes an exit code, and nothing ends in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

import click

from watchglass.cli import exit_codes
from watchglass.cli.commands import COMMANDS
from watchglass.cli.group import LazyGroup
from watchglass.version import __version__

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=LazyGroup, entries=COMMANDS, context_settings=_SETTINGS)
@click.option("--debug", is_flag=True, help="Show the traceback of a bug in place of writing a report.")
@click.version_option(__version__, message="watchglass %(version)s")
def program(debug: bool) -> None:
    """Compile one definition of queries, thresholds and alerts for Grafana and Metabase."""


def run(arguments: Sequence[str], group: click.Group = program) -> int:
    """Run a command and give its exit code; see ``watchglass.cli.exit_codes``."""
    try:
        code = group.main(list(arguments), prog_name="watchglass", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("watchglass: interrupted", err=True)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        _close_quietly()
        return exit_codes.PROBLEMS
    return code if isinstance(code, int) else exit_codes.FINE


def main() -> NoReturn:
    """Run what was typed, and leave the process with its exit code."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a character shows its escape; it is no reason to stop.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _close_quietly() -> None:
    """Send the rest of standard output nowhere: Python writes it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
