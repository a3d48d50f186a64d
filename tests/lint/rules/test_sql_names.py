"""Names that a statement reads: of columns that there are, and of its own output where PostgreSQL takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import judge, judge_sql

UNKNOWN = [
    ("SELECT extract(epoch FROM now() - last_run) AS n FROM cron.job", "last_run"),
    ("SELECT j.last_run AS n FROM cron.job AS j", "j.last_run"),
    ("SELECT count(*) AS n FROM courses WHERE titel = 'a'", "titel"),
    ("SELECT count(*) AS n FROM courses AS c JOIN organizations AS o ON o.id = c.organisation_id", "c.organisation_id"),
    ("SELECT count(*) AS n FROM courses AS c WHERE EXISTS (SELECT 1 FROM organizations AS o WHERE o.id = c.org)", "c.org"),
    ("WITH w AS (SELECT status, count(*) AS n FROM courses GROUP BY 1) SELECT w.m AS n FROM w", "w.m"),
    ("SELECT s.m AS n FROM (SELECT count(*) AS n FROM courses) AS s", "s.m"),
    ("SELECT count(*) AS n FROM recent AS r WHERE r.nam = 'a'", "r.nam"),
    ("SELECT v.c AS n FROM (VALUES (1, 2)) AS v(a, b)", "v.c"),
    ("SELECT count(*) AS n FROM courses AS c WHERE {{ in_range('c.created') }}", "c.created"),
    ("SELECT count(*) AS n FROM courses GROUP BY stat", "stat"),
    ("SELECT g.y AS n FROM generate_series(1, 3) AS g(x)", "g.y"),
]  # fmt: skip
"""Statements that read a column which is not there, and where."""


@pytest.mark.parametrize(("sql", "pointed"), UNKNOWN)
def test_a_column_that_no_table_has_is_an_error(sql: str, pointed: str, tmp_path: Path) -> None:
    found = judge_sql(tmp_path, sql)
    assert set(found.of("lint-unknown-column")) == {pointed}
    assert {problem.level for problem in found.problems if problem.code == "lint-unknown-column"} == {"error"}


KNOWN = [
    "SELECT count(*) AS n FROM courses AS c WHERE c.status = 'draft' AND weight > 1",
    "SELECT count(*) AS n FROM public.courses WHERE courses.status = 'draft' AND public.courses.weight > 1",
    "SELECT count(*) AS n FROM elsewhere AS e WHERE e.anything = 1 AND something = 2",
    "SELECT count(*) AS n FROM courses AS c, elsewhere AS e WHERE titel = 1 AND e.x = c.id",
    "SELECT s.n FROM (SELECT * FROM elsewhere) AS s WHERE s.titel = 1",
    "SELECT count(*) AS n FROM courses AS c, LATERAL (SELECT c.status AS s) AS l WHERE l.s = 'a'",
    "SELECT count(*) AS n FROM courses AS c WHERE c.id IN (SELECT organization_id FROM organizations)",
    "SELECT count(c) AS n, count(c.*) AS m FROM courses AS c",
    "SELECT max(c.ctid::text) AS n FROM courses AS c",
    "SELECT status AS s, count(*) AS n FROM courses GROUP BY s ORDER BY s, n",
    "SELECT DISTINCT ON (s) status AS s, weight AS n FROM courses ORDER BY s",
    "SELECT status AS a, 1 AS n FROM courses UNION ALL SELECT name, 2 FROM organizations ORDER BY a",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 FROM r WHERE r.n < 3) SELECT max(r.n) AS n FROM r",
    "WITH w(a, b) AS (SELECT status, weight FROM courses) SELECT max(w.b) AS n FROM w WHERE w.a = 'x'",
    "SELECT v.b AS n FROM (VALUES (1, 2)) AS v(a, b)",
    "SELECT x.value AS n FROM courses AS c, jsonb_each('{}') AS x WHERE x.key = c.status",
    "SELECT g AS n FROM generate_series(1, 3) AS g",
    "SELECT g.g AS n FROM generate_series(1, 3) AS g",
    "SELECT o.n, g.ordinality FROM (SELECT 1 AS n) AS o, unnest(ARRAY[1]) WITH ORDINALITY AS g",
    "SELECT u.a AS n FROM unnest(ARRAY[1], ARRAY[2]) AS u(a, b)",
    "SELECT count(*) AS n FROM courses AS c JOIN organizations AS o USING (id) WHERE id IS NOT NULL",
    "SELECT sum(w.x) AS n FROM courses AS c CROSS JOIN LATERAL (SELECT c.weight * 2 AS x) AS w",
    "SELECT r.name AS n FROM recent AS r WHERE r.status = 'draft'",
    "SELECT b.day AS n FROM {{ buckets('1 day') }} AS b(day) JOIN courses AS c ON {{ in_range('c.created_at') }}",
    "SELECT count(*) FILTER (WHERE c.status = 'a') OVER w AS n FROM courses AS c WINDOW w AS (PARTITION BY c.status)",
    "SELECT (c).status AS n FROM courses AS c",
    "SELECT (SELECT max(o.name) FROM organizations AS o WHERE o.id = c.organization_id) AS n FROM courses AS c",
    "SELECT x.n FROM courses AS c JOIN (SELECT status AS n, id FROM courses) AS x ON x.id = c.id",
    "SELECT count(*) AS n FROM courses AS c TABLESAMPLE SYSTEM (10) WHERE c.status = 'a'",
    "SELECT t.n FROM (SELECT count(*) FROM courses) AS t(n)",
]  # fmt: skip
"""Statements whose columns are there, or may be."""


@pytest.mark.parametrize("sql", KNOWN)
def test_names_that_are_there_or_may_be_are_no_finding(sql: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, sql).of("lint-unknown-column") == []


def test_the_column_of_a_filter_and_the_filters_own_are_looked_up(tmp_path: Path) -> None:
    text = """
