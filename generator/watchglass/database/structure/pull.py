"""A catalog → a script: the objects of some schemas and what these need, each after what it needs, then who may read them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchglass.database.connection import connect
from watchglass.database.fixtures import FixtureError, Scratch, run_script
from watchglass.database.roles import has_role
from watchglass.database.structure import questions
from watchglass.database.structure.reading import Catalog, Key, Made, Role
from watchglass.sql.literals import identifier

_BUILT_IN = frozenset({"postgres"})
"""Roles that every server has."""

_RANK = {kind: rank for rank, kind in enumerate(questions.OBJECTS)}
_PREPARE = "SET check_function_bodies = off"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of the script, the object it makes, and whether that only stands in for the real one."""

    told: str
    ddl: str
    stands_in: bool = False
    role: str = ""
    """The role that it makes, which a server may have already."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the embedded server did not take, and its words."""

    told: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """A database's structure as a script that the embedded server loads, and what is different in it."""

    text: str
    steps: tuple[Step, ...]
    left_out: tuple[Left, ...]


class UnknownSchema(Exception):
    """A schema that was asked for is not there, or holds nothing."""


class UnknownRole(Exception):
    """A role that was asked for is not there."""


def plan_script(catalog: Catalog, schemas: Sequence[str] = (), roles: Sequence[str] = ()) -> tuple[Step, ...]:
    """
    List the statements that make the structure anew.

    Args:
        schemas: those to make; none: all that the login may use.
        roles: whose rights are kept; none: everybody's.

    Raises:
        UnknownSchema: one is not there.
        UnknownRole: one is not there.
    """
    _known(schemas, catalog.schemas, UnknownSchema)
    _known(roles, catalog.roles, UnknownRole)
    ordered = _ordered(catalog, _wanted(catalog, frozenset(schemas or catalog.usable)))
    kept = _kept(catalog, roles)
    rights = [
        (made, right)
        for made in ordered
        for right in catalog.rights.get(made.key, ())
        if not right.role or right.role in kept
    ]
    named = {right.role for _, right in rights} | {role for made in ordered for role in made.roles}
    return (
        *_roles(catalog, named & catalog.roles.keys(), kept),
        *(Step(made.told, made.ddl, made.stands_in) for made in ordered),
        *(Step(f"right of {right.role or 'everybody'} on {made.told}", right.ddl) for made, right in rights),
    )


def load(scratch: Scratch, steps: Sequence[Step]) -> tuple[tuple[Step, ...], tuple[Left, ...]]:
    """Run the statements in a database of this run's own; give those that it took, and those that it did not."""
    taken, left = [], []
    with connect(scratch.dsn()) as connection:
        connection.execute(_PREPARE)
        for step in steps:
            if step.role and has_role(connection, step.role):
                taken.append(step)
                continue
            try:
                run_script(connection, step.ddl)
            except FixtureError as error:
                left.append(Left(step.told, error.message))
            else:
                taken.append(step)
    return tuple(taken), tuple(left)


def unmade(catalog: Catalog, schemas: Sequence[str] = ()) -> tuple[Left, ...]:
    """List what nothing here writes SQL for."""
    return tuple(
        Left(told, "no SQL is written for such an object")
        for schema in schemas or catalog.usable
        for told in catalog.unmade.get(schema, ())
    )


def write(catalog: Catalog, steps: Iterable[Step], left_out: Sequence[Left]) -> Pulled:
    """Write the script; equal structures give equal bytes."""
    taken = tuple(steps)
    head = (
        f"-- The structure of the database {_line(catalog.database)} on PostgreSQL {catalog.version}, without its rows,",
        "-- as `watchglass schema-pull` read it from the catalog. Pull it again rather than change it by hand.",
        *(f"-- Left out: {_line(left.told)}: {_line(left.reason)}" for left in left_out),
    )
    return Pulled("\n".join((*head, "", f"{_PREPARE};", *_body(taken), "")), taken, tuple(left_out))


