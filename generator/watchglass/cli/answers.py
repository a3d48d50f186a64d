"""What queries gave when it was recorded, compared or written by ``watchglass test``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from watchglass.pipeline import Compiled
    from watchglass.review.test_report import Suite
    from watchglass.validate.session import Session


def with_answers(compiled: Iterable[Compiled], suites: Sequence[Suite], *, record: bool) -> list[Suite]:
    """Add to each suite what its queries give otherwise; or record it."""
    from watchglass.cli.reporting import databases_told
    from watchglass.validate.session import Session

    with databases_told(), Session() as session:
        return [_with(each, suite, session, record) for each, suite in zip(compiled, suites, strict=True)]


def _with(compiled: Compiled, suite: Suite, session: Session, record: bool) -> Suite:
    if suite.coverage is None:
        return suite  # it does not compile
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
    return replace(suite, problems=(*suite.problems, *problems))
