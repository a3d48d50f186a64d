"""The entry point: what a user typed becomes an exit code, and nothing ends in a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
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
    except OSError as error:  # what was said cannot be written: a full disk
        _close_quietly()
        click.echo(f"watchglass: {error.strerror or error}: standard output", err=True)
        return exit_codes.PROBLEMS
    return code if isinstance(code, int) else exit_codes.FINE


def main() -> NoReturn:
    """Run what was typed, and leave the process with its exit code."""
    _open_what_is_closed()
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a character shows its escape; it is no reason to stop.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _open_what_is_closed() -> None:
    """Give each standard stream that the caller closed an end: nobody is heard, and nobody hears."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # In this order each takes the lowest number that is free, which is its own.
            end = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115  (it lasts as long as the process)
            setattr(sys, name, end)


def _close_quietly() -> None:
    """Send the rest of standard output nowhere: Python writes it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
