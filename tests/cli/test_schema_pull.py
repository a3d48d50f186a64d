"""`watchglass schema-pull` writes a file, tells what it left out, and never shows a password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database.servers import Running, server_15
from watchglass.cli.main import run

DATABASE = """
CREATE TABLE public.orders (id int);
CREATE FUNCTION public.call() RETURNS text LANGUAGE plpgsql AS
  $$BEGIN RETURN 'postgresql://joe:hunter2hunter2@db.example.com/shop'; END$$;
CREATE AGGREGATE public.total(int) (sfunc = int4pl, stype = int);
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Running]:
    with server_15() as server:
        server.run("CREATE DATABASE shop")
        server.run(DATABASE, "shop")
        yield server


def pull(*arguments: str) -> int:
    try:
        return run(["schema-pull", *arguments])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def test_a_file_is_written_and_what_is_left_out_or_secret_is_told(
    database: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "schema.sql"
    assert pull("--dsn", database.dsn("shop"), "--schemas", "public", "-o", str(file)) == 0
    text = file.read_text("utf-8")
    printed = capsys.readouterr()
    assert "CREATE TABLE public.orders (" in text
    assert printed.out == ""
    assert "left out: aggregate or window function public.total(integer): no SQL is written" in printed.err
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "hunter2" in each)
    assert f"line {line} looks as if it held a password" in printed.err
    assert "hunter2" not in printed.err


def test_without_a_file_the_script_alone_goes_to_stdout(
    database: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WG_TEST_DSN", database.dsn("shop"))
    assert pull("--dsn", "${env:WG_TEST_DSN}", "--schemas", "public") == 0
    assert capsys.readouterr().out.startswith("-- The structure of the database shop on PostgreSQL 15")


def test_the_connection_string_may_stand_in_a_file(
    database: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dsn"
    file.write_text(f"{database.dsn('shop')}\n", "utf-8")
    assert pull("--dsn", f"${{file:{file}}}", "--schemas", "public") == 0
    assert "CREATE TABLE public.orders (" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--schemas", "pubic"], 2, "the database has no schema 'pubic'"),
        (["--role", "dashbords"], 2, "the server has no role 'dashbords'"),
        (["--dsn", "${env:WG_TEST_UNSET}"], 1, "${env:WG_TEST_UNSET} is not set"),
        (["--dsn", "host=/nowhere dbname=x password=hunter2"], 1, "no connection to"),
    ],
)
def test_what_cannot_be_pulled_is_told_in_a_sentence(
    arguments: list[str], code: int, words: str, database: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pull("--dsn", database.dsn("shop"), *arguments) == code
    printed = capsys.readouterr()
    assert words in printed.err
    assert "hunter2" not in printed.err
