"""A choice that a board offers and a panel ignores: its reader takes the number of all for that of what was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watchglass.definition.service import Dashboard, Panel, Query
from watchglass.lint.scope import Column, Item, Scope
from watchglass.lint.statement import Statement
from watchglass.lint.subject import Finding, Subject, finding
from watchglass.lint.syntax import Syntax, walk
from watchglass.problems import Related
from watchglass.sql.pieces import Matches
from watchglass.sql.pieces import walk as walk_pieces

_Table = tuple[str, str, str]
"""Source, schema and name."""


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """Where a filter narrows a table: the query that does, and the column that it compares."""

    query: Query
    column: str


def check(subject: Subject) -> Iterator[Finding]:
    """Find filters that nothing on their board reads, and panels that show all of what others narrow by one."""
    narrowed = {name: _narrowed(subject, name) for name in subject.service.filters}
    for board in subject.service.dashboards.values():
        read = _read_on(subject, board)
        for index, name in enumerate(board.filters):
            if name not in read:
                yield _idle(subject, board, index)
        for panel in board.panels:
            yield from _judge(subject, board, panel, narrowed)


def _read_on(subject: Subject, board: Dashboard) -> set[str]:
    """List the filters that a board's statements read, and those that narrow the choice of these."""
    queries = [panel.query for panel in board.panels] + [each.query for each in board.annotations]
    queries += [
        query
        for panel in board.panels
        if panel.metric is not None
        for query in (panel.metric.query, panel.metric.history.query if panel.metric.history else None)
    ]
    waiting = [name for query in queries if query is not None for name in query.template.filters]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += subject.service.filters[name].depends_on or {}
    return found


def _idle(subject: Subject, board: Dashboard, index: int) -> Finding:
    name = board.filters[index]
    return finding(
        "lint-unread-filter",
        f"nothing on '{board.id}' reads the filter '{name}': whatever is chosen, the board stays as it is",
        subject.definition.span((*board.at.path, "filters", index)),
        board.at.path,
        hint=f"write {{{{ matches('{name}', 'column') }}}} into the queries that it is to narrow, or offer it no more",
    )


def _judge(
    subject: Subject, board: Dashboard, panel: Panel, narrowed: Mapping[str, Mapping[_Table, _Narrowed]]
) -> Iterator[Finding]:
    """Tell of a panel whose table another query narrows by a filter of the board; others have nothing to narrow."""
    statement = subject.statement(panel.query) if panel.query is not None else None
    if panel.query is None or statement is None:
        return
    tables = list(_tables(statement))
    for name in board.filters:
        table = next((each for each in tables if each in narrowed[name]), None)
        if table is not None and name not in panel.query.template.filters:
            yield _ignored(panel, panel.query, name, table[2], narrowed[name][table])


def _ignored(panel: Panel, query: Query, name: str, table: str, by: _Narrowed) -> Finding:
    return finding(
        "lint-unread-filter",
        f"'{panel.id}' shows all of '{table}' whatever is chosen for '{name}', by which '{by.query.id}' narrows it",
        panel.at.span,
        panel.at.path,
        hint=f"write {{{{ matches('{name}', '{by.column}') }}}} into '{query.id}', or let the title say so and allow it",
        related=[Related(by.query.at.span, "this query reads the filter")],
    )


def _tables(statement: Statement) -> Iterator[_Table]:
    for scope in statement.scopes:
        for item in scope.items:
            if item.table is not None:
                yield (statement.query.source.id, *item.table)


def _narrowed(subject: Subject, name: str) -> Mapping[_Table, _Narrowed]:
    """Map the tables whose columns are compared with a filter."""
    found: dict[_Table, _Narrowed] = {}
    for statement in subject.statements.values():
        for word in walk_pieces(statement.query.template.pieces):
            if isinstance(word, Matches) and word.filter == name:
                for table, column in _compared(statement, word):
                    found.setdefault((statement.query.source.id, *table), _Narrowed(statement.query, column))
    return found


def _compared(statement: Statement, word: Matches) -> Iterator[tuple[tuple[str, str], str]]:
    """Give the tables and columns that a word compares."""
    for scope in statement.scopes:
        for node in walk(scope.select, into_selects=False):
            if (
                node.name == "ColumnRef"
                and word.column.origin is not None
                and statement.inside(node, word.column.origin)
            ):
                table = _origin(scope, node)
                if table is not None:
                    yield table, node.names("fields")[-1]


def _origin(scope: Scope, node: Syntax) -> tuple[str, str] | None:
    """Follow a column to its table, through the subqueries that hand it on."""
    item = _item(scope, node)
    if item is None or item.table is not None:
        return item.table if item is not None else None
    found = scope.look_up(node)
    if isinstance(found, Column) and found.expression is not None and found.scope is not None:
        return _origin(found.scope, found.expression) if found.expression.name == "ColumnRef" else None
    return None


def _item(scope: Scope, node: Syntax) -> Item | None:
    names = node.names("fields")
    at: Scope | None = scope
    if len(names) == 1:
        return scope.items[0] if len(scope.items) == 1 else scope.owner(node)
    while at is not None:
        for item in at.items:
            if item.name == names[-2]:
                return item
        at = at.parent
    return None
