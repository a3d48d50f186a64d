"""One run over definitions: the connection strings that were given, one embedded server for all that need it."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.pq import Conninfo

from watchglass import naming
from watchglass.artifact import Artifact
from watchglass.database.embedded import Server, embedded_server
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.problems import Problem
from watchglass.references import filled
from watchglass.sql.pieces import SourceText
from watchglass.validate.answers.recording import judge_answers, record_answers
from watchglass.validate.engine import Report, statements_of
from watchglass.validate.grants import Grants, grants_of
from watchglass.validate.migration.guard import Judged, judge_migration
from watchglass.validate.run import Progress, Wishes, validate_definition

_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9_-]*=")


class Session:
    """
    Validates definitions, one after the other, until it is closed.

    Args:
        given: connection strings, each ``SOURCE=DSN`` or for all sources.
        environment: the one whose connection strings hold where none is given.
        wishes: what else is looked at.
    """

    def __init__(
        self, given: Sequence[str] = (), environment: str | None = None, wishes: Wishes | None = None
    ) -> None:
        self._given, self._environment = tuple(given), environment
        self._wishes = wishes or Wishes()
        self._stack = contextlib.ExitStack()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server, if one was started."""
        self._server = None
        self._stack.close()

    def validate(
        self,
        definition: Definition,
        service: Service,
        artifacts: Sequence[Artifact],
        progress: Progress | None = None,
    ) -> Report:
        """
        Run every statement of a definition on its sources' databases.

        Raises:
            NoServer: a source has no connection string, and the embedded server cannot be had.
            Unset: a connection string of the environment refers to a variable or a file that is not there.
        """
        dsns = dsns_of(definition, service, self._given, self._environment)
        server = self._started() if _needs_server(service, artifacts, dsns) else None
        return validate_definition(
            definition, service, artifacts, dsns, server, progress, wishes=self._wishes
        )

    def grants(
        self,
        definition: Definition,
        service: Service,
        artifacts: Sequence[Artifact],
        role: str,
        *,
        columns: bool = False,
    ) -> tuple[tuple[Grants, ...], tuple[Problem, ...]]:
        """
        Look up what a role needs to run every statement of a definition.

        Raises:
            NoServer: as above.
            Unset: as above.
        """
        dsns = dsns_of(definition, service, self._given, self._environment)
        server = self._started() if _needs_server(service, artifacts, dsns) else None
        return grants_of(definition, service, artifacts, dsns, server, role, columns=columns)

    def after(
        self,
        definition: Definition,
        service: Service,
        artifacts: Sequence[Artifact],
        migration: Sequence[tuple[str, SourceText]],
    ) -> Judged:
        """
        Say what a migration breaks or changes of a definition's statements; it is run on copies alone.

        Args:
            migration: files in their order, each for a source, or (empty) for all.

        Raises:
            NoServer: as above.
            Unset: as above.
        """
        dsns = dsns_of(definition, service, self._given, self._environment)
        files = {
            source: [text for of, text in migration if of in ("", source)]
            for source in postgres_sources(service)
        }
        return judge_migration(
            definition, service, artifacts, dsns, server=self._started(), files=files, role=self._wishes.role
        )

    def judge_answers(
        self, definition: Definition, service: Service, artifacts: Sequence[Artifact]
    ) -> tuple[Problem, ...] | None:
        """
        Compare what queries give on their fixtures with what was recorded; None where nothing was.

        Raises:
            NoServer: as above.
        """
        return judge_answers(definition, service, artifacts, self._started)

    def record_answers(self, definition: Definition, service: Service, artifacts: Sequence[Artifact]) -> Path:
        """
        Write down what queries give on their fixtures.

        Raises:
            NoServer: as above.
        """
        return record_answers(definition, service, artifacts, self._started)

    def _started(self) -> Server:
        if self._server is None:
            self._server = self._stack.enter_context(embedded_server())
        return self._server


def dsns_of(
    definition: Definition, service: Service, given: Iterable[str], environment: str | None
) -> dict[str, str]:
    """
    Give the connection strings by source: those that were given, else those of the environment that was named.

    Raises:
        Unset: one of the environment refers to a variable or a file that is not there.
    """
    names = postgres_sources(service)
    found: dict[str, str] = {}
    for text in given:
        name, dsn = _split(text)
        found |= {name: dsn} if name in names else dict.fromkeys(names, text) if not name else {}
    bound = definition.model.environments.get(environment or "")
    for name, part in bound.sources.items() if bound is not None else ():
        if part.dsn and name not in found:
            found[name] = filled(part.dsn, os.environ, definition.folder)
    return found


def is_filled(given: str) -> bool:
    """Tell whether a connection string says something: libpq takes an empty one for whatever server this machine has."""
    text = given.strip()
    return bool(text) and _NAMED.fullmatch(text) is None


def strangers(given: Iterable[str], services: Iterable[Service]) -> tuple[str, ...]:
    """List the sources that connection strings were given for, and that none of the services has."""
    return unknown_sources(named_sources(given), services)


def named_sources(given: Iterable[str]) -> tuple[str, ...]:
    """List the sources that connection strings are given for; one for all of them names none."""
    return tuple(name for name, _ in map(_split, given) if name)


def unknown_sources(names: Iterable[str], services: Iterable[Service]) -> tuple[str, ...]:
    """List the names that none of the services has a source of."""
    known = {name for service in services for name in postgres_sources(service)}
    return tuple(name for name in names if name not in known)


def postgres_sources(service: Service) -> tuple[str, ...]:
    """List the ids of the sources that are PostgreSQL."""
    return tuple(source.id for source in service.sources.values() if source.type == "postgres")


def _split(text: str) -> tuple[str, str]:
    """Tell ``SOURCE=DSN`` from a connection string, which begins with a scheme or a word of libpq's own."""
    name, _, dsn = text.partition("=")
    keywords = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return (name, dsn) if dsn and naming.ID_FORM.fullmatch(name) and name not in keywords else ("", text)


def _needs_server(service: Service, artifacts: Sequence[Artifact], dsns: Mapping[str, str]) -> bool:
    return bool(statements_of(artifacts)) and not dsns.keys() >= set(postgres_sources(service))
