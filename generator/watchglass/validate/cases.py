"""Every way in which a target will send a statement: filters none, one, several, all; optional clauses in and out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watchglass.artifact import Statement
from watchglass.database.proof import Statement as Sent
from watchglass.definition.service import Service
from watchglass.durations import USUAL_RANGE
from watchglass.sql.grafana import ALL_VALUE, encode_value
from watchglass.sql.metabase import FROM_TAG, TO_TAG
from watchglass.sql.offsets import OffsetMap
from watchglass.sql.pieces import Filter
from watchglass.validate.grafana_expand import Variable, expand_macros, interpolate
from watchglass.validate.metabase_expand import FieldRef, expand_native

Chosen = Mapping[str, tuple[str, ...]]
"""Filter → chosen values; a filter that is not there is unset."""

_INTERVAL = datetime.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A time range, as instants (start inclusive, end exclusive) and as the local days that Metabase is given."""

    start: datetime.datetime
    end: datetime.datetime
    first_day: datetime.date
    last_day: datetime.date


@dataclass(frozen=True, slots=True)
class Case:
    """
    One statement as it is sent.

    Args:
        name: what tells it from the statement's other cases; empty for the plain one.
        chosen: the filters' values.
        map: offset in the sent text → offset in the rendered statement.
    """

    statement: Statement
    name: str
    sent: Sent
    map: OffsetMap
    chosen: Chosen


def first_cases(cases: Iterable[Case]) -> tuple[Case, ...]:
    """List the first case of each statement."""
    found: dict[tuple[str, str], Case] = {}
    for case in cases:
        found.setdefault((case.statement.target, case.statement.name), case)
    return tuple(found.values())


def window(days: int, now: datetime.datetime, timezone: str) -> Window:
    """Give the last whole local days before today, so that every target can be asked for the same range."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    first = today - datetime.timedelta(days=days)
    return Window(_midnight(first, zone), _midnight(today, zone), first, today - datetime.timedelta(days=1))


def _midnight(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone)


def window_of(statement: Statement, now: datetime.datetime, timezone: str) -> Window:
    """Give the window that a statement is tried with: as long as its own range."""
    length = statement.range or USUAL_RANGE
    return window(max(1, round(length.seconds / 86_400)), now, timezone)


def choices(
    filters: tuple[str, ...], values: Mapping[str, tuple[str, ...]], all_of: Mapping[str, Filter]
) -> dict[str, Chosen]:
    """
    List the choices that a statement with these filters is tried with.

    Args:
        values: filter → values that the database holds, at least none.
    """
    made: dict[str, Chosen] = {"": {}}
    if not filters:
        return made
    made["one"] = {name: values[name][:1] for name in filters if values.get(name)}
    several = {
        name: values[name] if all_of[name].multiple else values[name][:1]
        for name in filters
        if values.get(name)
    }
    if any(len(chosen) > 1 for chosen in several.values()):
        made["several"] = several
    for name in filters if len(filters) > 1 else ():
        if values.get(name):
            made[f"only {name}"] = {name: values[name][:1]}
    return {name: chosen for name, chosen in made.items() if not name or chosen}


def grafana_cases(
    service: Service, statement: Statement, values: Mapping[str, tuple[str, ...]], at: Window
) -> tuple[Case, ...]:
    """Expand a statement as Grafana's front end and data source do."""
    return tuple(
        grafana_case(service, statement, chosen, form, " ".join(filter(None, (name, form))), at)
        for name, chosen in choices(statement.variables, values, service.filters).items()
        for form in (("all", "none") if not name and statement.variables else ("",))
    )


def grafana_case(
    service: Service, statement: Statement, chosen: Chosen, form: str, name: str, at: Window
) -> Case:
    """Expand one statement for one choice of values; ``form`` says what an unset variable is: ``all`` or ``none``."""
    variables = {
        filter_id: _variable(service.filters[filter_id], chosen.get(filter_id), form)
        for filter_id in statement.variables
    }
    filled = interpolate(statement.sql.text, variables, time_from=at.start, time_to=at.end)
    expanded = expand_macros(filled.text, time_from=at.start, time_to=at.end, interval=_INTERVAL)
    return Case(statement, name, Sent(expanded.text), expanded.map.then(filled.map), chosen)


def _variable(of: Filter, chosen: tuple[str, ...] | None, form: str) -> Variable:
    encoded = tuple(encode_value(of, value) for value in chosen or ())
    options = tuple((value, value) for value in encoded)
    selected: tuple[str, ...] | str = encoded if chosen else () if form == "none" else "all"
    return Variable(of.id, of.multiple, True, ALL_VALUE, options, selected)


def metabase_cases(
    service: Service, statement: Statement, values: Mapping[str, tuple[str, ...]], at: Window
) -> tuple[Case, ...]:
    """Expand a statement as Metabase does: each optional clause in and out."""
    found = []
    ranged = FROM_TAG in statement.tags
    days = {FROM_TAG: at.first_day, TO_TAG: at.last_day}
    for name, chosen in choices(statement.variables, values, service.filters).items():
        for form, picked in (("", {}), ("from and to", days)) if ranged else (("", {}),):
            found.append(
                metabase_case(service, statement, chosen, picked, " ".join(filter(None, (name, form))))
            )
    if ranged:
        for tag, word in ((FROM_TAG, "from"), (TO_TAG, "to")):
            found.append(metabase_case(service, statement, {}, {tag: days[tag]}, word))
    return tuple(found)


def metabase_case(
    service: Service, statement: Statement, chosen: Chosen, days: Mapping[str, datetime.date], name: str
) -> Case:
    """Expand one statement for one choice of values and days."""
    given: dict[str, object] = {
        filter_id: list(picked) if service.filters[filter_id].table else picked[0]
        for filter_id, picked in chosen.items()
        if picked
    }
    given |= {tag: day.isoformat() for tag, day in days.items()}
    bound = expand_native(statement.sql.text, statement.tags, given, fields_of(service, statement))
    return Case(statement, name, Sent(bound.sql, tuple(bound.parameters)), bound.map, chosen)


def fields_of(service: Service, statement: Statement) -> dict[str, FieldRef]:
    """Give the fields that the statement's field filters stand for."""
    fields = {}
    for filter_id in statement.variables:
        of = service.filters[filter_id]
        if of.table is not None:
            schema, _, table = of.table.rpartition(".")
            fields[filter_id] = FieldRef(schema or "public", table, of.value, of.type)
    return fields
