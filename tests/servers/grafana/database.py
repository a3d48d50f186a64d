"""A PostgreSQL behind the stand-in's data sources: a statement becomes columns with the frame types of Grafana."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg

from tests.servers.grafana.queries import Failed, Rows

_FRAMES = {
    "int2": "int16",
    "int4": "int32",
    "int8": "int64",
    "float4": "float32",
    "float8": "float64",
    "numeric": "float64",
    "bool": "bool",
    "timestamptz": "time.Time",
    "timestamp": "time.Time",
    "date": "time.Time",
}


def asking(dsn: str) -> Callable[[str], Rows]:
    """Give what runs a statement on a server, each in a connection of its own that may only read."""

    def ask(sql: str) -> Rows:
        try:
            with psycopg.connect(dsn, autocommit=False) as connection:
                connection.read_only = True
                cursor = connection.execute(sql.encode())
                return _rows(connection, cursor)
        except psycopg.Error as error:
            raise Failed(error.diag.message_primary or str(error), error.sqlstate or "") from error

    return ask


def _rows(connection: psycopg.Connection, cursor: psycopg.Cursor[Any]) -> Rows:
    columns = tuple(
        (column.name, _frame(connection, column.type_code)) for column in cursor.description or ()
    )
    fetched = cursor.fetchall()
    values = tuple(tuple(_plain(row[index]) for row in fetched) for index in range(len(columns)))
    return Rows(columns, values if fetched else tuple(() for _ in columns))


def _frame(connection: psycopg.Connection, oid: int) -> str:
    info = connection.adapters.types.get(oid)
    return _FRAMES.get(info.name, "string") if info is not None else "string"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return int(aware.timestamp() * 1000)
    if isinstance(value, date):
        return int(datetime.combine(value, time(), UTC).timestamp() * 1000)
    return str(value)
