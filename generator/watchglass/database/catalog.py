"""Names and numbers of a database's objects → what PostgreSQL's catalog says of them, and what each of them holds."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from watchglass.database import questions
from watchglass.database.inquiry import Inquiry, Row
from watchglass.sql.mentions import Kind, Mention

BUILT_IN = 16_384
"""Object numbers below are PostgreSQL's own."""

_SYSTEM = "pg_catalog"
_READABLE = frozenset("rpvmf")
"""Kinds of relations that a SELECT is written for: tables, views, and their like."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One object of a database."""

    kind: Kind
    oid: int

    @property
    def built_in(self) -> bool:
        """Whether the object came with PostgreSQL itself."""
        return self.oid < BUILT_IN


@dataclass(frozen=True, slots=True)
class Function:
    """
    One function.

    Args:
        quoted: as SQL names it, with its schema and arguments.
        volatility: ``i`` immutable, ``s`` stable, ``v`` volatile.
        definer: whether it runs with its owner's rights.
        body: its text where it is of a language that is written as text.
        extension: the extension that it belongs to.
        row: whether its first argument may be a row.
        path: the schemas that its own ``search_path`` names.
    """

    key: Key
    schema: str
    name: str
    quoted: str
    signature: str
    volatility: str
    definer: bool
    owner: str
    language: str
    body: str
    extension: str
    least: int
    most: int
    variadic: bool
    row: bool
    path: tuple[str, ...]

    @property
    def told(self) -> str:
        """Name it for a reader."""
        schema = "" if self.schema in ("pg_catalog", "public") else f"{self.schema}."
        return f"{schema}{self.name}({self.signature})"

    def takes(self, mention: Mention) -> bool:
        """Tell whether a call may mean it."""
        arguments = mention.arguments
        if arguments is None:
            return True
        return (
            self.least <= arguments
            and (arguments <= self.most or self.variadic)
            and (self.row or not mention.row)
        )


