"""Strings such as 'today' whose type stands nowhere → what a server takes them for: only it knows what they are compared to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from psycopg import pq

from watchglass.database.connection import Connection
from watchglass.sql.clock import Untyped

_TYPES = {
    1082: "date",
    1083: "time",
    1114: "timestamp",
    1184: "timestamptz",
    1266: "timetz",
    3908: "tsrange",
    3910: "tstzrange",
    3912: "daterange",
    1182: "date[]",
    1115: "timestamp[]",
    1185: "timestamptz[]",
}
_PARAMETER = re.compile(r"\$(\d+)")


def time_types(connection: Connection, sql: str, strings: Sequence[Untyped]) -> dict[int, str]:
    """
    Ask for the types of strings; nothing is run.

    Returns:
        First character of a string → its type, where that is one of date or time. Empty where the server refuses the
        statement: it will say so when it is run.
    """
    asked = sql
    numbers = [int(number) for number in _PARAMETER.findall(sql)]
    first = max(numbers, default=0) + 1
    for index, string in reversed(list(enumerate(strings))):
        asked = f"{asked[: string.start]} ${first + index} {asked[string.end :]}"
    oids = _described(connection, asked)
    kinds = [_TYPES.get(oid) for oid in oids[first - 1 :]]
    return {string.start: kind for string, kind in zip(strings, kinds, strict=False) if kind}


def _described(connection: Connection, sql: str) -> list[int]:
    """Have a statement analysed and give the types of its parameters; an open transaction stays sound."""
    open_ = connection.pgconn.transaction_status == pq.TransactionStatus.INTRANS
    if open_:
        connection.execute("SAVEPOINT watchglass_types")
    prepared = connection.pgconn.prepare(b"", sql.encode())
    oids: list[int] = []
    if prepared.status == pq.ExecStatus.COMMAND_OK:
        described = connection.pgconn.describe_prepared(b"")
        oids = [described.param_type(index) for index in range(described.nparams)]
    if open_:
        connection.execute("ROLLBACK TO SAVEPOINT watchglass_types; RELEASE SAVEPOINT watchglass_types")
    return oids
