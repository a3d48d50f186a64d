"""Validating as a role on a real database: its own login, what it may not do, what it does not see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database import servers
from tests.database.servers import Running
from watchglass.cli.main import run

CASE = Path(__file__).parents[1] / "cases/bad/role-sees-nothing"


@pytest.fixture(scope="module", params=[servers.server_18, servers.server_15], ids=["18", "15"])
def shop(request: pytest.FixtureRequest) -> Iterator[Running]:
    with request.param() as server:
        server.run("CREATE DATABASE shop")
        server.run((CASE / "schema.sql").read_text("utf-8"), "shop")
        server.run("ALTER ROLE dashboards LOGIN; ALTER ROLE accounts LOGIN; ANALYZE", "shop")
        yield server


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    run(["validate", str(CASE / "definition.yaml"), "--no-timings", *arguments])
    printed = capsys.readouterr()
    return printed.out + printed.err


def test_fault_25_and_26_a_role_is_told_the_same_on_a_real_database(
    shop: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "--dsn", shop.dsn("shop", "dashboards"), "--role", "dashboards")
    for code, count in {
        "rows-hidden": 2,
        "row-security": 1,
        "view-definer": 1,
        "grant-missing": 2,
    }.items():
        assert text.count(f"({code})") == count, text


def test_views_of_owners_are_told_for_a_role_alone(shop: Running, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "--dsn", shop.dsn("shop", "dashboards"))
    assert "(view-definer)" not in text
    assert "(rows-hidden)" in text


def test_fault_22_another_login_than_the_role_is_refused(
    shop: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "--dsn", shop.dsn("shop", "accounts"), "--role", "dashboards")
    assert "the statements are to run as dashboards, but the connection's login is accounts" in text
    assert "(role-not-login)" in text
    assert "0 statements" in text


def test_fault_22_a_role_that_the_session_took_on_is_refused(
    shop: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn = shop.dsn("shop", "postgres", options="-c role=dashboards")
    assert "(role-too-strong)" in told(capsys, "--dsn", dsn, "--role", "dashboards")


def test_fault_21_a_strong_role_is_refused_by_the_command(
    shop: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "--dsn", shop.dsn("shop", "postgres"))
    assert "it is the superuser postgres, or may become it" in text
    assert "0 statements" in text


SCHEMA = """
CREATE ROLE dashboards;
CREATE TABLE secrets (part int, word text);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY later ON secrets FOR SELECT USING (part > 1);
CREATE TABLE parts (id int);
CREATE FUNCTION secret_of(id int) RETURNS text LANGUAGE sql STABLE AS 'SELECT word FROM secrets WHERE part = id';
GRANT SELECT ON secrets, parts TO dashboards;
"""
DEFINITION = """
version: 1
service: {id: parts, title: Parts, timezone: UTC}
levels: {good: green, bad: red}
sources: {main: {fixture: {schema: schema.sql, data: data.sql, role: dashboards}}}
queries:
  words: {sql: SELECT secret_of(id) AS word FROM parts, columns: {word: {type: text, nullable: true}}}
"""


@pytest.mark.parametrize(
    ("rows", "notes"), [("SELECT 1", 0), ("INSERT INTO parts VALUES (1)", 1)], ids=["never", "once"]
)
def test_a_secured_table_is_told_where_a_function_reads_it_and_not_where_none_runs(
    rows: str, notes: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"schema.sql": SCHEMA, "data.sql": f"{rows};", "definition.yaml": DEFINITION}.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert run(["validate", str(tmp_path / "definition.yaml"), "--no-timings"]) == 0
    assert capsys.readouterr().err.count("(row-security)") == notes
