"""A mutant → who found it: each stage is asked as its command asks; what cannot have changed is not asked again."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.mutation.alike import Trial, ahead, apart, bare
from tests.mutation.desk import Desk
from tests.mutation.mutant import Mutant
from watchglass.alert_tests import AlertTestSession, PlayedTest
from watchglass.alert_tests.published import published_rules
from watchglass.artifact import Statement
from watchglass.lint import lint
from watchglass.pipeline import Compiled, compile_definition
from watchglass.problems import Problem
from watchglass.validate import readable, rights
from watchglass.validate.answers.asking import Answer, Answers, ask, readings, statements_asked
from watchglass.validate.answers.judging import compare
from watchglass.validate.engine import statements_of, validate

_LOUD = ("error", "warning")
_BY_CHANCE = "over-budget"
"""A budget is missed on a busy machine, too."""

_LIMITED = re.compile(r"\bLIMIT\s+$")
"""Before a number of rows at most: some table is always longer than those that are tried."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    What became of a mutant.

    Args:
        by: ``check``, ``validate`` or ``test``; empty where nothing found it.
        code: the code of what was told, with its level where that is only a warning.
        shows: what of the output is another: ``rules``, their ``words``, ``SQL``, ``panels``; none where nothing is.
        alike: of one that nothing found: ``place`` where panels only stand elsewhere, ``rows`` where no database that was
            tried tells the statements apart.
    """

    mutant: Mutant
    by: str = ""
    code: str = ""
    shows: tuple[str, ...] = ()
    alike: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """The definition as it stands: what it is told already, and what it compiles to."""

    problems: frozenset[tuple[str, str]]
    statements: dict[tuple[str, str], Statement]
    bodies: dict[str, object]
    queries_of: dict[str, str]
    rules: dict[str, list[Any]]


def _sent(statement: Statement) -> object:
    return statement.sql.text, statement.tags, statement.format


def _wordless(rules: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Leave out what people read, and nothing else hangs on."""
    return {
        alert: [{name: part for name, part in body.items() if name != "annotations"} for body in bodies]
        for alert, bodies in rules.items()
    }


def _rules(compiled: Compiled) -> dict[str, list[Any]]:
    """Give what every alert publishes."""
    assert compiled.service is not None
    rules = published_rules(compiled.service, compiled.artifacts)
    return {alert: [rule.body for rule in listed] for alert, listed in rules.items()}


