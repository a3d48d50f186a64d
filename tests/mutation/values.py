"""A definition's file → every mistake of one value in it: numbers, comparisons, names, units, lengths, and SQL within."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from tests.mutation import sql
from tests.mutation.mutant import Mutant, Path

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LENGTH = re.compile(r"(\d+)( ?)(s|m|h|d|w|months?|hours?|minutes?|days?)")
_CLOCK = re.compile(r"(\d\d):(\d\d)")
_LENGTHS = {"s": "m", "m": "h", "h": "m", "d": "w", "w": "d", "month": "w", "months": "w"}
_LENGTHS |= {
    "hour": "minutes",
    "hours": "minutes",
    "minute": "hours",
    "minutes": "hours",
    "day": "hours",
    "days": "hours",
}
_COMPARISON = re.compile(r"\b(above|below|at least|at most|better than|worse than)\b")
_BORDER = {"above": "at least", "below": "at most", "at least": "above", "at most": "below"}
_TURNED = {"above": "below", "below": "above", "at least": "at most", "at most": "at least"}
_TURNED |= {"better than": "worse than", "worse than": "better than"}
_UNITS = {"percent": "ratio", "seconds": "milliseconds", "minutes": "seconds", "hours": "minutes"}
_UNITS |= {"per_hour": "per_day", "per_day": "per_hour"}
_TYPES = {
    "integer": "text",
    "number": "text",
    "text": "integer",
    "timestamp": "text",
    "boolean": "text",
    "date": "text",
}
_LOOK = frozenset({"width", "height", "decimals"})
_PROSE = frozenset({"title", "description", "runbook", "owner", "summary", "labels", "told", "url"})
_SKIPPED = frozenset({"environments", "notify", "subscriptions", "version", "include"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text of the file: where its characters are (quotes left out), and how it is written."""

    path: Path
    start: int
    end: int
    value: str
    style: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a name may be mistaken for."""

    levels: tuple[str, ...]
    metrics: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Query → its columns."""
    queries: Mapping[str, str] = field(default_factory=dict)
    """Metric → its query."""


def mutants(text: str) -> tuple[Mutant, ...]:
    """Make every mistake once, in the order of the file."""
    scalars = {each.start: each for each in _scalars(yaml.compose(text, Loader=yaml.SafeLoader), text, ())}
    data = yaml.safe_load(text)
    names = Names(
        tuple(data["levels"]),
        tuple(data.get("metrics", {})),
        {name: tuple(query["columns"]) for name, query in data["queries"].items()},
        {name: metric["query"] for name, metric in data.get("metrics", {}).items() if "query" in metric},
    )
    found = [mutant for each in scalars.values() for mutant in _of_scalar(text, each, names)]
    return tuple(sorted(found, key=lambda mutant: (mutant.start, mutant.kind, mutant.new)))


