"""Queries: templates read, columns with their units and levels, keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from functools import partial

from watchglass.artifact import Path
from watchglass.definition.colors import COLORS
from watchglass.definition.model.queries import ColumnPart, QueryPart, ValueNamePart
from watchglass.definition.resolve.axis import Axes, check_color
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import NUMERIC, Column, Hours, Query, Source, ValueName
from watchglass.definition.units import UNITS, Unit, free_unit
from watchglass.problems import Problem
from watchglass.sql.pieces import Filter, Piece, Template, Value
from watchglass.sql.template import parse
from watchglass.sql.vocabulary import HoursOf, Vocabulary
from watchglass.thresholds import Thresholds

_OF_NUMBERS = ("levels", "decimals", "scale")
_WRITTEN: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"-?\d+"),
    "number": re.compile(r"-?\d+(?:\.\d+)?"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
}
"""How PostgreSQL writes a value, by which its name is found."""

_SYNONYMS = {"%": "percent", "pct": "percent", "ms": "milliseconds", "s": "seconds", "sec": "seconds", "min": "minutes",
             "h": "hours", "d": "days", "B": "bytes", "€": "EUR", "$": "USD", "£": "GBP"}  # fmt: skip


def vocabulary(
    context: Context,
    constants: Mapping[str, Value],
    filters: Mapping[str, Filter],
    hours: Mapping[str, Hours],
    axes: Axes,
) -> Vocabulary:
    """Gather what names in SQL templates mean; snippets are read when they are first used."""
    # Hours that are wrong have problems of their own: here they are no unknown name.
    of_hours = {name: HoursOf((), False, "UTC") for name in context.definition.model.hours}
    of_hours |= {name: HoursOf(part.spans, part.outside, part.timezone) for name, part in hours.items()}
    thresholds = {metric: made[0] for metric, made in axes.items()}
    snippets: dict[str, Callable[[], tuple[Piece, ...] | None]] = {}
    words = Vocabulary(constants, snippets, frozenset(filters), of_hours, thresholds)
    reading: list[str] = []
    done: dict[str, tuple[Piece, ...] | None] = {}

    def read_snippet(name: str) -> tuple[Piece, ...] | None:
        if name in done:
            return done[name]
        if name in reading:
            circle = " → ".join([*reading[reading.index(name) :], name])
            context.report("reference-cycle", f"snippets go in a circle: {circle}", ("snippets", name))
            done[name] = None
            return None
        reading.append(name)
        template, problems = parse(context.definition.text(("snippets", name)), words)
        reading.pop()
        context.problems += problems
        done.setdefault(name, template.pieces if template else None)
        return done[name]

    for name in context.definition.model.snippets:
        snippets[name] = partial(read_snippet, name)
    for name in snippets:
        read_snippet(name)
    return words


def resolve_queries(
    context: Context, sources: Mapping[str, Source], words: Vocabulary, axes: Axes
) -> dict[str, Query]:
    """Resolve every query whose parts are sound; the others are reported."""
    made = {}
    for query_id, part in context.definition.model.queries.items():
        query = _query(context, query_id, part, sources, words, axes)
        if query is not None:
            made[query_id] = query
    return made


def _query(
    context: Context,
    query_id: str,
    part: QueryPart,
    sources: Mapping[str, Source],
    words: Vocabulary,
    axes: Axes,
) -> Query | None:
    path: Path = ("queries", query_id)
    source = _source(context, part, sources, path)
    columns = {name: _column(context, name, column, axes, path) for name, column in part.columns.items()}
    if not columns:
        context.report(
            "columns-missing", "a query lists the columns of its rows", (*path, "columns"), key=True
        )
    context.distinct(part.key, (*path, "key"))
    for index, name in enumerate(part.key if columns else ()):
        context.find("column", name, columns, (*path, "key", index))
    sound = bool(columns) and columns.keys() >= set(part.key)
    for name in ("range", "budget"):
        context.some_time(getattr(part, name), (*path, name))
    template = _template(context, part, words, path)
    if source is None or template is None or not sound:
        return None
    return Query(
        query_id,
        part.title or query_id.replace("_", " ").capitalize(),
        part.description,
        source,
        template,
        tuple(part.key),
        columns,
        part.range,
        part.every,
        part.budget,
        bool(part.append_only),
        context.at(path),
        dict(part.allow),
        part.append_only if isinstance(part.append_only, dict) else {},
    )


def _source(context: Context, part: QueryPart, sources: Mapping[str, Source], path: Path) -> Source | None:
    if part.source is not None:
        found = context.find("source", part.source, sources, (*path, "source"))
        if found is not None and found.type != "postgres":
            message = f"'{found.id}' is of type {found.type}: SQL is read by a source of type postgres"
            context.report("source-form", message, (*path, "source"))
            return None
        return found
    postgres = [source for source in sources.values() if source.type == "postgres"]
    if not postgres:
        message = "no source of type postgres is there for queries to read"
        context.report("source-missing", message, ("sources",), key=True)
        return None
    if len(postgres) != 1:
        context.report(
            "source-missing", "the query says which source it reads", path, key=True, hint="add source:"
        )
        return None
    return postgres[0]


def _template(context: Context, part: QueryPart, words: Vocabulary, path: Path) -> Template | None:
    if (part.sql.text is None) == (part.sql.file is None):
        context.report("sql-missing", "a query has its SQL in place, or in a file", (*path, "sql"))
        return None
    if part.sql.file is None:
        short = context.definition.texts.get((*path, "sql"))
        source = short or context.definition.text((*path, "sql", "text"))
    else:
        read = context.definition.beside(part.sql.file, (*path, "sql", "file"))
        if isinstance(read, Problem):
            context.problems.append(read)
            return None
        source = read
    if not source.text.strip():
        context.report("sql-missing", "the statement is empty", (*path, "sql"))
        return None
    template, problems = parse(source, words)
    context.problems += problems
    return template


def _column(context: Context, name: str, part: ColumnPart, axes: Axes, query: Path) -> Column:
    path = (*query, "columns", name)
    unit = resolve_unit(context, part.unit, (*path, "unit"))
    if unit is not None and part.type not in ("integer", "number", "interval"):
        context.report("unit-without-number", f"a column of type {part.type} has no unit", (*path, "unit"))
    if part.sparkline and part.type != "json":
        context.report(
            "sparkline-form", f"a column of type {part.type} is no sparkline", (*path, "sparkline"),
            hint="say type: json, and give an array of numbers: json_agg(n ORDER BY day)",
        )  # fmt: skip
    thresholds: Thresholds | None = None
    spans: Mapping[str, Path] = {}
    if part.levels is not None:
        if part.levels in context.definition.model.metrics and part.levels not in axes:
            context.no_thresholds(part.levels, f"'{part.levels}' has no thresholds", (*path, "levels"))
        elif (made := context.find("metric", part.levels, axes, (*path, "levels"))) is not None:
            thresholds, spans = made
    _check_number(context, part, path)
    _check_value_names(context, part, path)
    values = tuple(_value_name(value, text) for value, text in part.values.items())
    title = part.title or name.replace("_", " ").capitalize()
    return Column(
        name, part.type, title, unit, bool(part.nullable), thresholds, values, part.decimals, part.description, part.scale,
        context.at(path), spans, bool(part.sparkline),
    )  # fmt: skip


def _check_number(context: Context, part: ColumnPart, path: Path) -> None:
    """Report what only a number has, beside its unit."""
    for key in _OF_NUMBERS if part.type not in NUMERIC else ():
        if getattr(part, key) is not None:
            context.report("unit-without-number", f"a column of type {part.type} has no {key}", (*path, key))
    if part.scale == 0:
        context.report("wrong-number", "a scale of 0 makes every number 0", (*path, "scale"))


def _check_value_names(context: Context, part: ColumnPart, path: Path) -> None:
    """Report names of values that the column never holds, and colours that are none."""
    form = _WRITTEN.get(part.type)
    for value, name in part.values.items():
        place = (*path, "values", value)
        if form is not None and not form.fullmatch(value):
            message = f"a column of type {part.type} never holds '{value}'"
            context.report("wrong-value", message, place, key=True)
        if name.color:
            check_color(context, name.color, (*place, "color"))


def _value_name(value: str, part: ValueNamePart) -> ValueName:
    if not part.color and (part.text in COLORS or re.fullmatch(r"#[0-9a-fA-F]{6}", part.text)):
        return ValueName(value, "", part.text)
    return ValueName(value, part.text, part.color)


def resolve_unit(context: Context, text: str | None, path: Path) -> Unit | None:
    """Find a unit in the list; take another word as it is, unless it looks like a slip of the pen."""
    if text is None:
        return None
    if text in UNITS:
        return UNITS[text]
    near = _SYNONYMS.get(text) or next(iter(difflib.get_close_matches(text, list(UNITS), 1, 0.8)), "")
    if near:
        context.report("unknown-unit", f"unknown unit '{text}'", path, hint=f"did you mean '{near}'?")
        return None
    return free_unit(text)