class Judge:
    """
    Judges mutants of one definition.

    Args:
        file: a copy of the definition; the mutants are written over it.
    """

    def __init__(self, file: Path, desk: Desk) -> None:
        self._file, self._desk = file, desk
        self.text = self._file.read_text(encoding="utf-8")
        self._today = datetime.datetime.now(tz=datetime.UTC).date()
        self._base = self._measure()

    def judge(self, mutant: Mutant) -> Verdict:
        """Write the mutant down and ask every stage about it, until one finds it."""
        self._file.write_text(mutant.of(self.text), encoding="utf-8")
        compiled = compile_definition(self._file, None, self._today)
        found = self._told("check", mutant, self._checked(compiled))
        if found is not None:
            return found
        shows = tuple(self._shows(compiled))
        stages = (("validate", self._validated), ("test", self._answered), ("test", self._tested))
        for by, stage in stages:
            found = self._told(by, mutant, stage(compiled, mutant))
            if found is not None:
                return replace(found, shows=shows)
        return Verdict(mutant, shows=shows, alike=self._alike(compiled, mutant, shows))

    def _measure(self) -> _Base:
        compiled = compile_definition(self._file, None, self._today)
        definition, service = compiled.definition, compiled.service
        if definition is None or service is None or compiled.failed:
            raise SystemExit(f"{self._file.name} does not compile: mend it first")
        problems = [*self._checked(compiled), *self._desk.validated(definition, service, compiled.artifacts)]
        failed = [
            each.test.name
            for each in self._played(compiled, {test.name for test in service.tests})
            if not each.passed
        ]
        if failed:
            raise SystemExit(f"an alert test fails on the definition as it is: {failed[0]}")
        return _Base(
            frozenset((each.code, each.message) for each in problems),
            {(each.target, each.name): each for each in statements_of(compiled.artifacts)},
            {each.path: each.body for each in compiled.artifacts},
            {metric.id: metric.query.id for metric in service.metrics.values()},
            _rules(compiled),
        )

    def _checked(self, compiled: Compiled) -> list[Problem]:
        if compiled.definition is None or compiled.service is None or compiled.failed:
            return list(compiled.problems)
        return [*compiled.problems, *lint(compiled.definition, compiled.service)]

    def _told(self, by: str, mutant: Mutant, problems: Iterable[Problem]) -> Verdict | None:
        """Give the worst that was told and is not told of the definition as it is."""
        new = [
            each
            for each in problems
            if each.level in _LOUD
            and each.code != _BY_CHANCE
            and (each.code, each.message) not in self._base.problems
        ]
        if not new:
            return None
        worst = min(new, key=lambda each: _LOUD.index(each.level))
        return Verdict(mutant, by, worst.code + (" (warning)" if worst.level == "warning" else ""))

    def _shows(self, compiled: Compiled) -> Iterator[str]:
        """Tell what of the output a reviewer sees changed."""
        artifacts = compiled.artifacts
        other = [each for each in artifacts if self._base.bodies.get(each.path) != each.body]
        if _wordless(_rules(compiled)) != _wordless(self._base.rules):
            yield "rules"
        elif any(each.kind == "alert-rules" for each in other):
            yield "words"
        if any(self._is_new(statement) for statement in statements_of(artifacts)):
            yield "SQL"
        if any(each.kind != "alert-rules" and each.target != "plain" for each in other):
            yield "panels"

    def _is_new(self, statement: Statement) -> bool:
        known = self._base.statements.get((statement.target, statement.name))
        return known is None or (known.sql.text, known.tags, known.format) != (
            statement.sql.text,
            statement.tags,
            statement.format,
        )

    def _alike(self, compiled: Compiled, mutant: Mutant, shows: Sequence[str]) -> str:
        """Tell how what nothing found is the same as what was there, if it is."""
        if [*shows] == ["panels"]:
            bodies = {each.path: each.body for each in compiled.artifacts if each.target != "plain"}
            elsewhere = all(bare(body) == bare(self._base.bodies.get(path)) for path, body in bodies.items())
            return "place" if elsewhere else ""
        in_sql = mutant.path[-1] == "sql" or mutant.path[0] == "snippets"
        if not in_sql or _LIMITED.search(self.text[: mutant.start]):
            return ""
        asked = [self._asked(compiled, source) for source in self._desk.trials]
        return "rows" if any(asked) and not any(apart(*each) for listed in asked for each in listed) else ""

    def _asked(self, compiled: Compiled, source: str) -> list[tuple[Trial, str, str]]:
        """List where statements that are others can be asked in both forms: as plain SQL, and as panels that look ahead."""
        assert compiled.service is not None
        trials, found = self._desk.trials[source], []
        for statement in statements_of(compiled.artifacts):
            known = self._base.statements.get((statement.target, statement.name))
            if known is None or not self._is_new(statement) or statement.source not in ("", source):
                continue
            if statement.target == "plain":
                found += [(trial, known.sql.text, statement.sql.text) for trial in trials]
            elif statement.target == "grafana" and statement.role == "panel":
                found += [
                    (trial, *(ahead(compiled.service, each, trial.at) for each in (known, statement)))
                    for trial in trials
                ]
        return found

    def _validated(self, compiled: Compiled, mutant: Mutant) -> Sequence[Problem]:
        """Run the statements that are others, those of the query that was touched, and their twins."""
        service = compiled.service
        assert service is not None
        touched = self._touched(mutant)
        listed = statements_of(compiled.artifacts)
        chosen = [each for each in listed if self._is_new(each) or each.query == touched != ""]
        twins = {each.twin for each in chosen} - {""}
        names = {(each.target, each.name) for each in chosen}
        wanted = [each for each in listed if (each.target, each.name) in names or each.twin in twins]
        found: list[Problem] = []
        for source, prover in self._desk.provers.items():
            mine = [each for each in wanted if each.source in ("", source)]
            if not mine:
                continue
            report = validate(service, mine, prover, datetime.datetime.now(tz=datetime.UTC))
            ran = [proof.case for proof in report.proofs if proof.outcome.error is None]
            more = rights.judge(prover, ran, views=False)
            more += readable.judge(service, [(proof.case, proof.outcome) for proof in report.proofs])
            found += [*report.problems, *(each.problem for each in more)]
        return found

    def _touched(self, mutant: Mutant) -> str:
        """Give the query that the mutant's place belongs to, if any."""
        name = str(mutant.path[1]) if len(mutant.path) > 1 else ""
        if mutant.path[0] == "metrics":
            return self._base.queries_of.get(name, "")
        return name if mutant.path[0] == "queries" else ""

    def _answered(self, compiled: Compiled, mutant: Mutant) -> Sequence[Problem]:
        """Compare the answers of queries that are others, and of the metrics and queries that were touched."""
        service = compiled.service
        assert service is not None
        recorded = self._desk.recorded
        if recorded is None:
            return ()
        touched = self._touched(mutant)
        listed = statements_asked(service, compiled.artifacts)
        found: dict[str, Answer] = {}
        for source, database in self._desk.frozen.items():
            mine = [
                each
                for each in listed
                if each.source == source and (self._is_new(each) or each.query == touched)
            ]
            found |= ask(service, database, mine) if mine else {}
        return compare(service, recorded, Answers(recorded.at, found, readings(service, found)))

    def _tested(self, compiled: Compiled, mutant: Mutant) -> Sequence[Problem]:
        """Run the tests of alerts whose rules are others, until one fails."""
        assert compiled.service is not None
        changed = {
            alert for alert, bodies in _rules(compiled).items() if bodies != self._base.rules.get(alert, [])
        }
        wanted = {test.name for test in compiled.service.tests if changed & {*test.alerts}}
        failed = next((each for each in self._played(compiled, wanted) if not each.passed), None)
        return () if failed is None else failed.problems

    def _played(self, compiled: Compiled, wanted: set[str]) -> Iterator[PlayedTest]:
        assert compiled.definition is not None
        assert compiled.service is not None
        for test in compiled.service.tests:
            if test.name in wanted:
                session = AlertTestSession(worlds=self._desk.worlds(test))
                yield session.run(compiled.definition, compiled.service, compiled.artifacts, test)
