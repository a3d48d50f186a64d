"""
Databases for tests: each test gets a copy of its own, from a template that is filled once for tests that begin alike.

Only databases that this run made are changed. There is no way to name another one: a test never sees a connection string.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from watchglass.database.connection import connect
from watchglass.database.embedded import Server, embedded_server
from watchglass.database.fixtures import FixtureError
from watchglass.database.moving import MovingDatabase, MovingTemplate, moving_template
from watchglass.database.roles import has_role
from watchglass.definition.alert_tests import AlertTest
from watchglass.definition.fixture import fixture_texts
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.problems import Problem, Span
from watchglass.sql.clock import Finding
from watchglass.sql.pieces import SourceText
from watchglass.sql.template import span as span_in
from watchglass.validate.databases import refused_fixture, role_missing


class NoWorld(Exception):
    """A test's database cannot be made; the problems say why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Key:
    """What tells one template from another."""

    file: str
    service: str
    source: str
    role: str
    trusted: tuple[str, ...]
    texts: tuple[str, ...]
    start: datetime.datetime


@dataclass(slots=True)
class _Place:
    """A server for the sources of one name, and the template that stands on it now."""

    server: Server
    key: _Key | None = None
    template: MovingTemplate | None = None
    findings: tuple[Problem, ...] = ()
    stack: contextlib.ExitStack | None = None

    def clear(self) -> None:
        """Drop the template."""
        stack, self.stack, self.template, self.key = self.stack, None, None, None
        if stack is not None:
            stack.close()


class Worlds:
    """
    All databases of a run, gone when it is closed. A server stands for one template at a time: roles are the server's.

    Args:
        start: starts a server that this run may do everything with.
    """

    def __init__(
        self, start: Callable[[], contextlib.AbstractContextManager[Server]] = embedded_server
    ) -> None:
        self._start, self._stack = start, contextlib.ExitStack()
        self._places: dict[str, _Place] = {}

    def close(self) -> None:
        """Drop everything."""
        for place in self._places.values():
            place.clear()
        self._places.clear()
        self._stack.close()

    @contextlib.contextmanager
    def database(
        self, definition: Definition, service: Service, source: Source, test: AlertTest
    ) -> Iterator[tuple[MovingDatabase, tuple[Problem, ...]]]:
        """
        Give a test its own copy of a source's database, and what is to be said of its fixtures.

        Raises:
            NoWorld: a fixture is missing, or PostgreSQL refused it.
            NoServer: the embedded server cannot be had.
        """
        files = _files(definition, source, test.with_data)
        texts = tuple(file.text for file in files)
        start = test.start.astimezone(datetime.UTC)
        key = _Key(definition.file, service.id, source.id, source.role, source.trusted, texts, start)
        place = self._place(source.id)
        if place.key != key or place.template is None:
            place.clear()
            self._fill(place, key, files, source)
        assert place.template is not None, "it was filled just now"
        with place.template.copy() as database:
            yield database, place.findings

    def _place(self, source: str) -> _Place:
        if source not in self._places:
            self._places[source] = _Place(self._stack.enter_context(self._start()))
        return self._places[source]

    @staticmethod
    def _fill(place: _Place, key: _Key, files: tuple[SourceText, ...], source: Source) -> None:
        stack = contextlib.ExitStack()
        name = f"{key.service}-{key.source}"[:40]
        try:
            made = moving_template(
                place.server, name, key.texts, made=key.start, role=source.role, trusted=source.trusted
            )
            template = stack.enter_context(made)
        except FixtureError as error:
            raise NoWorld(refused_fixture(files[error.file], error)) from error
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(stack.close)
            _check_role(template, source)
            on_failure.pop_all()
        place.key, place.template, place.stack = key, template, stack
        place.findings = tuple(
            clock_problem(finding, span_in(file, finding.offset, finding.offset + 1))
            for file, findings in zip(files, template.findings, strict=True)
            for finding in findings
        )


def clock_problem(finding: Finding, span: Span) -> Problem:
    """Tell what the rewriting of a clock says of a script."""
    code = (
        finding.code
        if finding.code in {"clock-frozen", "clock-unseen", "clock-untyped", "clock-unread", "sql-too-deep"}
        else "sql-syntax"
    )
    return Problem(code, finding.message, span, "warning")


def _files(definition: Definition, source: Source, with_data: bool) -> tuple[SourceText, ...]:
    """Read the fixture's files: its schema, and its rows where a test wants them."""
    if source.type != "postgres" or source.schema is None:
        message = f"the source '{source.id}' names no fixture, which alert tests with a database are run on"
        hint = "add fixture: {schema: …} to the source, or give the test numbers: values: {…}"
        raise NoWorld(
            Problem("fixture-missing", message, definition.key_span(("sources", source.id)), hint=hint)
        )
    files, missing = fixture_texts(definition, source, data=with_data)
    if missing:
        raise NoWorld(*missing)
    return files


def _check_role(template: MovingTemplate, source: Source) -> None:
    if not source.role:
        return
    with connect(template.scratch.dsn()) as connection:
        if has_role(connection, source.role):
            return
    raise NoWorld(role_missing(source, source.role))
