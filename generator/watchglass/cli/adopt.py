"""``watchglass adopt``: what somebody changed of ours at a server goes into the definition, where it can say it."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watchglass.cli.exit_codes import DIFFERENCES, FINE, PROBLEMS
from watchglass.cli.publishing import Options, server_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from watchglass.review.takeover import Edit


@click.command()
@click.argument("definitions", nargs=-1)
@server_options
@click.option("--write", is_flag=True, help="Write the edits into the definition's files.")
@environment_option
def command(definitions: tuple[str, ...], write: bool, environment: str | None, **typed: Any) -> int:
    """
    Say which values of DEFINITIONS (else definitions/*.yaml) somebody changed at a server, as edits of their lines.

    What the definition cannot say is named with the reason. An object of nobody's becomes ours by `apply --adopt`.
    Exit codes: 0 nothing was changed there, 3 there are edits, 1 something cannot be taken over.
    """
    from watchglass.cli.publishing import compile_all, failures_told, sessions
    from watchglass.review.takeover import takeover
    from watchglass.visible import visible

    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    edits: dict[Edit, None] = {}
    left: list[str] = []
    with failures_told(redactor):
        for each in sessions(compiled, options, redactor):
            definition = compiled[each.path].definition
            assert definition is not None, "there was no error"
            found = takeover(each.plan.changes, definition)
            edits |= dict.fromkeys(found.edits)
            left += found.left
    for edit in edits:
        click.echo(redactor.clean(visible(edit.told)))
    for text in left:
        click.echo(redactor.clean(visible(f"cannot be taken over: {text}")), err=True)
    if write and edits:
        _write(list(edits))
    if left:
        return PROBLEMS
    return DIFFERENCES if edits and not write else FINE


def _write(edits: list[Edit]) -> None:
    from watchglass.review.takeover import edited

    by_file: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_file[edit.span.file].append(edit)
    for name, listed in by_file.items():
        path = Path(name)
        text = path.read_bytes().decode("utf-8")
        temporary = path.with_name(f".{path.name}.watchglass")
        temporary.write_bytes(edited(text, listed).encode("utf-8"))
        os.replace(temporary, path)  # noqa: PTH105  (the old file or the new one, never half of one)
        click.echo(
            f"{name}: {len(listed)} {'edit' if len(listed) == 1 else 'edits'} written; compile, and read the diff"
        )
