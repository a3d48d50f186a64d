"""Templates read, rendered in each dialect, and expanded as its target expands them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from watchglass.durations import Duration
from watchglass.problems import Problem
from watchglass.sql.grafana import ALL_VALUE, GrafanaDialect, encode_value
from watchglass.sql.metabase import MetabaseDialect, tags
from watchglass.sql.pieces import Filter, Piece, SourceText, Template, Text, Value
from watchglass.sql.plain import PlainDialect
from watchglass.sql.render import render
from watchglass.sql.template import parse
from watchglass.sql.vocabulary import HoursOf, Vocabulary
from watchglass.thresholds import Thresholds
from watchglass.validate.grafana_expand import Variable, expand_macros, interpolate
from watchglass.validate.metabase_expand import FieldRef, expand_native

BERLIN = "Europe/Berlin"
START = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2026, 3, 8, tzinfo=datetime.UTC)

Sent = tuple[str, tuple[object, ...]]
"""A statement as it reaches PostgreSQL, and its parameters."""


def source(text: str) -> SourceText:
    """Give a text that stands in a file from line 10, column 5 on."""
    starts = tuple((10 + index, 5) for index in range(text.count("\n") + 1))
    return SourceText("d.yaml", ("queries", "q", "sql"), text, starts)


def vocabulary(
    constants: Mapping[str, Value] | None = None,
    filters: tuple[str, ...] = (),
    hours: Mapping[str, HoursOf] | None = None,
    thresholds: Mapping[str, Thresholds] | None = None,
    snippets: Mapping[str, str] | None = None,
) -> Vocabulary:
    """Give what the names of a template mean."""
    made: dict[str, Callable[[], tuple[Piece, ...] | None]] = {
        name: lambda text=text: (Text(text),)  # type: ignore[misc]
        for name, text in (snippets or {}).items()
    }
    return Vocabulary(constants or {}, made, frozenset(filters), hours or {}, thresholds or {})


def template(text: str, words: Vocabulary | None = None) -> Template:
    """Read a template that has no problem."""
    made, problems = parse(source(text), words or vocabulary())
    assert problems == ()
    assert made is not None
    return made


def problems_of(text: str, words: Vocabulary | None = None) -> tuple[Problem, ...]:
    """Read a template that is refused."""
    made, problems = parse(source(text), words or vocabulary())
    assert (made is None) == bool(problems)
    return problems


def by_grafana(
    read: Template,
    filters: Mapping[str, Filter] | None = None,
    chosen: Mapping[str, tuple[str, ...]] | None = None,
    *,
    start: datetime.datetime = START,
    end: datetime.datetime = END,
    none: bool = False,
) -> Sent:
    """Send a statement as a panel does; a filter without values stands at All, or at nothing at all (``none``)."""
    known = filters or {}
    text = render(read.pieces, GrafanaDialect(BERLIN, known)).text
    variables = {
        name: Variable(
            name,
            known[name].multiple,
            include_all=True,
            all_value=ALL_VALUE,
            selected=tuple(encode_value(known[name], value) for value in (chosen or {}).get(name, ()))
            or (() if none else "all"),
        )
        for name in read.filters
    }
    # Other variables of the board, whose names a text may happen to hold.
    for name in ("org", "y", "z", "HOME"):
        variables.setdefault(name, Variable(name, True, True, selected=("gone",)))
    filled = interpolate(text, variables, time_from=start, time_to=end).text
    return expand_macros(
        filled, time_from=start, time_to=end, interval=datetime.timedelta(minutes=1)
    ).text, ()


def by_rule(
    read: Template,
    filters: Mapping[str, Filter] | None = None,
    chosen: Mapping[str, tuple[str, ...]] | None = None,
    *,
    start: datetime.datetime = START,
    end: datetime.datetime = END,
) -> Sent:
    """Send a statement as an alert rule does: without variables."""
    text = render(read.pieces, GrafanaDialect(BERLIN, filters or {}, chosen or {})).text
    return expand_macros(text, time_from=start, time_to=end, interval=datetime.timedelta(minutes=1)).text, ()


def by_metabase(
    read: Template,
    filters: Mapping[str, Filter] | None = None,
    chosen: Mapping[str, tuple[str, ...]] | None = None,
    days: Mapping[str, str] | None = None,
    length: Duration = Duration(7, "d"),
) -> Sent:
    """Send a question as Metabase does."""
    known = filters or {}
    dialect = MetabaseDialect(BERLIN, known, length)
    values: dict[str, Any] = {
        name: list(picked) if known[name].table else picked[0]
        for name, picked in (chosen or {}).items()
        if picked
    }
    fields = {}
    for name, of in known.items():
        if of.table:
            schema, _, table = of.table.rpartition(".")
            fields[name] = FieldRef(schema or "public", table, of.value, of.type)
    bound = expand_native(
        render(read.pieces, dialect).text, tags(read, dialect, "x"), values | dict(days or {}), fields
    )
    return bound.sql, bound.parameters


def by_hand(
    read: Template, filters: Mapping[str, Filter] | None = None, length: Duration = Duration(7, "d")
) -> Sent:
    """Send what a person pastes into an editor."""
    return render(read.pieces, PlainDialect(BERLIN, filters or {}, length)).text, ()


TARGETS: dict[str, Callable[[Template], Sent]] = {
    "panel": by_grafana,
    "rule": by_rule,
    "question": by_metabase,
    "editor": by_hand,
}
