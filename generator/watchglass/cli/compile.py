"""``watchglass compile``: definitions to the output folder."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from watchglass.cli import fingerprint
from watchglass.cli.fingerprint import Kept, Memory
from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import Format, environment_option, format_option

if TYPE_CHECKING:
    from watchglass.output import Written
    from watchglass.pipeline import Product
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
    memory = fingerprint.recall([folder, environment or ""], today.isoformat())
    known = memory.unchanged(paths) if form == "text" and not no_cache else {}
    options = _Options(Path(folder), environment, today, check, overwrite, form, not definitions)
    if len(known) == len(paths) == len({kept.home for kept in known.values()}):
        _tell([*known.values()])
        return STALE if _tell_left(options, {kept.home for kept in known.values()}) and check else 0
    return _compile(paths, _Run(memory, known), options)


class _Run(NamedTuple):
    """What earlier runs left, and which definitions need no compiling."""

    memory: Memory
    known: dict[Path, Kept]


class _Options(NamedTuple):
    """How the run was asked for."""

    folder: Path
    environment: str | None
    today: datetime.date
    check: bool
    overwrite: bool
    form: Format
    every: bool
    """Whether all definitions are compiled, so that what none of them makes is left from one that is gone."""


def _compile(paths: tuple[Path, ...], run: _Run, options: _Options) -> int:
    from watchglass.cli.reporting import of_notes, tell
    from watchglass.output import OutputError
    from watchglass.pipeline import colliding

    try:
        products = _produce(paths, run.known, options)
        problems = [*colliding(products.values())]
        notes: list[Problem] = []
        sources: dict[str, str] = {}
        for product in products.values():
            problems += product.problems
            notes += of_notes(product.notes, product.unrendered)
            sources |= product.sources
        tell([*problems, *notes] if options.form != "text" else problems, options.form, sources)
        if any(problem.level == "error" for problem in problems):
            return 1
        return _write(paths, products, run, options)
    except OutputError as error:
        raise click.ClickException(f"{error.message}\n{error.hint}".rstrip()) from error


def _produce(paths: tuple[Path, ...], known: dict[Path, Kept], options: _Options) -> dict[Path, Product]:
    """Compile what is not known; where two would share a folder, also those that are, so that it is told."""
    from watchglass.pipeline import Order, produce_all

    order = Order(options.environment, options.today, options.folder)
    unknown = [path for path in paths if path not in known]
    products = dict(zip(unknown, produce_all(unknown, order), strict=True))
    homes = [*(product.home for product in products.values()), *(kept.home for kept in known.values())]
    if len(set(homes)) < len(homes):
        products |= zip(known, produce_all([*known], order), strict=True)
        known.clear()
    return {path: products[path] for path in paths if path in products}


def _write(paths: tuple[Path, ...], products: dict[Path, Product], run: _Run, options: _Options) -> int:
    from watchglass.output import Written
    from watchglass.parallel import over_threads

    if products and not options.check:
        options.folder.mkdir(parents=True, exist_ok=True)
    written = over_threads(partial(_write_one, options=options), [*products.values()])
    told = dict(run.known)
    for product, done in zip(products.values(), written, strict=True):
        told[product.path] = _kept(product, done, options)
        if not (options.check and done.stale):
            kept = _kept(product, Written(kept=done.kept), options)
            outputs = [options.folder / name for name in product.files]
            run.memory.keep(product.path, kept, product.inputs, outputs)
    if options.form == "text":
        _tell([told[path] for path in paths])
        run.memory.save()
    left = _tell_left(
        options, {kept.home for kept in told.values()} | {each.home for each in products.values()}
    )
    return STALE if options.check and (left or any(done.stale for done in written)) else 0


def _tell_left(options: _Options, homes: set[str]) -> bool:
    """Name the folders of definitions that are gone: nobody reviews them, and what they published is still there."""
    if not options.every or options.environment is not None:
        return False
    made = sorted(path.parent for path in options.folder.glob("*/manifest.json"))
    left = [folder for folder in made if folder.name not in homes]
    for folder in left:
        click.echo(
            f"{folder.as_posix()}: no definition makes it any more; `watchglass destroy` from an older commit removes what it"
            " published, then remove the folder",
            err=True,
        )
    return bool(left)


def _write_one(product: Product, options: _Options) -> Written:
    from watchglass import output

    return output.write(
        options.folder, product.home, product.files, check=options.check, overwrite=options.overwrite
    )


def _kept(product: Product, written: Written, options: _Options) -> Kept:
    from watchglass.cli.reporting import of_notes

    notes = [f"note: {note.message}" for note in of_notes(product.notes, product.unrendered)]
    what = _summary(written, len(product.files), options.folder / product.home, options.check)
    return Kept(product.home, notes, f"{product.path.as_posix()}: {what}")


def _tell(kept: Sequence[Kept]) -> None:
    """Print the notes of all definitions, then a line for each."""
    lines = [*(note for each in kept for note in each.notes), *(each.line for each in kept)]
    click.echo("".join(f"{line}\n" for line in lines), nl=False)


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
