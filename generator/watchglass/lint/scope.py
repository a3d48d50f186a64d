"""A SELECT → what its names mean: tables, subqueries and WITH queries with their columns, as far as surely known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from watchglass.lint.syntax import Syntax, bare, call
from watchglass.lint.typing import type_of

_PLAIN, _UNION = 1, 2
_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view of the schema: column → type, empty where that is not known."""

    columns: Mapping[str, str]


Find = Callable[[str, str], Relation | None]
"""Schema (or nothing) and name → a relation of the schema."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of something in FROM, or of a result: its type, and the expression that makes it, where there is one."""

    type: str = ""
    expression: Syntax | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """
    One entry of FROM, or a result.

    Args:
        name: its alias.
        open: whether it may have columns that are not listed.
        table: schema and name of a relation of the schema.
    """

    name: str
    columns: Mapping[str, Column]
    open: bool = False
    table: tuple[str, str] | None = None

    @classmethod
    def of(cls, name: str, result: Item, names: tuple[str, ...] = ()) -> Item:
        """Give a result a name, and its first columns other names."""
        if not names:
            return cls(name, result.columns, result.open, result.table)
        if result.open and len(names) > len(result.columns):
            return cls(name, dict.fromkeys(names, Column()), True)
        old = [*result.columns]
        renamed = {**dict(zip(old, names, strict=False))}
        columns = {renamed.get(key, key): column for key, column in result.columns.items()}
        return cls(name, columns, result.open, result.table)


@dataclass(slots=True, eq=False)
class Scope:
    """
    What names mean inside of one SELECT.

    Args:
        parent: the SELECT around it whose columns it sees.
        inner: the SELECTs inside, in the order of the text.
    """

    select: Syntax
    find: Find
    parent: Scope | None = None
    items: list[Item] = field(default_factory=list)
    queries: dict[str, Item] = field(default_factory=dict)
    inner: list[Scope] = field(default_factory=list)

    @property
    def set_operation(self) -> bool:
        """Whether it is a UNION, INTERSECT or EXCEPT."""
        return self.select.number("op") >= _UNION

    def all(self) -> list[Scope]:
        """List this scope and all inside of it."""
        return [self, *(scope for inner in self.inner for scope in inner.all())]

    def look_up(self, reference: Syntax) -> Column | Literal["missing", "unknown"]:
        """Find the column of a reference."""
        names = reference.names("fields")
        if names[-1:] == ("*",) or len(names) > 2 or not names:
            return "unknown"
        return self._qualified(*names) if len(names) == 2 else self._bare(names[0])

    def owner(self, reference: Syntax) -> Item | None:
        """Find the entry of FROM whose column a reference is."""
        names = reference.names("fields")
        scope: Scope | None = self
        while scope is not None:
            for item in scope.items:
                if names[-1] in item.columns and (len(names) == 1 or names[-2] == item.name):
                    return item
            scope = scope.parent
        return None

    def type_of(self, node: Syntax) -> str:
        """Infer the type of an expression of this SELECT."""
        return type_of(node, self._type)

    def _type(self, reference: Syntax) -> str:
        found = self.look_up(reference)
        return found.type if isinstance(found, Column) else ""

    def _qualified(self, table: str, name: str) -> Column | Literal["missing", "unknown"]:
        scope: Scope | None = self
        while scope is not None:
            for item in scope.items:
                if item.name == table:
                    return _column(item, name)
            scope = scope.parent
        return "unknown"

    def _bare(self, name: str) -> Column | Literal["missing", "unknown"]:
        scope: Scope | None = self
        known = True
        while scope is not None:
            found = [item.columns[name] for item in scope.items if name in item.columns]
            if found:
                return found[0] if known else "unknown"
            known = known and not any(item.open for item in scope.items)
            if any(item.name == name for item in scope.items):
                return "unknown"
            scope = scope.parent
        return "missing" if known and name not in _SYSTEM else "unknown"

    def known_names(self) -> tuple[str, ...]:
        """List the columns that it sees, its own first."""
        own = [name for item in self.items for name in item.columns]
        return (*own, *(self.parent.known_names() if self.parent else ()))


def _column(item: Item, name: str) -> Column | Literal["missing", "unknown"]:
    if name in item.columns:
        return item.columns[name]
    return "unknown" if item.open or name in _SYSTEM else "missing"


def read_scope(
    select: Syntax, find: Find, parent: Scope | None = None, queries: Mapping[str, Item] | None = None
) -> Scope:
    """Read a SELECT and all inside of it."""
    scope = Scope(select, find, parent, queries=dict(queries or {}))
    _read_with(scope)
    for side in ("larg", "rarg"):
        scope.inner += [read_scope(part, find, parent, scope.queries) for part in select.many(side)]
    for entry in select.many("from_clause"):
        _read_from(scope, entry)
    for name in ("target_list", "where_clause", "group_clause", "having_clause", "sort_clause", "window_clause",
                 "limit_count", "limit_offset", "values_lists", "distinct_clause"):  # fmt: skip
        for node in select.many(name):
            _read_inside(scope, node)
    return scope


