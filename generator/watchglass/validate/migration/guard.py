"""A migration tried on copies of a definition's databases → a problem for each cause, at its first place."""

from __future__ import annotations

import contextlib
import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from watchglass.artifact import Artifact, Statement
from watchglass.database.connection import Connection, connect
from watchglass.database.embedded import Server
from watchglass.definition.read import Definition
from watchglass.definition.service import Service
from watchglass.problems import Problem, Related
from watchglass.sql.pieces import SourceText
from watchglass.validate.databases import Place
from watchglass.validate.engine import failures, statements_of
from watchglass.validate.migration.change import Change, Comparison, Moment, Spot
from watchglass.validate.migration.changes import changes_of
from watchglass.validate.migration.copies import Copies, copies_of
from watchglass.validate.migration.facts import read_facts
from watchglass.validate.migration.looking import again, ask, look
from watchglass.validate.migration.scripts import Step, apply, steps_of

_DATA = ("INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "SELECT", "WITH", "CALL", "DO")
_MOST_PLACES = 8
_MOST_PROBES = 3
_WORDS = {
    "panel": "panel",
    "alert": "alert",
    "variable": "variable",
    "annotation": "annotation",
    "card": "question",
    "sql": "query",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a migration, and how many statements were run before and after it."""

    problems: tuple[Problem, ...] = ()
    compared: int = 0


def judge_migration(
    definition: Definition,
    service: Service,
    artifacts: Sequence[Artifact],
    dsns: Mapping[str, str],
    *,
    server: Server,
    files: Mapping[str, Sequence[SourceText]],
    role: str = "",
) -> Judged:
    """
    Say what a migration breaks or changes of a definition's statements.

    Args:
        dsns: source → connection string; of such a database the structure alone is read.
        files: source → the migration's files, in their order.
    """
    statements = statements_of(artifacts)
    judged: list[Judged] = []
    for source in service.sources.values():
        mine = [statement for statement in statements if statement.source in ("", source.id)]
        if source.type == "postgres" and mine and files.get(source.id):
            place = Place(definition, service, source, dsns.get(source.id), server)
            judged.append(_judge(place, mine, steps_of(files[source.id]), role))
    return Judged(
        tuple(problem for each in judged for problem in each.problems), sum(each.compared for each in judged)
    )


def _judge(place: Place, statements: Sequence[Statement], steps: Sequence[Step], role: str) -> Judged:
    now = datetime.datetime.now(tz=datetime.UTC)
    with contextlib.ExitStack() as stack:
        copies = copies_of(place, role, stack)
        if isinstance(copies, tuple):
            return Judged(copies)
        refused = _apply(copies, steps)
        if refused is not None:
            return Judged((refused,))
        read_as = partial(copies.dsn, role=copies.role)
        before = look(read_as(copies.before), place, statements, now)
        after = look(read_as(copies.after), place, statements, now)
        owner = stack.enter_context(connect(copies.dsn(copies.before)))
        changes = changes_of(
            Comparison(
                place.service,
                copies.has_data,
                before,
                after,
                partial(again, read_as(copies.before), place),
                partial(ask, owner, role=copies.role),
            )
        )
        broken_before = tuple(finding.problem for finding in failures(before.proofs.values()))
        told = _told(changes, _blamed(copies, steps, changes))
        return Judged((*broken_before, *told), len(statements))


def _apply(copies: Copies, steps: Sequence[Step]) -> Problem | None:
    with connect(copies.dsn(copies.after)) as connection:
        return next((refused for step in steps if (refused := apply(connection, step)) is not None), None)


def _blamed(copies: Copies, steps: Sequence[Step], changes: Sequence[Change]) -> dict[str, Step]:
    """Find for each cause the statement of the migration that brings it about, by running them once more, one by one."""
    blamed: dict[str, Step] = {}
    with connect(copies.dsn(copies.watched)) as connection:
        watched = _steady(_probes(connection, copies.role, changes), changes)
        known = _probes(connection, copies.role, watched)()
        for step in steps if watched else ():
            if apply(connection, step) is not None:
                break  # the copy before it took the same: only a migration that hangs on chance comes here
            seen = _probes(connection, copies.role, watched)()
            for change, value, now in zip(watched, known, seen, strict=True):
                if value != now:
                    blamed.setdefault(change.cause, step)
            known = seen
    return blamed


def _steady(probes: Callable[[], list[object]], changes: Sequence[Change]) -> list[Change]:
    """Take a few changes of each cause whose probes say the same twice while nothing happens."""
    taken: Counter[str] = Counter()
    found = []
    for change, one, other in zip(changes, probes(), probes(), strict=True):
        if one == other and taken[change.cause] < _MOST_PROBES:
            taken[change.cause] += 1
            found.append(change)
    return found


def _probes(connection: Connection, role: str, changes: Sequence[Change]) -> Callable[[], list[object]]:
    def probe() -> list[object]:
        moment = Moment(lambda case: ask(connection, case, role), read_facts(connection))
        return [change.probe(moment) for change in changes]

    return probe


def _told(changes: Iterable[Change], blamed: Mapping[str, Step]) -> Iterator[Problem]:
    grouped: dict[tuple[bool, str], list[Change]] = {}
    for change in changes:
        grouped.setdefault((change.breaks, change.cause), []).append(change)
    for (_, cause), group in grouped.items():
        yield _problem(group, blamed.get(cause))


def _problem(group: Sequence[Change], step: Step | None) -> Problem:
    first = group[0]
    spots = list(dict.fromkeys(spot for change in group for spot in change.spots))
    spans = sorted({spot.span for spot in spots})
    verb = "breaks" if first.breaks else "changes"
    code = "migration-breaks" if first.breaks else "migration-changes"
    related = [Related(step.span, f"this statement of the migration {verb} them")] if step is not None else []
    related += [Related(span, "here, too") for span in spans[1:_MOST_PLACES]]
    level = "warning" if first.by_rows and step is not None and _moves_data(step) else first.level
    details = dict.fromkeys(change.detail for change in group if change.detail)
    message = f"the migration {verb} {_named(spots)}: {first.cause}"
    message += f" ({', '.join(details)})" if details else ""
    return Problem(code, message, spans[0], level, first.hint, tuple(related))


def _moves_data(step: Step) -> bool:
    """Tell a statement that is meant to change rows."""
    return step.body.upper().startswith(_DATA)


def _named(spots: Iterable[Spot]) -> str:
    """Name panels, alerts, questions, queries."""
    names: dict[str, dict[str, None]] = {}
    for spot in spots:
        names.setdefault(_WORDS[spot.role], {})[spot.name] = None
    return "; ".join(_listed(word, tuple(found)) for word, found in sorted(names.items()))


def _listed(word: str, names: Sequence[str]) -> str:
    plural = {"query": "queries"}.get(word, f"{word}s")
    return f"{word if len(names) == 1 else plural} {', '.join(names)}"