@dataclass(frozen=True, slots=True)
class Relation:
    """
    One table or view.

    Args:
        quoted: as SQL names it, with its schema.
        kind: PostgreSQL's letter: ``r`` table, ``v`` view, ``m`` materialized view, ``f`` foreign table, ….
        invoker: whether the view reads with the rights of who reads it.
        secured: whether row security is on.
    """

    key: Key
    schema: str
    name: str
    quoted: str
    kind: str
    owner: int
    owner_name: str
    invoker: bool
    secured: bool

    @property
    def told(self) -> str:
        """Name it for a reader."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"


_CLASSES: dict[str, Kind] = {
    "pg_proc": "function",
    "pg_class": "relation",
    "pg_type": "type",
    "pg_operator": "operator",
}
_TREE_FUNCTION = re.compile(r":(?:funcid|opfuncid|aggfnoid|winfnoid) (\d+)")
_TREE_RELATION = re.compile(r":relid (\d+)")


class Catalog:
    """Reads a database's catalog, each object once."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._path: tuple[str, ...] | None = None
        self._named: dict[tuple[Kind, str], list[tuple[str, Key]]] = {}
        self._found: dict[Mention, tuple[Key, ...]] = {}
        self._held: dict[Key, tuple[Key, ...]] = {}
        self.functions: dict[int, Function] = {}
        self.relations: dict[int, Relation] = {}
        self.operands: dict[Key, tuple[Key, ...]] = {}
        self._casts: tuple[Key, ...] = ()

    @property
    def casts(self) -> tuple[Key, ...]:
        """Functions of casts between PostgreSQL's own types, which any statement may use without naming them."""
        self.path()
        return self._casts

    def path(self) -> tuple[str, ...]:
        """Give the schemas in which names without a schema are found."""
        if self._path is None:
            schemas, casts = self._inquiry.ask_all([(questions.PATH, ()), (questions.OUTER, ())])
            self._casts = tuple(Key("function", row["oid"]) for row in casts)
            self.load(self._casts)
            self._path = tuple(str(row["name"]) for row in schemas)
        return self._path

    def learn(self, mentions: Iterable[Mention]) -> None:
        """Read what carries one of these names, in any schema."""
        wanted: dict[Kind, set[str]] = {}
        for mention in mentions:
            if (mention.kind, mention.name[-1]) not in self._named:
                wanted.setdefault(mention.kind, set()).add(mention.name[-1])
        asked = [(questions.BY_NAME[kind], sorted(names)) for kind, names in wanted.items()]
        for (kind, names), rows in zip(wanted.items(), self._inquiry.ask_all(asked), strict=True):
            self._named |= {(kind, name): [] for name in names}
            for row in rows:
                key = Key(kind, row["oid"])
                self._named[kind, row["name"]].append((row["schema"], key))
                self._keep(key, row)

    def knows(self, mention: Mention) -> bool:
        """Tell whether it has been read what carries a name."""
        return self._path is not None and (mention.kind, mention.name[-1]) in self._named

    def carrying(self, mention: Mention) -> tuple[Key, ...]:
        """Give what carries a name, in any schema."""
        return tuple(key for _, key in self._named.get((mention.kind, mention.name[-1]), ()))

    def found(self, mention: Mention, own: Sequence[str] = ()) -> tuple[Key, ...]:
        """
        Give what a name may stand for: every function that takes as many arguments, the first relation of the path.

        Args:
            own: the schemas of a function's own ``search_path``, in place of the session's.
        """
        if own or (mention.kind, mention.name[-1]) not in self._named:
            return self._find(mention, own)
        if mention not in self._found:
            self._found[mention] = self._find(mention)
        return self._found[mention]

    def _find(self, mention: Mention, own: Sequence[str] = ()) -> tuple[Key, ...]:
        known = self._named.get((mention.kind, mention.name[-1]), [])
        if len(mention.name) > 1:
            keys = [key for schema, key in known if schema == mention.name[-2]]
        else:
            path = (*(() if _SYSTEM in own else (_SYSTEM,)), *own) if own else self.path()
            keys = [key for name in path for schema, key in known if schema == name]
            keys = keys[:1] if mention.kind in ("relation", "type") else keys
        if mention.kind == "function":
            keys = [key for key in keys if self.functions[key.oid].takes(mention)]
        return tuple(dict.fromkeys(keys))

    def elsewhere(self, mention: Mention) -> tuple[Relation, ...]:
        """List the relations of that name in schemas that are not looked into for it."""
        known = self._named.get((mention.kind, mention.name[-1]), [])
        found = (self.relations[key.oid] for schema, key in known if schema not in self.path())
        return tuple(each for each in found if each.kind in _READABLE)

    def load(self, keys: Iterable[Key]) -> None:
        """Read functions and relations by their numbers."""
        known: dict[Kind, Container[int]] = {"function": self.functions, "relation": self.relations}
        missing: dict[Kind, list[int]] = {
            kind: sorted({key.oid for key in keys if key.kind == kind and key.oid not in known[kind]})
            for kind in known
        }
        asked = {kind: (questions.BY_NUMBER[kind], oids) for kind, oids in missing.items() if oids}
        for kind, rows in zip(asked, self._inquiry.ask_all([*asked.values()]), strict=True):
            for row in rows:
                self._keep(Key(kind, row["oid"]), row)

    def held(self, keys: Sequence[Key]) -> None:
        """Read what the objects hold; ``below`` tells it."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._held]
        kinds: list[Kind] = [kind for kind in questions.HELD if any(key.kind == kind for key in missing)]
        asked = [
            (questions.HELD[kind], sorted(key.oid for key in missing if key.kind == kind)) for kind in kinds
        ]
        answers = self._inquiry.ask_all(asked)
        self._held |= dict.fromkeys(missing, ())
        for kind, rows in zip(kinds, answers, strict=True):
            for row in rows:
                owner = Key(kind, row["oid"])
                self._held[owner] = tuple(dict.fromkeys((*self._held[owner], *_refs(row))))

    def below(self, key: Key) -> tuple[Key, ...]:
        """Give what an object holds, itself left out."""
        return tuple(each for each in self._held.get(key, ()) if each != key)

    def _keep(self, key: Key, row: Row) -> None:
        if key.kind == "function":
            self.functions[key.oid] = _function(key, row)
        elif key.kind == "relation":
            self.relations[key.oid] = _relation(key, row)
        elif key.kind == "operator":
            self.operands[key] = tuple(Key("type", oid) for oid in row["operands"] if oid)


def _refs(row: Row) -> Iterator[Key]:
    for text in row["refs"]:
        name, _, oid = text.rpartition(" ")
        yield Key(_CLASSES[name.rpartition(".")[2]], int(oid))
    for oid in row["types"]:
        if oid >= BUILT_IN:
            yield Key("type", oid)
    tree = row["tree"] or ""
    yield from (Key("function", int(oid)) for oid in _TREE_FUNCTION.findall(tree) if oid != "0")
    yield from (Key("relation", int(oid)) for oid in _TREE_RELATION.findall(tree) if oid != "0")


def _function(key: Key, row: Row) -> Function:
    setting = next((each for each in row["config"] if each.startswith("search_path=")), "")
    path = tuple(part.strip(' "') for part in setting.partition("=")[2].split(",") if part.strip())
    fields = {name: row[name] for name in Function.__dataclass_fields__ if name in row}
    return Function(key=key, path=path, **fields)


def _relation(key: Key, row: Row) -> Relation:
    fields = {name: row[name] for name in Relation.__dataclass_fields__ if name in row}
    return Relation(key=key, **fields)
