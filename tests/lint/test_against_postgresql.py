"""What rules call an error PostgreSQL refuses, and what they call sound it runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.lint.judged import SCHEMA, judge, judge_sql
from tests.lint.rules.test_sql_meaning import NEVER_ZERO, OF_THE_SERVICE
from tests.lint.rules.test_sql_names import AGE, HAVING, KNOWN, UNKNOWN
from tests.postgres import Ask, asking
from watchglass.definition.read import read
from watchglass.definition.resolve import resolve
from watchglass.lint.subject import subject

ROWS = """
INSERT INTO organizations SELECT gen_random_uuid(), 'o' || n FROM generate_series(1, 3) AS n;
INSERT INTO courses (id, organization_id, status, created_at, local_at, weight, capacity)
SELECT gen_random_uuid(), NULL, substr('abc', n % 3, 1), now() - n * INTERVAL '7 hours', now(), n % 2, 1 + n % 2
FROM generate_series(1, 30) AS n;
"""


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask a server with the tables of the tests; half of the weights are zero, no organization is named."""
    with asking(setup=SCHEMA + ROWS) as answer:
        yield answer


def sent(folder: Path) -> str:
    """Give the statement that the rules have judged."""
    definition = read(folder / "definition.yaml").definition
    assert definition is not None
    service = resolve(definition).service
    assert service is not None
    return subject(definition, service).statements["q"].sql.text


ERRORS = [sql for sql, _ in UNKNOWN] + [f"{HAVING} HAVING pollution > 30", f"{AGE} ORDER BY length(bucket)"]


@pytest.mark.parametrize("sql", ERRORS)
def test_postgresql_refuses_what_rules_call_an_error(sql: str, tmp_path: Path, ask: Ask) -> None:
    problems = judge_sql(tmp_path, sql).problems
    assert "error" in {problem.level for problem in problems}
    with pytest.raises(psycopg.errors.UndefinedColumn):
        ask(sent(tmp_path))


@pytest.mark.parametrize("sql", [sql for sql in KNOWN if "elsewhere" not in sql])
def test_postgresql_runs_statements_without_an_error(sql: str, tmp_path: Path, ask: Ask) -> None:
    judge_sql(tmp_path, sql)
    ask(sent(tmp_path))


@pytest.mark.parametrize("sql", NEVER_ZERO)
def test_a_divisor_that_rules_trust_is_never_zero(sql: str, tmp_path: Path, ask: Ask) -> None:
    judge(
        tmp_path,
        f"constants: {{ttl_hours: 24}}\nqueries:\n  q:\n    columns: {{n: number}}\n    sql: |\n      {sql}\n",
    )
    ask(sent(tmp_path))


@pytest.mark.parametrize(
    "sql", [sql for sql in OF_THE_SERVICE if "elsewhere" not in sql and "now()" not in sql]
)
def test_days_that_rules_trust_are_the_same_in_every_session(sql: str, tmp_path: Path, ask: Ask) -> None:
    judge_sql(tmp_path, sql)
    zones = ("UTC", "Pacific/Apia", "America/New_York")
    rows = [sorted(ask(sent(tmp_path), (), zone), key=repr) for zone in zones]
    instants = [[tuple(_instant(value) for value in row) for row in each] for each in rows]
    assert sorted(instants[0]) == sorted(instants[1]) == sorted(instants[2])


def _instant(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime.datetime) and value.tzinfo else str(value)
