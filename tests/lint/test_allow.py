"""Rules are switched off for one object, with a reason, and only where they would speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import judge
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.lint import RULES

TEXT = """
queries:
  q:
    sql: SELECT 1.0 / count(*) AS n FROM courses
    columns: {{n: number}}
    {query}
metrics:
  m: {{query: q, column: n, {metric}}}
alerts:
  a:
    metric: m
    when: above 3
    for: 1h
    severity: low
    {alert}
dashboards:
  d:
    title: D
    {board}
    rows: [{{title: R, panels: [{{metric: m, as: number}}, {{id: p, query: q, as: pie, x: n, y: n, limit: 50, {panel}}}]}}]
"""
ALL = ["lint-crowded-panel", "lint-no-level", "lint-no-runbook", "lint-no-unit", "lint-unguarded-rate"]


def codes(folder: Path, **allows: str) -> list[str]:
    places = {"query": "", "metric": "", "alert": "", "board": "", "panel": ""}
    return judge(
        folder, TEXT.format(**places | {place: f"allow: {{{allow}}}" for place, allow in allows.items()})
    ).codes


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("query", "lint-unguarded-rate"),
        ("query", "lint-no-unit"),
        ("metric", "lint-no-level"),
        ("alert", "lint-no-runbook"),
        ("panel", "lint-crowded-panel"),
        ("board", "lint-crowded-panel"),
    ],
)
def test_a_rule_is_switched_off_at_its_object_alone(place: str, code: str, tmp_path: Path) -> None:
    assert codes(tmp_path) == ALL
    assert codes(tmp_path, **{place: f"{code}: It is meant."}) == [each for each in ALL if each != code]


def test_a_rule_that_nothing_breaks_is_reported_where_it_is_switched_off(tmp_path: Path) -> None:
    found = judge(
        tmp_path, TEXT.format(query="allow: {lint-flapping: x}", metric="", alert="", board="", panel="")
    )
    assert found.of("lint-unused-allow") == ["lint-flapping"]
    assert codes(tmp_path, alert="lint-unguarded-rate: At the wrong place.") == sorted(
        [*ALL, "lint-unused-allow"]
    )


def test_a_rule_that_there_is_not_is_reported_with_the_nearest(tmp_path: Path) -> None:
    found = judge(
        tmp_path, TEXT.format(query="", metric="", alert="allow: {lint-no-runbok: x}", board="", panel="")
    )
    hints = [problem.hint for problem in found.problems if problem.code == "lint-unused-allow"]
    assert hints == ["did you mean 'lint-no-runbook'?"]


@pytest.mark.parametrize("reason", ['""', '" "'])
def test_a_reason_must_be_given(reason: str, tmp_path: Path) -> None:
    file = tmp_path / "definition.yaml"
    service = "service: {id: t, title: T, timezone: UTC, allow: {lint-no-owner: REASON}}".replace(
        "REASON", reason
    )
    file.write_text(
        f"version: 1\n{service}\nlevels: {{a: green, b: red}}\nsources: {{m: {{}}}}\nqueries: {{}}\n"
    )
    assert [problem.code for problem in read(file).problems] == ["empty-text"]


def test_what_the_service_allows_holds_for_what_has_no_allow_of_its_own(tmp_path: Path) -> None:
    from tests.lint import judged

    secret = "glsa_" + "0123456789abcdefghijABCDEFGHIJ01_01234567"
    token = f"environments: {{e: {{grafana: {{token: {secret}}}}}}}"
    query = f"queries: {{q: {{sql: SELECT 1 AS n, columns: {{n: integer}}, description: {secret}}}}}"
    head = judged.HEAD.replace("owner: me", "owner: me, allow: {lint-secret: Of a demo.}")
    for text, count in (
        (f"{token}\nqueries: {{q: {{sql: SELECT 1 AS n, columns: {{n: integer}}}}}}", 0),
        (query, 1),
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(judged, "HEAD", head)
            assert len(judge(tmp_path, text).of("lint-secret")) == count


def test_a_statement_that_no_grammar_reads_is_an_error_and_hides_no_other_finding(tmp_path: Path) -> None:
    broken = "queries:\n  r: {{sql: SELECT FROM WHERE, columns: {{n: integer}}}}\n"
    text = TEXT.replace("queries:\n", broken)
    found = judge(
        tmp_path, text.format(query="allow: {lint-flapping: x}", metric="", alert="", board="", panel="")
    )
    errors = [problem.code for problem in found.problems if problem.level == "error"]
    assert errors == ["sql-syntax"]
    assert "lint-unused-allow" not in found.codes
    assert "lint-no-runbook" in found.codes


def test_findings_do_not_depend_on_the_order_of_the_file(tmp_path: Path) -> None:
    text = TEXT.format(query="", metric="", alert="", board="", panel="")
    parts = [f"{part}" for part in text.split("\n\n")]
    assert judge(tmp_path, "\n\n".join(reversed(parts))).codes == judge(tmp_path, text).codes


def test_every_rule_reports_under_its_own_code_alone(tmp_path: Path) -> None:
    from watchglass.lint.subject import subject

    judge(tmp_path, TEXT.format(query="", metric="", alert="", board="", panel=""))
    definition = read(tmp_path / "definition.yaml").definition
    assert definition is not None
    service = resolve(definition).service
    assert service is not None
    judged = subject(definition, service)
    assert all({found.problem.code for found in rule(judged)} <= {code} for code, rule in RULES.items())
