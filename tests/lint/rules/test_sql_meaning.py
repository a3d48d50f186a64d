"""Rules on what a statement computes: rates, days, trends, names of days, next runs, counters, doubles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import judge, judge_sql


@pytest.mark.parametrize(
    ("sql", "pointed"),
    [
        ("SELECT 100.0 * count(*) FILTER (WHERE status = 'a') / count(*) AS n FROM courses", ["count(*)"]),
        ("SELECT count(*) / sum(weight) AS n FROM courses GROUP BY status", ["sum(weight)"]),
        ("SELECT c.weight / c.weight AS n FROM courses AS c", ["c.weight"]),
        ("SELECT count(*) / count(*) FILTER (WHERE weight > 1) AS n FROM courses GROUP BY status", ["count(*) FILTER"]),
        ("WITH w AS (SELECT count(*) AS total FROM courses) SELECT 1.0 / w.total AS n FROM w", ["w.total"]),
        ("SELECT 1.0 / (SELECT count(*) FROM courses) AS n", ["(SELECT count(*) FROM courses)"]),
        ("SELECT round(100.0 / COALESCE(NULLIF(count(*), 0), 0), 2) AS n FROM courses", ["COALESCE(NULLIF(count(*), 0), 0)"]),
        ("SELECT 5 % c.weight AS n FROM courses AS c WHERE c.weight > -1", ["c.weight"]),
        ("SELECT {{ snippet('share') }} AS n FROM courses AS c", ["count(*)"]),
        ("SELECT sum(weight) / count(organization_id) AS n FROM courses GROUP BY status", ["count(organization_id)"]),
        ("SELECT 1 / count(c.id) AS n FROM organizations AS o LEFT JOIN courses AS c ON o.id = c.id GROUP BY o.id", None),
        ("SELECT 1 / sum(CASE WHEN status = 'a' THEN 1 ELSE 0 END) AS n FROM courses", None),
        ("SELECT 1 / count(*) AS n FROM courses GROUP BY ROLLUP (status)", ["count(*)"]),
        ("SELECT 1 / extract(epoch FROM c.created_at - c.local_at) AS n FROM courses AS c", None),
    ],
)  # fmt: skip
def test_a_divisor_that_may_be_zero_is_found(sql: str, pointed: list[str] | None, tmp_path: Path) -> None:
    found = judge(
        tmp_path,
        f"snippets: {{share: 1.0 / count(*)}}\nqueries:\n  q:\n    columns: {{n: number}}\n    sql: |\n      {sql}\n",
    )
    words = [found.pointed(problem) for problem in found.problems if problem.code == "lint-unguarded-rate"]
    assert len(words) == 1
    assert pointed is None or all(
        given.startswith(word[:7]) for given, word in zip(pointed, words, strict=True)
    )


NEVER_ZERO = [
    "SELECT 100.0 * count(*) / NULLIF(count(*), 0) AS n FROM courses",
    "SELECT count(*) / 3600 AS n FROM courses",
    "SELECT count(*) / 2::numeric AS n FROM courses",
    "SELECT count(*) / (60 * 60.0) AS n FROM courses",
    "SELECT count(*) / {{ ttl_hours }} AS n FROM courses",
    "SELECT status, 1.0 * sum(weight) / count(*) AS n FROM courses GROUP BY status",
    "SELECT status, sum(weight) / count(*)::numeric AS n FROM courses GROUP BY status",
    "SELECT 1.0 * weight / count(*) OVER () AS n FROM courses",
    "SELECT 1.0 * count(*) / sum(count(*)) OVER () AS n FROM courses GROUP BY status",
    "SELECT CASE WHEN count(*) > 0 THEN 1.0 * sum(weight) / count(*) END AS n FROM courses",
    "SELECT count(*) / GREATEST(sum(weight), 1) AS n FROM courses",
    "SELECT count(*) / (count(*) + 1) AS n FROM courses",
    "SELECT c.weight / c.capacity AS n FROM courses AS c",
    "SELECT 1.0 / c.weight AS n FROM courses AS c WHERE c.weight > 0",
    "SELECT 1.0 / c.weight AS n FROM courses AS c WHERE c.weight <> 0 AND c.status = 'a'",
    "SELECT 1.0 / c.weight AS n FROM courses AS c WHERE 0 < c.weight",
    "SELECT status, 1.0 / sum(weight) AS n FROM courses GROUP BY 1 HAVING sum(weight) > 0",
    "SELECT sum(1.0 / weight) FILTER (WHERE weight > 0) AS n FROM courses",
    "SELECT s.a / s.b AS n FROM (SELECT sum(weight) AS a, NULLIF(count(*), 0) AS b FROM courses) AS s",
    "SELECT s.a / s.b AS n FROM (SELECT status, sum(weight) AS a, count(*) AS b FROM courses GROUP BY status) AS s",
    "SELECT extract(epoch FROM now() - max(created_at)) / 3600 AS n FROM courses",
    "SELECT sum(weight) / COALESCE(NULLIF(count(*), 0), 1) AS n FROM courses",
    "SELECT extract(epoch FROM c.created_at) / extract(epoch FROM INTERVAL '1 hour') AS n FROM courses AS c",
    "SELECT row_number() OVER () / ntile(4) OVER () AS n FROM courses",
    "SELECT '{a/b}'::text AS n -- 1 / count(*)",
    "SELECT sum(weight) / pow(1024, 3) AS n FROM courses",
    "SELECT 1 / CASE WHEN count(*) = 0 THEN NULL ELSE count(*) END AS n FROM courses",
    "SELECT count(*) / current_setting('max_connections')::int AS n FROM courses",
    "SELECT sum(weight) / count(id) AS n FROM courses GROUP BY status",
    "SELECT 2 / count(c.created_at) AS n FROM courses AS c JOIN organizations AS o ON o.id = c.organization_id GROUP BY o.id",
]  # fmt: skip
"""Statements that divide, whatever the rows are."""


@pytest.mark.parametrize("sql", NEVER_ZERO)
def test_a_divisor_that_is_never_zero_is_no_finding(sql: str, tmp_path: Path) -> None:
    found = judge(
        tmp_path,
        f"constants: {{ttl_hours: 24}}\nqueries:\n  q:\n    columns: {{n: number}}\n    sql: |\n      {sql}\n",
    )
    assert found.of("lint-unguarded-rate") == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT date(created_at) AS d, count(*) AS n FROM courses GROUP BY 1",
        "SELECT created_at::date AS d, count(*) AS n FROM courses GROUP BY 1",
        "SELECT CAST(created_at AS date) AS d, count(*) AS n FROM courses GROUP BY 1",
        "SELECT date_trunc('day', c.created_at) AS d, count(*) AS n FROM courses AS c GROUP BY 1",
        "SELECT date_trunc('WEEK', max(c.created_at)) AS n FROM courses AS c",
        "SELECT date_trunc('day', c.created_at)::date AS d, 1 AS n FROM courses AS c",
        "SELECT extract(hour FROM created_at) AS n FROM courses",
        "SELECT date_part('dow', created_at) AS n FROM courses",
        "SELECT to_char(created_at, 'YYYY-MM') AS n FROM courses",
        "SELECT count(*) AS n FROM courses WHERE created_at >= CURRENT_DATE",
        "SELECT count(*) AS n FROM courses WHERE created_at < '2025-11-08'",
        "SELECT count(*) AS n FROM courses WHERE created_at < timestamptz '2025-11-08 10:00'",
        "SELECT CASE WHEN extract(hour FROM now()) BETWEEN 9 AND 17 THEN 50 ELSE 20 END AS n",
        "SELECT count(*) AS n FROM courses WHERE created_at > date_trunc('month', now())",
        "WITH w AS (SELECT created_at AS at FROM courses) SELECT date(w.at) AS d, 1 AS n FROM w",
        "SELECT date(COALESCE(created_at, now())) AS n FROM courses",
        "SELECT date(r.created_at) AS n FROM recent AS r",
        "SELECT {{ range_start() }}::date AS n",
        "SELECT date(e.at) AS d, count(*) AS n FROM elsewhere AS e WHERE e.at > now() - INTERVAL '7 days' GROUP BY 1",
    ],
)  # fmt: skip
def test_a_day_of_the_session_is_found(sql: str, tmp_path: Path) -> None:
    assert len(judge_sql(tmp_path, sql).of("lint-session-day")) == 1


OF_THE_SERVICE = [
    "SELECT date(created_at AT TIME ZONE 'Europe/Berlin') AS n FROM courses",
    "SELECT (created_at AT TIME ZONE 'Europe/Berlin')::date AS n FROM courses",
    "SELECT {{ local('created_at') }}::date AS n FROM courses",
    "SELECT extract(hour FROM {{ local('created_at') }}) AS n FROM courses",
    "SELECT date_trunc('day', created_at, 'Europe/Berlin') AS n FROM courses",
    "SELECT date_trunc('day', created_at AT TIME ZONE 'Europe/Berlin') AS n FROM courses",
    "SELECT date_trunc('hour', created_at) AS n FROM courses",
    "SELECT {{ bucket('c.created_at', '1 day') }} AS n FROM courses AS c",
    "SELECT extract(epoch FROM created_at) AS n FROM courses",
    "SELECT extract(epoch FROM now() - created_at) / 3600 AS n FROM courses",
    "SELECT extract(hour FROM now() - created_at) AS n FROM courses",
    "SELECT extract(isodow FROM created_at AT TIME ZONE 'Europe/Berlin') AS n FROM courses",
    "SELECT to_char(created_at AT TIME ZONE 'UTC', 'HH24') AS n FROM courses",
    "SELECT to_char(weight, '999') AS n FROM courses",
    "SELECT local_at::date AS n FROM courses",
    "SELECT date_trunc('day', local_at) AS n FROM courses",
    "SELECT date_trunc('day', now() - created_at) AS n FROM courses",
    "SELECT day::date AS n FROM courses",
    "SELECT date(e.at) AS n FROM elsewhere AS e",
    "SELECT count(*) AS n FROM courses WHERE created_at < '2025-11-08 00:00+01'",
    "SELECT count(*) AS n FROM courses WHERE local_at < '2025-11-08'",
    "SELECT count(*) AS n FROM courses WHERE day < '2025-11-08'",
    "SELECT count(*) AS n FROM courses WHERE created_at > 'infinity'",
    "SELECT count(*) AS n FROM courses WHERE created_at > now() - INTERVAL '1 day'",
    "SELECT count(*) AS n FROM courses AS c WHERE {{ in_range('c.created_at') }}",
    "SELECT max(date_trunc('day', (now() AT TIME ZONE 'UTC'))) AS n",
]  # fmt: skip
"""Statements whose days and hours are the same in every session."""


@pytest.mark.parametrize("sql", OF_THE_SERVICE)
def test_a_day_of_the_service_or_of_no_zone_is_no_finding(sql: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, sql).of("lint-session-day") == []


BOARD = """
dashboards:
  d: {title: D, rows: [{title: R, panels: [{query: q, as: lines}]}]}
