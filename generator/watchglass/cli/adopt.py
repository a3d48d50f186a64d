"""``watchglass adopt``: what somebody changed of ours at a server goes into the definition, where it can say it."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watchglass.cli.exit_codes import DIFFERENCES, FINE, PROBLEMS
from watchglass.cli.publishing import Options, server_options
from watchglass.cli.redaction import run_redactor
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem
    from watchglass.publish.plan import Change
    from watchglass.publish.secret import Redactor
    from watchglass.review.edits import Edit

_ONCE_MORE = (
    "compile, and read the diff. Texts that are made from these values still differ at the server, so that a plan names the"
    " objects: `watchglass apply --overwrite-drift` writes those texts anew, keeps what was taken over, and takes all else back"
)


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
    from watchglass.cli.publishing import compile_all
    from watchglass.review.edits import clashes
    from watchglass.visible import visible

    options = Options(environment=environment, **typed)
    compiled = compile_all(definitions, options)
    redactor = run_redactor(compiled)
    edits, left = _found(compiled, options, redactor)
    clashing = list(clashes(edit for listed in edits.values() for edit in listed))
    left += [f"{first.told}, and {other.told}" for first, other in clashing]
    spoiled = {edit.span for pair in clashing for edit in pair}
    edits = {path: [edit for edit in listed if edit.span not in spoiled] for path, listed in edits.items()}
    made = dict.fromkeys(edit for listed in edits.values() for edit in listed)
    for edit in made:
        click.echo(redactor.clean(visible(edit.told)))
    for text in left:
        click.echo(redactor.clean(visible(f"cannot be taken over: {text}")), err=True)
    if made:
        texts = _texts(made, compiled)
        _judge(texts, edits, compiled, options)
        if write:
            _write(texts, made, compiled)
        else:
            click.echo("nothing was written: --write writes this into the files")
    if left:
        return PROBLEMS
    return DIFFERENCES if made and not write else FINE


def _found(
    compiled: Mapping[Path, Compiled], options: Options, redactor: Redactor
) -> tuple[dict[Path, list[Edit]], list[str]]:
    """Read the servers: definition → edits of its files, and what cannot be taken over."""
    from watchglass.cli.publishing import failures_told, sessions
    from watchglass.review.takeover import takeover

    changes: dict[Path, list[Change]] = defaultdict(list)
    with failures_told(redactor):
        for each in sessions(compiled, options, redactor):
            changes[each.path] += each.plan.changes
    edits: dict[Path, list[Edit]] = {}
    left: list[str] = []
    for path, listed in changes.items():
        definition, service = compiled[path].definition, compiled[path].service
        assert definition is not None and service is not None, "there was no error"
        found = takeover(listed, definition, service.environment.suffix)
        edits[path] = [*found.edits]
        left += found.left
    return edits, left


def _texts(edits: Iterable[Edit], compiled: Mapping[Path, Compiled]) -> dict[str, str]:
    """Put edits into the texts of their files: name → text."""
    from watchglass.review.edits import edited

    by_file: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_file[edit.span.file].append(edit)
    known = _sources(compiled)
    return {name: edited(known[name], listed) for name, listed in by_file.items()}


def _sources(compiled: Mapping[Path, Compiled]) -> dict[str, str]:
    return {name: text for each in compiled.values() for name, text in each.sources.items()}


def _judge(
    texts: Mapping[str, str],
    edits: Mapping[Path, Iterable[Edit]],
    compiled: Mapping[Path, Compiled],
    options: Options,
) -> None:
    """
    Compile each definition as it would be, for every environment, before anything is written.

    Raises:
        click.ClickException: it would have an error that is not there now, or say something else than was meant.
    """
    from watchglass.cli.reporting import tell
    from watchglass.pipeline import compile_definition
    from watchglass.review.takeover import unsaid

    today = datetime.datetime.now(tz=datetime.UTC).date()
    for path, each in compiled.items():
        if not texts.keys() & each.sources.keys():
            continue
        assert each.definition is not None, "there was no error"
        for environment in dict.fromkeys((options.environment, *each.definition.model.environments)):
            new = compile_definition(path, environment, today, texts)
            errors = _errors(new.problems)
            if errors:
                known = {
                    problem.message
                    for problem in _errors(compile_definition(path, environment, today).problems)
                }
                errors = [problem for problem in errors if problem.message not in known]
            if errors:
                tell(errors, "text", new.sources)
                raise click.ClickException(
                    "nothing was written: with these edits the definition would have this error"
                )
            lost = new.definition and next(unsaid(edits.get(path, ()), new.definition), None)
            if lost:
                raise click.ClickException(
                    f"nothing was written: the file would not say what was meant: {lost.told}"
                )


def _errors(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.level == "error"]


def _write(texts: Mapping[str, str], edits: Iterable[Edit], compiled: Mapping[Path, Compiled]) -> None:
    from watchglass.review.edits import Changed, write_all

    try:
        write_all(texts, _sources(compiled))
    except Changed as error:
        raise click.ClickException(f"nothing was written: {error} was changed since it was read") from None
    except OSError as error:
        raise click.ClickException(f"nothing was written: {error.filename}: {error.strerror}") from None
    for name, count in Counter(edit.span.file for edit in edits).items():
        click.echo(f"{name}: {count} {'edit' if count == 1 else 'edits'} written")
    click.echo(_ONCE_MORE)
