"""Output names used where PostgreSQL reads only input columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.lint.scope import Scope
from watchglass.lint.syntax import Syntax, call, walk

_AGGREGATES = frozenset(
    {"avg", "count", "max", "min", "sum", "array_agg", "string_agg", "bool_and", "bool_or"}
)
_INPUT_ONLY = ("target_list", "where_clause", "from_clause", "group_clause")


def misused(scope: Scope, within: Syntax) -> Iterator[tuple[Syntax, bool]]:
    """
    Find references in an expression to names that only the output has.

    Gives:
        the reference, and whether that is sure: all columns of FROM are known, and none has the name.
    """
    made = _made(scope)
    aggregated = {id(node) for root in walk(within, into_selects=False) if call(root) in _AGGREGATES
                  for argument in root.many("args") for node in walk(argument, into_selects=False)}  # fmt: skip
    for node in walk(within, into_selects=False):
        names = node.names("fields") if node.name == "ColumnRef" else ()
        if len(names) != 1 or names[0] not in made:
            continue
        found = scope.look_up(node)
        if found == "missing":
            yield node, True
        elif found == "unknown" and id(node) not in aggregated and not _plausible(scope, names[0]):
            yield node, False


def _made(scope: Scope) -> Mapping[str, Syntax]:
    """Map the names that the SELECT gives to its expressions; one that only repeats a column's own name is none."""
    made = {}
    for target in scope.select.many("target_list"):
        name, value = target.text("name"), target.one("val")
        if (
            name
            and value is not None
            and not (value.name == "ColumnRef" and value.names("fields")[-1] == name)
        ):
            made[name] = value
    return made


def _plausible(scope: Scope, name: str) -> bool:
    """Tell whether the name may be a column: it is used as one where no output name can stand."""
    nodes = [node for field in _INPUT_ONLY for root in scope.select.many(field)
             for node in walk(root, into_selects=False)]  # fmt: skip
    return any(node.name == "ColumnRef" and node.names("fields")[-1:] == (name,) for node in nodes)