"""


def trend(folder: Path, sql: str, more: str = BOARD) -> list[str]:
    text = f"queries:\n  q:\n    columns: {{at: timestamp, n: integer}}\n    sql: |\n      {sql}\n{more}"
    return judge(folder, text).of("lint-missing-days")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {{ bucket('c.created_at', '1 day') }} AS at, count(*) AS n FROM courses AS c GROUP BY 1 ORDER BY 1",
        "SELECT date_trunc('day', created_at, 'Europe/Berlin') AS at, count(*) AS n FROM courses GROUP BY 1",
        "SELECT (created_at AT TIME ZONE 'Europe/Berlin')::date::timestamp AS at, count(*) AS n FROM courses GROUP BY 1",
        "SELECT date_trunc('day', created_at AT TIME ZONE 'X') AT TIME ZONE 'X' AS at, count(*) AS n FROM courses GROUP BY 1",
        "WITH w AS (SELECT date_trunc('week', created_at, 'UTC') AS a, 1 AS n FROM courses GROUP BY a) SELECT a AS at, n FROM w",
    ],
)  # fmt: skip
def test_a_trend_without_its_empty_days_is_found(sql: str, tmp_path: Path) -> None:
    assert len(trend(tmp_path, sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {{ bucket('b.at', '1 day') }} AS at, count(*) AS n FROM {{ buckets('1 hour') }} AS b(at) GROUP BY 1",
        "SELECT date_trunc('day', g.at, 'UTC') AS at, 1 AS n FROM generate_series(now(), now(), '1 day') AS g(at) GROUP BY 1",
        "SELECT created_at AS at, 1 AS n FROM courses",
        "SELECT created_at AS at, count(*) AS n FROM courses GROUP BY created_at",
    ],
)  # fmt: skip
def test_a_trend_with_all_days_or_of_single_events_is_no_finding(sql: str, tmp_path: Path) -> None:
    assert trend(tmp_path, sql) == []


GROUPED = "SELECT {{ bucket('c.created_at', '1 day') }} AS at, count(*) AS n FROM courses AS c GROUP BY 1"


def test_missing_days_matter_where_they_are_drawn(tmp_path: Path) -> None:
    table = BOARD.replace("as: lines", "as: table")
    history = "metrics: {m: {query: q, column: n, pick: last, history: {query: q, time: at}}}"
    assert trend(tmp_path, GROUPED, table) == []
    assert len(trend(tmp_path, GROUPED, history)) == 1


@pytest.mark.parametrize("form", ["Day", "DAY, DD", "Month YYYY", "day", "TMDay", "FMTMMonth", "TMDy"])
def test_a_padded_or_local_name_of_a_day_is_found(form: str, tmp_path: Path) -> None:
    sql = f"SELECT to_char(created_at AT TIME ZONE 'UTC', '{form}') AS n FROM courses"
    assert len(judge_sql(tmp_path, sql).of("lint-padded-name")) == 1


@pytest.mark.parametrize("form", ["FMDay", "HH24", "YYYY-MM-DD", "Dy", "Mon", '"Day" DD', "D", "MM", "IW"])
def test_a_form_that_pads_nothing_is_no_finding(form: str, tmp_path: Path) -> None:
    sql = f"SELECT to_char(created_at AT TIME ZONE 'UTC', '{form}') AS n FROM courses"
    assert judge_sql(tmp_path, sql).of("lint-padded-name") == []


def test_a_next_run_without_a_word_on_active_is_found(tmp_path: Path) -> None:
    sql = "SELECT j.active, now() + INTERVAL '1 hour' AS next_run FROM cron.job AS j"
    assert judge_sql(tmp_path, sql).of("lint-next-run") == ["now() + INTERVAL '1 hour'"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CASE WHEN j.active THEN now() + INTERVAL '1 hour' END AS next_run FROM cron.job AS j",
        "SELECT now() + INTERVAL '1 hour' AS next_run FROM cron.job AS j WHERE j.active",
        "SELECT j.jobid AS n FROM cron.job AS j",
        "SELECT now() + INTERVAL '1 hour' AS next_run FROM courses",
        "WITH w AS (SELECT * FROM cron.job WHERE active) SELECT now() AS next_run FROM w",
        "SELECT max(j.jobid) AS context FROM cron.job AS j",
    ],
)
def test_a_next_run_of_an_active_job_is_no_finding(sql: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, sql).of("lint-next-run") == []


def counter(folder: Path, sql: str, better: str = "lower", append: str = "true") -> list[str]:
    text = f"""
