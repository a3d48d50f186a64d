"""SQL as typed pieces: text of the definition, literals, identifiers and neutral words, each knowing where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as Choice

from watchglass.durations import Duration

ConstantType = Choice[
    "text", "integer", "number", "boolean", "interval", "date", "timestamp", "uuid", "identifier"
]


@dataclass(frozen=True, slots=True)
class SourceText:
    """
    A text of the definition with the place of each of its lines.

    Args:
        path: the text's path in the definition, such as ``("queries", "ages", "sql")``.
        starts: for each line of ``text`` its line and column in ``file``, counted from 1.
        exact: False where escapes or folding make columns within a line approximate.
        ends: where they do, the column behind the line of the file that each start is on.
    """

    file: str
    path: tuple[str | int, ...]
    text: str
    starts: tuple[tuple[int, int], ...]
    exact: bool = True
    ends: tuple[int, ...] = ()

    def place(self, offset: int) -> tuple[int, int]:
        """Give line and column in the file of a character of the text."""
        offset = max(0, min(offset, len(self.text)))
        index = self.text.count("\n", 0, offset)
        index = min(index, len(self.starts) - 1)
        line, column = self.starts[index]
        column += offset - (self.text.rfind("\n", 0, offset) + 1)
        return line, min(column, self.ends[index]) if self.ends else column


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a piece was written: characters ``start`` to ``end`` of a source text."""

    source: SourceText
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """SQL as it was written (origin given) or made by the compiler (origin None)."""

    text: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A constant, rendered as a SQL literal of its type."""

    value: str | int | float | bool
    type: ConstantType
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier, quoted where PostgreSQL needs it; a dot separates schema and name."""

    name: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class RangeEdge:
    """``range_start()`` or ``range_end()``: an instant (timestamptz); ``before`` moves a start to an earlier one."""

    edge: Choice["start", "end"]
    before: Duration | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class InRange:
    """``in_range(column, before=…)``: start <= column < end, as a boolean in parentheses."""

    column: Text
    before: Duration | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """``bucket(column, width)``: the start (timestamptz) of the day, week, … that the instant lies in."""

    column: Text
    width: Duration | None
    """None: ``auto``, from the length of the range."""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Buckets:
    """``buckets(width, before=…)``: a FROM item with one column, the start of every bucket of the range."""

    width: Duration | None
    before: Duration | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """``matches(filter, column)``: TRUE where the filter is unset, else whether the column is among its values."""

    filter: str
    column: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Span24:
    """One stretch of a week: ISO weekdays (1 = Monday) and minutes of the local day, the end exclusive."""

    days: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class During:
    """``during(hours, column)``: whether the instant lies in the hours, in the hours' own time zone."""

    spans: tuple[Span24, ...]
    outside: bool
    timezone: str
    column: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Local:
    """``local(column)``: the instant as the service's clock shows it, a timestamp without time zone."""

    column: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class LevelName:
    """``level(metric, column)``: the name of the level that the column's number is at."""

    bands: tuple[tuple[float | None, float | None, str], ...]
    """Lowest first: from (inclusive), to (exclusive), name."""
    column: Text
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces in parentheses: a snippet, or a statement inside another."""

    pieces: tuple[Piece, ...]
    origin: Origin | None = None


Word = RangeEdge | InRange | Bucket | Buckets | Matches | During | Local | LevelName
Piece = Text | Value | Name | Word | Group


@dataclass(frozen=True, slots=True)
class Template:
    """One SQL statement as pieces, with what it uses."""

    pieces: tuple[Piece, ...]
    source: SourceText

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that the statement reads, in order of first use."""
        return tuple(dict.fromkeys(piece.filter for piece in walk(self.pieces) if isinstance(piece, Matches)))

    @property
    def uses_range(self) -> bool:
        """Whether the statement reads the chosen time range."""
        return any(
            isinstance(piece, (RangeEdge, InRange, Buckets))
            or (isinstance(piece, Bucket) and piece.width is None)
            for piece in walk(self.pieces)
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """
    What SQL needs to know of a filter.

    Args:
        table: the relation that lists the values; None where ``options`` lists them.
        value: the column that is compared; ``label``: the column that people read.
        type: the type of the value.
        depends_on: for a chained filter: other filter's id → column of ``table`` that it narrows.
        options: fixed values and their names.
        default: values chosen at first; empty means all.
    """

    id: str
    title: str
    type: ConstantType
    table: str | None = None
    value: str = ""
    label: str = ""
    multiple: bool = False
    default: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    depends_on: Mapping[str, str] | None = None
    path: tuple[str | int, ...] = ()


def walk(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """List pieces with those inside groups, in order."""
    found: list[Piece] = []
    for piece in pieces:
        found.append(piece)
        if isinstance(piece, Group):
            found.extend(walk(piece.pieces))
    return tuple(found)
