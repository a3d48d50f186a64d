"""
A body in PL/pgSQL → the SQL in it, each piece with its place.

The server's own reader of the language takes an expression to be whatever stands before the next keyword outside of
parentheses, and gives it to the SQL parser; so does this one. Keywords that only bracket a block are passed over: which
pieces are SQL does not depend on how the blocks nest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchglass.sql.scanner import Scanned, find, scan

_SELECT = b"SELECT "
_QUERY_STARTS = (
    "select",
    "with",
    "values",
    "insert",
    "update",
    "delete",
    "merge",
    "table",
    "(",
    "show",
    "explain",
)
_NO_SQL = ("fetch", "move", "close", "get", "null", "commit", "rollback", "end")  # fmt: skip
_BRACKETS = ("begin", "else", "loop", "exception", ";")
_UNTIL = {"if": "then", "elsif": "then", "elseif": "then", "when": "then", "while": "loop", "case": "when"}
_DYNAMIC_ENDS = ("into", "using", ";")


@dataclass(frozen=True, slots=True)
class Fragment:
    """
    A piece of SQL.

    Args:
        sql: text that the SQL grammar reads: the piece, made a statement.
        start: byte of the body where the piece begins.
        shift: bytes of ``sql`` before the piece.
        dynamic: whether it gives a text that is run as SQL.
    """

    sql: bytes
    start: int
    shift: int = 0
    dynamic: bool = False


def fragments(body: bytes) -> Iterator[Fragment]:
    """
    Give the SQL of a body.

    Raises:
        postgast.PgQueryError: a string or a comment is not closed.
    """
    yield from _Reader(body, scan(body)).read()


class _Reader:
    def __init__(self, body: bytes, tokens: Sequence[Scanned]) -> None:
        self._body, self._tokens, self._at = body, tokens, 0
        self._types: dict[str, bytes] = {}
        """Variable → its type as declared."""

    def read(self) -> Iterator[Fragment]:
        while self._word() == "#":  # an option of the compiler: three tokens, no semicolon
            self._at += 3
        while self._at < len(self._tokens):
            yield from self._statement()

    def _word(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].word if at < len(self._tokens) else ""

    def _find(self, *words: str, start: int | None = None) -> int:
        return find(self._tokens, self._at if start is None else start, len(self._tokens), words)

    def _statement(self) -> Iterator[Fragment]:
        word, assigned = self._word(), self._assigned()
        if assigned:
            yield from self._assignment(assigned)
        elif word == "<<":
            self._at = self._find(">>") + 1
        elif word == "declare":
            self._at += 1
            yield from self._declarations()
        elif word in _BRACKETS:
            self._at += 1
        elif word in _UNTIL:
            yield from self._until(_UNTIL[word])
        elif word in {"for", "foreach"}:
            yield from self._loop()
        else:
            end = self._find(";")
            yield from self._simple(word, end)
            self._at = end + 1

    def _until(self, ending: str) -> Iterator[Fragment]:
        end = self._find(ending, start=self._at + 1)
        yield from self._expression(self._at + 1, end)
        self._at = end if ending == "when" else end + 1

    def _assigned(self) -> int:
        """Give the index behind the target where an assignment begins here, else 0."""
        at = self._at + 1
        while at < len(self._tokens):
            word = self._tokens[at].word
            if word in {":=", "="}:
                return at
            if word == "[":
                at = find(self._tokens, at + 1, len(self._tokens), ("]",)) + 1
            elif word == ".":
                at += 2
            else:
                return 0
        return 0

    def _assignment(self, sign: int) -> Iterator[Fragment]:
        end = self._find(";", start=sign)
        if sign > self._at + 1:  # an index may be computed
            yield from self._expression(self._at, sign)
        yield from self._value(sign + 1, end, self._types.get(self._word()) if sign == self._at + 1 else None)
        self._at = end + 1

    def _declarations(self) -> Iterator[Fragment]:
        while self._at < len(self._tokens) and self._word() not in {"begin", "declare"}:
            end = self._find(";")
            yield from self._declaration(end)
            self._at = end + 1

    def _declaration(self, end: int) -> Iterator[Fragment]:
        cursor = find(self._tokens, self._at + 1, min(self._at + 4, end), ("cursor",))
        if self._word(1) == "alias":
            return
        if cursor < min(self._at + 4, end):
            start = find(self._tokens, cursor, end, ("is", "for")) + 1
            yield from self._query(start, end)
            return
        first = self._at + (2 if self._word(1) == "constant" else 1)
        sign = find(self._tokens, first, end, (":=", "=", "default"))
        last = find(self._tokens, first, sign, ("not", "collate"))
        kind = self._text(first, last)
        self._types[self._word()] = kind
        yield from self._value(sign + 1, end, kind)

    def _value(self, start: int, end: int, kind: bytes | None) -> Iterator[Fragment]:
        """Give what a variable is set to; a bare string is read as the variable's type."""
        if kind and end == start + 1 and self._tokens[start].is_string:
            token = self._tokens[start]
            yield Fragment(
                b"SELECT CAST(" + self._text(start, end) + b" AS " + kind + b")",
                token.start,
                len(b"SELECT CAST("),
            )
        else:
            yield from self._expression(start, end)

    def _loop(self) -> Iterator[Fragment]:
        end = self._find("loop")
        start = find(self._tokens, self._at, end, ("in",)) + 1
        self._at = end + 1
        word = self._tokens[start].word if start < end else ""
        if word == "execute":
            yield from self._execute(start + 1, end)
        elif word in _QUERY_STARTS and find(self._tokens, start, end, ("..",)) == end:
            yield from self._query(start, end)
        else:
            start += word in {"reverse", "array"}
            yield from self._list(start, end, ("..", "by"))

    def _simple(self, word: str, end: int) -> Iterator[Fragment]:
        start = self._at + 1
        if word in _NO_SQL:
            return
        if word in {"exit", "continue"}:
            yield from self._expression(find(self._tokens, start, end, ("when",)) + 1, end)
        elif word == "return":
            yield from self._return(start, end)
        elif word == "raise":
            yield from self._raise(start, end)
        elif word in {"perform", "assert"}:
            yield from self._expression(start, end)
        elif word == "execute":
            yield from self._execute(start, end)
        elif word == "open":
            yield from self._open(start, end)
        else:
            yield from self._query(self._at, end)

    def _return(self, start: int, end: int) -> Iterator[Fragment]:
        following = self._tokens[start + 1].word if start + 1 < end else ""
        word = self._tokens[start].word if start < end else ""
        if word == "query" and following == "execute":
            yield from self._execute(start + 2, end)
        elif word == "query":
            yield from self._query(start + 1, end)
        else:
            yield from self._expression(start + (word == "next"), end)

    def _raise(self, start: int, end: int) -> Iterator[Fragment]:
        """Give the values of a message, then of the options behind USING."""
        using = find(self._tokens, start, end, ("using",))
        values = find(self._tokens, start, using, (",",))
        yield from self._list(values + 1, using, (",",))
        at = using + 1
        while at < end:
            following = find(self._tokens, at, end, (",",))
            yield from self._expression(find(self._tokens, at, following, ("=", ":=")) + 1, following)
            at = following + 1

    def _execute(self, start: int, end: int) -> Iterator[Fragment]:
        stop = find(self._tokens, start, end, _DYNAMIC_ENDS)
        yield from self._expression(start, stop, dynamic=True)
        using = find(self._tokens, stop, end, ("using",))
        yield from self._list(using + 1, end, (",", "into"))

    def _open(self, start: int, end: int) -> Iterator[Fragment]:
        opened = find(self._tokens, start, end, ("for",)) + 1
        if opened < end and self._tokens[opened].word == "execute":
            yield from self._execute(opened + 1, end)
        elif opened < end:
            yield from self._query(opened, end)
        else:
            yield from self._expression(start, end)

    def _list(self, start: int, end: int, marks: Sequence[str]) -> Iterator[Fragment]:
        while start < end:
            stop = find(self._tokens, start, end, marks)
            yield from self._expression(start, stop)
            start = stop + 1

    def _expression(self, start: int, end: int, *, dynamic: bool = False) -> Iterator[Fragment]:
        if start < end:
            begin = self._tokens[start].start
            yield Fragment(_SELECT + self._text(start, end), begin, len(_SELECT), dynamic)

    def _query(self, start: int, end: int) -> Iterator[Fragment]:
        """Give a statement, with spaces in place of the INTO that names variables."""
        if start >= end:
            return
        begin, text = self._tokens[start].start, bytearray(self._text(start, end))
        into = find(self._tokens, start + 1, end, ("into",))
        if into < end and self._tokens[into - 1].word not in {"insert", "merge"}:
            last = self._targets_end(into + 1, end)
            first, stop = self._tokens[into].start - begin, self._tokens[last - 1].end - begin
            text[first:stop] = b" " * (stop - first)
        yield Fragment(bytes(text), begin)

    def _targets_end(self, at: int, end: int) -> int:
        at += at < end and self._tokens[at].word == "strict"
        at += 1
        while at + 1 < end and self._tokens[at].word in {".", ","}:
            at += 2
        return min(at, end)

    def _text(self, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        return self._body[self._tokens[start].start : self._tokens[end - 1].end]
