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
    "init": Entry("watchglass.cli.init:command", "Write a commented first definition and a CI workflow."),
    "check": Entry("watchglass.cli.check:command", "Judge definitions without a database."),
    "compile": Entry("watchglass.cli.compile:command", "Compile definitions into the output folder."),
    "validate": Entry("watchglass.cli.validate:command", "Run every statement on a live PostgreSQL."),
    "test": Entry("watchglass.cli.test:command", "Run the alert tests on a clock that moves."),
    "grants": Entry("watchglass.cli.grants:command", "Print the grants that the dashboards' role needs."),
    "plan": Entry("watchglass.cli.plan:command", "Say what an apply would change at Grafana and Metabase."),
    "apply": Entry("watchglass.cli.apply:command", "Publish to Grafana and Metabase."),
    "drift": Entry("watchglass.cli.drift:command", "Show what somebody else changed of ours."),
    "destroy": Entry("watchglass.cli.destroy:command", "Remove all that is ours at Grafana and Metabase."),
    "schema": Entry("watchglass.cli.schema:command", "Print the JSON Schema of the definition language."),
}
"""In the order of use; each has a section in ``docs/commands.md``."""
