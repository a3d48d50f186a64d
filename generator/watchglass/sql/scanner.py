"""A script → PostgreSQL's own tokens and statements, placed by bytes of UTF-8 as its parser counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import postgast
from postgast.pg_query_pb2 import Token as Kind

_COMMENTS = (Kind.SQL_COMMENT, Kind.C_COMMENT)
_OPENING, _CLOSING = ("(", "["), (")", "]")


@dataclass(frozen=True, slots=True)
class Scanned:
    """
    A token that is no comment.

    Args:
        word: its text in lower case; a name in quotes keeps them, so that it is no keyword.
        start: its first byte; ``end`` is exclusive.
    """

    word: str
    start: int
    end: int
    is_string: bool = False


def scan(raw: bytes) -> tuple[Scanned, ...]:
    """
    Cut a text as PostgreSQL's scanner does.

    Raises:
        postgast.PgQueryError: a string or a comment is not closed.
    """
    found = postgast.scan(raw.decode()).tokens
    return tuple(
        Scanned(
            raw[token.start : token.end].decode().lower(), token.start, token.end, token.token == Kind.SCONST
        )
        for token in found
        if token.token not in _COMMENTS
    )


def statements(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Cut a script into its statements, each with its first byte.

    Raises:
        postgast.PgQueryError: the grammar cannot read it.
    """
    at = 0
    for text in postgast.split(raw.decode()):
        piece = text.encode()
        at = raw.index(piece, at)
        yield at, piece
        at += len(piece)


def closing(tokens: Sequence[Scanned], opened: int) -> int:
    """Give the index of what closes the parenthesis at an index; the number of tokens where nothing does."""
    return find(tokens, opened + 1, len(tokens), (")",))


def find(tokens: Sequence[Scanned], start: int, end: int, words: Sequence[str]) -> int:
    """Give the index of the first of some words outside of parentheses, or ``end``."""
    depth = 0
    for index in range(start, end):
        word = tokens[index].word
        if depth == 0 and word in words:
            return index
        depth += (word in _OPENING) - (word in _CLOSING)
    return end
