"""
A math expression becomes a tree, by the grammar of Grafana.

Lowest first: ``||``, ``&&``, comparisons, ``+ -``, ``* / %``, ``**``, then ``!`` and ``-`` before one operand; operators
of one level go left to right, ``**`` too. Characters of operators that touch are one operator to Grafana: ``$A>-5`` is
refused, ``$A > -5`` is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_LEVELS = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", ">", ">=", "<", "<="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
    frozenset({"**"}),
)
_OPERATORS = frozenset().union(*_LEVELS) | {"!"}
FUNCTIONS = {
    "abs": 1, "ceil": 1, "floor": 1, "is_inf": 1, "is_nan": 1, "is_null": 1, "is_number": 1, "log": 1, "round": 1,
    "inf": 0, "infn": 0, "nan": 0, "null": 0,
}  # fmt: skip
"""Name → how many arguments it takes."""

_TOKEN = re.compile(
    r"\s*(?:(?P<variable>\$(?:\{[\w\s]+\}|\w+))"
    r"|(?P<symbol>[!<>=&|+\-*/%]+)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<function>[^\W\d]\w*)"
    r"|(?P<bracket>[()]))"
)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is written down."""

    value: float


@dataclass(frozen=True, slots=True)
class Variable:
    """Another node's values."""

    ref: str


@dataclass(frozen=True, slots=True)
class Unary:
    """``!`` or ``-`` before an operand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function; it takes one argument or none."""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Constant | Variable | Unary | Binary | Call


class MathError(ValueError):
    """A math expression that Grafana refuses."""


def parse(text: str) -> Node:
    """
    Read an expression.

    Raises:
        MathError: it is none, with what is wrong and where.
    """
    return _Parser(text).whole()


def variables(node: Node) -> tuple[str, ...]:
    """List the nodes that an expression reads, in the order of their first mention."""
    return tuple(dict.fromkeys(_variables(node)))


def _variables(node: Node) -> list[str]:
    match node:
        case Variable(ref):
            return [ref]
        case Unary(_, operand):
            return _variables(operand)
        case Binary(_, left, right):
            return [*_variables(left), *_variables(right)]
        case Call(_, arguments):
            return [name for argument in arguments for name in _variables(argument)]
        case _:
            return []


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise MathError(f"'{text[place]}' at character {place + 1} is no part of a math expression")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token("end", "the end", len(text))]


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = 0

    def whole(self) -> Node:
        node = self._level(0)
        if self._token.kind != "end":
            raise self._unexpected()
        return node

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next += 1
        return token

    def _unexpected(self) -> MathError:
        token = self._token
        if token.kind == "symbol" and token.text not in _OPERATORS:
            return MathError(
                f"Grafana reads '{token.text}' at character {token.at + 1} as one operator, and knows none of that "
                "name; put a blank or a bracket between two operators"
            )
        return MathError(f"{token.text!r} at character {token.at + 1} is not what stands here")

    def _level(self, depth: int) -> Node:
        if depth == len(_LEVELS):
            return self._operand()
        node = self._level(depth + 1)
        while self._token.kind == "symbol" and self._token.text in _LEVELS[depth]:
            operator = self._take().text
            node = Binary(operator, node, self._level(depth + 1))
        return node

    def _operand(self) -> Node:
        token = self._token
        if token.kind == "number":
            return Constant(_number(self._take()))
        if token.kind == "variable":
            return Variable(self._take().text[1:].strip("{}"))
        if token.kind == "function":
            return self._call()
        if token.text in {"!", "-"}:
            return Unary(self._take().text, self._operand())
        if token.text == "(":
            self._take()
            node = self._level(0)
            self._close()
            return node
        raise self._unexpected()

    def _close(self) -> None:
        if self._token.text != ")":
            raise self._unexpected()
        self._take()

    def _call(self) -> Node:
        token = self._take()
        if token.text not in FUNCTIONS:
            raise MathError(f"there is no function '{token.text}'; there are {', '.join(sorted(FUNCTIONS))}")
        if self._token.text != "(":
            raise self._unexpected()
        self._take()
        arguments = []
        while self._token.text != ")":
            arguments.append(self._level(0))
        self._close()
        wanted = FUNCTIONS[token.text]
        if len(arguments) != wanted:
            raise MathError(f"{token.text}() takes {wanted or 'no'} argument{'' if wanted else 's'}")
        return Call(token.text, tuple(arguments))


def _number(token: _Token) -> float:
    """Read a number; a leading zero means octal to Grafana where all digits are octal."""
    text = token.text
    if text[:2] in {"0x", "0X"}:
        return float(int(text, 16))
    if re.fullmatch(r"0[0-7]+", text):
        return float(int(text, 8))
    value = float(text)
    if value == float("inf"):
        raise MathError(f"{text} at character {token.at + 1} is too large for a number")
    return value
