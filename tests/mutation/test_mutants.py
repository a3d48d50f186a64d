"""Mutants are made once each, and what a reviewer would plant in the first definition is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.live import missing
from tests.mutation import known, sql
from tests.mutation.alike import bare
from tests.mutation.definition import main
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
    (">= for > at an age", "c.created_at > now() - INTERVAL '24 hours') AS created_last_day",
     "c.created_at >= now() - INTERVAL '24 hours') AS created_last_day"),
    ("< for <= at an age", "c.created_at <= now() - INTERVAL '6 hours'", "c.created_at < now() - INTERVAL '6 hours'"),
    ("a week of eight days", "run.start_time > now() - INTERVAL '7 days'", "run.start_time > now() - INTERVAL '8 days'"),
    ("a border of suspicion", "HAVING count(*) > {{ suspicious_drafts }}", "HAVING count(*) >= {{ suspicious_drafts }}"),
    ("a job that is not there", "THEN 'missing'", "THEN 'healthy'"),
    ("a job that is switched off", "WHEN NOT timed.active THEN 'switched off'", "WHEN timed.active THEN 'switched off'"),
    ("the older of two alike", "ORDER BY run.start_time DESC, run.runid DESC) AS back", "ORDER BY run.start_time DESC) AS back"),
    ("an organization without drafts", "HAVING count(*) FILTER (WHERE {{ snippet('draft') }}) > 0",
     "HAVING count(*) FILTER (WHERE {{ snippet('draft') }}) >= 0"),
    ("no success, a hundred times later", "same_as: job_gap\n    when_null: 999", "same_as: job_gap\n    when_null: 99900"),
    ("a thousand messages", "    limit: 10\n    missing", "    limit: 1000\n    missing"),
    ("rows of the future", "{{ in_range('c.created_at', before='8 days') }}", "true"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED])
def test_what_a_reviewer_plants_is_found(old: str, new: str, judge: Judge) -> None:
    verdict = judge.judge(planted(judge, old, new))
    assert verdict.by in ("check", "validate", "test")


def planted(judge: Judge, old: str, new: str, *path: str) -> Mutant:
    """Put another text in the place of one of the definition."""
    start = judge.text.find(old)
    if start < 0:
        pytest.fail(f"the definition says nothing like {old}")
    return Mutant("planted", path or ("planted",), start, start + len(old), new)


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ("width: 6, height: 5", "width: 6, height: 6", ("dashboards", "height"), "place, size, digits"),
        (
            "JOIN cron.job AS job ON job.jobid = run.jobid\n        WHERE",
            "LEFT JOIN cron.job AS job ON job.jobid = run.jobid\n        WHERE",
            ("queries", "job_by_week", "sql"),
            "the rows are the same",
        ),
        ("WHERE m.day <= now()", "", ("queries", "daily_trend", "sql"), "a query's rows"),
        ("500\n", "501\n", ("queries", "pending_audit", "sql"), "a query's rows"),
        ("metric: usage, as: gauge, min: 0", "metric: usage, as: gauge, min: 1", ("dashboards", "min"), "a panel's reference"),
    ],
    ids=["a height", "a join that a WHERE makes an inner one", "only a range that ends later tells", "a limit", "an axis"],
)  # fmt: skip
def test_what_nothing_finds_has_a_reason(
    old: str, new: str, path: tuple[str, ...], why: str, judge: Judge
) -> None:
    verdict = judge.judge(planted(judge, old, new, *path))
    assert (verdict.by, reason(verdict)) == ("", why)


def test_a_comment_is_no_mistake(judge: Judge) -> None:
    verdict = judge.judge(Mutant("planted", ("planted",), 0, 0, "# nothing\n"))
    assert (verdict.by, reason(verdict)) == ("", "the output is the same")


def test_only_place_size_and_digits_are_left_out() -> None:
    panel = {
        "gridPos": {"x": 1},
        "max": 5,
        "overrides": [{"id": "decimals", "value": 1}, {"id": "unit", "value": "h"}],
    }
    assert bare({"panels": [panel]}) == {"panels": [{"max": 5, "overrides": [{"id": "unit", "value": "h"}]}]}


def test_verdicts_are_known_again_where_the_file_grew_elsewhere(tmp_path: Path) -> None:
    every = mutants(SMALL)
    verdicts = [Verdict(each, "check" if at else "", "wrong-type") for at, each in enumerate(every)]
    file = tmp_path / "verdicts.json"
    file.write_text(known.written(verdicts, known.names(every, SMALL), SMALL), "utf-8")
    later = SMALL.replace("title: Shop at 10", "title: The shop, at 10 and later")
    made = mutants(later)
    found = list(known.found_before(file, known.names(made, later)))
    assert [each.mutant for each in found] == list(made)[1:]


def test_what_was_found_before_is_not_judged_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], judge: Judge
) -> None:
    every = mutants(judge.text)
    verdicts = [Verdict(each, "check" if at else "", "wrong-type") for at, each in enumerate(every)]
    file = tmp_path / "verdicts.json"
    file.write_text(known.written(verdicts, known.names(every, judge.text), judge.text), "utf-8")
    assert main(["--again", str(file)]) == 0
    assert f"{len(every)} of {len(every)} mutants found" in capsys.readouterr().out


def test_the_page_counts_and_names_rules_that_nothing_holds() -> None:
    every = mutants(SMALL)
    verdicts = (Verdict(every[0], "check", "wrong-type"), Verdict(every[-1], shows=("rules",)))
    text = page(Run("shop.yaml", verdicts, len(every), 60, 1), SMALL)
    assert f"{len(every)} mutants can be made; 2 by chance (seed 1) were" in text
    assert "## Rules that no test holds\n\n- " in text