filters: {org: {title: O, from: organizations, value: VALUE}}
queries:
  q:
    columns: {n: integer}
    sql: SELECT count(*) AS n FROM courses AS c WHERE {{ matches('org', 'c.COLUMN') }}
"""
    for value, column, missing in (
        ("id", "organization_id", []),
        ("id", "org", ["org"]),
        ("key", "organization_id", ["key"]),
    ):
        found = judge(tmp_path, text.replace("VALUE", value).replace("COLUMN", column)).problems
        assert [name for name in missing if f"'{name}'" in found[0].message] == missing
        assert len(found) == len(missing)


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    found = judge_sql(tmp_path, "SELECT max(c.create_at) AS n FROM courses AS c").problems
    assert [problem.hint for problem in found] == ["did you mean 'created_at'?"]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE courses ADD COLUMN titel text;",
        "ALTER TABLE courses RENAME COLUMN status TO titel;",
        "DROP TABLE courses CASCADE; CREATE TABLE courses (titel text);",
        "DROP TABLE courses CASCADE; CREATE TABLE courses (LIKE elsewhere);",
        "DROP TABLE courses CASCADE; CREATE TABLE courses () INHERITS (elsewhere);",
        "DROP TABLE courses CASCADE; CREATE VIEW courses AS SELECT * FROM elsewhere;",
        "DROP TABLE courses CASCADE; CREATE MATERIALIZED VIEW courses AS SELECT name AS titel FROM organizations;",
        "DO $$ BEGIN EXECUTE 'ALTER TABLE courses ADD COLUMN titel text'; END $$;",
        "ALTER TABLE courses RENAME TO old_courses;",
        "ALTER TABLE courses SET SCHEMA cron;",
        "DROP TABLE courses CASCADE;",
        "ALTER ROLE dashboards SET search_path = app, public;",
        "ALTER DATABASE shop SET search_path = app;",
        "CREATE FUNCTION titel(courses) RETURNS text LANGUAGE sql AS 'SELECT 1::text';",
    ],
)
def test_what_a_schema_changes_later_is_known_or_nothing_is_said(change: str, tmp_path: Path) -> None:
    from tests.lint.judged import SCHEMA

    sql = "SELECT count(*) AS n FROM courses AS c WHERE c.titel = 'a'"
    assert judge_sql(tmp_path, sql).of("lint-unknown-column") == ["c.titel"]
    assert judge_sql(tmp_path, sql, SCHEMA + change).of("lint-unknown-column") == []


def test_a_column_that_was_dropped_is_unknown(tmp_path: Path) -> None:
    from tests.lint.judged import SCHEMA

    sql = "SELECT max(c.weight) AS n FROM courses AS c"
    assert judge_sql(tmp_path, sql).codes == []
    assert judge_sql(tmp_path, sql, SCHEMA + "ALTER TABLE courses DROP COLUMN weight;").codes == [
        "lint-unknown-column"
    ]


@pytest.mark.parametrize(
    "schema", ["CREATE TABLE (", "", "-- nothing", "SET search_path = app; CREATE TABLE courses (id int);"]
)
def test_a_schema_that_says_nothing_makes_no_finding(schema: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, "SELECT max(c.weight) AS n FROM courses AS c", schema).codes == []


HAVING = "SELECT round(100.0 * count(*) FILTER (WHERE status = 'draft') / NULLIF(count(*), 0), 2) AS pollution FROM courses"


def test_an_output_name_in_having_is_an_error_where_the_tables_are_known(tmp_path: Path) -> None:
    found = judge_sql(tmp_path, f"{HAVING} HAVING pollution > 30", columns="pollution: number")
    assert [(problem.code, problem.level) for problem in found.problems] == [("lint-having-alias", "error")]
    assert found.of("lint-having-alias") == ["pollution"]


def test_an_output_name_in_having_is_a_warning_where_they_are_not(tmp_path: Path) -> None:
    found = judge_sql(tmp_path, f"{HAVING} HAVING pollution > 30", None, columns="pollution: number")
    assert [(problem.code, problem.level) for problem in found.problems] == [("lint-having-alias", "warning")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT status AS s, count(*) AS n FROM t GROUP BY status HAVING count(*) > 3",
        "SELECT sum(total) AS total FROM t HAVING sum(total) > 3",
        "SELECT upper(status) AS status, count(*) AS n FROM t GROUP BY status HAVING status <> 'x'",
        "SELECT count(*) AS total FROM t GROUP BY customer HAVING sum(total) > 10",
        "SELECT date_trunc('week', at) AS week, count(*) AS n FROM t GROUP BY week HAVING week > '2025-01-01'",
        "SELECT name AS name, count(*) AS n FROM t GROUP BY 1 HAVING name <> 'a'",
        "SELECT count(*) AS n FROM t HAVING t.n > 3",
    ],
)
def test_a_name_in_having_that_may_be_a_column_is_no_finding(sql: str, tmp_path: Path) -> None:
    assert judge_sql(tmp_path, sql, None).of("lint-having-alias") == []


AGE = (
    "SELECT CASE WHEN weight < 1 THEN '< 1h' ELSE '> 1h' END AS bucket, count(*) AS n FROM courses GROUP BY 1"
)


def test_an_output_name_inside_an_expression_of_order_by_is_found(tmp_path: Path) -> None:
    found = judge_sql(
        tmp_path,
        f"{AGE} ORDER BY CASE bucket WHEN '< 1h' THEN 1 ELSE 2 END",
        columns="bucket: text, n: integer",
    )
    assert found.of("lint-order-alias") == ["bucket"]
    assert found.codes == ["lint-order-alias"]


@pytest.mark.parametrize(
    "sql",
    [
        f"{AGE} ORDER BY bucket",
        f"{AGE} ORDER BY 2 DESC, bucket NULLS LAST",
        f"SELECT s.* FROM ({AGE}) AS s ORDER BY CASE s.bucket WHEN '< 1h' THEN 1 ELSE 2 END",
        f"SELECT s.bucket, s.n FROM ({AGE}) AS s ORDER BY length(bucket)",
        "SELECT lower(status) AS status, count(*) AS n FROM courses GROUP BY courses.status ORDER BY lower(status)",
        "SELECT status, sum(weight) AS weight FROM courses GROUP BY 1 ORDER BY sum(weight) DESC",
        "SELECT c.created_at AS created_at FROM courses AS c ORDER BY date_trunc('month', created_at)",
    ],
)
def test_an_output_name_that_stands_alone_or_is_a_column_is_no_finding(sql: str, tmp_path: Path) -> None:
    for schema in (None, "CREATE TABLE courses (status text, weight numeric, created_at timestamptz);"):
        assert judge_sql(tmp_path, sql, schema).of("lint-order-alias") == []
