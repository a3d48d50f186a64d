"""Filters as a dashboard's variables: the values from a table or a list, All as a start, chained ones narrowed by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from watchglass.artifact import Statement
from watchglass.definition.service import Dashboard, Query, Service
from watchglass.definition.shown import queries_of
from watchglass.sql.grafana import ALL_VALUE, encode_value, variable_query
from watchglass.sql.pieces import Filter
from watchglass.targets.grafana.data_sources import source_of
from watchglass.targets.grafana.model import Variable

_ON_LOAD = 1


@dataclass(frozen=True, slots=True)
class Offered:
    """The variables of a board, and the statements that list their values (pointers stand in the board)."""

    variables: tuple[Variable, ...]
    statements: tuple[Statement, ...]
    filters: frozenset[str]


def build_variables(service: Service, board: Dashboard) -> Offered:
    """Make the variables that a panel or an annotation of the board reads, and those by which these are narrowed."""
    readers = _readers(board)
    wanted = set(readers)
    for name in reversed(board.filters):
        if name in wanted:
            wanted |= {parent for parent in service.filters[name].depends_on or {} if parent in board.filters}
    variables: list[Variable] = []
    statements: list[Statement] = []
    for name in (name for name in board.filters if name in wanted):
        of = _narrowed(service.filters[name], frozenset(wanted))
        query = readers.get(name) or next(iter(readers.values()))
        variable, statement = _build(service, board, of, query, len(variables))
        variables.append(variable)
        statements += [statement] if statement is not None else []
    return Offered(tuple(variables), tuple(statements), frozenset(wanted))


def _readers(board: Dashboard) -> dict[str, Query]:
    """Give for each of the board's filters the first query that reads it."""
    queries = [query for panel in board.panels for query in queries_of(panel)]
    queries += [each.query for each in board.annotations]
    found: dict[str, Query] = {}
    for query in queries:
        for name in query.template.filters:
            if name in board.filters:
                found.setdefault(name, query)
    return found


def _narrowed(of: Filter, wanted: frozenset[str]) -> Filter:
    parents = {parent: column for parent, column in (of.depends_on or {}).items() if parent in wanted}
    return replace(of, depends_on=parents or None)


def _build(
    service: Service, board: Dashboard, of: Filter, query: Query, index: int
) -> tuple[Variable, Statement | None]:
    if of.table is None:
        return _custom(of), None
    sql = variable_query(of, service.filters, service.timezone)
    variable = Variable(
        name=of.id,
        type="query",
        label=of.title,
        dataSource=source_of(query),
        query=sql.text,
        start=_start(of, {}),
        multi=of.multiple,
        includeAll=True,
        allValue=ALL_VALUE,
        refresh=_ON_LOAD,
    )
    statement = Statement(
        "grafana",
        "variable",
        f"{board.id}/filters/{of.id}",
        sql,
        f"/templating/list/{index}/query",
        board.at.span,
        format="table",
        variables=tuple(of.depends_on or {}),
        source=query.source.id,
    )
    return variable, statement


def _custom(of: Filter) -> Variable:
    listed = ",".join(_option(name, encode_value(of, value)) for value, name in of.options)
    return Variable(
        name=of.id,
        type="custom",
        label=of.title,
        query=listed,
        start=_start(of, {encode_value(of, value): name for value, name in of.options}),
        multi=of.multiple,
        includeAll=True,
        allValue=ALL_VALUE,
    )


def _option(name: str, value: str) -> str:
    """Write an option as Grafana reads it back: commas escaped, ``name : value``."""
    return f"{name} : {value}".replace(",", "\\,")


def _start(of: Filter, names: Mapping[str, str]) -> dict[str, object]:
    if not of.default:
        return {"text": ["All"], "value": ["$__all"]} if of.multiple else {"text": "All", "value": "$__all"}
    values = [encode_value(of, value) for value in of.default]
    texts = [names.get(value, value) for value in values]
    return {"text": texts, "value": values} if of.multiple else {"text": texts[0], "value": values[0]}
