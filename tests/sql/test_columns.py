"""Which columns a statement reads: by scope, as PostgreSQL resolves names; the server's own tree is the judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import VERSIONS, connected
from watchglass.sql.columns import Name, columns_read

TABLES = {
    ("orders",): ("id", "shop", "total", "at"),
    ("shops",): ("id", "name", "total"),
    ("app", "users"): ("id", "Mail", "secret"),
}
SETUP = """
CREATE TABLE orders (id int, shop int, total int, at timestamptz); CREATE TABLE shops (id int, name text, total int);
CREATE SCHEMA app; CREATE TABLE app.users (id int, "Mail" text, secret text);
CREATE FUNCTION worth(o orders) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
"""
CASES = (
    ("SELECT id FROM orders", {"orders": "id"}),
    ("SELECT count(*) FROM orders", {"orders": ""}),
    ("SELECT * FROM orders", {"orders": "*"}),
    ("SELECT o.*, s.name FROM orders o JOIN shops s ON s.id = o.shop", {"orders": "*", "shops": "id name"}),
    ("SELECT o.total FROM orders o, shops s WHERE s.name = 'x'", {"orders": "total", "shops": "name"}),
    ('SELECT u."Mail" FROM app.users u WHERE u.id = 1', {"app.users": "Mail id"}),
    ("SELECT users.id FROM app.users", {"app.users": "id"}),
    ("SELECT app.users.id FROM app.users", {"app.users": "id"}),
    ("SELECT name, (SELECT max(total) FROM orders) FROM shops", {"shops": "name", "orders": "total"}),
    (
        "SELECT name FROM shops s WHERE EXISTS (SELECT 1 FROM orders WHERE shop = s.id AND name <> '')",
        {"shops": "name id", "orders": "shop"},
    ),
    ("WITH orders AS (SELECT id AS n FROM shops) SELECT n FROM orders", {"shops": "id"}),
    ("WITH big AS (SELECT id, total FROM orders) SELECT big.total, name FROM big JOIN shops USING (id)",
     {"orders": "id total", "shops": "id name"}),
    ("SELECT name FROM orders NATURAL JOIN (SELECT name FROM shops) q", {"orders": "", "shops": "name"}),
    ("SELECT 1 FROM orders JOIN shops USING (id)", {"orders": "id", "shops": "id"}),
    ("SELECT at FROM orders NATURAL JOIN shops", {"orders": "at id total", "shops": "id total"}),
    ("SELECT row_to_json(o) FROM orders o", {"orders": "*"}),
    ("SELECT o.worth FROM orders o", {"orders": "*"}),
    ("SELECT id FROM orders UNION SELECT id FROM shops ORDER BY id", {"orders": "id", "shops": "id"}),
    ("SELECT x.t FROM orders o, LATERAL (SELECT o.total + 1 AS t) x", {"orders": "total"}),
    ("SELECT shop, sum(total) FILTER (WHERE at > now()) OVER (PARTITION BY id) FROM orders",
     {"orders": "at id shop total"}),
    ("SELECT count(*) AS n FROM orders GROUP BY shop HAVING max(total) > 1 ORDER BY min(at)",
     {"orders": "at shop total"}),
)  # fmt: skip


def known(name: Name) -> frozenset[str]:
    return frozenset(TABLES.get(name, ()))


def read(sql: str) -> dict[str, set[str]]:
    return {
        ".".join(name): {"*"} if each.whole else each.columns
        for name, each in columns_read(
            sql, lambda name: known(name) if not _hidden(sql, name) else frozenset()
        ).items()
    }


def _hidden(sql: str, name: Name) -> bool:
    return sql.startswith(f"WITH {name[0]} ")


@pytest.mark.parametrize(("sql", "columns"), CASES, ids=[sql for sql, _ in CASES])
def test_columns_are_those_that_are_named(sql: str, columns: dict[str, str]) -> None:
    assert read(sql) == {table: set(names.split()) for table, names in columns.items()}


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    with connected(request.param) as connection:
        connection.execute(SETUP)
        yield connection


@pytest.mark.parametrize("sql", [sql for sql, _ in CASES])
def test_postgresql_asks_for_rights_on_exactly_these_columns(server: psycopg.Connection, sql: str) -> None:
    """The server's own tree tells the columns whose rights it checks."""
    trees: list[str] = []
    server.add_notice_handler(lambda told: trees.append(told.message_detail or ""))
    with server.transaction(force_rollback=True):
        server.execute("SET LOCAL debug_print_parse = on")
        server.execute("SET LOCAL client_min_messages = log")
        server.pgconn.prepare(b"", sql.encode())
    checked: dict[str, set[str]] = {}
    for oid, bits in _checked(" ".join(" ".join(trees).split())):
        name, columns = server.execute(
            "SELECT ltrim(format('%%s.%%s', nullif(relnamespace::regnamespace::text, 'public'), relname), '.'),"
            " ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 ORDER BY attnum)"
            " FROM pg_class c WHERE oid = %s",
            (oid,),
        ).fetchall()[0]
        numbers = {int(bit) - 7 for bit in bits.split()}
        checked.setdefault(name, set()).update(
            ["*"]
            if 0 in numbers or len(numbers) == len(columns)
            else [columns[number - 1] for number in numbers]
        )
    assert {table: _expanded(table, names) for table, names in read(sql).items()} == {
        table: _expanded(table, names) for table, names in checked.items()
    }


def _expanded(table: str, names: set[str]) -> set[str]:
    return set(TABLES[tuple(table.split("."))]) if "*" in names else names


def test_columns_with_other_names_are_taken_for_all() -> None:
    assert read("SELECT a FROM orders AS o (a, b, c, d)") == {"orders": {"*"}}


def _checked(text: str) -> list[tuple[int, str]]:
    if "PERMISSIONINFO" in text:
        return [
            (int(oid), bits)
            for oid, bits in re.findall(r"PERMISSIONINFO :relid (\d+).*?:selectedCols \(b ?([\d ]*)\)", text)
        ]
    return [
        (int(oid), bits)
        for oid, bits in re.findall(r":rtekind 0 :relid (\d+) .*?:selectedCols \(b ?([\d ]*)\)", text)
    ]
