"""Tests that were run become text, JSON, annotations of a pull request, and JUnit's XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from watchglass.alert_tests.coverage import Coverage
from watchglass.alert_tests.outcome import PlayedTest
from watchglass.problems import Problem
from watchglass.review.excerpt import neutral
from watchglass.review.json_report import dump, problem_value
from watchglass.review.report import report
from watchglass.review.test_table import lines_of, table_text


@dataclass(frozen=True, slots=True)
class Suite:
    """
    The tests of one definition.

    Args:
        problems: what else is to be said, such as why it cannot be tested at all.
        sources: name → text, for excerpts.
    """

    file: str
    outcomes: tuple[PlayedTest, ...]
    coverage: Coverage | None
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Those of its tests, too."""
        return (*self.problems, *(problem for outcome in self.outcomes for problem in outcome.problems))


def outcome_text(
    outcome: PlayedTest, sources: Mapping[str, str], *, color: bool = False, verbose: bool = False
) -> str:
    """Write what is wrong with a test, then the evaluations of the alerts that it is about."""
    parts = []
    if outcome.problems:
        told = report(outcome.problems, "text", sources, color=color)
        parts.append(told.rstrip("\n").rpartition("\n\n")[0])  # the count of problems comes once, at the end
    alerts = dict.fromkeys(miss.expectation.alert for miss in outcome.misses)
    for alert in outcome.runs if verbose else alerts:
        lines = lines_of(outcome, alert, whole=verbose)
        parts.append(f"  {neutral(alert)}, Grafana {outcome.version}:\n{table_text(lines, '    ')}")
    return "\n\n".join(parts)


def coverage_lines(coverage: Coverage) -> list[str]:
    """Write what no test looked at, one line an alert."""
    missing: dict[str, list[str]] = {}
    for branch in coverage.missing:
        name = f"{branch.name} ({branch.level})" if branch.level else branch.name
        missing.setdefault(branch.alert, []).append(name)
    alerts = len({branch.alert for branch in coverage.every})
    of_alerts = "1 alert" if alerts == 1 else f"{alerts} alerts"
    reached = f"{len(coverage.every) - len(coverage.missing)} of {len(coverage.every)} ways of {of_alerts}"
    head = f"coverage: {reached} are tested"
    if not missing:
        return [head]
    return [
        f"{head}; no test looks at",
        *(f"  {alert}: {', '.join(names)}" for alert, names in missing.items()),
    ]


def played_json(suites: Sequence[Suite]) -> str:
    """Write ``{"tests": […], "coverage": […], "problems": […]}``."""
    problems = [problem for suite in suites for problem in suite.all_problems]
    return dump(
        {
            "tests": [_test(suite, outcome) for suite in suites for outcome in suite.outcomes],
            "coverage": [_coverage(suite.file, suite.coverage) for suite in suites if suite.coverage],
            "problems": [problem_value(problem) for problem in dict.fromkeys(problems)],
        }
    )


def _test(suite: Suite, outcome: PlayedTest) -> dict[str, Any]:
    return {
        "definition": suite.file,
        "name": outcome.test.name,
        "line": outcome.test.at.span.line,
        "passed": outcome.passed,
        "grafana": outcome.version,
        "seconds": round(outcome.elapsed, 3),
        "evaluations": [
            {
                "alert": alert,
                **dict(zip(("time", "instance", "value", "expected", "actual"), line.cells, strict=True)),
            }
            for alert in outcome.runs
            for line in lines_of(outcome, alert, whole=True)
        ],
        "problems": [problem_value(problem) for problem in outcome.problems],
    }


def _coverage(file: str, coverage: Coverage) -> dict[str, Any]:
    return {
        "definition": file,
        "ways": len(coverage.every),
        "missing": [
            {"alert": branch.alert, "level": branch.level, "way": branch.name} for branch in coverage.missing
        ],
    }


def junit(suites: Sequence[Suite]) -> bytes:
    """Write JUnit's XML: a suite a definition, a case a test."""
    root = ElementTree.Element("testsuites")
    for suite in suites:
        outcomes = suite.outcomes
        broken = [problem for problem in suite.problems if problem.level == "error"]
        made = ElementTree.SubElement(
            root,
            "testsuite",
            name=_xml(suite.file),
            tests=str(len(outcomes) + bool(broken)),
            failures=str(sum(not outcome.passed for outcome in outcomes)),
            errors=str(int(bool(broken))),
            time=f"{sum(outcome.elapsed for outcome in outcomes):.3f}",
        )
        if broken:
            case = ElementTree.SubElement(
                made, "testcase", classname=_xml(suite.file), name="definition", time="0"
            )
            told = _xml(report(broken, "text", suite.sources))
            ElementTree.SubElement(case, "error", message=_xml(broken[0].message)).text = told
        for outcome in outcomes:
            _case(made, suite, outcome)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _case(suite_element: ElementTree.Element, suite: Suite, outcome: PlayedTest) -> None:
    span = outcome.test.at.span
    case = ElementTree.SubElement(
        suite_element,
        "testcase",
        classname=_xml(suite.file),
        name=_xml(outcome.test.name),
        file=_xml(span.file),
        line=str(span.line),
        time=f"{outcome.elapsed:.3f}",
    )
    if not outcome.passed:
        first = next(problem for problem in outcome.problems if problem.level == "error")
        told = outcome_text(outcome, suite.sources)
        ElementTree.SubElement(case, "failure", message=_xml(first.message)).text = _xml(told)


def _xml(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(
        character
        for character in text
        if character in "\t\n"
        or 0x20 <= ord(character) < 0xD800
        or 0xE000 <= ord(character) not in {0xFFFE, 0xFFFF}
    )
