"""What rules judge: the service, the definition as it was written, the statements of its queries, the fixtures' tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from watchglass.artifact import Path
from watchglass.definition.read import Definition
from watchglass.definition.service import At, Metric, Panel, Query, Service
from watchglass.lint.catalog import Catalog, read_catalog
from watchglass.lint.statement import Statement, read_statement
from watchglass.problems import Problem, Related, Severity, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the path of what it is about: an ``allow:`` there, or on the object around it, switches it off."""

    problem: Problem
    path: Path


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What rules judge.

    Args:
        statements: query → its statement; none for one that is refused or too deep.
        catalogs: source → the tables of its fixture.
    """

    service: Service
    definition: Definition
    statements: Mapping[str, Statement]
    catalogs: Mapping[str, Catalog]
    refused: tuple[Problem, ...] = field(default=())

    def statement(self, query: Query) -> Statement | None:
        """Give a query's statement."""
        return self.statements.get(query.id)

    def catalog(self, query: Query) -> Catalog:
        """Give the tables that a query may read."""
        return self.catalogs[query.source.id]

    @property
    def alerted(self) -> Mapping[str, Metric]:
        """The metrics that alerts read."""
        rules = [rule for alert in self.service.alerts.values() for rule in alert.rules]
        return {part.metric.id: part.metric for rule in rules for part in rule.conditions}

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels of all dashboards."""
        return tuple(panel for board in self.service.dashboards.values() for panel in board.panels)


def subject(definition: Definition, service: Service) -> Subject:
    """Gather what rules judge."""
    catalogs = {
        name: _catalog(definition, source.schema, source.at) for name, source in service.sources.items()
    }
    statements: dict[str, Statement] = {}
    refused: list[Problem] = []
    for query in service.queries.values():
        read = read_statement(service, query, catalogs[query.source.id].find)
        if isinstance(read, Statement):
            statements[query.id] = read
        elif read is not None:
            refused += read
    return Subject(service, definition, statements, catalogs, tuple(refused))


def _catalog(definition: Definition, schema: str | None, at: At) -> Catalog:
    if not schema:
        return Catalog()
    text = definition.beside(schema, (*at.path, "fixture", "schema"))
    return Catalog() if isinstance(text, Problem) else read_catalog(text.text)


def finding(
    code: str,
    message: str,
    span: Span,
    path: Path,
    *,
    hint: str = "",
    level: Severity = "warning",
    related: Iterable[Related] = (),
) -> Finding:
    """Make a finding."""
    return Finding(Problem(code, message, span, level, hint, tuple(related)), path)
