"""A statement as Grafana sends it: variables filled in by the front end, then macros by the PostgreSQL data source (12.3)."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote as percent

from watchglass.sql.offsets import Builder, Expanded
from watchglass.validate.expansion import ExpansionError

_MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:^}]+)?(?::([^}]+))?\}")
_GO_DURATION = re.compile(r"(\d+)(ms|[smhdwMy])")
_SECONDS = {
    "ms": 0.001,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "M": 2_592_000,
    "y": 31_536_000,
}
_FLOORS = (("y", 31_536_000_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


@dataclass(frozen=True, slots=True)
class Variable:
    """A dashboard variable and what is chosen; ``all`` stands for its All option."""

    name: str
    multi: bool
    include_all: bool
    all_value: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    selected: Literal["all"] | tuple[str, ...] | str = "all"


@dataclass(frozen=True, slots=True)
class _Range:
    start: datetime.datetime
    end: datetime.datetime
    interval_ms: int

    @property
    def interval(self) -> str:
        """The interval as text, floored to its largest unit."""
        return next(
            f"{self.interval_ms // length}{unit}" for unit, length in _FLOORS if self.interval_ms >= length
        )


def expand_macros(
    raw_sql: str, *, time_from: datetime.datetime, time_to: datetime.datetime, interval: datetime.timedelta
) -> Expanded:
    """
    Expand macros as the data source's backend does (pkg/tsdb/grafana-postgresql-datasource/macros.go).

    Raises:
        ExpansionError: an unknown macro, or arguments that the backend refuses, in its words.
    """
    over = _Range(
        time_from.astimezone(datetime.UTC),
        time_to.astimezone(datetime.UTC),
        max(1, round(interval.total_seconds() * 1000)),
    )
    first = _intervals(raw_sql, over)
    builder, at = Builder(), 0
    for match in _MACRO.finditer(first.text):
        builder.keep(first.text[at : match.start()], at)
        arguments = [part.strip() for part in match[2].split(",")]
        builder.replace(_macro(match[1], arguments, over, first.map.source(match.start())), match.start())
        at = match.end()
    builder.keep(first.text[at:], at)
    made = builder.build()
    return Expanded(made.text, made.map.then(first.map))


def _intervals(text: str, over: _Range) -> Expanded:
    builder, at = Builder(), 0
    for match in re.finditer(r"\$__interval_ms|\$__interval", text):
        builder.keep(text[at : match.start()], at)
        builder.replace(str(over.interval_ms) if match[0].endswith("_ms") else over.interval, match.start())
        at = match.end()
    builder.keep(text[at:], at)
    return builder.build()


def _macro(name: str, arguments: list[str], over: _Range, offset: int) -> str:
    builder = _MACROS.get(name)
    if builder is None:
        raise ExpansionError(f'unknown macro "{name}"', offset)
    return builder(name, arguments, over, offset)


def _instant(at: datetime.datetime) -> str:
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{at.microsecond:06}".rstrip("0") if at.microsecond else ""
    return f"'{text}{fraction}Z'"


def _nano(at: datetime.datetime) -> int:
    return round(at.timestamp() * 1_000_000) * 1000


def _group(name: str, arguments: list[str], offset: int) -> float:
    if len(arguments) < 2:
        message = f"macro {name.removesuffix('Alias')} needs time column and interval and optional fill value"
        raise ExpansionError(message, offset)
    match = _GO_DURATION.fullmatch(arguments[1].strip("'\""))
    if match is None:
        raise ExpansionError(f"error parsing interval {arguments[1]}", offset)
    return int(match[1]) * _SECONDS[match[2]]


def _time_group(name: str, arguments: list[str], over: _Range, offset: int) -> str:
    del over
    seconds = f"{_group(name, arguments, offset):g}"
    alias = ' AS "time"' if name.endswith("Alias") else ""
    return f"floor(extract(epoch from {arguments[0]})/{seconds})*{seconds}{alias}"


def _epoch_group(name: str, arguments: list[str], over: _Range, offset: int) -> str:
    del over
    seconds = f"{_group(name, arguments, offset):g}"
    alias = ' AS "time"' if name.endswith("Alias") else ""
    return f"floor(({arguments[0]})/{seconds})*{seconds}{alias}"


_Macro = Callable[[str, list[str], _Range, int], str]
_MACROS: Mapping[str, _Macro] = {
    "__time": lambda _n, a, _r, _o: f'{a[0]} AS "time"',
    "__timeEpoch": lambda _n, a, _r, _o: f'extract(epoch from {a[0]}) as "time"',
    "__timeFilter": lambda _n, a, r, _o: f"{a[0]} BETWEEN {_instant(r.start)} AND {_instant(r.end)}",
    "__timeFrom": lambda _n, _a, r, _o: _instant(r.start),
    "__timeTo": lambda _n, _a, r, _o: _instant(r.end),
    "__timeGroup": _time_group,
    "__timeGroupAlias": _time_group,
    "__unixEpochFilter": lambda _n, a, r, _o: (
        f"{a[0]} >= {int(r.start.timestamp())} AND {a[0]} <= {int(r.end.timestamp())}"
    ),
    "__unixEpochFrom": lambda _n, _a, r, _o: str(int(r.start.timestamp())),
    "__unixEpochTo": lambda _n, _a, r, _o: str(int(r.end.timestamp())),
    "__unixEpochNanoFilter": lambda _n, a, r, _o: f"{a[0]} >= {_nano(r.start)} AND {a[0]} <= {_nano(r.end)}",
    "__unixEpochNanoFrom": lambda _n, _a, r, _o: str(_nano(r.start)),
    "__unixEpochNanoTo": lambda _n, _a, r, _o: str(_nano(r.end)),
    "__unixEpochGroup": _epoch_group,
    "__unixEpochGroupAlias": _epoch_group,
}


def interpolate(
    raw_sql: str,
    variables: Mapping[str, Variable],
    *,
    time_from: datetime.datetime | None = None,
    time_to: datetime.datetime | None = None,
) -> Expanded:
    """
    Fill variables in as the front end does (packages/grafana-sql, scenes' formatRegistry); unknown names stay.

    Args:
        time_from: with ``time_to`` what ``$__from`` and its like give; they stay as they are where None.
    """
    times = _times(time_from, time_to)
    builder, at = Builder(), 0
    for match in _VARIABLE.finditer(raw_sql):
        name = match[1] or match[2] or match[4]
        form = match[3] or match[5] or ""
        if name in variables:
            text = _formatted(variables[name], form)
        elif name in times:
            text = times[name]
        else:
            continue
        builder.keep(raw_sql[at : match.start()], at)
        builder.replace(text, match.start())
        at = match.end()
    builder.keep(raw_sql[at:], at)
    return builder.build()


def _times(start: datetime.datetime | None, end: datetime.datetime | None) -> dict[str, str]:
    if start is None or end is None:
        return {}
    seconds = (end - start).total_seconds()
    return {
        "__from": str(round(start.timestamp() * 1000)),
        "__to": str(round(end.timestamp() * 1000)),
        "__range": f"{round(seconds)}s",
        "__range_s": str(round(seconds)),
        "__range_ms": str(round(seconds * 1000)),
    }


def _formatted(variable: Variable, form: str) -> str:
    if variable.selected == "all":
        if variable.all_value is not None and form not in ("text", "percentencode", "queryparam"):
            return variable.all_value
        if form == "text":
            return "All"
        values = [value for _, value in variable.options]
    else:
        values = list(variable.selected)
    if not form and (variable.multi or variable.include_all):
        return ",".join(_quoted(value) for value in values)
    if not form:
        return "".join(values[:1]).replace("'", "''")
    return _FORMATS.get(form, ",".join)(values)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_FORMATS: Mapping[str, Callable[[list[str]], str]] = {
    "raw": ",".join,
    "csv": ",".join,
    "pipe": "|".join,
    "text": " + ".join,
    "json": lambda values: json.dumps(values if len(values) > 1 else "".join(values)),
    "sqlstring": lambda values: ",".join(_quoted(value).replace('"', '\\"') for value in values),
    "singlequote": lambda values: ",".join("'" + value.replace("'", "\\'") + "'" for value in values),
    "doublequote": lambda values: ",".join('"' + value.replace('"', '\\"') + '"' for value in values),
    "regex": lambda values: (
        "(" + "|".join(map(re.escape, values)) + ")" if len(values) > 1 else "".join(map(re.escape, values))
    ),
    "percentencode": lambda values: percent(
        "{" + ",".join(values) + "}" if len(values) > 1 else "".join(values), safe=""
    ),
}
