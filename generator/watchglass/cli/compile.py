"""``watchglass compile``: definitions to the output folder."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchglass.cli import fingerprint
from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import Format, environment_option, format_option

if TYPE_CHECKING:
    from watchglass.output import Written
    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem

STALE = 3


@click.command()
@click.argument("definitions", nargs=-1)
@click.option("-o", "--output", "folder", default="output", show_default=True, help="Where the files go.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 3 where the output is stale.")
@click.option("--overwrite", is_flag=True, help="Also replace files that no earlier run wrote.")
@click.option("--no-cache", is_flag=True, help="Compile even where nothing seems to have changed.")
@environment_option
@format_option
def command(
    definitions: tuple[str, ...],
    folder: str,
    check: bool,
    overwrite: bool,
    no_cache: bool,
    environment: str | None,
    form: Format,
) -> int:
    """
    Compile DEFINITIONS (else definitions/*.yaml) into dashboards, alert rules, questions and plain SQL.

    Exit codes: 0 written or unchanged, 1 a definition has errors, 3 stale output with --check.
    """
    paths = find_definitions(definitions)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    key = [*map(str, paths), "", folder, environment or "", today.isoformat()]
    cache = fingerprint.cache_file(key)
    if form == "text" and not no_cache and (report := fingerprint.recall(cache)) is not None:
        click.echo(report, nl=False)
        return 0
    return _compile(paths, Path(folder), environment, today, _Options(check, overwrite, form, cache))


class _Options:
    """How the run was asked for."""

    def __init__(self, check: bool, overwrite: bool, form: Format, cache: Path) -> None:
        self.check, self.overwrite, self.form, self.cache = check, overwrite, form, cache


def _compile(
    paths: tuple[Path, ...], folder: Path, environment: str | None, today: datetime.date, options: _Options
) -> int:
    from watchglass.cli.reporting import of_notes, tell
    from watchglass.pipeline import colliding, compile_definition, vanished

    compiled = {path: compile_definition(path, environment, today) for path in paths}
    problems = [*colliding(compiled)]
    notes: list[Problem] = []
    sources: dict[str, str] = {}
    for each in compiled.values():
        problems += [*each.problems, *(() if each.failed else vanished(each, folder))]
        notes += of_notes(each.notes, each.service.unrendered if each.service else ())
        sources |= each.sources
    tell([*problems, *notes] if options.form != "text" else problems, options.form, sources)
    if any(problem.level == "error" for problem in problems):
        return 1
    return _write(compiled, folder, options, [f"note: {note.message}" for note in notes])


def _write(compiled: dict[Path, Compiled], folder: Path, options: _Options, notes: list[str]) -> int:
    from watchglass import output
    from watchglass.pipeline import inputs_of, objects_of

    lines, touched, stale = list(notes), [], False
    for path, each in compiled.items():
        assert each.service is not None and each.definition is not None, "there was no error"
        files = output.files_of(each.home, each.artifacts, objects_of(each.service))
        try:
            written = output.write(folder, each.home, files, check=options.check, overwrite=options.overwrite)
        except output.OutputError as error:
            raise click.ClickException(f"{error.message}\n{error.hint}".rstrip()) from error
        stale = stale or written.stale
        lines.append(f"{path.as_posix()}: {_summary(written, len(files), folder / each.home, options.check)}")
        touched += [*inputs_of(each.definition), *(folder / name for name in files)]
    if options.form == "text":
        click.echo("".join(f"{line}\n" for line in lines), nl=False)
        unchanged = [line.split(" (")[0] + " (unchanged)" if " files in " in line else line for line in lines]
        if not options.check or not stale:
            fingerprint.remember(options.cache, touched, "".join(f"{line}\n" for line in unchanged))
    return STALE if options.check and stale else 0


def _summary(written: Written, count: int, home: Path, check: bool) -> str:
    parts = [
        f"{len(paths)} {word}"
        for paths, word in (
            (written.created, "new"),
            (written.changed, "changed"),
            (written.removed, "removed"),
        )
        if paths
    ]
    kept = f"; kept, since changed by hand: {', '.join(written.kept)}" if written.kept else ""
    state = ", ".join(parts) if parts else "unchanged"
    return f"{count} files in {home.as_posix()} ({'stale: ' if check and written.stale else ''}{state}){kept}"
