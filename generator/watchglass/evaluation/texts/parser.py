"""Pieces of a template become a tree: texts, values, ``if`` and ``with`` with their branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from watchglass.evaluation.texts.functions import NAMES
from watchglass.evaluation.texts.tokens import Action, Piece, Plain, TextError, Word, pieces

VARIABLES = frozenset({"$labels", "$values", "$value", "$"})
_UNKNOWN = frozenset({"range", "define", "template", "block", "break", "continue"})


@dataclass(frozen=True, slots=True)
class Written:
    """A text or number that is written down."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """A variable, or the dot, and the fields that are looked up from there."""

    start: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """What is looked up in the value of a bracket."""

    operand: Operand
    fields: tuple[str, ...]


Operand: TypeAlias = Written | Path | Call | Fields


@dataclass(frozen=True, slots=True)
class Show:
    """A value that is written into the text."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class Choice:
    """``if`` or ``with``; the latter moves the dot to what it tests."""

    kind: Literal["if", "with"]
    test: Operand
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]


Node: TypeAlias = Plain | Show | Choice


def parse(template: str) -> tuple[Node, ...]:
    """
    Read a template.

    Raises:
        TextError: Grafana would refuse it, or it uses what is not simulated.
    """
    reader = _Reader(pieces(template))
    nodes = reader.nodes()
    if reader.left:
        raise TextError(f"'{reader.keyword()}' closes nothing")
    return nodes


class _Reader:
    def __init__(self, given: Sequence[Piece]) -> None:
        self._pieces = given
        self._next = 0

    @property
    def left(self) -> bool:
        return self._next < len(self._pieces)

    def keyword(self) -> str:
        piece = self._pieces[self._next]
        words = piece.words if isinstance(piece, Action) else ()
        return words[0].text if words and words[0].kind == "name" else ""

    def nodes(self) -> tuple[Node, ...]:
        """Read up to ``else``, ``end`` or the end of all."""
        made: list[Node] = []
        while self.left and self.keyword() not in {"else", "end"}:
            piece = self._pieces[self._next]
            word = self.keyword()
            self._next += 1
            if isinstance(piece, Plain):
                made.append(piece)
            elif word in {"if", "with"}:
                made.append(self._choice(word == "with", piece.words[1:]))
            else:
                made.append(Show(_operand(piece.words)))
        return tuple(made)

    def _choice(self, moves: bool, words: Sequence[Word]) -> Choice:
        kind: Literal["if", "with"] = "with" if moves else "if"
        then = self.nodes()
        if not self.left:
            raise TextError(f"'{kind}' has no end")
        otherwise: tuple[Node, ...] = ()
        piece = self._pieces[self._next]
        assert isinstance(piece, Action)
        self._next += 1
        if piece.words[0].text == "else":
            otherwise = self._otherwise(kind, piece.words[1:])
        elif len(piece.words) > 1:
            raise TextError("'end' stands alone")
        return Choice(kind, _operand(words), then, otherwise)

    def _otherwise(self, kind: str, words: Sequence[Word]) -> tuple[Node, ...]:
        if words:
            if words[0].text != kind:
                raise TextError(f"'else {words[0].text}' does not go on from '{kind}'")
            return (self._choice(kind == "with", words[1:]),)
        nodes = self.nodes()
        if not self.left or self.keyword() != "end":
            raise TextError(f"'{kind}' has no end after 'else'")
        self._next += 1
        return nodes


def _operand(words: Sequence[Word]) -> Operand:
    """Read a pipeline: each part's value is the last argument of the next part."""
    reader = _Words(words)
    made = reader.pipeline()
    if reader.left:
        raise TextError(f"'{reader.word.text}' is not what stands here")
    return made


class _Words:
    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._next = 0

    @property
    def left(self) -> bool:
        return self._next < len(self._words)

    @property
    def word(self) -> Word:
        if not self.left:
            raise TextError("an action says nothing, or ends too early")
        return self._words[self._next]

    def _is(self, sign: str) -> bool:
        return self.left and self.word == Word("sign", sign)

    def _closes(self) -> bool:
        return self.left and self.word.kind == "sign" and self.word.text.startswith(")")

    def pipeline(self) -> Operand:
        made = self._command(())
        while self._is("|"):
            self._next += 1
            if self.word.kind != "name":
                raise TextError(f"'{self.word.text}' after '|' is no function")
            made = self._command((made,))
        return made

    def _command(self, last: tuple[Operand, ...]) -> Operand:
        word = self.word
        if word.kind != "name" or word.text in {"true", "false", "nil"}:
            return self._single()
        if word.text in _UNKNOWN:
            raise TextError(f"'{word.text}' is not simulated")
        if word.text not in NAMES:
            raise TextError(
                f"'{word.text}' is no function that is simulated; there are {', '.join(sorted(NAMES))}"
            )
        self._next += 1
        arguments: list[Operand] = []
        while self.left and not self._is("|") and not self._closes():
            arguments.append(self._single())
        return Call(word.text, (*arguments, *last))

    def _single(self) -> Operand:
        word = self.word
        self._next += 1
        if word.kind == "text":
            return Written(word.text)
        if word.kind == "number":
            return Written(_number(word.text))
        if word.kind == "name" and word.text in {"true", "false", "nil"}:
            return Written({"true": True, "false": False, "nil": None}[word.text])
        if word.kind in {"variable", "field"}:
            return _path(word)
        if word == Word("sign", "("):
            made = self.pipeline()
            if not self._closes():
                raise TextError("a bracket is not closed")
            fields = tuple(self.word.text.split(".")[1:])
            self._next += 1
            return Fields(made, fields) if fields else made
        raise TextError(f"'{word.text}' is not what stands here")


def _number(text: str) -> int | float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)


def _path(word: Word) -> Path:
    start, *fields = word.text.split(".")
    if word.kind == "variable" and start not in VARIABLES:
        raise TextError(f"variable '{start}' is not simulated; there are $labels, $values and $value")
    return Path(start if word.kind == "variable" else ".", tuple(field for field in fields if field))
