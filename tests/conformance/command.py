"""One file and one form become lines on the terminal and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.comparing import Comparison, compare
from tests.conformance.recording import Form, WrongFile, read

_SHOWN = 10


def main(name: str, form: Form, arguments: Sequence[str]) -> int:
    """Run a file: 0 when all evaluations agree, 1 when not, 2 when the call is wrong."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write(f"usage: python -m tests.conformance.{name} FILE\n")
        return 2
    try:
        comparison = compare(read(Path(arguments[0]), form))
    except WrongFile as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(told(comparison))
    return 1 if comparison.differences else 0


def told(comparison: Comparison) -> str:
    """Write a comparison for the terminal."""
    agree = comparison.evaluations - len(comparison.differences)
    lines = [f"agree {agree} of {comparison.evaluations} evaluations"]
    if comparison.by_chance:
        lines.append(
            f"in {comparison.by_chance} of them a server names one of two states of the rule (or of its health) by "
            "chance: either is right"
        )
    lines += [str(difference) for difference in comparison.differences[:_SHOWN]]
    if len(comparison.differences) > _SHOWN:
        lines.append(f"and {len(comparison.differences) - _SHOWN} more")
    return "".join(f"{line}\n" for line in lines)
