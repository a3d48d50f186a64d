"""``watchglass test``: the alert tests."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from watchglass.cli.inputs import find_definitions
from watchglass.cli.reporting import environment_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from watchglass.alert_tests import AlertTestSession, PlayedTest
    from watchglass.pipeline import Compiled
    from watchglass.problems import Problem
    from watchglass.review.test_report import Suite

_FORMATS = ("text", "json", "github")


@click.command()
@click.argument("definitions", nargs=-1)
@click.option("-k", "part", default="", help="Run only tests whose name holds this text.")
@click.option(
    "--grafana",
    "version",
    default="",
    metavar="VERSION",
    help="Try another version of Grafana, such as 12.4.",
)
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit's XML to this file."
)
@click.option("--require-coverage", is_flag=True, help="Fail where a way of an alert is tested by nothing.")
@click.option("--record", is_flag=True, help="Write down what every query gives on its fixtures.")
@click.option("-v", "--verbose", is_flag=True, help="Show every test with all of its evaluations.")
@environment_option
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How results are told.",
)
def command(
    definitions: tuple[str, ...],
    part: str,
    version: str,
    junit: Path | None,
    require_coverage: bool,
    record: bool,
    verbose: bool,
    environment: str | None,
    form: Literal["text", "json", "github"],
) -> int:
    """
    Run the alert tests of DEFINITIONS (else definitions/*.yaml) on a clock that moves.

    Rules are those that `compile` writes. A test that changes data does so in a database of this run's own; no other can be
    named. Where the answers of queries were recorded, they are compared. Exit codes: 0 all passed, 1 failures.
    """
    from watchglass.evaluation import semantics
    from watchglass.pipeline import compile_definition
    from watchglass.problems import has_errors
    from watchglass.review.test_report import junit as junit_of

    if record and (part or environment is not None):
        raise click.UsageError("--record writes all answers of the default environment: leave -k and -e out")
    try:
        semantics(version or "12.3")
    except ValueError as error:
        raise click.UsageError(f"--grafana: {error}") from error
    today = datetime.datetime.now(tz=datetime.UTC).date()
    compiled = {path: compile_definition(path, environment, today) for path in find_definitions(definitions)}
    suites = _run(compiled, part, version, _teller(form, verbose=verbose))
    if not part and environment is None:
        from watchglass.cli.answers import with_answers

        suites = with_answers(compiled.values(), suites, record=record)
    uncovered = [problem for suite in suites if require_coverage for problem in _uncovered(suite)]
    if junit is not None:
        junit.write_bytes(junit_of(suites))
    _tell(suites, uncovered, form, partial=bool(part))
    problems = [*uncovered, *(problem for suite in suites for problem in suite.all_problems)]
    return 1 if has_errors(problems) else 0


def _run(
    compiled: Mapping[Path, Compiled],
    part: str,
    version: str,
    tell: Callable[[Suite, PlayedTest], None],
) -> list[Suite]:
    from watchglass.alert_tests import AlertTestSession
    from watchglass.cli.reporting import databases_told

    with databases_told(), AlertTestSession(version) as session:
        return [_suite(path, each, part, session, tell) for path, each in compiled.items()]


def _suite(
    path: Path,
    compiled: Compiled,
    part: str,
    session: AlertTestSession,
    tell: Callable[[Suite, PlayedTest], None],
) -> Suite:
    from watchglass.alert_tests import coverage_of
    from watchglass.review.test_report import Suite

    definition, service = compiled.definition, compiled.service
    if definition is None or service is None or compiled.failed:
        return Suite(path.as_posix(), (), None, compiled.problems, compiled.sources)
    made = Suite(path.as_posix(), (), None, (), compiled.sources)
    tests = [test for test in service.tests if part in test.name]
    outcomes = session.run_all(
        definition, service, compiled.artifacts, tests, lambda outcome: tell(made, outcome)
    )
    return Suite(made.file, outcomes, coverage_of(service, outcomes), (), compiled.sources)


def _teller(form: str, *, verbose: bool) -> Callable[[Suite, PlayedTest], None]:
    """Tell a test when it is done, where people read along."""
    from watchglass.review.test_report import outcome_text
    from watchglass.visible import visible

    def tell(suite: Suite, outcome: PlayedTest) -> None:
        if form != "text" or (outcome.passed and not outcome.problems and not verbose):
            return
        taken = f" ({outcome.evaluations:,} evaluations, {outcome.elapsed:.2f} s)" if verbose else ""
        click.echo(f"{'ok' if outcome.passed else 'FAILED'}: {visible(outcome.test.name)}{taken}")
        text = outcome_text(outcome, suite.sources, color=sys.stdout.isatty(), verbose=verbose)
        if text:
            click.echo(f"{text}\n")

    return tell


def _uncovered(suite: Suite) -> list[Problem]:
    from watchglass.problems import Problem, Span

    if suite.coverage is None:
        return []
    whole = Span.of_file(suite.file)
    return [
        Problem(
            "test-coverage", f"no test looks at {branch.told}", suite.coverage.places.get(branch.alert, whole)
        )
        for branch in suite.coverage.missing
    ]


def _tell(
    suites: Sequence[Suite],
    uncovered: Sequence[Problem],
    form: Literal["text", "json", "github"],
    *,
    partial: bool,
) -> None:
    from watchglass.cli.reporting import tell
    from watchglass.review.test_report import played_json

    sources = {name: text for suite in suites for name, text in suite.sources.items()}
    if form == "json":
        click.echo(played_json(suites), nl=False)
    elif form == "github":
        tell([*uncovered, *(problem for suite in suites for problem in suite.all_problems)], form, sources)
    else:
        tell([*uncovered, *(problem for suite in suites for problem in suite.problems)], "text", sources)
        for suite in suites:
            _summarize(suite, partial=partial)


def _summarize(suite: Suite, *, partial: bool) -> None:
    from watchglass.review.test_report import coverage_lines

    if suite.coverage is None:
        return
    failed = sum(not outcome.passed for outcome in suite.outcomes)
    count, evaluations = len(suite.outcomes), sum(outcome.evaluations for outcome in suite.outcomes)
    told = f"{count} {'test' if count == 1 else 'tests'}, {failed} failed" if count else "no tests"
    click.echo(f"{suite.file}: {told}; {evaluations:,} evaluations")
    if not partial:
        for line in coverage_lines(suite.coverage):
            click.echo(line)
