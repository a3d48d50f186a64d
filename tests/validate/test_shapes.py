"""Rows are judged as a real Grafana 12.3 took them (tests/contracts/grafana-postgresql.json)."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.validate.test_grafana_expand import RECORDED, expanded
from watchglass.validate.shapes import (
    NO_TIME,
    field_type,
    judge_alert,
    judge_annotation,
    judge_series,
    judge_table,
    judge_variable,
)

PG_TYPES = {
    "smallint": "int2", "integer": "int4", "bigint": "int8", "numeric": "numeric", "big numeric": "numeric",
    "real": "float4", "double": "float8", "NaN": "float8", "infinity": "float8", "boolean": "bool", "text": "text",
    "varchar": "varchar", "char": "bpchar", "enum": "course_status", "uuid": "uuid", "date": "date",
    "timestamp": "timestamp", "timestamptz": "timestamptz", "time": "time", "interval": "interval", "json": "json",
    "jsonb": "jsonb", "int array": "_int4", "text array": "_text", "bytea": "bytea", "money": "money", "null": "text",
    "null numeric": "numeric", "inet": "inet", "xml": "xml", "count": "int8", "avg": "numeric",
}  # fmt: skip
SHAPES = [
    record
    for record in RECORDED["shapes"]
    if ";" not in record["sql"] and record["sql"].startswith("select") and not record["sql"].endswith(",")
]


@pytest.mark.parametrize("record", RECORDED["types"], ids=lambda record: record["type"])
def test_a_type_arrives_as_the_server_sent_it(record: dict[str, Any]) -> None:
    assert field_type("v", PG_TYPES[record["type"]]) == record["frames"][0]["fields"][0]["type"]


def described(
    connection: psycopg.Connection, sql: str
) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    cursor = connection.execute(sql.encode())
    types = dict(connection.execute("SELECT oid::int8, typname FROM pg_type").fetchall())
    return [(column.name, types[column.type_code]) for column in cursor.description or ()], cursor.fetchall()


def codes(found: Any) -> list[str]:
    return [code for code, _ in found]


def test_most_recorded_shapes_are_tried() -> None:
    assert len(SHAPES) == 34


@pytest.mark.parametrize("record", SHAPES, ids=lambda record: f"{record['format']}: {record['sql']}")
def test_a_shape_is_refused_where_the_server_refused_it(
    connection: psycopg.Connection, record: dict[str, Any]
) -> None:
    columns, rows = described(connection, expanded(record["sql"]))
    if record["format"] == "table":
        assert codes(judge_table(columns, rows)) == []
    else:
        found = dict(judge_series(columns, rows))
        assert ("series-no-time" in found) == (record["status"] == 400)
        assert found.get("series-no-time", NO_TIME) in record.get("error", NO_TIME)


@pytest.mark.parametrize("record", SHAPES, ids=lambda record: f"{record['format']}: {record['sql']}")
def test_fields_are_those_that_the_server_sent(
    connection: psycopg.Connection, record: dict[str, Any]
) -> None:
    columns, rows = described(connection, expanded(record["sql"]))
    sent = record["frames"][0]["fields"]
    if record["format"] == "table" and rows:
        assert [(name, field_type(name, kind)) for name, kind in columns] == [
            (field["name"], field["type"]) for field in sent
        ]


AT = "timestamptz '2026-01-01 00:00+00'"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 1.5::float8 AS value", []),
        ("SELECT 'a' AS org, 1::float8 AS value UNION ALL SELECT 'b', 2", []),
        ("SELECT 'a' AS org, 1 AS a, 2 AS b", ["alert-shape"]),
        ("SELECT 'a' AS org", ["alert-shape"]),
        ("SELECT true AS up, 1 AS value", ["alert-shape"]),
        (f"SELECT {AT} AS time, 1 AS value", ["alert-shape"]),
        ("SELECT 'a' AS org, 1 AS value UNION ALL SELECT 'a', 2", ["alert-labels-twice"]),
        ("SELECT NULL::text AS org, 1 AS value UNION ALL SELECT '', 2", ["alert-labels-twice"]),
    ],
)
def test_an_alerts_rows_are_one_number_and_labels(
    connection: psycopg.Connection, sql: str, found: list[str]
) -> None:
    assert codes(judge_alert(*described(connection, sql))) == found


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (f"SELECT {AT} AS time, 1 AS v", []),
        (f"SELECT {AT} AS time, 'a' AS org, 1 AS v UNION ALL SELECT {AT}, 'b', 2", []),
        (f"SELECT {AT} AS time, 'a' AS org, 1 AS v UNION ALL SELECT {AT}, 'a', 2", ["series-twice"]),
        (f"SELECT {AT} AS time, 'a' AS v", ["series-no-value"]),
        ("SELECT NULL::timestamptz AS time, 1 AS v", ["series-null-time"]),
        ("SELECT '1' AS time, 1 AS v", ["series-no-time"]),
        (
            f"SELECT {AT} AS time, 'a' AS o, 1 AS v UNION ALL SELECT {AT} - interval '1 h', 'b', 2",
            ["series-order"],
        ),
    ],
)
def test_a_series_has_one_value_for_a_time_and_its_labels(
    connection: psycopg.Connection, sql: str, found: list[str]
) -> None:
    assert codes(judge_series(*described(connection, sql))) == found


@pytest.mark.parametrize(
    ("judge", "sql", "found"),
    [
        (judge_table, "SELECT 1 AS a, 2 AS a", ["column-twice"]),
        (judge_variable, "SELECT 'a' AS __text, '1' AS __value", []),
        (judge_variable, "SELECT 'a' AS name", ["variable-shape"]),
        (
            judge_variable,
            "SELECT 'a' AS __text, '1' AS __value UNION ALL SELECT 'a', '2'",
            ["variable-twice"],
        ),
        (judge_annotation, f"SELECT {AT} AS time, 'x' AS text", []),
        (judge_annotation, "SELECT 'x' AS text", ["series-no-time"]),
        (judge_annotation, f"SELECT {AT} AS time, 'x' AS timeend", ["series-no-time"]),
    ],
)
def test_tables_variables_and_annotations_have_their_columns(
    connection: psycopg.Connection, judge: Any, sql: str, found: list[str]
) -> None:
    assert codes(judge(*described(connection, sql))) == found
