"""Filters: what lists their values, which values they take, chains without a circle."""

from __future__ import annotations

import re
from collections.abc import Iterable

from watchglass.artifact import Path
from watchglass.definition.model import literal_forms
from watchglass.definition.model.sources import FilterPart
from watchglass.definition.resolve.context import Context
from watchglass.sql.metabase import FROM_TAG, TO_TAG
from watchglass.sql.pieces import Filter

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_OF_TABLES = ("value", "label", "depends_on")
ALL = "all"
"""In place of a filter's first values: it is unset. No value that an alert or a mail can state."""


def resolve_filters(context: Context) -> dict[str, Filter]:
    """Check every filter: a table with its columns, or fixed options; chains without a circle."""
    written = context.definition.model.filters
    filters = {name: _filter(context, name, part) for name, part in written.items()}
    circles: set[str] = set()
    for name in written:
        _check_chain(context, name, circles)
    return filters


def check_values(context: Context, of: Filter, values: Iterable[str], path: Path) -> None:
    """Report values that a filter cannot have: of another type, or none of its options, or none at all."""
    given = list(values)
    if not given:
        context.report("filter-form", "no value stands here", path, hint="name one, or leave the filter out")
    context.distinct(given, path)
    for index, value in enumerate(given):
        place = (*path, index)
        if of.options and value not in dict(of.options):
            context.unknown("option", value, dict(of.options), place)
        elif value == ALL and not of.options:
            hint = "leave the filter out: what is not stated is unset"
            context.report("filter-form", f"`{ALL}` is no value of a filter", place, hint=hint)
        else:
            _check_type(context, of.type, value, place)


def _filter(context: Context, name: str, part: FilterPart) -> Filter:
    path: Path = ("filters", name)
    _check_source(context, part, path)
    _check_name(context, name, path)
    options = part.options or {}
    for value in options:
        _check_type(context, part.type, value, (*path, "options", value), key=True)
    of = Filter(
        name,
        part.title,
        part.type,
        part.from_,
        part.value or "",
        part.label or "",
        bool(part.multiple),
        tuple(part.default),
        tuple(options.items()),
        dict(part.depends_on),
        path,
    )
    if of.default:
        check_values(context, of, of.default, (*path, "default"))
    if len(of.default) > 1 and not of.multiple:
        message = f"{len(of.default)} values at first, of which one can be chosen"
        context.report("filter-form", message, (*path, "default"), hint="keep one, or add multiple: true")
    return of


def _check_source(context: Context, part: FilterPart, path: Path) -> None:
    if (part.from_ is None) == (part.options is None):
        message = "a filter lists its values `from` a table, or by `options`"
        context.report("filter-form", message, path, key=True)
    elif part.from_ is not None and part.value is None:
        context.report("missing-key", "a filter `from` a table names its `value` column", path, key=True)
    elif part.options is not None:
        if not part.options:
            context.report("filter-form", "`options` names no value", (*path, "options"))
        for key in _OF_TABLES:
            if key in part.model_fields_set:
                message = f"`{key}` belongs to a filter `from` a table"
                context.report("filter-form", message, (*path, key), key=True)


def _check_name(context: Context, name: str, path: Path) -> None:
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        message = f"'{name}' becomes a variable's name: letters, digits and underscores"
        context.report("wrong-id", message, path, key=True)
    if name in (FROM_TAG, TO_TAG):
        message = f"'{name}' is the name of an edge of the range at Metabase"
        context.report("wrong-id", message, path, key=True, hint="choose another id")


def _check_type(context: Context, kind: str, value: str, path: Path, *, key: bool = False) -> None:
    """Report a value that PostgreSQL would not write so, or not take for one of the type."""
    if kind in ("integer", "number"):
        code, right = "wrong-number", _is_number(kind, value)
    else:
        code, right = "wrong-value", _is_written(kind, value)
    if not right:
        context.report(code, f"the filter's values are of type {kind}, '{value}' is none", path, key=key)


def _is_number(kind: str, value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and (kind == "number" or "." not in value)


def _is_written(kind: str, value: str) -> bool:
    try:
        read = literal_forms.read(kind, value)
    except ValueError:
        return False
    return kind == "boolean" or read == value


def _check_chain(context: Context, name: str, circles: set[str]) -> None:
    """Check what a filter depends on; of filters that depend on each other the first is reported, and kept in ``circles``."""
    written = context.definition.model.filters
    for parent in written[name].depends_on:
        context.find("filter", parent, written, ("filters", name, "depends_on", parent), key=True)
    reached: set[str] = set()
    open_ = list(written[name].depends_on)
    while open_:
        parent = open_.pop()
        if parent in written and parent not in reached:
            reached.add(parent)
            open_ += written[parent].depends_on
    if name in reached and not reached & circles:
        circles.add(name)
        path = ("filters", name, "depends_on")
        context.report("reference-cycle", f"the filter '{name}' depends on itself", path)
