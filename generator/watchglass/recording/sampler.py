"""The recorded metrics of a definition and an instant → readings in the table; what fails is a gap, and is told."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from watchglass import naming
from watchglass.database.connection import CannotConnect
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.proof import Statement
from watchglass.database.prover import Prover
from watchglass.database.readings import Reading, Writer, WriteRefused, writing
from watchglass.database.wire import ConnectionLost
from watchglass.definition.read import Definition
from watchglass.definition.service import Metric, Recording, Service, Source
from watchglass.recording.numbers import numbers_of, statement_of
from watchglass.recording.schedule import instant_of
from watchglass.validate.databases import Place, open_database

Failure = tuple[str, str]
"""A metric's id, and why it has no reading."""


@dataclass(frozen=True, slots=True)
class Tick:
    """
    What came of one round.

    Args:
        written: rows that are new; one that was there already is not written again.
        failures: why readings are missing.
        locked: whether another sampler of the service is at work, so that this one did nothing.
    """

    written: int
    failures: tuple[str, ...] = ()
    locked: bool = False


@dataclass(slots=True)
class Sampler:
    """
    Records the metrics of one definition.

    Args:
        dsns: source → connection string of a role that reads.
        into: source → connection string of a role that writes readings there.
    """

    definition: Definition
    service: Service
    dsns: Mapping[str, str]
    into: Mapping[str, str]
    _done: dict[str, datetime.datetime] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name in the table."""
        return naming.slug(self.service.id, self.service.environment.suffix)

    @property
    def metrics(self) -> tuple[tuple[Metric, Recording, Source], ...]:
        """The metrics that are recorded, each with where its readings are kept."""
        return recorded_metrics(self.service)

    def tick(self, now: datetime.datetime) -> Tick:
        """Record every metric whose instant has no reading yet."""
        due = [
            each
            for each in self.metrics
            if self._done.get(each[0].id) != instant_of(now, each[1].every.seconds)
        ]
        kept = {source.id: source for _, _, source in due}
        ticks = [
            self._at(source_id, [each for each in due if each[2].id == source_id], now) for source_id in kept
        ]
        return Tick(
            sum(each.written for each in ticks),
            tuple(text for each in ticks for text in each.failures),
            any(each.locked for each in ticks),
        )

    def _at(self, kept: str, due: Sequence[tuple[Metric, Recording, Source]], now: datetime.datetime) -> Tick:
        try:
            with writing(self.into[kept], self.name) as writer:
                if writer is None:
                    return Tick(0, locked=True)
                rows, failures = self._read(due, now)
                written = writer.write(rows)
                self._prune(writer, due, now)
        except (CannotConnect, WriteRefused) as error:
            return Tick(0, (f"nothing is recorded at {kept}: {error}",))
        failed = {metric for metric, _ in failures}
        for metric, recording, _ in due:
            if metric.id not in failed:
                self._done[metric.id] = instant_of(now, recording.every.seconds)
        return Tick(written, tuple(f"{metric}: {why}" for metric, why in failures))

    def _read(
        self, due: Sequence[tuple[Metric, Recording, Source]], now: datetime.datetime
    ) -> tuple[list[Reading], list[Failure]]:
        rows: list[Reading] = []
        failures: list[Failure] = []
        for source_id in dict.fromkeys(metric.query.source.id for metric, _, _ in due):
            mine = [each for each in due if each[0].query.source.id == source_id]
            try:
                found, failed = self._ask(mine, now)
            except (ConnectionLost, InquiryRefused) as error:
                found, failed = [], [(metric.id, f"the database went away: {error}") for metric, _, _ in mine]
            rows += found
            failures += failed
        return rows, failures

    def _ask(
        self, due: Sequence[tuple[Metric, Recording, Source]], now: datetime.datetime
    ) -> tuple[list[Reading], list[Failure]]:
        source = due[0][0].query.source
        with contextlib.ExitStack() as stack:
            place = Place(self.definition, self.service, source, self.dsns.get(source.id), None)
            opened = open_database(place, stack)
            if isinstance(opened, tuple):
                return [], [(metric.id, problem.message) for metric, _, _ in due for problem in opened]
            prover = Prover(opened, trusted=source.trusted)
            outcomes = prover.run([Statement(statement_of(self.service, metric)) for metric, _, _ in due])
        rows: list[Reading] = []
        failures: list[Failure] = []
        for (metric, recording, _), outcome in zip(due, outcomes, strict=True):
            at = instant_of(now, recording.every.seconds)
            if outcome.error is not None or outcome.cut:
                why = outcome.error.message if outcome.error else "too many rows"
                failures.append((metric.id, f"PostgreSQL: {why}"))
            else:
                numbers = numbers_of(metric, outcome.rows)
                rows += [Reading(self.name, metric.id, at, key, value) for key, value in numbers]
        return rows, failures

    def _prune(
        self, writer: Writer, due: Iterable[tuple[Metric, Recording, Source]], now: datetime.datetime
    ) -> None:
        for metric, recording, _ in due:
            writer.prune(self.name, metric.id, now - datetime.timedelta(seconds=recording.keep.seconds))


def recorded_metrics(service: Service) -> tuple[tuple[Metric, Recording, Source], ...]:
    """List the metrics of a service that are recorded, each with where its readings are kept."""
    return tuple(
        (metric, metric.history.recording, metric.history.query.source)
        for metric in service.metrics.values()
        if metric.history is not None and metric.history.recording is not None
    )
