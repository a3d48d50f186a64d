"""Statements around a query: one number of it, its rows as a target can show them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from watchglass.sql.lexer import tokens
from watchglass.sql.literals import quote, quoted_name
from watchglass.sql.pieces import Group, Piece, RangeEdge, Text, Value
from watchglass.sql.words import number

Pick = Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Item:
    """
    One column of a wrapped query.

    Args:
        column: its name in the query; ``alias``: its name outside (the same where empty).
        type: the contract's type. An interval becomes seconds, a date as ``time`` the local midnight.
        role: ``shown`` as it is, ``text`` as a label, ``time`` as an instant.
    """

    column: str
    type: str
    alias: str = ""
    scale: float | None = None
    role: Literal["shown", "text", "time"] = "shown"
    names: tuple[tuple[str, str], ...] = ()
    """Values and what is shown for them."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """What stands for NULL or no row: a number, or nothing at all (``skip``)."""

    value: float | None
    skip: bool = False


def expression(item: Item, timezone: str) -> str:
    """Give an item as SQL over the wrapped query ``q``."""
    column = f"q.{quoted_name(item.column)}"
    if item.names:
        named = " ".join(f"WHEN {quote(value)} THEN {quote(name)}" for value, name in item.names)
        return f"CASE {column}::text {named} ELSE {column}::text END"
    if item.role == "text":
        # A day's text must not follow the session's DateStyle.
        return f"to_char({column}, 'YYYY-MM-DD')" if item.type == "date" else f"{column}::text"
    if item.role == "time":
        return f"({column}::timestamp AT TIME ZONE {quote(timezone)})" if item.type == "date" else column
    if item.type == "interval":
        column = f"extract(epoch FROM {column})"
    return f"({column} * {number(item.scale)})" if item.scale is not None else column


def rows(
    pieces: tuple[Piece, ...],
    items: tuple[Item, ...],
    timezone: str,
    order: str = "",
    limit: int | None = None,
) -> tuple[Piece, ...]:
    """Select the items of a query; ``order`` is SQL over the items' aliases or numbers, empty for the query's own order."""
    listed = ", ".join(
        f"{expression(item, timezone)} AS {quoted_name(item.alias or item.column)}" for item in items
    )
    tail = (f"\nORDER BY {order}" if order else "") + (f"\nLIMIT {limit}" if limit is not None else "")
    return (Text(f"SELECT {listed}\nFROM "), inner(pieces), Text(f" AS q{tail}"))


def limited(pieces: tuple[Piece, ...], limit: int | None) -> tuple[Piece, ...]:
    """Cut a query after its first rows."""
    return (
        pieces if limit is None else (Text("SELECT *\nFROM "), inner(pieces), Text(f" AS q\nLIMIT {limit}"))
    )


def metric_value(
    pieces: tuple[Piece, ...],
    item: Item,
    where: tuple[tuple[str, str], ...],
    pick: Pick | None,
    nothing: Nothing | None,
    timezone: str,
) -> tuple[Piece, ...]:
    """Select the one number of a metric, always in one row; NULL only where ``nothing`` gives no number."""
    alias = quoted_name(item.alias or item.column)
    found = one_row(pieces, expression(item, timezone), where, pick)
    if nothing is None or nothing.value is None:
        return (Text("SELECT "), Group(found), Text(f" AS {alias}"))
    return (Text("SELECT COALESCE("), Group(found), Text(f", {number_of(nothing.value)}) AS {alias}"))


def with_history(
    present: tuple[Piece, ...],
    history: tuple[Piece, ...],
    time: Item,
    value: Item,
    timezone: str,
) -> tuple[Piece, ...]:
    """
    Select a metric's past over ``time``, and its present number as the last point.

    Args:
        present: a statement that gives one number.
        value: the number in the history; its alias names the column.
    """
    alias = quoted_name(value.alias or value.column)
    return (
        Text(
            f'SELECT h."time", h.{alias}\nFROM (SELECT {expression(time, timezone)} AS "time",'
            f" {expression(value, timezone)} AS {alias}\nFROM "
        ),
        inner(history),
        Text(" AS q\nUNION ALL\nSELECT "),
        RangeEdge("end"),
        Text(", "),
        Group(present),
        Text(') AS h\nWHERE h."time" IS NOT NULL\nORDER BY 1'),
    )


def one_row(
    pieces: tuple[Piece, ...], shown: str, where: tuple[tuple[str, str], ...], pick: Pick | None
) -> tuple[Piece, ...]:
    """Select from the one row of a metric; ``shown`` is SQL over the wrapped query ``q``."""
    conditions: list[Piece] = []
    for index, (column, value) in enumerate(where):
        conditions += [
            Text(f"{' AND ' if index else ' WHERE '}q.{quoted_name(column)}::text = "),
            Value(value, "text"),
        ]
    if pick == "last":
        # The query's own order is kept by numbering its rows, then turned round.
        numbered = (
            Text("SELECT q.*, row_number() OVER () AS watchglass_row FROM "),
            inner(pieces),
            Text(" AS q"),
        )
        return (
            Text(f"SELECT {shown} FROM "),
            Group(numbered),
            Text(" AS q"),
            *conditions,
            Text(" ORDER BY q.watchglass_row DESC LIMIT 1"),
        )
    return (Text(f"SELECT {shown} FROM "), inner(pieces), Text(" AS q"), *conditions, Text(" LIMIT 1"))


def inner(pieces: tuple[Piece, ...]) -> Group:
    """Put a statement in parentheses; the blanks, semicolons and comments at its end stay outside."""
    texts = list(takewhile(lambda piece: isinstance(piece, Text), reversed(pieces)))
    kept = [*pieces[: len(pieces) - len(texts)]]
    left = _end("".join(piece.text for piece in reversed(texts) if isinstance(piece, Text)))
    for piece in reversed(texts):
        if isinstance(piece, Text) and left > 0:
            kept.append(Text(piece.text[:left], piece.origin))
            left -= len(piece.text)
    return Group(tuple(kept))


def _end(sql: str) -> int:
    """Find where a statement's last word ends."""
    for token in reversed(tokens(sql)):
        if token.kind == "comment":
            continue
        if token.kind != "code":
            return token.end
        if kept := token.text.rstrip("; \t\r\n\f\v"):
            return token.start + len(kept)
    return 0


def number_of(value: float) -> str:
    """Write a number so that a sign before it does no harm."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text
