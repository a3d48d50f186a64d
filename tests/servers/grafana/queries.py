"""`POST /api/ds/query`: macros expanded, the statement run on the database behind the server, rows become frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.grafana import durations
from tests.servers.grafana.call import Call
from tests.servers.grafana.refusals import plain
from tests.servers.grafana.state import Json, nanosecond
from tests.servers.messages import Response, answer

_QUERIES = {"queries": list, "from": str, "to": str}
_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement gave: each column's name and frame type, and the columns' values."""

    columns: tuple[tuple[str, str], ...]
    values: tuple[tuple[Any, ...], ...]


class Failed(Exception):
    """A statement that the database refused, with its code."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def query(call: Call) -> Response:
    """Run each query; 400 where one fails."""
    body = call.body(_QUERIES)
    window = _moment(body.get("from", ""), call.now), _moment(body.get("to", ""), call.now)
    results = {str(each.get("refId", "A")): _result(call, each, window) for each in body.get("queries", [])}
    failed = any("error" in result for result in results.values())
    return answer({"results": results}, 400 if failed else 200)


def _moment(text: str, now: datetime) -> datetime:
    if text.isdecimal():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    back = durations.milliseconds(text.removeprefix("now-")) if text.startswith("now-") else 0
    if back is None or not text.startswith("now"):
        raise plain(400, "invalid time range")
    return now - timedelta(milliseconds=back)


def _result(call: Call, given: Json, window: tuple[datetime, datetime]) -> Json:
    uid = (given.get("datasource") or {}).get("uid", "")
    if uid not in call.state.sources:
        raise plain(404, "data source not found")
    if call.ask is None:
        raise plain(500, "no database stands behind this server")
    sql = ""
    try:
        sql = _expanded(str(given.get("rawSql", "")), window)
        rows = call.ask(sql)
    except Failed as failed:
        text = call.version.query_error.format(message=failed.message, code=failed.code)
        frame = _frame(given, sql, Rows((), ()))
        return {"error": text, "errorSource": "downstream", "status": 500, "frames": [frame]}
    return {"status": 200, "frames": [_frame(given, sql, rows)]}


def _expanded(sql: str, window: tuple[datetime, datetime]) -> str:
    begin, end = (nanosecond(moment) for moment in window)
    macros: dict[str, Callable[[str], str]] = {
        "__timeFrom": lambda _: f"'{begin}'",
        "__timeTo": lambda _: f"'{end}'",
        "__timeFilter": lambda column: f"{column} BETWEEN '{begin}' AND '{end}'",
    }

    def expand(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise Failed(f'unknown macro "{match[1]}"', "")
        return macros[match[1]](match[2].strip())

    return _MACRO.sub(expand, sql)


def _frame(given: Json, sql: str, rows: Rows) -> Json:
    fields = [
        {"name": name, "type": _KINDS.get(frame, "number"), "typeInfo": {"frame": frame, "nullable": True}}
        for name, frame in rows.columns
    ]
    meta = {"typeVersion": [0, 0], "executedQueryString": sql}
    schema = {"refId": given.get("refId", "A"), "meta": meta, "fields": fields}
    return {"schema": schema, "data": {"values": [list(column) for column in rows.values]}}


_KINDS = {"bool": "boolean", "string": "string", "time.Time": "time"}
