"""Queries as SQL files, parameters filled in, ready to be pasted into an editor such as Supabase's."""

from __future__ import annotations

from watchglass import naming
from watchglass.artifact import Artifact, Rendering, Statement
from watchglass.definition.service import Column, Query, Service
from watchglass.definition.telling import number_word, unit_word, window
from watchglass.sql.plain import PlainDialect
from watchglass.sql.render import render as render_sql
from watchglass.thresholds import words


def render(service: Service) -> Rendering:
    """Render one file a query."""
    return Rendering(tuple(_file(service, query) for query in service.queries.values()))


def _file(service: Service, query: Query) -> Artifact:
    length = window(None, None, query)
    sql = render_sql(query.template.pieces, PlainDialect(service.timezone, service.filters, length))
    text = sql.text.strip().removesuffix(";").rstrip()
    statement = Statement(
        "plain",
        "sql",
        query.id,
        sql,
        "",
        query.at.span,
        variables=query.template.filters,
        query=query.id,
        range=length,
        key=query.key,
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )
    path = naming.path(service.id, service.environment.suffix, "sql", "", naming.slug(query.id), "sql")
    body = f"{_head(service, query)}\n{text};\n"
    return Artifact("plain", "sql", query.id, path, body, {"": (*query.at.path, "sql")}, (statement,))


def _head(service: Service, query: Query) -> str:
    lines = [query.title, *query.description.strip().splitlines()]
    if query.template.uses_range:
        lines.append(f"Range: the last {window(None, None, query).words}, in {service.timezone}.")
    for name in query.template.filters:
        of = service.filters[name]
        chosen = ", ".join(of.default) if of.default else "all"
        lines.append(f"Filter {of.title}: {chosen}.")
    if query.every is not None:
        lines.append(f"Worth asking every {query.every.words}.")
    if query.budget is not None:
        lines.append(f"Budget: {query.budget.words}.")
    lines.append("Columns:")
    lines += [f"  {column.name}: {_column(column)}" for column in query.columns.values()]
    return "".join(f"-- {line}".rstrip() + "\n" for line in lines)


def _column(column: Column) -> str:
    parts = [column.type + (f" in{unit_word(column.unit)}" if unit_word(column.unit) else "")]
    if column.nullable:
        parts.append("may be NULL")
    if column.thresholds is not None:
        parts.append(words(column.thresholds, number_word(column.unit, column.type)))
    return "; ".join(parts) + (f" ({column.description.strip()})" if column.description.strip() else "")
