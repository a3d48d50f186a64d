"""What statements call, also below views and inside functions → why one must not be sent, found before it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import postgast

from watchglass.database.catalog import Catalog, Function, Key
from watchglass.database.effects import effect, readable, runs_text
from watchglass.database.inquiry import InquiryRefused
from watchglass.database.wire import ConnectionLost
from watchglass.sql import gate, mentions
from watchglass.sql.gate import Refusal
from watchglass.sql.mentions import Body, Mention

_RUNS_TEXT = "it runs SQL that it is handed as text"


@dataclass(frozen=True, slots=True)
class Effect:
    """
    Why a statement is not sent.

    Args:
        code: of the problem.
        at: the byte of the statement where the name stands through which it is reached.
    """

    code: str
    message: str
    hint: str
    at: int | None


class Calls:
    """
    Looks functions up.

    Args:
        trusted: functions that may be called although they are volatile or SECURITY DEFINER, as ``schema.name``.
    """

    def __init__(self, catalog: Catalog, trusted: frozenset[str] = frozenset()) -> None:
        self._catalog, self._trusted = catalog, trusted
        self._below: dict[Key, tuple[Key, ...]] = {}
        self._guessed: dict[Key, tuple[Key, ...]] = {}
        self._hidden: set[Key] = set()
        self._ready: set[Mention] = set()
        self._calm: set[Key] = set()
        """Objects that lead to nothing which must not be called, and run no text."""

    def learn(self, statements: Iterable[Mapping[Mention, int | None]]) -> None:
        """
        Read from the catalog whatever the statements name, and all that is below it.

        Raises:
            ConnectionLost: the server is gone.
            InquiryRefused: the server refuses a question; what was read for these statements is forgotten.
        """
        named = list(dict.fromkeys(each for statement in statements for each in _with_texts(statement)))
        self._catalog.learn(named)
        self._open(key for mention in named for key in self._catalog.found(mention))

    def foresee(self, named: Sequence[Mention]) -> None:
        """
        Read from the catalog what carries one of these names in any schema, and all that is below it.

        Raises:
            ConnectionLost: as above.
            InquiryRefused: as above.
        """
        self._catalog.learn(named)
        self._open(key for mention in named for key in self._catalog.carrying(mention))

    def _open(self, keys: Iterable[Key]) -> None:
        before, layer = frozenset(self._below), [*keys, *self._catalog.casts]
        try:
            while layer := [key for key in dict.fromkeys(layer) if key not in self._below]:
                layer = self._read(layer)
        except (ConnectionLost, InquiryRefused):
            for key in self._below.keys() - before:
                del self._below[key]
            raise

    def knows(self, statement: Mapping[Mention, int | None]) -> bool:
        """Tell whether all that a statement names has been read."""
        for mention in statement.keys() - self._ready:
            held = (
                (*self._catalog.casts, *self._catalog.found(mention))
                if self._catalog.knows(mention)
                else (None,)
            )
            if any(key not in self._below for key in held) or (mention.texts and _may_run(mention)):
                return False
            self._ready.add(mention)
        return True

    def roots(
        self, statement: Mapping[Mention, int | None]
    ) -> tuple[tuple[Key, int | None, Mention | None], ...]:
        """Give each object that a statement may name, with the byte where."""
        found = [
            (key, at, mention)
            for mention, at in _with_texts(statement).items()
            for key in self._catalog.found(mention)
        ]
        if any(self._foreign(key) for key, _, _ in found):
            types = self.reached(key for key, _, _ in found if key.kind != "operator")
            found = [
                each
                for each in found
                if not self._foreign(each[0]) or types & {*self._catalog.operands[each[0]]}
            ]
        return (*found, *((key, None, None) for key in self._catalog.casts))

    def reached(self, roots: Iterable[Key]) -> frozenset[Key]:
        """Give all that the objects hold, themselves included."""
        seen, waiting = set[Key](), list(roots)
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting += self._below.get(key, ())
        return frozenset(seen)

    def _foreign(self, key: Key) -> bool:
        """Tell whether an operator takes none of PostgreSQL's own types: it needs a statement that has one of its types."""
        return key.kind == "operator" and not any(each.built_in for each in self._catalog.operands[key])

    def below(self, key: Key) -> tuple[Key, ...]:
        """Give what an object holds."""
        return self._below.get(key, ())

    def surely_below(self, key: Key) -> tuple[Key, ...]:
        """Give what an object holds, without what a word of a function's text may stand for."""
        guessed = self._guessed.get(key, ())
        return tuple(each for each in self.below(key) if each not in guessed)

    def judge(self, statement: Mapping[Mention, int | None]) -> tuple[Effect, ...]:
        """Say what a statement calls that it must not; in the order of its text."""
        found = []
        for key, at, mention in self.roots(statement):
            if key in self._calm:
                continue
            if mention is not None and self._runs_hidden_text(key, mention):
                found.append(_hidden_text(self._catalog.functions[key.oid], mention, at))
                continue
            path = self._search(key)
            if path:
                found.append(self._tell(path, at))
            elif key in self._below and not self._runs_text(key):
                self._calm.add(key)
        return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.at is None, each.at or 0)))

    def _read(self, layer: Sequence[Key]) -> list[Key]:
        self._catalog.load(layer)
        inner = [key for key in layer if self._opens(key)]
        self._catalog.held(inner)
        bodies = {key: self._body(key) for key in inner if key.kind == "function"}
        self._catalog.learn(
            mention for body in bodies.values() for mention in (*body.mentions, *body.guesses)
        )
        for key in layer:
            self._below[key] = ()
        for key in inner:
            body = bodies.get(key, Body(()))
            if body.dynamic:
                self._hidden.add(key)
            path = self._catalog.functions[key.oid].path if key.kind == "function" else ()
            named = self._found(body.mentions, path)
            self._below[key] = tuple(dict.fromkeys((*self._catalog.below(key), *named)))
            self._guessed[key] = tuple(
                each for each in self._found(body.guesses, path) if each not in self._below[key]
            )
            self._below[key] += self._guessed[key]
        return [below for key in inner for below in self._below[key]]

    def _found(self, named: Iterable[Mention], path: Sequence[str]) -> list[Key]:
        return [key for mention in named for key in self._catalog.found(mention, path)]

    def _opens(self, key: Key) -> bool:
        """Tell whether what an object holds matters: a function that is refused or trusted is not looked into."""
        if key.kind != "function":
            return True
        function = self._catalog.functions.get(key.oid)
        if function is None or key.built_in or self._trusts(function):
            return False
        return effect(function) is None

    def _body(self, key: Key) -> Body:
        function = self._catalog.functions[key.oid]
        if not readable(function) or not function.body.strip():
            return Body(())
        if function.language == "plpgsql":
            return mentions.scan(function.body)
        return _sql_body(function.body)

    def _trusts(self, function: Function) -> bool:
        return f"{function.schema}.{function.name}" in self._trusted

    def _runs_hidden_text(self, key: Key, mention: Mention) -> bool:
        """Tell whether a call runs SQL from a text that is no constant of the statement."""
        if not self._runs_text(key) or self._trusts(self._catalog.functions[key.oid]):
            return False
        readable = all(text is not None and not gate.inspect(text).refusals for text in mention.texts)
        return not _may_run(mention) or not mention.texts or not readable

    def _runs_text(self, key: Key) -> bool:
        function = self._catalog.functions.get(key.oid) if key.kind == "function" else None
        return function is not None and runs_text(function)

    def _search(self, root: Key) -> tuple[Key, ...]:
        """Give the shortest way from an object to a function that must not be called; empty where there is none."""
        ways: list[tuple[Key, ...]] = [(root,)]
        seen = {root}
        while ways:
            way = ways.pop(0)
            if self._fault(way[-1], inside=len(way) > 1):
                return way
            for below in self._below.get(way[-1], ()):
                if below not in seen:
                    seen.add(below)
                    ways.append((*way, below))
        return ()

    def _fault(self, key: Key, *, inside: bool) -> Refusal | None:
        function = self._catalog.functions.get(key.oid) if key.kind == "function" else None
        if function is None or self._trusts(function):
            return None
        found = effect(function)
        if found is not None:
            return found
        if key in self._hidden:
            reason = "it puts SQL together and runs it, which nobody can look into (EXECUTE)"
            return Refusal("function-hidden", reason)
        if inside and runs_text(function):
            return Refusal("function-hidden", _RUNS_TEXT)
        return None

    def _tell(self, way: tuple[Key, ...], at: int | None) -> Effect:
        function = self._catalog.functions[way[-1].oid]
        fault = self._fault(way[-1], inside=len(way) > 1)
        assert fault is not None, "the way leads to one"
        through = [name for name in map(self._name, way[:-1]) if name]
        by = f", reached through {' → '.join(through)}" if through else ""
        message = f"{function.told} must not be called: {fault.message}{by}"
        return Effect(fault.code, message, _hint(fault.code, function), at)

    def _name(self, key: Key) -> str:
        if key.kind == "relation":
            relation = self._catalog.relations.get(key.oid)
            if relation is None:
                return ""
            kind = (
                "view"
                if relation.kind == "v"
                else "table"
                if not relation.secured
                else "row security of the table"
            )
            return f"the {kind} {relation.told}"
        if key.kind == "function" and key.oid in self._catalog.functions:
            return self._catalog.functions[key.oid].told
        return {"operator": "an operator", "type": "a type"}.get(key.kind, "")


