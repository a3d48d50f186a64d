"""What queries gave when it was recorded, compared or written by ``watchglass test``."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from watchglass.review.test_report import Suite
    from watchglass.validate.session import Session


def with_answers(paths: Sequence[Path], suites: Sequence[Suite], *, record: bool) -> list[Suite]:
    """Add to each suite what its queries give otherwise; or record it."""
    from watchglass.cli.reporting import databases_told
    from watchglass.validate.session import Session

    with databases_told(), Session() as session:
        return [_with(path, suite, session, record) for path, suite in zip(paths, suites, strict=True)]


def _with(path: Path, suite: Suite, session: Session, record: bool) -> Suite:
    from watchglass.pipeline import compile_definition

    if suite.coverage is None:
        return suite  # it does not compile
    compiled = compile_definition(path, None, datetime.datetime.now(tz=datetime.UTC).date())
    definition, service = compiled.definition, compiled.service
    if definition is None or service is None:
        return suite
    if record:
        file = session.record_answers(definition, service, compiled.artifacts)
        click.echo(f"recorded: {file.as_posix()}", err=True)
        return suite
    problems = session.judge_answers(definition, service, compiled.artifacts)
    if problems is None:
        return suite
    return replace(
        suite, problems=(*suite.problems, *problems), sources={**suite.sources, **definition.sources}
    )
