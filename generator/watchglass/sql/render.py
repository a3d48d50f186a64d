"""Pieces to one statement of one dialect, remembering where each character was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from watchglass.sql import words
from watchglass.sql.dialect import Dialect
from watchglass.sql.lexer import Token, decode, tokens
from watchglass.sql.literals import literal, name
from watchglass.sql.pieces import (
    Bucket,
    Buckets,
    During,
    Group,
    InRange,
    LevelName,
    Local,
    Matches,
    Name,
    Origin,
    Piece,
    RangeEdge,
    Text,
    Value,
)
from watchglass.sql.rendered import Mark, Rendered

_NEUTRAL: dict[type, Callable[..., tuple[words.Part, ...]]] = {
    RangeEdge: words.range_edge,
    InRange: words.in_range,
    Bucket: words.bucket,
    Buckets: words.buckets,
    During: words.during,
    Local: words.local,
    LevelName: words.level_name,
}


@dataclass(slots=True)
class _Output:
    """The statement while it grows."""

    dialect: Dialect
    text: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    length: int = 0
    in_comment: bool = False
    """Whether the text ends in a line comment, which would swallow what follows."""

    def put(self, text: str, origin: Origin | None, exact: bool = False) -> None:
        if not text:
            return
        if self.in_comment:
            self.in_comment = False
            self.put("" if text[0] in "\n\r" else "\n", None)
        if origin is not None:
            self.marks.append(Mark(self.length, self.length + len(text), origin.source, origin.start, exact))
        self.text.append(text)
        self.length += len(text)


def render(pieces: tuple[Piece, ...], dialect: Dialect) -> Rendered:
    """Render pieces as one statement."""
    output = _Output(dialect)
    _put_all(pieces, output)
    return Rendered("".join(output.text), tuple(output.marks))


def _put_all(pieces: tuple[Piece, ...], output: _Output) -> None:
    run: list[Text] = []
    for piece in pieces:
        if isinstance(piece, Text):
            run.append(piece)
            continue
        _put_run(run, output)
        run = []
        _put_piece(piece, output)
    _put_run(run, output)


def _put_piece(piece: Piece, output: _Output) -> None:
    dialect = output.dialect
    if isinstance(piece, Group):
        output.put("(", piece.origin)
        _put_all(piece.pieces, output)
        output.put(")", piece.origin)
    elif isinstance(piece, Value):
        _put_run([Text(literal(piece, dialect.timezone))], output, piece.origin)
    elif isinstance(piece, Name):
        _put_run([Text(name(piece.name))], output, piece.origin)
    elif isinstance(piece, Matches):
        _put_parts(dialect.matches(piece), piece.origin, output)
    elif not isinstance(piece, Text):
        _put_parts(_NEUTRAL[type(piece)](piece, dialect.over), piece.origin, output)


def _put_parts(parts: tuple[words.Part, ...], origin: Origin | None, output: _Output) -> None:
    """Put a word: what the dialect made of it goes out as it is, text of the definition as text."""
    for part in parts:
        if isinstance(part, str):
            output.put(part, origin)
        else:
            _put_run([part], output, origin)


def _put_run(run: list[Text], output: _Output, origin: Origin | None = None) -> None:
    """Put neighbouring texts, read as one by the lexer, so that a string split between them stays a string."""
    joined = "".join(piece.text for piece in run)
    places = _places(run)
    cut = tokens(joined)
    for token in cut:
        safe = _safe(token, output.dialect)
        if safe != token.text:
            _, at = _place(places, token.start)
            output.put(safe, at or origin)
            continue
        for start, end, at in _cut(places, token.start, token.end):
            output.put(joined[start:end], at or origin, exact=at is not None)
    if cut:
        output.in_comment = cut[-1].kind == "comment" and cut[-1].text.startswith("--")


def _safe(token: Token, dialect: Dialect) -> str:
    if token.kind == "code":
        return dialect.code(token.text)
    hazards = dialect.hazards(token.text, token.kind == "comment")
    if not hazards:
        return token.text
    if token.kind == "comment":
        return "".join(f"{character} " if character in hazards else character for character in token.text)
    try:
        text = decode(token)
    except ValueError:
        # No target gets this far: PostgreSQL refuses the escape.
        return token.text
    return _escaped_name(text, hazards) if token.kind == "name" else escaped_string(text, hazards)


def escaped_string(text: str, hazards: str) -> str:
    """Make a string literal without the characters that the target would read as its own."""
    out = [
        f"\\x{ord(character):02x}" if character in hazards else _ESCAPES.get(character, character)
        for character in text
    ]
    return "E'" + "".join(out) + "'"


_ESCAPES = {"'": "''", "\\": "\\\\"}


def _escaped_name(text: str, hazards: str) -> str:
    escapes = {'"': '""', "\\": "\\\\"}
    return 'U&"' + "".join(f"\\{ord(c):04x}" if c in hazards else escapes.get(c, c) for c in text) + '"'


def _places(run: list[Text]) -> list[tuple[int, int, Origin | None]]:
    places: list[tuple[int, int, Origin | None]] = []
    start = 0
    for piece in run:
        places.append((start, start + len(piece.text), piece.origin))
        start += len(piece.text)
    return places


def _place(places: list[tuple[int, int, Origin | None]], at: int) -> tuple[int, Origin | None]:
    for start, end, origin in places:
        if start <= at < end:
            moved = Origin(origin.source, origin.start + at - start, origin.end) if origin else None
            return start, moved
    return 0, None


def _cut(
    places: list[tuple[int, int, Origin | None]], start: int, end: int
) -> list[tuple[int, int, Origin | None]]:
    found = []
    for first, last, origin in places:
        low, high = max(first, start), min(last, end)
        if low < high:
            found.append(
                (low, high, Origin(origin.source, origin.start + low - first, origin.end) if origin else None)
            )
    return found