def outputs_of(select: Syntax, find: Find) -> Item:
    """Give the columns of a SELECT's result."""
    return result(read_scope(select, find))


def _read_with(scope: Scope) -> None:
    clause = scope.select.one("with_clause")
    for query in clause.many("ctes") if clause is not None else ():
        name, inner = query.text("ctename"), query.one("ctequery")
        if clause is not None and clause.number("recursive"):
            scope.queries[name] = Item(name, {}, True)
        if inner is None or inner.name != "SelectStmt":
            scope.queries[name] = Item(name, {}, True)
            continue
        made = read_scope(inner, scope.find, scope.parent, scope.queries)
        scope.inner.append(made)
        scope.queries[name] = Item.of(name, result(made), query.names("aliascolnames"))


def _read_from(scope: Scope, entry: Syntax) -> None:
    if entry.name == "JoinExpr":
        for side in ("larg", "rarg"):
            for part in entry.many(side):
                _read_from(scope, part)
        for quals in entry.many("quals"):
            _read_inside(scope, quals)
        return
    if entry.name == "RangeTableSample":
        for part in entry.many("relation"):
            _read_from(scope, part)
        return
    scope.items.append(_item(scope, entry))


def _item(scope: Scope, entry: Syntax) -> Item:
    alias = entry.one("alias")
    name = alias.text("aliasname") if alias is not None else entry.text("relname")
    names = alias.names("colnames") if alias is not None else ()
    if entry.name == "RangeVar":
        return Item.of(name, _table(scope, entry), names)
    subquery = entry.one("subquery")
    if entry.name == "RangeSubselect" and subquery is not None:
        parent = scope if entry.number("lateral") else scope.parent
        made = read_scope(subquery, scope.find, parent, scope.queries)
        scope.inner.append(made)
        return Item.of(name, result(made), names)
    if entry.name == "RangeFunction":
        return _function(scope, entry, name, names)
    return Item(name, dict.fromkeys(names, Column()), True)


def _table(scope: Scope, entry: Syntax) -> Item:
    schema, name = entry.text("schemaname"), entry.text("relname")
    if not schema and name in scope.queries:
        return scope.queries[name]
    relation = scope.find(schema, name)
    table = (schema or "public", name)
    if relation is None:
        return Item(name, {}, True, table)
    return Item(name, {key: Column(kind) for key, kind in relation.columns.items()}, False, table)


def _function(scope: Scope, entry: Syntax, name: str, names: tuple[str, ...]) -> Item:
    called = [
        part
        for function in entry.many("functions")
        for part in function.many("items")
        if part.name == "FuncCall"
    ]
    for node in called:
        _read_inside(scope, node)
    single = len(called) == 1 and call(called[0]) == "generate_series" and not entry.number("ordinality")
    if single:
        first = called[0].many("args")[:1]
        kind = scope.type_of(first[0]) if first else ""
        made = Column("timestamptz" if kind == "date" else kind)
        return Item(name or "generate_series", {names[0] if names else name or "generate_series": made})
    return Item(name, dict.fromkeys(names, Column()), True)


def _read_inside(scope: Scope, node: Syntax) -> None:
    """Read the SELECTs inside of an expression; they see the columns around them."""
    stack = [node]
    while stack:
        at = stack.pop(0)
        if at.name == "SelectStmt":
            scope.inner.append(read_scope(at, scope.find, scope, scope.queries))
            continue
        stack += [child for found in at.children.values() for child in found]


def result(scope: Scope) -> Item:
    """Give the columns of a scope's result."""
    if scope.set_operation:
        sides = [inner for inner in scope.inner if inner.select in scope.select.many("larg")]
        made = result(sides[0]) if sides else Item("", {}, True)
        return Item("", {name: Column(column.type) for name, column in made.columns.items()}, made.open)
    values = scope.select.one("values_lists")
    if values is not None:
        return Item("", {f"column{index + 1}": Column() for index, _ in enumerate(values.many("items"))})
    columns: dict[str, Column] = {}
    is_open = False
    for target in scope.select.many("target_list"):
        value = target.one("val")
        if value is None:
            continue
        if value.name == "ColumnRef" and value.names("fields")[-1:] == ("*",):
            for item in _starred(scope, value):
                columns |= item.columns
                is_open = is_open or item.open
            is_open = is_open or not _starred(scope, value)
            continue
        name = target.text("name") or output_name(value)
        columns.setdefault(name, Column(scope.type_of(value), value, scope))
    return Item("", columns, is_open)


def _starred(scope: Scope, star: Syntax) -> list[Item]:
    names = star.names("fields")
    return [item for item in scope.items if len(names) == 1 or item.name == names[-2]]


def output_name(node: Syntax) -> str:
    """Give the name that PostgreSQL gives an output without an alias."""
    if node.name == "TypeCast":
        inner = output_name(bare(node))
        named = node.one("type_name")
        return inner if inner != "?column?" or named is None else named.names("names")[-1]
    if node.name == "ColumnRef":
        return node.names("fields")[-1]
    if node.name == "FuncCall":
        return call(node).rpartition(".")[2]
    return {"CaseExpr": "case", "CoalesceExpr": "coalesce"}.get(node.name, "?column?")
