"""A Go template's text becomes plain stretches and actions, and an action becomes words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias


class TextError(ValueError):
    """A template that Grafana would refuse, or that uses what is not simulated; the message says what."""


@dataclass(frozen=True, slots=True)
class Plain:
    """Text as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an action: a name, a field, a variable, a text, a number, or one of ``( ) |``; fields may follow a bracket."""

    kind: Literal["field", "variable", "text", "number", "name", "sign"]
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """What stands between ``{{`` and ``}}``."""

    words: tuple[Word, ...]


Piece: TypeAlias = Plain | Action

_ACTION = re.compile(
    r"""\{\{(?P<before>-\s)?\s*
    (?: (?P<comment>/\*.*?\*/) | (?P<code>(?: "(?:[^"\\\n]|\\.)*" | `[^`]*` | (?!\}\}) [^"`] )*?) )
    \s*(?P<after>\s-)?\}\}""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"\\\n]|\\.)*" | `[^`]*`)
    | (?P<variable>\$\w*(?:\.\w+)*)
    | (?P<field>(?:\.[^\W\d]\w*)+ | \.(?!\w))
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    | (?P<name>[^\W\d]\w*)
    | (?P<sign>[(|] | \)(?:\.[^\W\d]\w*)*)
    )""",
    re.VERBOSE,
)


def pieces(template: str) -> tuple[Piece, ...]:
    """
    Split a template.

    Raises:
        TextError: an action has no end, or holds what no word of a template is.
    """
    made: list[Piece] = []
    at, trims = 0, False
    while (start := template.find("{{", at)) >= 0:
        match = _ACTION.match(template, start)
        if match is None:
            raise TextError(f"the action at character {start + 1} has no end")
        before = template[at:start]
        before = before.rstrip() if match["before"] else before
        made.append(Plain(before.lstrip() if trims else before))
        if match["code"] is not None:
            made.append(Action(tuple(_words(match["code"]))))
        at, trims = match.end(), bool(match["after"])
    rest = template[at:]
    made.append(Plain(rest.lstrip() if trims else rest))
    return tuple(piece for piece in made if piece != Plain(""))


def _words(code: str) -> Iterator[Word]:
    at = 0
    while code[at:].strip():
        match = _WORD.match(code, at)
        if match is None:
            raise TextError(f"'{code[at:].strip()}' is no part of a template that is simulated")
        kind = match.lastgroup or ""
        text = match[kind]
        yield Word(kind, _unquoted(text) if kind == "text" else text)  # type: ignore[arg-type]
        at = match.end()


def _unquoted(text: str) -> str:
    if text[0] == "`":
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError:
        raise TextError(f"{text} has an escape that is not simulated") from None
