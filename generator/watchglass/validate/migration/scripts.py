"""Files of a migration → their statements, each with its place, run one by one as a person would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from watchglass.database.connection import Connection
from watchglass.database.fixtures import cut_script
from watchglass.definition.files import read_source
from watchglass.problems import Problem, Span
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span as span_in


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of a migration, and where it stands."""

    file: SourceText
    text: str
    start: int

    @property
    def body(self) -> str:
        """The statement without the comments before it."""
        return self.text[_blank(self.text) :]

    @property
    def span(self) -> Span:
        """The statement's first line, without the comments before it."""
        begin = self.start + _blank(self.text)
        line = self.file.text.find("\n", begin)
        end = min(len(self.file.text) if line < 0 else line, self.start + len(self.text))
        return span_in(self.file, begin, max(begin + 1, end))


def read_migrations(paths: Sequence[Path]) -> tuple[tuple[SourceText, ...], tuple[Problem, ...]]:
    """Read the files of a migration, in their order."""
    texts, problems = [], []
    for path in paths:
        name = path.as_posix()
        file = read_source(path, name, Span.of_file(name))
        found = file if isinstance(file, Problem) else file.broken
        if isinstance(found, Problem):
            problems.append(found)
        elif not isinstance(file, Problem):
            starts = tuple((line, 1) for line in range(1, len(file.lines) + 1))
            texts.append(SourceText(name, (), "\n".join(file.lines), starts))
    return tuple(texts), tuple(problems)


def steps_of(files: Iterable[SourceText]) -> tuple[Step, ...]:
    """Cut files into statements; what is only blank is none."""
    return tuple(
        Step(file, text, start)
        for file in files
        for start, text in cut_script(file.text)
        if text[_blank(text) :].strip(" \t\r\n;")
    )


def apply(connection: Connection, step: Step) -> Problem | None:
    """Run one statement; a transaction that the files begin is theirs."""
    try:
        connection.execute(step.text.encode())
    except (psycopg.Error, ValueError) as error:
        return _refused(step, error)
    return None


def _refused(step: Step, error: Exception) -> Problem:
    told = error.diag if isinstance(error, psycopg.Error) else None
    message = (told.message_primary if told else None) or str(error)
    hint = (told.message_hint if told else None) or ""
    place = step.span
    if told is not None and told.statement_position:
        at = step.start + int(told.statement_position) - 1
        place = span_in(step.file, at, at + 1)
    if step.body.startswith("\\"):
        hint = "psql's own commands are no SQL: take the line out"
    return Problem("migration-refused", f"PostgreSQL refused the migration: {message}", place, hint=hint)


def _blank(text: str) -> int:
    """Count the characters before the first that is neither blank nor of a comment."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text.startswith("--", at):
            at = text.find("\n", at) % (len(text) + 1)
        elif text.startswith("/*", at) and "*/" in text[at:]:
            at = text.index("*/", at) + 2
        else:
            break
    return at
