"""Expressions become a list in which each stands after those that it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter

from watchglass.evaluation.expressions.classic import Classic
from watchglass.evaluation.expressions.command import Command
from watchglass.evaluation.fields import RuleError, quoted


def ordered(commands: Mapping[str, Command], queries: Collection[str]) -> dict[str, Command]:
    """
    Order expressions.

    Raises:
        RuleError: one needs what is not there, itself, or another that needs it.
    """
    for ref, command in commands.items():
        _check(ref, command, commands, queries)
    try:
        refs = list(
            TopologicalSorter({ref: command.needs for ref, command in commands.items()}).static_order()
        )
    except CycleError as error:
        raise RuleError(f"expressions need each other in a circle: {' → '.join(error.args[1])}") from None
    return {ref: commands[ref] for ref in refs if ref in commands}


def _check(ref: str, command: Command, commands: Mapping[str, Command], queries: Collection[str]) -> None:
    for need in command.needs:
        if need not in commands and need not in queries:
            there = quoted([*queries, *commands])
            raise RuleError(
                f"expression '{ref}' needs '{need}', which the rule does not have; it has {there}"
            )
        if isinstance(command, Classic) and need not in queries:
            raise RuleError(
                f"expression '{ref}' looks at '{need}': classic conditions take queries, no expressions"
            )
