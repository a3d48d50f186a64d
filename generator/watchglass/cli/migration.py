"""``watchglass validate --after``: what a migration breaks or changes, told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from watchglass.cli.reporting import Format

if TYPE_CHECKING:
    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem
    from watchglass.sql.pieces import SourceText
    from watchglass.validate.migration.guard import Judged
    from watchglass.validate.run import Wishes


def judge(
    compiled: Mapping[Path, Compiled],
    given: tuple[str, ...],
    environment: str | None,
    wishes: Wishes,
    named: Sequence[str],
    form: Format,
) -> int:
    """Try the migration on every definition's statements; exit code 1 where it breaks or changes any."""
    from watchglass.cli.reporting import tell
    from watchglass.problems import has_errors
    from watchglass.validate.migration.scripts import read_migrations

    pairs = [_split(name) for name in named]
    texts, problems = read_migrations([Path(file) for _, file in pairs])
    found: list[Problem] = list(problems)
    for each in compiled.values():
        found += [problem for problem in each.problems if problem.level == "error"]
    judged: dict[Path, Judged] = {}
    if not has_errors(found):
        migration = [(source, text) for (source, _), text in zip(pairs, texts, strict=True)]
        judged = _run(compiled, given, environment, wishes, migration)
        found += [problem for outcome in judged.values() for problem in outcome.problems]
    sources: dict[str, str] = {text.file: text.text for text in texts}
    for each in compiled.values():
        sources |= each.sources
    tell(found, form, sources)
    for path, outcome in judged.items() if form == "text" else ():
        click.echo(f"{path.as_posix()}: {outcome.compared} statements before and after {', '.join(named)}")
    return 1 if has_errors(found) else 0


def sources_of(named: Iterable[str]) -> tuple[str, ...]:
    """List the sources that files of a migration are named for."""
    return tuple(source for source, _ in map(_split, named) if source)


def _split(name: str) -> tuple[str, str]:
    """Tell ``SOURCE=FILE`` from a file."""
    source, equals, file = name.partition("=")
    return (source, file) if equals and not Path(name).exists() else ("", name)


def _run(
    compiled: Mapping[Path, Compiled],
    given: tuple[str, ...],
    environment: str | None,
    wishes: Wishes,
    migration: Sequence[tuple[str, SourceText]],
) -> dict[Path, Judged]:
    from watchglass.cli.reporting import databases_told
    from watchglass.validate.session import Session

    with databases_told(), Session(given, environment, wishes) as session:
        return {
            path: session.after(each.definition, each.service, each.artifacts, migration)
            for path, each in compiled.items()
            if each.definition is not None and each.service is not None
        }
