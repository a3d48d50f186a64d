"""A fixture's schema file → its tables and views with their columns; what is not surely known is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import postgast

from watchglass.lint.scope import Item, Relation, outputs_of
from watchglass.lint.syntax import Syntax, TooDeep, bare_node, build, walk
from watchglass.lint.typing import type_named
from watchglass.sql import tree
from watchglass.sql.tree import TreeNode

_MOST = 1_000_000
"""Characters of a schema that are read."""

_ADD, _DROP, _RETYPE, _OF = 1, 14, 25, (50, 51, 52, 53)
_RENAMED_COLUMN = 7
_CHECK, _REQUIRED = 6, (2, 7)
"""Kinds of constraints: CHECK; NOT NULL and PRIMARY KEY."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """
    Tables and views by schema and name.

    Args:
        guarded: columns that a CHECK speaks of: ``(schema, table, column)``.
        required: columns that are never NULL.
        elsewhere: whether a role or a database looks for tables in other schemas than ``public``.
    """

    relations: Mapping[tuple[str, str], Relation] = field(default_factory=dict)
    guarded: frozenset[tuple[str, str, str]] = frozenset()
    required: frozenset[tuple[str, str, str]] = frozenset()
    functions: frozenset[str] = frozenset()
    elsewhere: bool = False

    def find(self, schema: str, name: str) -> Relation | None:
        """Find a relation as a query names it; without a schema it is one of ``public``."""
        return None if self.elsewhere and not schema else self.relations.get((schema or "public", name))


@dataclass(slots=True)
class _Reading:
    """A catalog while statements are read."""

    relations: dict[tuple[str, str], Relation] = field(default_factory=dict)
    guarded: set[tuple[str, str, str]] = field(default_factory=set)
    required: set[tuple[str, str, str]] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    elsewhere: bool = False
    moved: bool = False
    """Whether the search path was changed: names without a schema are not known from there on."""


def read_catalog(sql: str) -> Catalog:
    """Read a schema; one that PostgreSQL's grammar refuses gives nothing: validation tells why."""
    if len(sql) > _MOST or "\0" in sql:
        return Catalog()
    try:
        statements = [
            bare_node(node) for part in tree.parse(sql).child("stmts") for node in part.child("stmt")
        ]
    except postgast.PgQueryError:
        return Catalog()
    reading = _Reading()
    for statement in statements:
        _read(statement, reading)
    return Catalog(
        reading.relations,
        frozenset(reading.guarded),
        frozenset(reading.required),
        frozenset(reading.functions),
        reading.elsewhere,
    )


def _read(statement: TreeNode, reading: _Reading) -> None:
    reader = _READERS.get(statement.name)
    if reader is None:
        return
    try:
        reader(build(statement), reading)
    except TooDeep:
        return


def _create(statement: Syntax, reading: _Reading) -> None:
    key = _key(statement.one("relation"), reading)
    if key is None or (key in reading.relations and statement.number("if_not_exists")):
        return
    foreign = statement.many("inh_relations") or statement.many("of_typename") or statement.many("partbound")
    elements = statement.many("table_elts")
    if foreign or any(element.name == "TableLikeClause" for element in elements):
        reading.relations.pop(key, None)
        return
    reading.relations[key] = Relation(
        {element.text("colname"): _type(element) for element in elements if element.name == "ColumnDef"}
    )
    checks = [node for element in elements for node in walk(element) if node.number("contype") == _CHECK]
    reading.required |= {(*key, name) for name in _never_null(elements)}
    reading.guarded |= {(*key, name) for node in checks for name in _columns(node.many("raw_expr"))}


def _never_null(elements: Iterable[Syntax]) -> Iterator[str]:
    for element in elements:
        if element.name == "Constraint" and element.number("contype") in _REQUIRED:
            yield from element.names("keys")
        if any(part.number("contype") in _REQUIRED for part in element.many("constraints")):
            yield element.text("colname")


def _columns(nodes: Iterable[Syntax]) -> Iterable[str]:
    return [node.names("fields")[-1] for root in nodes for node in walk(root) if node.name == "ColumnRef"]


