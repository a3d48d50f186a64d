"""A click group that knows its commands by name and imports one only when it is called."""

from __future__ import annotations

import errno
import importlib
from collections.abc import Mapping
from typing import Any

import click

from watchglass.cli import exit_codes
from watchglass.cli.bug import report_bug
from watchglass.cli.commands import Entry
from watchglass.cli.redaction import report_redactor
from watchglass.nearest import suggest


class LazyGroup(click.Group):
    """
    The program: finds the command, runs it, and turns what it raises into an exit code.

    Args:
        entries: the commands, in the order of the help.
    """

    def __init__(self, entries: Mapping[str, Entry], **attributes: Any) -> None:
        super().__init__(**attributes)
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names in the order of the help."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.path.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; refuse an unknown one with the nearest name."""
        if args[0] not in self.entries and not ctx.resilient_parsing:
            hint = suggest(args[0], self.entries, "commands")
            ctx.fail(f"no command '{args[0]}'{'; ' if hint else ''}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands' lines without importing a command."""
        if self.entries:
            with formatter.section("Commands"):
                formatter.write_dl([(name, entry.help) for name, entry in self.entries.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, EOFError):
            raise
        except OSError as error:
            return _outside(error, debug=ctx.params["debug"])
        # The one place that sees every bug: the user gets a report to send in place of a traceback.
        except Exception as bug:  # noqa: BLE001
            report_bug(bug, debug=ctx.params["debug"], clean=report_redactor(ctx).clean)
            return exit_codes.BUG


def _outside(error: OSError, *, debug: bool) -> int:
    if debug or error.errno == errno.EPIPE:
        raise error
    place = f": {error.filename}" if error.filename else ""
    click.echo(f"watchglass: {error.strerror or error}{place}", err=True)
    return exit_codes.PROBLEMS
