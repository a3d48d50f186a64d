"""A statement → which columns of which tables it reads, by the scopes of its SELECTs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from watchglass.sql import tree
from watchglass.sql.tree import TreeNode

Name = tuple[str, ...]
Known = Callable[[Name], frozenset[str]]
"""A table's name as it is written → its columns; none where it is no table."""


@dataclass(slots=True)
class Read:
    """What is read of one table: some columns, or the row as a whole."""

    columns: set[str] = field(default_factory=set)
    whole: bool = False


@dataclass(slots=True)
class _Scope:
    """One SELECT: the tables that it reads itself, by alias, and the SELECT around it."""

    tables: list[tuple[str, Name]]
    around: _Scope | None

    def outwards(self) -> Iterator[_Scope]:
        scope: _Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.around


def columns_read(sql: str, known: Known) -> Mapping[Name, Read]:
    """
    List the columns that a statement reads; a table that it only counts has none.

    A name that could be two things, such as an output's name in ORDER BY, is taken for a column too.

    Raises:
        postgast.PgQueryError: the text is no SQL.
    """
    found: dict[Name, Read] = {}
    root = tree.parse_deep(sql, tree.levels(sql))
    waiting: list[tuple[TreeNode, _Scope | None]] = [
        (node, None) for statement in root.bare("stmts") for node in statement.bare("stmt")
    ]
    while waiting:
        select, around = waiting.pop()
        own, inner = _inside(select)
        scope = _Scope(
            [table for node in own if node.name == "RangeVar" for table in _table(node, known)], around
        )
        for _, name in scope.tables:
            found.setdefault(name, Read())
        for node in own:
            _note(node, scope, known, found)
        waiting += [(each, scope) for each in inner]
    return found


def _inside(select: TreeNode) -> tuple[list[TreeNode], list[TreeNode]]:
    """Give the nodes of a SELECT without those of the SELECTs in it, and these."""
    own: list[TreeNode] = []
    inner: list[TreeNode] = []
    waiting = [each for name in select.children for each in select.bare(name)]
    while waiting:
        node = waiting.pop()
        if node.name == "SelectStmt":
            inner.append(node)
            continue
        own.append(node)
        waiting += [each for name in node.children for each in node.bare(name)]
    return own, inner


def _table(node: TreeNode, known: Known) -> Iterator[tuple[str, Name]]:
    schema, table = str(node.scalars.get("schemaname", "")), str(node.scalars.get("relname", ""))
    name = (schema, table) if schema else (table,)
    if known(name):
        alias = next((str(each.scalars.get("aliasname", "")) for each in node.bare("alias")), table)
        yield alias, name


def _note(node: TreeNode, scope: _Scope, known: Known, found: dict[Name, Read]) -> None:
    if node.name == "ColumnRef":
        names = node.names("fields")
        if any(each.name == "A_Star" for each in node.bare("fields")):
            for _, name in _named(names[-1], scope) if names else scope.tables:
                found[name].whole = True
        elif len(names) == 1:
            _bare(names[0], scope, known, found)
        else:
            _qualified(names, scope, known, found)
    elif node.name == "JoinExpr":
        _joined(node, scope, known, found)
    elif node.name == "RangeVar" and any(alias.bare("colnames") for alias in node.bare("alias")):
        for _, name in _table(node, known):
            found[name].whole = True  # its columns have other names


def _named(alias: str, scope: _Scope) -> list[tuple[str, Name]]:
    """Give the nearest table of an alias."""
    for each in scope.outwards():
        tables = [table for table in each.tables if table[0] == alias]
        if tables:
            return tables
    return []


def _bare(column: str, scope: _Scope, known: Known, found: dict[Name, Read]) -> None:
    for each in scope.outwards():
        tables = [name for _, name in each.tables if column in known(name)]
        for name in tables:
            found[name].columns.add(column)
        rows = [name for alias, name in each.tables if alias == column]
        for name in rows if not tables else ():
            found[name].whole = True
        if tables or rows:
            return


def _qualified(names: Name, scope: _Scope, known: Known, found: dict[Name, Read]) -> None:
    for _, name in _named(names[-2], scope) or _named(names[0], scope):
        column = next((each for each in reversed(names) if each in known(name)), "")
        if column:
            found[name].columns.add(column)
        else:
            found[name].whole = True  # a function of the row


def _joined(node: TreeNode, scope: _Scope, known: Known, found: dict[Name, Read]) -> None:
    names = set(node.names("using_clause"))
    if node.scalars.get("is_natural"):
        names = {
            column
            for _, name in scope.tables
            for column in known(name)
            if sum(column in known(other) for _, other in scope.tables) > 1
        }
    for _, name in scope.tables:
        found[name].columns |= names & known(name)
