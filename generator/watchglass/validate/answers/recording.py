"""A definition and the file beside it → what gives another answer than was recorded; or the file, written anew."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from watchglass.artifact import Artifact
from watchglass.database.embedded import Server
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.problems import Problem, Span
from watchglass.validate.answers.asking import ask_all
from watchglass.validate.answers.file import Unreadable, path_of, read, text_of
from watchglass.validate.answers.judging import compare, steady, unanswered

_AT = datetime.datetime(2026, 1, 7, 14, 37)  # noqa: DTZ001  (the service's zone is put to it)
"""A Wednesday, amid an hour, a day and a week."""

Start = Callable[[], Server]
"""Gives the server that databases are made on; it is asked only where one is needed."""


def judge_answers(
    definition: Definition, service: Service, artifacts: Sequence[Artifact], start: Start
) -> tuple[Problem, ...] | None:
    """
    Compare with the file of answers; None where there is none.

    Raises:
        NoServer: the embedded server cannot be had.
    """
    path = path_of(definition)
    if not path.exists():
        return None
    try:
        recorded = read(path)
    except Unreadable as error:
        message = f"the file of answers cannot be read: {error}"
        hint = "write it anew with `watchglass test --record`"
        return (Problem("answer-file", message, Span.of_file(path.as_posix()), hint=hint),)
    today = ask_all(definition, service, artifacts, start(), recorded.at)
    return (*compare(service, recorded, today), *unanswered(service, recorded, today))


def record_answers(
    definition: Definition, service: Service, artifacts: Sequence[Artifact], start: Start
) -> Path:
    """
    Write the file of answers; what two runs of the fixtures give differently is left out.

    Raises:
        NoServer: as above.
    """
    at = _AT.replace(tzinfo=ZoneInfo(service.timezone))
    one, other = (ask_all(definition, service, artifacts, start(), at) for _ in range(2))
    path = path_of(definition)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text_of(steady(one, other)), encoding="utf-8", newline="\n")
    return path
