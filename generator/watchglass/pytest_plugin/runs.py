"""What one pytest session has compiled and run: each definition once, on one embedded server, when a test first asks."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchglass.alert_tests import AlertTestSession, PlayedTest
from watchglass.database.embedded import NoServer
from watchglass.definition.alert_tests import AlertTest
from watchglass.definition.read import Definition
from watchglass.pipeline import Compiled, compile_definition
from watchglass.problems import Problem
from watchglass.references import Unset
from watchglass.validate.answers.file import path_of
from watchglass.validate.engine import Report
from watchglass.validate.session import Session, is_filled, strangers


class NotRun(Exception):
    """The statements could not be run at all; the message says why, and what to do."""


class Runs:
    """The compiled definitions of a session, and the reports of those that were run."""

    def __init__(self, config: pytest.Config) -> None:
        self._given: list[str] = config.option.watchglass_dsn
        self._environment: str | None = config.option.watchglass_environment
        self._from = config.invocation_params.dir
        self._today = datetime.datetime.now(tz=datetime.UTC).date()
        self._session = Session(self._given, self._environment)
        self._compiled: dict[Path, Compiled] = {}
        self._reports: dict[Path, Report | NotRun] = {}
        self._tests = AlertTestSession()
        config.add_cleanup(self._session.close)
        config.add_cleanup(self._tests.close)

    def compiled(self, path: Path) -> Compiled:
        """Compile a definition, once."""
        if path not in self._compiled:
            shown = path.relative_to(self._from) if path.is_relative_to(self._from) else path
            self._compiled[path] = compile_definition(shown, self._environment, self._today)
        return self._compiled[path]

    def report(self, path: Path) -> Report:
        """
        Run a definition's statements, once.

        Raises:
            NotRun: there is no server, or no connection string.
        """
        if path not in self._reports:
            self._reports[path] = self._run(self.compiled(path))
        found = self._reports[path]
        if isinstance(found, NotRun):
            raise found
        return found

    def outcome(self, path: Path, test: AlertTest) -> PlayedTest:
        """
        Play an alert test.

        Raises:
            NotRun: it needs a database, and there is no server.
        """
        compiled = self.compiled(path)
        assert compiled.definition is not None, "what does not compile has no tests"
        assert compiled.service is not None, "what does not compile has no tests"
        with self._home():
            return self._tests.run(compiled.definition, compiled.service, compiled.artifacts, test)

    def has_answers(self, definition: Definition) -> bool:
        """Tell whether answers of the definition were recorded; they are those of its default environment."""
        with self._home():
            return self._environment is None and path_of(definition).exists()

    def answers(self, path: Path) -> tuple[Problem, ...]:
        """
        Compare what the queries give with what was recorded.

        Raises:
            NotRun: there is no server.
        """
        compiled = self.compiled(path)
        assert compiled.definition is not None, "what does not compile has no answers"
        assert compiled.service is not None, "what does not compile has no answers"
        with self._home():
            found = self._session.judge_answers(compiled.definition, compiled.service, compiled.artifacts)
        return found or ()

    @contextlib.contextmanager
    def _home(self) -> Iterator[None]:
        """
        Stand where the definition's files are named from; a test may have gone elsewhere.

        Raises:
            NotRun: there is no server, or a connection string refers to nothing.
        """
        before = Path.cwd()
        os.chdir(self._from)
        try:
            yield
        except NoServer as error:
            raise NotRun(f"{error.message}\nhint: {error.hint}") from error
        except Unset as error:
            raise NotRun(str(error)) from error
        finally:
            os.chdir(before)

    def _run(self, compiled: Compiled) -> Report | NotRun:
        assert compiled.definition is not None, "what does not compile has no statements"
        assert compiled.service is not None, "what does not compile has no statements"
        try:
            with self._home():
                return self._session.validate(compiled.definition, compiled.service, compiled.artifacts)
        except NotRun as reason:
            return reason

    def refuse_wrong_dsns(self) -> None:
        """
        Refuse connection strings that are empty, or for sources that no collected definition has.

        Raises:
            pytest.UsageError: there is one.
        """
        if not all(map(is_filled, self._given)):
            raise pytest.UsageError("--watchglass-dsn: a connection string is empty; is its variable set?")
        services = [compiled.service for compiled in self._compiled.values()]
        unknown = strangers(self._given, [service for service in services if service])
        if unknown and services and all(services):
            raise pytest.UsageError(
                f"--watchglass-dsn names a source '{unknown[0]}' that no collected definition has"
            )


_KEY = pytest.StashKey[Runs]()


def runs_of(config: pytest.Config) -> Runs:
    """Give the session's runs."""
    if _KEY not in config.stash:
        config.stash[_KEY] = Runs(config)
    return config.stash[_KEY]