queries:
  q:
    append_only: {append}
    columns: {{n: integer}}
    sql: |
      {sql}
metrics: {{m: {{query: q, column: n, better: {better}, thresholds: {{bad: 10}}}}}}
"""
    return judge(folder, text).of("lint-counter-as-moment")


def test_a_count_of_all_that_was_ever_added_is_found(tmp_path: Path) -> None:
    assert (
        len(counter(tmp_path, "SELECT count(*) AS n FROM cron.job_run_details WHERE status = 'failed'")) == 1
    )


@pytest.mark.parametrize(
    ("sql", "better", "append"),
    [
        ("SELECT count(*) AS n FROM cron.job_run_details", "lower", "false"),
        ("SELECT count(*) AS n FROM cron.job_run_details", "higher", "true"),
        (
            "SELECT count(*) AS n FROM cron.job_run_details AS r WHERE {{ in_range('r.start_time') }}",
            "lower",
            "true",
        ),
        (
            "SELECT count(*) AS n FROM cron.job_run_details WHERE start_time > now() - INTERVAL '1 h'",
            "lower",
            "true",
        ),
        ("SELECT count(*) FILTER (WHERE status = 'a') AS n FROM cron.job_run_details", "lower", "true"),
        ("SELECT max(runid) AS n FROM cron.job_run_details", "lower", "true"),
        (
            "SELECT count(*) AS n FROM (SELECT 1 FROM cron.job_run_details ORDER BY runid LIMIT 9) AS s",
            "lower",
            "true",
        ),
    ],
)
def test_a_count_that_may_fall_is_no_finding(sql: str, better: str, append: str, tmp_path: Path) -> None:
    assert counter(tmp_path, sql, better, append) == []


def two(folder: Path, one: str, other: str) -> list[str]:
    text = f"""
