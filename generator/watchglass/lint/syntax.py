"""PostgreSQL's parse tree of one statement → nodes that rules walk: wrappers left out, children at hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from watchglass.sql.tree import Scalar, TreeNode

DEEPEST = 100
"""Levels of a tree that rules judge; they walk it by recursion."""

_NO_LOCATION = 2**31
_SIGN = 2**64
_VALUES = ("ival", "fval", "sval", "boolval", "isnull", "bsval")


class TooDeep(Exception):
    """The tree has more levels than rules judge."""


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """
    One node.

    Args:
        name: PostgreSQL's own, such as ``SelectStmt``; a list is ``List``.
        scalars: field → number or text; what is absent is zero, empty, or false.
    """

    name: str
    scalars: dict[str, Scalar]
    children: dict[str, tuple[Syntax, ...]]

    def one(self, field: str) -> Syntax | None:
        """Give the node of a field."""
        return next(iter(self.children.get(field, ())), None)

    def many(self, field: str) -> tuple[Syntax, ...]:
        """Give the nodes of a field."""
        return self.children.get(field, ())

    def text(self, field: str) -> str:
        """Give the text of a field; empty where there is none."""
        return str(self.scalars.get(field, ""))

    def number(self, field: str) -> int:
        """Give the number of a field; 0 where there is none."""
        value = int(self.scalars.get(field, 0))
        return value - _SIGN if value >= _NO_LOCATION else value

    def names(self, field: str) -> tuple[str, ...]:
        """Give the strings of a list of names; a star is ``*``."""
        return tuple("*" if node.name == "A_Star" else node.text("sval") for node in self.many(field))

    @property
    def location(self) -> int | None:
        """The byte of the statement at which it stands, where the grammar says so."""
        if "location" not in self.scalars:
            return 0 if self.name in _PLACED else None
        return self.number("location") if self.number("location") >= 0 else None


_PLACED = frozenset(
    {"A_Const", "CaseExpr", "ColumnRef", "FuncCall", "ResTarget", "SQLValueFunction", "SubLink", "TypeCast"}
)


def build(root: TreeNode) -> Syntax:
    """
    Read a tree whole.

    Raises:
        TooDeep: it has more levels than rules judge.
    """
    return _build(root, 0)


def _build(node: TreeNode, depth: int) -> Syntax:
    if depth > DEEPEST:
        raise TooDeep
    children = {
        field: tuple(_build(bare_node(child), depth + 1) for child in node.child(field))
        for field in node.children
    }
    return Syntax(node.name, node.scalars, children)


def bare_node(node: TreeNode) -> TreeNode:
    """Take the one message out of a ``Node``; an empty one stays."""
    if node.name != "Node":
        return node
    return next((child for field in node.children for child in node.child(field)), node)


def walk(root: Syntax, *, into_selects: bool = True) -> Iterator[Syntax]:
    """Give a node and all below it, in the order of the text; optionally without the SELECTs inside of it."""
    yield root
    for found in root.children.values():
        for child in found:
            if into_selects or child.name not in ("SelectStmt", "CommonTableExpr"):
                yield from walk(child, into_selects=into_selects)


def below(nodes: tuple[Syntax, ...], name: str) -> Iterator[Syntax]:
    """Give the nodes of a name in some trees, not inside of their SELECTs."""
    for root in nodes:
        yield from (node for node in walk(root, into_selects=False) if node.name == name)


def same(one: Syntax, other: Syntax) -> bool:
    """Tell whether two trees say the same, wherever they stand."""
    return shape(one) == shape(other)


def alike(one: Syntax, other: Syntax) -> bool:
    """Tell whether two values are the same, casts aside, or columns of one name."""
    one, other = bare(one), bare(other)
    if one.name == other.name == "ColumnRef":
        return one.names("fields")[-1] == other.names("fields")[-1]
    return same(one, other)


def shape(node: Syntax) -> tuple[object, ...]:
    """Give what a tree says without where it stands."""
    scalars = tuple(sorted((key, value) for key, value in node.scalars.items() if not _place(key)))
    children = tuple(
        sorted((key, tuple(shape(child) for child in found)) for key, found in node.children.items())
    )
    return (node.name, scalars, children)


def _place(field: str) -> bool:
    return (
        field == "location"
        or field.startswith(("list_", "rexpr_list_"))
        or field in ("stmt_location", "stmt_len")
    )


def bare(node: Syntax) -> Syntax:
    """Take casts off a value."""
    while node.name in ("TypeCast", "CollateClause"):
        inner = node.one("arg")
        if inner is None:
            return node
        node = inner
    return node


def call(node: Syntax) -> str:
    """Give the name of a called function without PostgreSQL's own schema; empty where the node is no call."""
    if node.name != "FuncCall":
        return ""
    names = node.names("funcname")
    return ".".join(names[1:] if names[:1] == ("pg_catalog",) else names)


def operator(node: Syntax) -> str:
    """Give the sign of a plain operator; empty where the node is none."""
    return node.names("name")[-1] if node.name == "A_Expr" and node.number("kind") == _PLAIN else ""


_PLAIN = 1
NULLIF = 6
BETWEEN = (11, 12, 13, 14)


def operands(node: Syntax) -> tuple[Syntax, ...]:
    """Give the sides of an operator."""
    return (*node.many("lexpr"), *node.many("rexpr"))


def constant(node: Syntax) -> str | float | None:
    """Give a literal's text or number, its casts and sign taken off; None where the node is none."""
    node = bare(node)
    if operator(node) in ("-", "+") and node.one("lexpr") is None:
        inner = node.one("rexpr")
        value = constant(inner) if inner is not None else None
        return -value if isinstance(value, (int, float)) and operator(node) == "-" else value
    if node.name != "A_Const":
        return None
    if (whole := node.one("ival")) is not None:
        return whole.number("ival")
    if (number := node.one("fval")) is not None:
        return float(number.text("fval"))
    text = node.one("sval")
    return text.text("sval") if text is not None else None


def conjuncts(node: Syntax | None) -> tuple[Syntax, ...]:
    """List the conditions that AND joins."""
    if node is None:
        return ()
    if node.name == "BoolExpr" and node.number("boolop") == _AND:
        return tuple(part for arg in node.many("args") for part in conjuncts(arg))
    return (node,)


_AND = 1