def _view(statement: Syntax, reading: _Reading) -> None:
    _from_query(statement.one("view"), statement.one("query"), statement.names("aliases"), reading)


def _create_as(statement: Syntax, reading: _Reading) -> None:
    into = statement.one("into")
    if into is not None:
        _from_query(into.one("rel"), statement.one("query"), into.names("col_names"), reading)


def _from_query(
    target: Syntax | None, query: Syntax | None, names: tuple[str, ...], reading: _Reading
) -> None:
    key = _key(target, reading)
    if key is None:
        return
    reading.relations.pop(key, None)
    if query is not None and query.name == "SelectStmt":
        item = Item.of("", outputs_of(query, Catalog(reading.relations).find), names)
        if not item.open:
            reading.relations[key] = Relation({name: column.type for name, column in item.columns.items()})


def _alter(statement: Syntax, reading: _Reading) -> None:
    key = _key(statement.one("relation"), reading)
    if key is None or key not in reading.relations:
        return
    columns = dict(reading.relations[key].columns)
    for command in statement.many("cmds"):
        kind, definition = command.number("subtype"), command.one("def")
        if kind == _ADD and definition is not None:
            columns.setdefault(definition.text("colname"), _type(definition))
        elif kind == _DROP:
            columns.pop(command.text("name"), None)
        elif kind == _RETYPE and definition is not None and command.text("name") in columns:
            columns[command.text("name")] = _type(definition)
        elif kind in _OF:
            reading.relations.pop(key)
            return
    reading.relations[key] = Relation(columns)


def _rename(statement: Syntax, reading: _Reading) -> None:
    key = _key(statement.one("relation"), reading)
    if key is None or key not in reading.relations:
        return
    known, new = reading.relations.pop(key), statement.text("newname")
    if statement.number("rename_type") == _RENAMED_COLUMN:
        old = statement.text("subname")
        known = Relation({new if name == old else name: kind for name, kind in known.columns.items()})
        reading.relations[key] = known
    else:
        reading.relations[(key[0], new)] = known


def _forget(statement: Syntax, reading: _Reading) -> None:
    """Forget all that code may change which nobody reads: a DO block that alters tables."""
    texts = [node.text("sval").casefold() for node in walk(statement) if node.name == "String"]
    if any(
        word in text for text in texts for word in ("alter table", "alter view", "create or replace view")
    ):
        reading.relations.clear()


def _set_for_good(statement: Syntax, reading: _Reading) -> None:
    setting = statement.one("setstmt")
    moves = setting is not None and setting.text("name").casefold() == "search_path"
    reading.elsewhere = reading.elsewhere or moves


def _set(statement: Syntax, reading: _Reading) -> None:
    reading.moved = reading.moved or statement.text("name").casefold() == "search_path"


def _move(statement: Syntax, reading: _Reading) -> None:
    key = _key(statement.one("relation"), reading)
    if key is not None and key in reading.relations:
        reading.relations[(statement.text("newschema"), key[1])] = reading.relations.pop(key)


def _function(statement: Syntax, reading: _Reading) -> None:
    reading.functions.add(statement.names("funcname")[-1])


def _drop(statement: Syntax, reading: _Reading) -> None:
    for named in statement.many("objects"):
        names = named.names("items") if named.name == "List" else ()
        if names:
            reading.relations.pop((names[-2] if len(names) > 1 else "public", names[-1]), None)


_READERS = {
    "DropStmt": _drop,
    "CreateStmt": _create,
    "ViewStmt": _view,
    "CreateFunctionStmt": _function,
    "CreateTableAsStmt": _create_as,
    "AlterTableStmt": _alter,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _move,
    "DoStmt": _forget,
    "VariableSetStmt": _set,
    "AlterRoleSetStmt": _set_for_good,
    "AlterDatabaseSetStmt": _set_for_good,
}


def _key(relation: Syntax | None, reading: _Reading) -> tuple[str, str] | None:
    if relation is None or relation.name != "RangeVar":
        return None
    schema = relation.text("schemaname")
    if not schema and reading.moved:
        return None
    return (schema or "public", relation.text("relname"))


def _type(column: Syntax) -> str:
    named = column.one("type_name")
    return type_named(named) if named is not None else ""