queries:
  a: {{sql: "{one}", columns: {{n: integer}}}}
  b: {{sql: "{other}", columns: {{n: integer}}}}
"""
    return judge(folder, text).of("lint-same-query")


def test_queries_that_differ_in_spelling_alone_are_found(tmp_path: Path) -> None:
    assert two(
        tmp_path,
        "SELECT count(*) AS n FROM courses WHERE (status = 'a')",
        "select COUNT( * ) n from courses where status='a'",
    ) == ["b"]


@pytest.mark.parametrize(
    "other", ["status = 'b'", "status <> 'a'", "weight = 1", "status = 'a' OR status = 'a'", "status = 'A'"]
)
def test_queries_that_ask_for_something_else_are_no_finding(other: str, tmp_path: Path) -> None:
    one = "SELECT count(*) AS n FROM courses WHERE status = 'a'"
    assert two(tmp_path, one, f"SELECT count(*) AS n FROM courses WHERE {other}") == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT max(weight) AS n FROM courses",
        "SELECT round(avg(weight), 1)::float8 AS n FROM courses WHERE status = 'a'",
        "SELECT 1 - 100.0 * count(*) FILTER (WHERE status = 'a') / NULLIF(count(*), 0) AS n FROM courses AS c",
        "SELECT sum(c.weight) AS n FROM courses AS c JOIN organizations AS o ON o.id = c.organization_id",
    ],
)
def test_a_number_that_is_null_over_no_rows_is_found_where_nobody_says_so(sql: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, sql, columns="n: number").codes.count("lint-unsaid-null") == 1
    said = "n: {type: number, nullable: true}"
    assert "lint-unsaid-null" not in judge_sql(tmp_path, sql, columns=said).codes


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM courses",
        "SELECT COALESCE(max(weight), 0) AS n FROM courses",
        "SELECT max(weight) AS n FROM courses GROUP BY status",
        "SELECT max(weight) AS n FROM courses HAVING count(*) > 0",
        "SELECT max(v) AS n FROM (VALUES (1)) AS t(v)",
        "WITH t AS (SELECT 1 AS v) SELECT max(v) AS n FROM t",
        "SELECT count(*) / NULLIF(5, 0) AS n FROM courses",
        "SELECT weight AS n FROM courses",
        "SELECT max(weight) OVER () AS n FROM courses",
        "SELECT max(1) AS n",
    ],
)
def test_a_number_that_is_not_surely_null_over_no_rows_is_left_alone(sql: str, tmp_path: Path) -> None:
    assert "lint-unsaid-null" not in judge_sql(tmp_path, sql, columns="n: number").codes
