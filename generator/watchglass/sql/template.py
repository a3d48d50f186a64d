"""A SQL template as typed pieces: read by Jinja's lexer, evaluated by our own words, never executed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from jinja2 import Environment
from jinja2.exceptions import TemplateSyntaxError

from watchglass.nearest import suggest
from watchglass.problems import Problem, Span
from watchglass.sql.expression import evaluate
from watchglass.sql.foreign import foreign_words
from watchglass.sql.lexer import Token, tokens
from watchglass.sql.pieces import (
    Bucket,
    During,
    InRange,
    LevelName,
    Local,
    Matches,
    Origin,
    Piece,
    SourceText,
    Template,
    Text,
)
from watchglass.sql.vocabulary import Misuse, Vocabulary

LONGEST = 100_000
"""Characters of one statement; beyond it PostgreSQL's parser is not trusted with it."""

_JINJA = Environment(keep_trailing_newline=True, autoescape=True)
_RAW = "write {% raw %}…{% endraw %} around text that holds braces, or {{ raw('…') }}"
_HOLE = "\ue000"


@dataclass(slots=True)
class _Parse:
    """Pieces and problems of one template while it is read."""

    source: SourceText
    vocabulary: Vocabulary
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, message: str, start: int, end: int, hint: str = "") -> None:
        self.problems.append(Problem(code, message, span(self.source, start, end), hint=hint))


def parse(source: SourceText, vocabulary: Vocabulary) -> tuple[Template | None, tuple[Problem, ...]]:
    """
    Read a template.

    Returns:
        The template, None where a problem keeps it from being one, and the problems.
    """
    reading = _Parse(source, vocabulary)
    if len(source.text) > LONGEST:
        reading.report("sql-too-long", f"a statement has at most {LONGEST:,} characters", 0, 1)
        return None, tuple(reading.problems)
    _read(reading)
    if not any(problem.code in ("template-syntax", "template-statement") for problem in reading.problems):
        _check_text(reading)
    if reading.problems:
        return None, tuple(reading.problems)
    return Template(tuple(reading.pieces), source), ()


def span(source: SourceText, start: int, end: int) -> Span:
    """Give the span in the file of characters of a source text."""
    line, column = source.place(start)
    end_line, end_column = source.place(max(end, start))
    return Span(source.file, line, column, end_line, end_column)


def _read(reading: _Parse) -> None:
    stream = _lex(reading)
    for kind, text, at in stream:
        if kind == "data":
            reading.pieces.append(Text(text, Origin(reading.source, at, at + len(text))))
        elif kind in ("raw_begin", "raw_end", "comment_begin", "comment", "comment_end"):
            _refuse_trimming(reading, text, at, kind)
        elif kind == "variable_begin":
            _refuse_trimming(reading, text, at, kind)
            _expression(reading, stream, at)
        elif kind == "block_begin":
            reading.report(
                "template-statement", "templates have no statements such as {% … %}", at, at + 2, _RAW
            )
            return
        else:
            reading.report("template-expression", f"'{text}' has no place here", at, at + len(text), _RAW)
            return


def _lex(reading: _Parse) -> Iterator[tuple[str, str, int]]:
    at = 0
    # Jinja's lexer would turn carriage returns into line feeds, in SQL strings too.
    sql = reading.source.text
    stand_in = next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in sql)
    try:
        for _, kind, text in _JINJA.lex(sql.replace("\r", stand_in)):
            yield kind, text.replace(stand_in, "\r"), at
            at += len(text)
    except TemplateSyntaxError as error:
        reading.report("template-syntax", f"the template cannot be read: {error.message}", at, at + 2, _RAW)


def _refuse_trimming(reading: _Parse, text: str, at: int, kind: str) -> None:
    mark = text.strip()
    if kind != "comment" and (
        mark.endswith(("-", "+")) or mark.startswith(("-", "+")) or "%-" in mark or "-%" in mark
    ):
        reading.report(
            "template-statement", "a minus or plus that trims blanks is not read", at, at + len(text)
        )


def _expression(reading: _Parse, stream: Iterator[tuple[str, str, int]], begin: int) -> None:
    start, end, closed = begin + 2, begin + 2, False
    for kind, text, at in stream:
        end = at + len(text)
        if kind == "variable_end":
            _refuse_trimming(reading, text, at, kind)
            end = at + len(text.rstrip())
            closed = True
            break
    if not closed:
        if not reading.problems:
            reading.report("template-syntax", "'{{' is not closed by '}}'", begin, begin + 2, _RAW)
        return
    origin = Origin(reading.source, begin, end)
    try:
        reading.pieces.append(evaluate(reading.source.text[start : end - 2], origin, reading.vocabulary))
    except Misuse as misuse:
        hint = misuse.hint or suggest(misuse.name, misuse.known)
        reading.report(misuse.code, misuse.message, begin, end, hint)
        reading.pieces.append(Text("NULL"))


def _check_text(reading: _Parse) -> None:
    """Look at the statement as PostgreSQL's lexer cuts it: expressions inside literals, words of one target, parameters."""
    joined, starts, holes = _with_holes(reading.pieces)
    places = sorted(holes)
    for token in tokens(joined):
        first = bisect_left(places, token.start)
        if token.kind != "code" and first < len(places) and places[first] < token.end:
            hole = holes[places[first]]
            reading.report(
                "template-in-literal",
                f"a template expression inside {_KINDS[token.kind]} is not rendered",
                hole,
                hole + 2,
                f"{_RAW}; to put a value into SQL, close the literal and join with ||",
            )
        _check_token(reading, token, starts)
    for piece in reading.pieces:
        _check_argument(reading, piece)


def _check_argument(reading: _Parse, piece: Piece) -> None:
    """Look at the SQL that a word was given in the same way."""
    if (
        not isinstance(piece, (InRange, Bucket, Matches, During, Local, LevelName))
        or piece.column.origin is None
    ):
        return
    start = piece.column.origin.start
    starts = {index: start + index for index in range(len(piece.column.text))}
    for token in tokens(piece.column.text):
        _check_token(reading, token, starts)


def _check_token(reading: _Parse, token: Token, starts: dict[int, int]) -> None:
    if token.problem:
        at = starts.get(token.start, 0)
        reading.report("sql-unterminated", f"{_KINDS[token.kind]} is not closed", at, at + 1)
    if token.kind == "code":
        for found in foreign_words(token.text):
            at = starts.get(token.start + found.start, -1)
            if at >= 0:
                reading.report("sql-foreign-word", found.message, at, at + found.length, found.hint)


def _with_holes(pieces: list[Piece]) -> tuple[str, dict[int, int], dict[int, int]]:
    """Join the texts with one character for each word; map characters, and words among them, to their places."""
    joined: list[str] = []
    starts: dict[int, int] = {}
    holes: dict[int, int] = {}
    length = 0
    for piece in pieces:
        text = piece.text if isinstance(piece, Text) else _HOLE
        origin = piece.origin
        if origin is not None:
            for index in range(len(text)):
                starts[length + index] = origin.start + (index if isinstance(piece, Text) else 0)
            if not isinstance(piece, Text):
                holes[length] = origin.start
        joined.append(text)
        length += len(text)
    return "".join(joined), starts, holes


_KINDS = {
    "string": "a SQL string",
    "dollar": "a dollar-quoted SQL string",
    "name": "a quoted name",
    "comment": "a comment",
    "code": "SQL",
}