def _with_texts(statement: Mapping[Mention, int | None]) -> dict[Mention, int | None]:
    """Add what the SQL names that a call is handed as a constant text, at the call's place."""
    found = dict(statement)
    for mention, at in statement.items():
        if mention.kind == "function" and _may_run(mention):
            for text in mention.texts:
                for inner in gate.inspect(text or "").mentions:
                    found.setdefault(inner, at)
    return found


def _may_run(mention: Mention) -> bool:
    """Tell whether each text of a call is one whole SELECT, so that it can be looked into."""
    return mention.name[-1].startswith("crosstab")


def _hidden_text(function: Function, mention: Mention, at: int | None) -> Effect:
    message = f"{function.told} must not be called: {_RUNS_TEXT}"
    hint = (
        "write the SQL as one constant text, one SELECT, which is looked into"
        if _may_run(mention)
        else _hint("function-hidden", function)
    )
    return Effect("function-hidden", message, hint, at)


def _hint(code: str, function: Function) -> str:
    if function.key.built_in:
        return "a dashboard calls it at every refresh, an alert at every evaluation: take it out"
    name = f"{function.schema}.{function.name}"
    trust = (
        f"trusted_functions: {{{name}: why}} at the source says that you have read it, and that it only reads"
    )
    if code == "function-volatile":
        return (
            f"where it only reads, declare it: ALTER FUNCTION {name}({function.signature}) STABLE; or {trust}"
        )
    return trust


def _sql_body(body: str) -> Body:
    """Read a text of SQL, as a function's body is; one that our grammar cannot read is read word by word."""
    try:
        pieces = postgast.split(body)
    except (postgast.PgQueryError, UnicodeEncodeError):
        return mentions.scan(body)
    facts = [gate.inspect(piece, parameters=True) for piece in pieces]
    if any(each.refusals for each in facts):
        return mentions.scan(body)
    return Body(tuple(dict.fromkeys(mention for each in facts for mention in each.mentions)))
