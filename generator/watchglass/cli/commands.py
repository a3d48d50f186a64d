"""The list of commands: where each one is, and its line in the help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Entry(NamedTuple):
    """
    A command that is not imported yet.

    Args:
        path: ``module:name`` of its click command, which returns an exit code.
        help: what it does, in one line.
    """

    path: str
    help: str


COMMANDS: Final[Mapping[str, Entry]] = {
    "init": Entry("watchglass.cli.init:command", "Write a commented first definition and recipes for CI."),
    "check": Entry("watchglass.cli.check:command", "Judge definitions without a database."),
    "compile": Entry("watchglass.cli.compile:command", "Compile definitions into the output folder."),
    "validate": Entry("watchglass.cli.validate:command", "Run every statement on a live PostgreSQL."),
    "test": Entry("watchglass.cli.test:command", "Run the alert tests on a clock that moves."),
    "backtest": Entry(
        "watchglass.cli.backtest:command", "Replay an alert over the past, as it is and with changes."
    ),
    "sample": Entry("watchglass.cli.sample:command", "Record metrics whose present leaves no trace."),
    "grants": Entry("watchglass.cli.grants:command", "Print the grants that the dashboards' role needs."),
    "schema-pull": Entry(
        "watchglass.cli.schema_pull:command", "Write the structure of a database as a fixture's schema."
    ),
    "route": Entry("watchglass.cli.route:command", "Say who hears of an alert, and when."),
    "notify-test": Entry(
        "watchglass.cli.notify_test:command", "Send a test message to a contact, by Grafana itself."
    ),
    "plan": Entry("watchglass.cli.plan:command", "Say what an apply would change at Grafana and Metabase."),
    "apply": Entry("watchglass.cli.apply:command", "Publish to Grafana and Metabase."),
    "drift": Entry("watchglass.cli.drift:command", "Show what somebody else changed of ours."),
    "adopt": Entry(
        "watchglass.cli.adopt:command", "Take what somebody changed at a server into the definition."
    ),
    "destroy": Entry("watchglass.cli.destroy:command", "Remove all that is ours at Grafana and Metabase."),
    "schema": Entry("watchglass.cli.schema:command", "Print the JSON Schema of the definition language."),
}
"""In the order of use; each has a section in ``docs/commands.md``."""
