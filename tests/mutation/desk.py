"""Everything that judging mutants needs again and again: databases that are filled once, for the fixtures never change."""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.mutation.alike import Trial, trials
from watchglass.alert_tests.worlds import Worlds
from watchglass.artifact import Artifact
from watchglass.database.embedded import embedded_server
from watchglass.database.moving import MovingDatabase
from watchglass.database.prover import Prover
from watchglass.definition.alert_tests import AlertTest
from watchglass.definition.read import Definition
from watchglass.definition.service import Service, Source
from watchglass.pipeline import compile_definition
from watchglass.problems import Problem
from watchglass.validate.answers.asking import Answers, frozen
from watchglass.validate.answers.file import path_of, read
from watchglass.validate.databases import Place, open_database
from watchglass.validate.session import Session


@dataclass(slots=True)
class Desk:
    """
    Databases of one definition, until the stack closes.

    Args:
        provers: source → what statements are run with, as `validate` does.
        recorded: the answers beside the definition, if there are any.
        frozen: source → its database with the clock of the answers.
        trials: source → its database in other states, where answers were recorded.
    """

    stack: contextlib.ExitStack
    provers: dict[str, Prover] = field(default_factory=dict)
    recorded: Answers | None = None
    frozen: dict[str, MovingDatabase] = field(default_factory=dict)
    trials: dict[str, tuple[Trial, ...]] = field(default_factory=dict)
    _worlds: dict[tuple[datetime.datetime, bool], Worlds] = field(default_factory=dict)

    def worlds(self, test: AlertTest) -> Worlds:
        """Give databases for tests that begin alike; each such kind has a server of its own, so that none is filled twice."""
        key = (test.start, test.with_data)
        if key not in self._worlds:
            self._worlds[key] = self.stack.enter_context(contextlib.closing(Worlds()))
        return self._worlds[key]

    @staticmethod
    def validated(
        definition: Definition, service: Service, artifacts: Sequence[Artifact]
    ) -> tuple[Problem, ...]:
        """Validate a definition whole, as the command does."""
        with Session() as session:
            return session.validate(definition, service, artifacts).problems


@contextlib.contextmanager
def desk(definition: Path, folder: Path) -> Iterator[tuple[Path, Desk]]:
    """Copy a definition with its folder, and fill its databases until the block ends."""
    shutil.copytree(definition.parent, folder, dirs_exist_ok=True)
    file = folder / definition.name
    compiled = compile_definition(file)
    if compiled.definition is None or compiled.service is None or compiled.failed:
        raise SystemExit(f"{definition} does not compile: mend it first")
    with contextlib.ExitStack() as stack:
        made = Desk(stack)
        path = path_of(compiled.definition)
        made.recorded = read(path) if path.exists() else None
        for source in compiled.service.sources.values():
            _fill(made, compiled.definition, compiled.service, source)
        yield file, made


def _fill(made: Desk, definition: Definition, service: Service, source: Source) -> None:
    server = made.stack.enter_context(embedded_server())
    opened = open_database(Place(definition, service, source, None, server), made.stack)
    if isinstance(opened, tuple):
        raise SystemExit(opened[0].message)
    made.provers[source.id] = Prover(opened, trusted=source.trusted)
    if made.recorded is not None:
        other = made.stack.enter_context(embedded_server())
        database = made.stack.enter_context(frozen(definition, source, other, made.recorded.at))
        if database is not None:
            made.frozen[source.id] = database
            made.trials[source.id] = made.stack.enter_context(
                trials(definition, service, source, made.recorded.at)
            )
