"""Cases are folders: a definition, the command that is typed beside it, and all that it must print."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from watchglass.cli.commands import COMMANDS
from watchglass.cli.main import run
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.problems import Problem, has_errors
from watchglass.review import report

HERE = Path(__file__).parent
EXPECTED = "expected.txt"


def cases(kind: str) -> list[Path]:
    """List the folders of a kind that say what is expected."""
    return sorted(path.parent for path in (HERE / kind).glob(f"*/{EXPECTED}"))


def arguments(case: Path) -> list[str]:
    """Read what is typed, without the program's name."""
    return shlex.split((case / "command").read_text(encoding="utf-8"))


def exit_code(typed: list[str]) -> int:
    """Run a command in this process, in the current folder."""
    if typed[0] not in COMMANDS:
        return _judge([Path(name) for name in typed[1:]])
    try:
        return run(typed)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def _judge(definitions: list[Path]) -> int:
    """Read and resolve, for a program that has no commands yet."""
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    for path in definitions:
        reading = read(path)
        problems += reading.problems
        if reading.definition is not None:
            problems += resolve(reading.definition).problems
        sources |= reading.sources
    sys.stderr.write(report(problems, "text", sources))
    return int(has_errors(problems))