def _body(steps: Iterable[Step]) -> Iterator[str]:
    kind = ""
    for step in steps:
        first, kind = kind != step.told.partition(" ")[0], step.told.partition(" ")[0]
        if first or "\n" in step.ddl:
            yield ""
        yield f"{step.ddl};" + ("  -- stands in for the real one" if step.stands_in else "")


def _line(text: str) -> str:
    """Give a text that stays in its line of comment."""
    return " ".join(text.split())


def _known(names: Iterable[str], known: Iterable[str], raised: type[Exception]) -> None:
    missing = sorted(set(names) - set(known))
    if missing:
        raise raised(missing[0])


def _kept(catalog: Catalog, roles: Sequence[str]) -> frozenset[str]:
    """Give the roles whose rights are kept, with those that they are members of."""
    if not roles:
        return frozenset(name for name, role in catalog.roles.items() if not role.is_super)
    found: set[str] = set()
    open_ = list(roles)
    while open_:
        name = open_.pop()
        if name in catalog.roles and name not in found:
            found.add(name)
            open_ += catalog.roles[name].groups
    return frozenset(found)


def _roles(catalog: Catalog, named: Iterable[str], kept: frozenset[str]) -> Iterator[Step]:
    """Make the roles that are named, and those that they get rights through."""
    wanted = set(named)
    for name in sorted(kept):
        role = catalog.roles.get(name)
        if role is not None and wanted & set(role.groups) and not role.is_super:
            wanted.add(name)
    wanted = {name for name in wanted if name not in _BUILT_IN}
    for name in sorted(wanted):
        yield Step(f"role {name}", _role(catalog.roles[name]), role=name)
    for name in sorted(wanted):
        for group in catalog.roles[name].groups:
            if group in wanted or group.startswith("pg_read_"):
                yield Step(f"role {name}", f"GRANT {identifier(group)} TO {identifier(name)}")


def _role(role: Role) -> str:
    words = ("NOLOGIN", *("BYPASSRLS",) * role.unhindered, *("NOINHERIT",) * (not role.inherits))
    return f"CREATE ROLE {identifier(role.name)} {' '.join(words)}"


def _wanted(catalog: Catalog, schemas: frozenset[str]) -> set[Key]:
    """Give the objects of the schemas, and all that these need, wherever it is."""
    open_ = [
        made.key
        for made in catalog.objects.values()
        if made.schema in schemas and made.kind != "extension" and not _idle(catalog, made)
    ]
    found: set[Key] = set()
    while open_:
        key = open_.pop()
        if key not in found:
            found.add(key)
            open_ += catalog.needs.get(key, ())
    return found


def _idle(catalog: Catalog, made: Made) -> bool:
    """Tell a type that stands in for an extension's, and functions on it: they are made where something needs them."""
    if made.extension and made.kind == "function":
        return any(_idle(catalog, catalog.objects[key]) for key in catalog.needs.get(made.key, ()))
    return bool(made.extension) and made.kind == "type" and made.stands_in


def _ordered(catalog: Catalog, wanted: set[Key]) -> list[Made]:
    """List objects after what they need; those that need one another in a circle stand by kind and name."""
    left = {key: set(catalog.needs.get(key, frozenset()) & wanted) for key in wanted}
    needed_by: dict[Key, list[Key]] = {}
    for key, needed in left.items():
        for other in needed:
            needed_by.setdefault(other, []).append(key)
    ready = [_rank(catalog, key) for key, needed in left.items() if not needed]
    heapq.heapify(ready)
    found: list[Made] = []
    while left:
        rank = heapq.heappop(ready) if ready else min(_rank(catalog, key) for key in left)
        key = Key(*rank[-2:])
        if left.pop(key, None) is None:
            continue
        found.append(catalog.objects[key])
        for other in needed_by.get(key, ()):
            if other in left:
                left[other].discard(key)
                if not left[other]:
                    heapq.heappush(ready, _rank(catalog, other))
    return found


def _rank(catalog: Catalog, key: Key) -> tuple[int, str, str, str, int]:
    made = catalog.objects[key]
    return (_RANK[made.kind], made.schema, made.name, *key)
