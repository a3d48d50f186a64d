"""Mutants are made once each, and what a reviewer would plant in the first definition is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.live import missing
from tests.mutation import sql
from tests.mutation.desk import desk
from tests.mutation.mutant import Mutant
from tests.mutation.report import Run, page, reason
from tests.mutation.values import mutants
from tests.mutation.verdict import Judge, Verdict
from watchglass.database.embedded import NoServer

DEFINITION = Path(__file__).parents[2] / "definitions/draft-cleanup.yaml"
SMALL = """version: 1
service: {id: shop, title: Shop at 10, timezone: Europe/Berlin}
levels: {fine: green, bad: orange, worse: red}
constants: {most: 5, since: {timestamp: "2026-01-01T00:00:00+01:00"}}
queries:
  open:
    range: 7d
    sql: |
      SELECT o.a AS n FROM shop.orders AS o WHERE o.a > 1
    columns: {n: {type: integer, unit: percent, nullable: true}, m: integer}
metrics:
  open: {query: open, column: n, better: lower, thresholds: {bad: 2}, when_null: skip}
  other: {query: open, column: m}
alerts:
  many: {metric: open, when: above bad, for: 15m}
"""


def made(text: str) -> set[tuple[str, str]]:
    return {(kind, f"{text[:start]}{new}{text[end:]}") for kind, start, end, new in sql.mutants(text)}


@pytest.mark.parametrize(
    ("text", "kind", "result"),
    [
        ("a < 1", "border of a comparison", "a <= 1"),
        ("a < 1", "turned comparison", "a > 1"),
        ("a = b", "turned comparison", "a <> b"),
        ("a AND b", "connective", "a OR b"),
        ("x / 60", "unit", "x / 3600"),
        ("x / 60", "number", "x / 61"),
        ("x / 60", "operator", "x * 60"),
        ("INTERVAL '2 hours'", "unit", "INTERVAL '2 days'"),
        ("INTERVAL '2 hours'", "length of time", "INTERVAL '3 hours'"),
        ("s = 'open'", "literal", "s = 'openx'"),
        ("c.a + c.b", "renamed column", "c.ax + c.b"),
        ("c.a + c.b", "other column", "c.b + c.b"),
        ("FROM shop.orders", "renamed table", "FROM shop.ordersx"),
        ("count(*) FILTER (WHERE f(a) > 1) AS n", "lost filter", "count(*)  AS n"),
        ("SELECT a FROM t WHERE b GROUP BY a", "lost filter", "SELECT a FROM t  GROUP BY a"),
        ("(SELECT a FROM t WHERE (b)) AS u", "lost filter", "(SELECT a FROM t ) AS u"),
        ("a IS NOT NULL", "NULL", "a IS NULL"),
        ("a IS NULL", "NULL", "a IS NOT NULL"),
        ("NULLIF(a, 0)", "NULL", "coalesce(a, 0)"),
        ("count(a)", "NULL", "count(*)"),
        ("min(a)", "function", "max(a)"),
        ("LEFT JOIN t", "join", " JOIN t"),
        ("ORDER BY a DESC", "order", "ORDER BY a ASC"),
        ("{{ snippet('unused') }} AND a", "lost filter", "TRUE AND a"),
        ("{{ bucket('c.at', '1 day') }} = b", "time zone", "date_trunc('day', c.at) = b"),
        ("{{ bucket('c.at', '1 day') }} = b", "unit", "{{ bucket('c.at', '1 week') }} = b"),
        ("{{ local('c.at') }}", "time zone", "c.at"),
    ],
)
def test_a_mistake_in_sql_is_made(text: str, kind: str, result: str) -> None:
    assert (kind, result) in made(text)


@pytest.mark.parametrize(
    "text", ["extract(epoch FROM c.at)", "count(*)", "-- a < 1", "'a'' < 1'", "SELECT *"]
)
def test_what_is_no_comparison_is_not_turned(text: str) -> None:
    kinds = {kind for kind, _ in made(text)}
    assert kinds <= {"literal", "renamed column"}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("border of a comparison", "when: above bad", "when: at least bad"),
        ("turned comparison", "when: above bad", "when: below bad"),
        ("other level", "when: above bad", "when: above worse"),
        ("number", "{bad: 2}", "{bad: 3}"),
        ("unit by 100", "{bad: 2}", "{bad: 200}"),
        ("unit by 100", "most: 5", "most: 500"),
        ("length of time", "for: 15m", "for: 16m"),
        ("unit", "for: 15m", "for: 15h"),
        ("time zone", "Europe/Berlin", "UTC"),
        ("time zone", "00:00:00+01:00", "00:00:00Z"),
        ("NULL", "when_null: skip", "when_null: 0"),
        ("NULL", "nullable: true", "nullable: false"),
        ("unit", "unit: percent", "unit: ratio"),
        ("type", "type: integer", "type: text"),
        ("renamed column", "column: n", "column: nx"),
        ("other column", "column: n", "column: m"),
        ("other metric", "metric: open", "metric: other"),
        ("word", "better: lower", "better: higher"),
        ("turned comparison", "o.a > 1", "o.a < 1"),
    ],
)
def test_a_mistake_in_a_value_is_made(kind: str, old: str, new: str) -> None:
    assert SMALL.replace(old, new) in {mutant.of(SMALL) for mutant in mutants(SMALL) if mutant.kind == kind}


def test_prose_stays_as_it_is() -> None:
    assert not any("title" in mutant.path for mutant in mutants(SMALL))


def test_each_mutant_is_another_file_and_still_yaml() -> None:
    text = DEFINITION.read_text("utf-8")
    found = mutants(text)
    assert len({mutant.of(text) for mutant in found}) == len(found) > 2000
    for mutant in found[::97]:
        yaml.compose(mutant.of(text), Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    try:
        with desk(DEFINITION, tmp_path_factory.mktemp("mutants") / "definitions") as (file, ready):
            yield Judge(file, ready)
    except NoServer as absent:
        missing(absent.message)


PLANTED = [
    ("a renamed column", "AND c.created_at < now() - {{ draft_ttl }}", "AND c.createdat < now() - {{ draft_ttl }}"),
    ("another column", "max(run.start_time) AS last_run", "max(run.end_time) AS last_run"),
    ("a turned comparison", "THEN 4", "AND false THEN 4"),
    ("a turned condition", "    when: above high\n    for: 15m", "    when: below high\n    for: 15m"),
    ("a lost filter", "unused: c.status = 'draft' AND c.generation_status IS NULL", "unused: c.status = 'draft'"),
    ("a lost WHERE", "WHERE run.jobid = job.jobid\n        ) AS ran", "WHERE true\n        ) AS ran"),
    (">= for > in an alert", "[{metric: pollution, when: above critical}", "[{metric: pollution, when: at least critical}"),
    ("< for <= in SQL", "WHERE back < COALESCE(last_success", "WHERE back <= COALESCE(last_success"),
    ("a share without its 100", "round(100.0 * count(*) FILTER (WHERE {{ snippet('unused') }}) / NULLIF(count(*), 0), 2)",
     "round(1.0 * count(*) FILTER (WHERE {{ snippet('unused') }}) / NULLIF(count(*), 0), 2)"),
    ("a threshold times 100", "thresholds: {elevated: 50, high: 100}", "thresholds: {elevated: 50, high: 10000}"),
    ("minutes for hours", "extract(epoch FROM now() - state.last_run) / 3600", "extract(epoch FROM now() - state.last_run) / 60"),
    ("a division by zero", "NULLIF(count(*), 0), 2) AS pollution", "count(*), 2) AS pollution"),
    ("NULL as healthy", "when_null: 999 # it never ran", "when_null: 0 # it never ran"),
    ("an unsaid NULL", "nullable: true, levels: pollution}\n      created_l", "levels: pollution}\n      created_l"),
    ("the time zone", "timezone: Europe/Berlin", "timezone: UTC"),
    ("a day of the session", "{{ bucket('now()', '1 day') }} AS begins", "date_trunc('day', now()) AS begins"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED])
def test_what_a_reviewer_plants_is_found(old: str, new: str, judge: Judge) -> None:
    start = judge.text.find(old)
    if start < 0:
        pytest.fail(f"the definition says nothing like {old}")
    verdict = judge.judge(Mutant("planted", ("planted",), start, start + len(old), new))
    assert verdict.by in ("check", "validate", "test")


def test_a_comment_is_no_mistake(judge: Judge) -> None:
    verdict = judge.judge(Mutant("planted", ("planted",), 0, 0, "# nothing\n"))
    assert (verdict.by, reason(verdict)) == ("", "the output is the same")


def test_the_page_counts_and_names_rules_that_nothing_holds() -> None:
    every = mutants(SMALL)
    verdicts = (Verdict(every[0], "check", "wrong-type"), Verdict(every[-1], shows=("rules",)))
    text = page(Run("shop.yaml", verdicts, len(every), 60, 1), SMALL)
    assert f"{len(every)} mutants can be made; 2 by chance (seed 1) were" in text
    assert "## Rules that no test holds\n\n- " in text
