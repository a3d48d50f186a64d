"""
SQL that reads the clock → the same SQL reading a clock that is given.

What reads the clock is told by PostgreSQL's own parse tree, and exactly its characters are replaced, in bodies of
functions too; every other character stays.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import postgast

from watchglass.sql.clock_bodies import may_read, read_script
from watchglass.sql.clock_reads import Found, Style
from watchglass.sql.offsets import Builder, OffsetMap

_ODD = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rewriting cannot do, or what a reader would not expect: a code, a sentence, and the character (from 0)."""

    code: str
    message: str
    offset: int


@dataclass(frozen=True, slots=True)
class Untyped:
    """A string such as 'today' whose type only a server knows: its characters, and its text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """
    A script after its rewriting.

    Args:
        map: the way back from its characters to the given ones.
        reads: how often the clock is read.
        untyped: strings that read the clock if a server takes them for a date or a time.
    """

    text: str
    map: OffsetMap
    reads: int = 0
    findings: tuple[Finding, ...] = ()
    untyped: tuple[Untyped, ...] = ()


def rewrite(
    sql: str,
    *,
    at: str = "",
    made: datetime.datetime | None = None,
    types: Mapping[int, str] | None = None,
) -> Rewritten:
    """
    Rewrite a statement or a script.

    Args:
        at: a relation with a column for each word, else the session's clock (`clock_schema.SETTING`) is read.
        made: what 'now' and its like are where PostgreSQL keeps them as they were when a view or a default was made; its
            time zone is the session's. Without it they stay as they are.
        types: type of an untyped string, by its first character.
    """
    odd = _ODD.search(sql)
    if odd is not None:
        return _unread(sql, "PostgreSQL takes no such character", odd.start())
    if not may_read(sql):
        return Rewritten(sql, OffsetMap.identity(len(sql)))
    raw, found = sql.encode(), Found()
    places = _Places(raw)
    style = Style(at, made, {places.byte(start): kind for start, kind in (types or {}).items()})
    try:
        read_script(raw, style, found)
    except postgast.PgQueryError as error:
        return _unread(sql, str(error.message), max(0, error.cursorpos - 1))
    return _built(raw, places, found)


def _unread(sql: str, message: str, offset: int) -> Rewritten:
    return Rewritten(sql, OffsetMap.identity(len(sql)), findings=(Finding("sql-syntax", message, offset),))


@dataclass(slots=True)
class _Places:
    """Bytes of a text as characters, and back."""

    raw: bytes
    ascii: bool = field(init=False)

    def __post_init__(self) -> None:
        self.ascii = self.raw.isascii()

    def character(self, byte: int) -> int:
        return byte if self.ascii else len(self.raw[:byte].decode(errors="ignore"))

    def byte(self, character: int) -> int:
        return character if self.ascii else len(self.raw.decode()[:character].encode())


def _built(raw: bytes, places: _Places, found: Found) -> Rewritten:
    builder, done, character = Builder(), 0, 0
    for edit in found.in_order():
        kept, gone = raw[done : edit.start].decode(), raw[edit.start : edit.end].decode()
        builder.keep(kept, character)
        builder.replace(edit.text, character + len(kept))
        character += len(kept) + len(gone)
        done = edit.end
    builder.keep(raw[done:].decode(), character)
    made = builder.build()
    return Rewritten(
        made.text,
        made.map,
        len(found.edits),
        tuple(
            Finding(code, message, places.character(at)) for at, code, message in sorted(set(found.findings))
        ),
        tuple(
            Untyped(places.character(start), places.character(end), text)
            for start, end, text in sorted(found.untyped)
        ),
    )