def _scalars(node: yaml.Node | None, text: str, path: Path) -> Iterator[Scalar]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, text, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _scalars(value, text, (*path, index))
    elif isinstance(node, yaml.ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        inner = (1, 1) if node.style in ("'", '"') else (0, 0)
        if node.style in ("|", ">"):
            start = text.index("\n", start)
        yield Scalar(path, start + inner[0], end - inner[1], node.value, node.style or "")


def _of_scalar(text: str, scalar: Scalar, names: Names) -> Iterator[Mutant]:
    if scalar.path[0] in _SKIPPED or _PROSE & {*map(str, scalar.path)}:
        return
    if _is_sql(scalar):
        written = text[scalar.start : scalar.end]
        for kind, start, end, new in sql.mutants(written):
            if scalar.style or not _breaks_plain(new):
                yield Mutant(kind, scalar.path, scalar.start + start, scalar.start + end, new)
        return
    if scalar.style in ("|", ">"):
        return
    for make in _MAKERS:
        for kind, start, end, new in make(scalar, names):
            yield Mutant(kind, scalar.path, scalar.start + start, scalar.start + end, new)


def _is_sql(scalar: Scalar) -> bool:
    return scalar.path[-1] == "sql" or scalar.path[0] == "snippets"


def _breaks_plain(new: str) -> bool:
    return ": " in new or " #" in new


Maker = Callable[[Scalar, Names], Iterator[sql.Change]]


def _number(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    if not _NUMBER.fullmatch(scalar.value):
        return
    look = scalar.path[-1] in _LOOK
    value = float(scalar.value)
    yield ("number of the look" if look else "number"), 0, len(scalar.value), f"{value + 1:g}"
    if scalar.path[0] in ("metrics", "constants", "alerts") and value:
        yield "unit by 100", 0, len(scalar.value), f"{value * 100:g}"


def _length(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    match = _LENGTH.fullmatch(scalar.value)
    if match is None:
        return
    number, blank, unit = match.groups()
    yield "length of time", 0, len(scalar.value), f"{int(number) + 1}{blank}{unit}"
    yield "unit", 0, len(scalar.value), f"{number}{blank}{_LENGTHS[unit]}"


def _clock(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    match = _CLOCK.fullmatch(scalar.value)
    if match is not None:
        yield "clock", 0, len(scalar.value), f"{(int(match[1]) + 1) % 24:02}:{match[2]}"
    if scalar.path[-1] == "timezone":
        yield "time zone", 0, len(scalar.value), "UTC" if scalar.value != "UTC" else "Asia/Tokyo"
    if scalar.path[0] == "constants" and scalar.path[-1] == "timestamp" and "+" in scalar.value:
        yield "time zone", scalar.value.rindex("+"), len(scalar.value), "Z"


def _comparison(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    if scalar.path[-1] not in ("when", "target"):
        return
    match = _COMPARISON.search(scalar.value)
    if match is not None:
        yield "turned comparison", *match.span(), _TURNED[match[0]]
        if match[0] in _BORDER:
            yield "border of a comparison", *match.span(), _BORDER[match[0]]
    for number in re.finditer(r"\d+", scalar.value):
        yield "number", *number.span(), str(int(number[0]) + 1)
        yield "unit by 100", *number.span(), str(int(number[0]) * 100)


def _level(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    if scalar.path[-1] not in ("when", "target", "severity", "level"):
        return
    for name in re.finditer(r"\w+", scalar.value):
        if name[0] in names.levels:
            others = [each for each in names.levels[1:] if each != name[0]]
            at = names.levels.index(name[0])
            yield (
                "other level",
                *name.span(),
                names.levels[at + 1] if at + 1 < len(names.levels) else others[-1],
            )


def _word(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    key, value, whole = scalar.path[-1], scalar.value, (0, len(scalar.value))
    swapped = {"lower": "higher", "higher": "lower"} if key == "better" else {}
    swapped |= {"first": "last", "last": "first"} if key == "pick" else {}
    swapped |= {"skip": "0"} if key == "when_null" else {}
    swapped |= {"resolve": "alert"} if key == "missing" else {}
    if value in swapped:
        yield ("NULL" if key in ("when_null", "missing") else "word"), *whole, swapped[value]
    if key == "unit" and value in _UNITS:
        yield "unit", *whole, _UNITS[value]
    if scalar.path[0] == "queries" and key == "type" and value in _TYPES:
        yield "type", *whole, _TYPES[value]
    if key == "nullable" and value == "true":
        yield "NULL", *whole, "false"
    if (
        scalar.path[0] == "constants"
        and key not in ("interval", "timestamp")
        and not _NUMBER.fullmatch(value)
    ):
        yield "literal", *whole, f"{value}x"


def _name(scalar: Scalar, names: Names) -> Iterator[sql.Change]:
    key, value, whole = scalar.path[-1], scalar.value, (0, len(scalar.value))
    if scalar.path[0] == "metrics" and key == "column":
        columns = names.columns.get(names.queries.get(str(scalar.path[1]), ""), ())
        yield from (("renamed column", *whole, f"{value}x"), *_other(columns, value, whole, "other column"))
    elif scalar.path[0] == "metrics" and len(scalar.path) > 2 and scalar.path[-2] == "where":
        yield "literal", *whole, f"{value}x"
    elif key == "metric" or (scalar.path[0] == "queries" and key == "levels"):
        yield from _other(names.metrics, value, whole, "other metric")
    elif key == "during" or scalar.path[-2:-1] == ("key",):
        yield "renamed column", *whole, f"{value}x"
    elif scalar.path[0] == "dashboards" and key == "query":
        yield from _other(tuple(names.columns), value, whole, "other query")


def _other(among: tuple[str, ...], value: str, whole: tuple[int, int], kind: str) -> Iterator[sql.Change]:
    if value in among and len(among) > 1:
        yield kind, *whole, among[(among.index(value) + 1) % len(among)]


_MAKERS: tuple[Maker, ...] = (_number, _length, _clock, _comparison, _level, _word, _name)
