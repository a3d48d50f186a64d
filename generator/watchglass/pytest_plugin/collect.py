"""A definition as tests: ``x.yaml::definition``, ``x.yaml::rules``, ``x.yaml::grafana::overview/pollution`` of each statement."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import pytest

from watchglass.artifact import Statement
from watchglass.definition.alert_tests import AlertTest
from watchglass.lint import cleaned, hide_secrets, lint
from watchglass.pipeline import Compiled
from watchglass.problems import Problem, Span, has_errors
from watchglass.pytest_plugin import DefinitionWarning
from watchglass.pytest_plugin.runs import NotRun, Runs, runs_of
from watchglass.review import report as told
from watchglass.review.test_report import outcome_text
from watchglass.validate.engine import Report, statements_of
from watchglass.validate.finding import Finding


class Broken(Exception):
    """A test found errors; the message is their report."""


class DefinitionFile(pytest.File):
    """A definition; its tests are those of all ``SUITES``."""

    @property
    def runs(self) -> Runs:
        """What the session has compiled and run."""
        return runs_of(self.config)

    @property
    def compiled(self) -> Compiled:
        """The definition, compiled."""
        return self.runs.compiled(self.path)

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """Compile the definition, and list its tests."""
        for suite in SUITES:
            yield from suite(self)


class DefinitionItem(pytest.Item):
    """
    A test of a definition: it fails with the report of its errors, and warns of its warnings.

    Args:
        span: the place that it speaks of.
    """

    def __init__(self, *, file: DefinitionFile, span: Span, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.file, self.span = file, span
        if self.config.pluginmanager.hasplugin("xdist"):
            # With --dist loadgroup the tests of a file share a worker, which runs the file's statements once.
            self.add_marker(pytest.mark.xdist_group(file.nodeid))

    def judge(self, problems: Sequence[Problem], heading: str = "") -> None:
        """
        Fail or warn, as the problems' levels say.

        Raises:
            Broken: one is an error; the text tells all of them.
        """
        text = "\n".join(filter(None, [heading, self._told(problems)]))
        if has_errors(problems):
            raise Broken(text)
        if any(problem.level == "warning" for problem in problems):
            self.warn(DefinitionWarning(text))

    def _told(self, problems: Sequence[Problem]) -> str:
        sources = hide_secrets(self.file.compiled.sources, problems)
        return told(map(cleaned, problems), "text", sources).rstrip("\n")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the report alone: where in this program it was found helps nobody."""
        if isinstance(excinfo.value, (Broken, NotRun, DefinitionWarning)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Point to the place in the definition."""
        name = self.file.compiled.definition.file if self.file.compiled.definition else ""
        line = self.span.line - 1 if self.span.file == name else 0
        return self.path, line, self.name


class CompileItem(DefinitionItem):
    """The test that a definition can be read, resolved and rendered."""

    def runtest(self) -> None:
        """Judge what compiling found."""
        self.judge(self.file.compiled.problems)


class RulesItem(DefinitionItem):
    """The test that a definition breaks no rule of ``watchglass check``."""

    def runtest(self) -> None:
        """Judge what the rules say."""
        definition, service = self.file.compiled.definition, self.file.compiled.service
        assert definition is not None, "only what compiles is judged by rules"
        assert service is not None, "only what compiles is judged by rules"
        self.judge(lint(definition, service))


class TargetCollector(pytest.Collector):
    """The statements of one target."""

    def __init__(self, *, file: DefinitionFile, statements: Sequence[Statement], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._file, self._statements = file, statements

    def collect(self) -> Iterator[pytest.Item]:
        """Make each statement a test."""
        for statement in self._statements:
            yield StatementItem.from_parent(
                self, name=statement.name, file=self._file, span=statement.span, statement=statement
            )


class StatementItem(DefinitionItem):
    """The test that a statement runs on PostgreSQL in every form in which its target sends it."""

    def __init__(self, *, statement: Statement, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._statement = statement

    def runtest(self) -> None:
        """Judge what validating the definition found about this statement."""
        report = self.file.runs.report(self.file.path)
        findings = [finding for finding in report.findings if self._shows(finding)]
        forms = self._forms(report)
        if not forms and not findings:
            pytest.skip("its source is no PostgreSQL")
        self.judge([finding.problem for finding in findings], self._heading(findings, forms))

    def _shows(self, finding: Finding) -> bool:
        return not finding.sights or bool(self._cases([finding]))

    def _cases(self, findings: Iterable[Finding]) -> list[str]:
        mine = (self._statement.target, self._statement.name)
        return [sight.case for finding in findings for sight in finding.sights if sight[:2] == mine]

    def _forms(self, report: Report) -> int:
        mine = (self._statement.target, self._statement.name)
        return sum(
            timing.cases
            for timing in report.timings
            if (timing.statement.target, timing.statement.name) == mine
        )

    def _heading(self, findings: Sequence[Finding], forms: int) -> str:
        """Name the statement, and the forms of it that show the problems: which filters and optional clauses were in."""
        shown = dict.fromkeys(case or "nothing chosen" for case in self._cases(findings))
        which = f", as sent with {'; '.join(shown)} ({len(shown)} of {forms} forms)" if forms > 1 else ""
        return f"{self._statement.target}: {self._statement.name}{which}"


class TestsCollector(pytest.Collector):
    """The alert tests of a definition."""

    def __init__(self, *, file: DefinitionFile, tests: Sequence[AlertTest], **attributes: Any) -> None:
        super().__init__(**attributes)
        self._file, self._tests = file, tests

    def collect(self) -> Iterator[pytest.Item]:
        """Make each of them a test."""
        for test in self._tests:
            yield AlertTestItem.from_parent(
                self, name=test.name, file=self._file, span=test.at.span, test=test
            )


class AlertTestItem(DefinitionItem):
    """An alert test, on numbers or on a database of its own."""

    def __init__(self, *, test: AlertTest, **attributes: Any) -> None:
        super().__init__(**attributes)
        self._test = test

    def runtest(self) -> None:
        """
        Play it.

        Raises:
            Broken: an alert was not what was expected, or the test could not be played; the text has all evaluations.
        """
        outcome = self.file.runs.outcome(self.file.path, self._test)
        sources = hide_secrets(self.file.compiled.sources, outcome.problems)
        if not outcome.passed:
            raise Broken(outcome_text(outcome, sources))
        self.judge(outcome.problems)


class AnswersItem(DefinitionItem):
    """The test that every query gives what was recorded of it."""

    def runtest(self) -> None:
        """Judge the answers of today."""
        self.judge(self.file.runs.answers(self.file.path))


def _compiling(file: DefinitionFile) -> Iterator[pytest.Item]:
    whole = Span.of_file(file.path.as_posix())
    yield CompileItem.from_parent(file, name="definition", file=file, span=whole)


def _rules(file: DefinitionFile) -> Iterator[pytest.Item]:
    if not file.compiled.failed:
        whole = Span.of_file(file.path.as_posix())
        yield RulesItem.from_parent(file, name="rules", file=file, span=whole)


def _statements(file: DefinitionFile) -> Iterator[pytest.Collector]:
    targets: dict[str, list[Statement]] = {}
    for statement in statements_of(file.compiled.artifacts):
        targets.setdefault(statement.target, []).append(statement)
    for target, statements in targets.items():
        yield TargetCollector.from_parent(file, name=target, file=file, statements=statements)


def _alert_tests(file: DefinitionFile) -> Iterator[pytest.Collector]:
    service = file.compiled.service
    if service is not None and service.tests and not file.compiled.failed:
        yield TestsCollector.from_parent(file, name="test", file=file, tests=service.tests)


def _answers(file: DefinitionFile) -> Iterator[pytest.Item]:
    definition = file.compiled.definition
    if definition is not None and not file.compiled.failed and file.runs.has_answers(definition):
        whole = Span.of_file(file.path.as_posix())
        yield AnswersItem.from_parent(file, name="answers", file=file, span=whole)


Suite = Callable[[DefinitionFile], Iterable[pytest.Item | pytest.Collector]]

SUITES: tuple[Suite, ...] = (_compiling, _rules, _statements, _answers, _alert_tests)
"""What lists a definition's tests; a further kind of test is a function here."""
